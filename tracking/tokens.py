"""The one writer of keys: programs' tokens and the secret addresses of calendars. A key is shown once and kept as a hash."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tracking.models import ApiToken, CalendarAddress, User
from tracking.vocabulary import TokenScope
from tracking.workflow import Incomplete, Refused

# Lets people and programs that search files for secrets recognise one.
MARK = "peel_"
DAYS, MOST_DAYS = 30, 366
MOST_TOKENS = 50
SHOWN_AFTER_EXPIRY = timedelta(days=30)
# When a key was used is kept this coarsely: a write for each read would cost more than it tells.
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def issue_token(
    user: User, name: str = "", scope: TokenScope = TokenScope.WRITE, days: int = DAYS
) -> tuple[ApiToken, str]:
    """Makes a token that lives for `days` (1 to 366); returns its row and the token itself, which nobody sees again.

    Raises Incomplete where it would live longer, Refused where the person has 50 that are alive.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Incomplete("token_days", f"A token lives for 1 to {MOST_DAYS} days.")
    now = timezone.now()
    User.objects.select_for_update().get(pk=user.pk)
    if user.api_tokens.filter(expires_at__gt=now).count() >= MOST_TOKENS:
        raise Refused("too_many_tokens", f"A person has at most {MOST_TOKENS} tokens: revoke one first.")
    secret = MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=name.strip() or f"Made on {timezone.localdate():%-d %B %Y}",
        scope=scope.value,
        digest=digest_of(secret),
        begins_with=secret[: len(MARK) + 4],
        expires_at=now + timedelta(days=days),
    )
    return row, secret


def token_for(secret: str) -> ApiToken | None:
    """The living token with this secret, its person with it; None where there is none. Notes that it was used."""
    now = timezone.now()
    rows = ApiToken.objects.select_related("user").filter(digest=digest_of(secret), expires_at__gt=now)
    token = rows.first()
    if token and (token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def revoke_token(token: ApiToken) -> None:
    """Ends one token, from the next request on."""
    token.delete()


def revoke_tokens(user_id: int) -> None:
    """Signs every program of this person out, and ends the address of the calendar."""
    ApiToken.objects.filter(user=user_id).delete()
    revoke_calendar(user_id)


def forget_tokens() -> int:
    """Drops the tokens that have expired for a month: until then their owner sees that, and when, they ended."""
    return ApiToken.objects.filter(expires_at__lt=timezone.now() - SHOWN_AFTER_EXPIRY).delete()[0]


def issue_calendar(user: User) -> tuple[CalendarAddress, str]:
    """Makes the secret of this person's calendar; one that was given before ends. Returns its row and the secret."""
    secret = secrets.token_urlsafe(32)
    values = {"digest": digest_of(secret), "made_at": timezone.now(), "last_used_at": None}
    row, _ = CalendarAddress.objects.update_or_create(user=user, defaults=values)
    return row, secret


def calendar_for(secret: str) -> CalendarAddress | None:
    """The calendar with this secret, its person with it; None where there is none. Notes that it was asked for."""
    now = timezone.now()
    row = CalendarAddress.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if row:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
        CalendarAddress.objects.filter(stale, pk=row.pk).update(last_used_at=now)
    return row


def revoke_calendar(user_id: int) -> None:
    """Ends the secret address of this person's calendar."""
    CalendarAddress.objects.filter(user=user_id).delete()


def digest_of(secret: str) -> str:
    """SHA-256, in hex. The secrets hold 256 bits of chance: no slower hash is needed for them."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
