"""The two letters by which people come to a password: the invitation, and the way back for who has forgotten theirs.

Each carries a link that works once and ends after `PASSWORD_RESET_TIMEOUT` seconds (Django's tokens: they hold for the
account as it is, and no longer once its password or address changes). A link goes to its person alone: it is never logged,
nor is what a mail server answers, which may repeat it.
"""

import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from smtplib import SMTPResponseException

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from redis.exceptions import RedisError

from tracking.models import User

log = logging.getLogger(__name__)

DAY = 24 * 60 * 60
# A person gets one letter about a forgotten password in this many seconds, however often it is asked for.
RESET_LETTER_EVERY = 5 * 60
# Letters about forgotten passwords go out here: how long an answer takes must not tell whether there is an account.
_POSTMAN = ThreadPoolExecutor(max_workers=1, thread_name_prefix="password-letters")


class InvitationTokens(PasswordResetTokenGenerator):
    """Lets who was invited set a first password; holds while there is none and the account is not switched off."""

    key_salt = "tracking.account_mail.InvitationTokens"

    def check_token(self, user: User | None, token: str | None) -> bool:
        open_to = user is not None and user.is_active and not user.has_usable_password()
        return open_to and super().check_token(user, token)


class ResetTokens(PasswordResetTokenGenerator):
    """Lets who has a password set another; not where the account is switched off."""

    key_salt = "tracking.account_mail.ResetTokens"

    def check_token(self, user: User | None, token: str | None) -> bool:
        open_to = user is not None and user.is_active and user.has_usable_password()
        return open_to and super().check_token(user, token)


INVITATIONS, RESETS = InvitationTokens(), ResetTokens()


def link_days() -> int:
    """For how many days a link holds."""
    return int(settings.PASSWORD_RESET_TIMEOUT) // DAY


def mail_invitation(user: User, by: User) -> bool:
    """Sends the invitation of this person, in the name of `by`; whether the mail server took it."""
    return _mail(user, "Your account on peeltrack", "tracking/invitation.txt", "admin:invited", INVITATIONS, by)


def mail_resets(users: Iterable[User]) -> Future[None]:
    """Sends each of these people the way to a new password, after the request is answered, one letter in five minutes.

    Nobody is told whether it went: who gets none asks again.
    """
    sending = _POSTMAN.submit(_mail_resets, list(users))
    sending.add_done_callback(_tell_of_a_fault)
    return sending


def _tell_of_a_fault(sending: Future[None]) -> None:
    """Nobody waits for a letter to go: what else went wrong with it would stay unknown. Its words may hold the link."""
    fault = sending.exception()
    if fault:
        log.error("letters about passwords were not sent: %s", type(fault).__name__)


def _mail_resets(users: list[User]) -> None:
    for user in users:
        if _is_time_for_another(user):
            _mail(user, "A new password for peeltrack", "tracking/reset.txt", "admin:password_reset_confirm", RESETS)


def _is_time_for_another(user: User) -> bool:
    try:
        return caches["throttles"].add(f"reset-letter-{user.pk}", 1, timeout=RESET_LETTER_EVERY)
    except (RedisError, OSError) as error:  # as with the API's limits: without the store nobody is refused
        log.warning("letters about passwords are not counted for the moment: %s", error)
        return True


def _mail(
    user: User, subject: str, template: str, route: str, tokens: PasswordResetTokenGenerator, by: User | None = None
) -> bool:
    """Sends one letter with its link, which leads to SITE_ADDRESS: what the browser's request calls the service is not asked."""
    place = reverse(route, args=[urlsafe_base64_encode(force_bytes(user.pk)), tokens.make_token(user)])
    words = {
        "person": user,
        "by": by,
        "link": f"{settings.SITE_ADDRESS.rstrip('/')}{place}",
        "days": link_days(),
    }
    try:
        EmailMessage(subject, render_to_string(template, words), to=[user.email]).send()
    except (OSError, ValueError) as error:  # smtplib's own errors are OSErrors; an impossible address is a ValueError
        code = error.smtp_code if isinstance(error, SMTPResponseException) else ""
        log.warning("a letter to account %s was not accepted: %s %s", user.pk, type(error).__name__, code)
        return False
    return True
