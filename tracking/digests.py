"""The one writer of e-mails about what is owed: claims each before it is sent, keeps what came of it, settles what is uncertain.

Every step asks "owed by now and not yet told", so running it again, late, or at the same time from several places tells nobody
twice. What is read from the database counts at the moment of sending: who has left a force is told nothing more of it.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from tracking.failpoints import failpoint
from tracking.mail_content import digest_message, digest_rows
from tracking.models import Digest, MailPreference, Membership, Reminder, User
from tracking.preferences import preferences_of
from tracking.vocabulary import UNMET, DigestState, MailKind, Position, Role, Status
from tracking.workflow import Incomplete, Refused

log = logging.getLogger(__name__)

# A digest that could not be handed over is tried again after this long, then after twice as long, up to the quarter of an
# hour that a reminder may be late after any outage.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(minutes=15)
# Who claims an e-mail hands it over within seconds; one that is claimed for longer was interrupted.
SURELY_INTERRUPTED = timedelta(minutes=15)
# A sweep sends for this long; the next one goes on. Else a slow server has it cut off while an e-mail is on its way.
ENOUGH_SECONDS = 240
MOST_SAID = 1000  # letters of an answer
FOR_GOOD = 500
# The kinds that tell what rows say; the others tell figures.
TOLD_FROM_ROWS = [MailKind.AT_ONCE.value, MailKind.DAILY.value]
# What somebody decided to send again.
DECIDED = Q(state=DigestState.FAILED.value, decided_at__isnull=False)
# What each kind that has a period of its own says of it; None where there is nothing to say.
Compose = Callable[[User, date], EmailMessage | None]


def presses(path: str = "") -> Q:
    """Where a deadline presses somebody: unmet, unless the force will not act or has signed it off uncontradicted; or
    achieved, and due again.
    """
    no_action = Q(**{f"{path}position": Position.NO_ACTION.value})
    done = Q(**{f"{path}position": Position.SIGNED_OFF.value, f"{path}contradicted": False})
    again = Q(**{f"{path}status": Status.ACHIEVED.value, f"{path}recurs": True})
    return Q(**{f"{path}status__in": UNMET}) & ~no_action & ~done | again


def still_hold(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """Those of `rows` that may be told: of an unmet finding that nobody has settled, for a deadline that still stands, to a
    person who may still read the force's work.
    """
    deadline_stands = Q(occasion=F("tracked_finding__due_on")) | Q(occasion=F("tracked_finding__target_on"))
    roles = Membership.objects.filter(user=OuterRef("recipient"), user__is_active=True)
    of_the_force = roles.filter(force=OuterRef("tracked_finding__force"))
    of_all = roles.filter(role=Role.NATIONAL.value)
    return (
        rows.filter(deadline_stands).filter(Exists(of_the_force) | Exists(of_all)).filter(presses("tracked_finding__"))
    )


def send_digests(moment: datetime) -> Iterator[Digest]:
    """Sends what is recorded and not yet told: at once what people chose to be told so, the rest in one e-mail a day from
    each person's hour on; yields each e-mail tried.

    Stops where the mail server cannot be reached: the next sweep goes on from there.
    """
    end = time.monotonic() + ENOUGH_SECONDS
    for digest in _claimed(timezone.localtime(moment)):
        held = list(digest_rows(still_hold(digest.reminders.all())))
        goes_on = _hand_over(digest, digest_message(digest, held)) if held else _let_be(digest)
        yield digest
        if not goes_on or time.monotonic() > end:
            return


def send_period(
    kind: MailKind, people: QuerySet[User], day: date, moment: datetime, compose: Compose
) -> Iterator[Digest]:
    """Sends these people the e-mail of one week or month, each once, from their hour on; yields each e-mail tried.

    `day` is the first of the period. Who has nothing to be told of gets none.
    """
    local = timezone.localtime(moment)
    waiting = list(_without(kind, people, day))
    wishes = preferences_of(waiting)
    for person in waiting:
        if not wishes[person.pk].wants(kind) or not _is_time(wishes[person.pk], local):
            continue
        message = compose(person, day)
        digest = _claim_period(person, kind, day) if message else None
        if message is None or digest is None:
            continue
        goes_on = _hand_over(digest, message)
        yield digest
        if not goes_on:
            return


def uncertain(now: datetime) -> QuerySet[Digest]:
    """The e-mails that were interrupted between claim and answer: whether they arrived is not known."""
    return Digest.objects.filter(state=DigestState.CLAIMED.value, claimed_at__lt=now - SURELY_INTERRUPTED)


def waiting_for_mail() -> int:
    """How many reminders an e-mail is still to tell of: not those that their person chose not to be e-mailed."""
    people = list(_reachable(User.objects.filter(pk__in=_unsent().values("recipient"))))
    wishes = preferences_of(people)
    counted = _unsent().order_by().values_list("recipient", "rule").annotate(Count("pk"))
    return sum(count for person, rule, count in counted if person in wishes and _told_by(wishes[person], rule))


def may_be_settled(digest: Digest, now: datetime) -> bool:
    """Whether an administrator has to decide about this e-mail: it is uncertain, or refused for good."""
    interrupted = digest.state == DigestState.CLAIMED and digest.claimed_at < now - SURELY_INTERRUPTED
    return interrupted or digest.state == DigestState.REFUSED


def send_again(pk: int, by: User, reason: str) -> None:
    """Has an uncertain or refused e-mail sent once more by the next sweep, with what of it still holds.

    Raises Incomplete without a reason, Refused where there is nothing to decide about it (any more).
    """
    _settle(pk, by, reason, DigestState.FAILED)


def dismiss(pk: int, by: User, reason: str) -> None:
    """Lets an uncertain or refused e-mail be; raises as `send_again` does."""
    _settle(pk, by, reason, DigestState.DISMISSED)


def refused_address(user: User) -> Digest | None:
    """The e-mail to this person that was refused for good at the address that they still have; nothing goes there since."""
    refused = Digest.objects.filter(recipient=user, address=user.email, state=DigestState.REFUSED.value)
    return refused.order_by("-claimed_at").first()


@transaction.atomic
def _settle(pk: int, by: User, reason: str, state: DigestState) -> None:
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why: it stays beside the e-mail.")
    digest = Digest.objects.select_for_update().get(pk=pk)
    now = timezone.now()
    if not may_be_settled(digest, now):
        raise Refused("nothing_to_decide", "There is nothing to decide about this e-mail any more.")
    digest.state, digest.reason, digest.decided_by, digest.decided_at = state.value, reason.strip(), by, now
    if state is DigestState.FAILED:
        digest.claimed_at = now - LONGEST_PAUSE  # so that the next sweep takes it
    digest.save(update_fields=["state", "reason", "decided_by", "decided_at", "claimed_at"])


def _claimed(local: datetime) -> Iterator[Digest]:
    """What this process may send now, each claimed as it is asked for: first what somebody decided to send again."""
    for pk in list(Digest.objects.filter(DECIDED, kind__in=TOLD_FROM_ROWS).values_list("pk", flat=True)):
        digest = _claim_decided(pk)
        if digest:
            yield digest
    people = list(_reachable(User.objects.filter(pk__in=_unsent().values("recipient"))))
    wishes = preferences_of(people)
    for person in people:
        for kind in TOLD_FROM_ROWS:
            digest = _claim_owed(person, MailKind(kind), wishes[person.pk], local)
            if digest:
                yield digest


def _unsent() -> QuerySet[Reminder]:
    """What no e-mail has told of and still holds; what was refused for good waits until the person has another address."""
    moved = Q(digest__state=DigestState.REFUSED.value) & ~Q(digest__address=F("recipient__email"))
    failed = Q(digest__state=DigestState.FAILED.value, digest__decided_at__isnull=True)
    return still_hold(Reminder.objects.filter(Q(digest__isnull=True) | failed | moved))


def _reachable(people: QuerySet[User]) -> QuerySet[User]:
    """Those who may sign in and have an address at which no e-mail was refused for good, or about which somebody decided."""
    refused = Digest.objects.filter(
        recipient=OuterRef("pk"), address=OuterRef("email"), state=DigestState.REFUSED.value
    )
    return people.filter(~Exists(refused), is_active=True).exclude(email="").order_by("pk")


def _told_by(wishes: MailPreference, rule: str) -> MailKind | None:
    """The e-mail that tells this person of reminders of this rule; None where they want none."""
    if rule in wishes.muted:
        return None
    at_once = rule in wishes.at_once and wishes.wants(MailKind.AT_ONCE)
    kind = MailKind.AT_ONCE if at_once else MailKind.DAILY
    return kind if wishes.wants(kind) else None


def _is_time(wishes: MailPreference, local: datetime) -> bool:
    return local.hour >= wishes.hour and local.weekday() not in wishes.days_off


def _owed(person: User, kind: MailKind, wishes: MailPreference, local: datetime) -> list[int]:
    """The reminders that this e-mail would tell this person of now."""
    due = local.weekday() not in wishes.days_off if kind is MailKind.AT_ONCE else _is_time(wishes, local)
    if not due:
        return []
    rows = _unsent().filter(recipient=person).values_list("pk", "rule")
    return [pk for pk, rule in rows if _told_by(wishes, rule) is kind]


@transaction.atomic
def _claim_owed(person: User, kind: MailKind, wishes: MailPreference, local: datetime) -> Digest | None:
    """Takes what this person is owed for this process; None where nothing is, or another process was faster."""
    User.objects.select_for_update().get(pk=person.pk)
    owed = _owed(person, kind, wishes, local)
    if not owed:
        return None
    digest = _take(person, kind, local.date())
    if digest is None:
        return None
    digest.reminders.update(digest=None)  # what no longer holds since a refused try
    Reminder.objects.filter(pk__in=owed).update(digest=digest)
    return digest


@transaction.atomic
def _claim_decided(pk: int) -> Digest | None:
    digest = Digest.objects.select_for_update().filter(DECIDED, pk=pk).first()
    return _take_again(digest) if digest else None


@transaction.atomic
def _claim_period(person: User, kind: MailKind, day: date) -> Digest | None:
    User.objects.select_for_update().get(pk=person.pk)
    return _take(person, kind, day)


def _take(person: User, kind: MailKind, day: date) -> Digest | None:
    """A new e-mail of this kind and day, or the one that was not taken, for another try. The person's row must be locked."""
    of_the_day = Digest.objects.filter(recipient=person, kind=kind.value, day=day)
    failed = of_the_day.filter(state=DigestState.FAILED.value)
    if kind.value in TOLD_FROM_ROWS:
        failed = failed.filter(decided_at__isnull=True)  # the others go their own way
    if again := failed.first():
        return _take_again(again)
    if kind is not MailKind.AT_ONCE and of_the_day.exists():
        return None
    return Digest.objects.create(
        recipient=person, kind=kind.value, day=day, address=person.email, claimed_at=timezone.now()
    )


def _take_again(digest: Digest) -> Digest | None:
    """Takes an e-mail for another try, not before a pause that doubles with each."""
    pause = min(FIRST_PAUSE * 2 ** (digest.attempts - 1), LONGEST_PAUSE)
    if digest.claimed_at > timezone.now() - pause:
        return None
    digest.state, digest.claimed_at, digest.address = DigestState.CLAIMED.value, timezone.now(), digest.recipient.email
    digest.attempts += 1
    digest.save(update_fields=["state", "claimed_at", "address", "attempts"])
    return digest


def _without(kind: MailKind, people: QuerySet[User], day: date) -> QuerySet[User]:
    settled = Digest.objects.filter(recipient=OuterRef("pk"), kind=kind.value, day=day)
    known = settled.exclude(state=DigestState.FAILED.value)
    # Who came after the period began is told from the next one on.
    return _reachable(people.filter(~Exists(known), date_joined__date__lt=day))


def _let_be(digest: Digest) -> bool:
    """Of what was to be sent again nothing holds any more."""
    digest.state, digest.reason = DigestState.DISMISSED.value, f"{digest.reason} Nothing of it held any more.".strip()
    digest.save(update_fields=["state", "reason"])
    return True


def _hand_over(digest: Digest, message: EmailMessage) -> bool:
    """Sends one e-mail and keeps what came of it; whether the mail server can be asked for more.

    Until the server is reached nothing can have arrived, and what it answers is certain. Where it is silent or gone after that, the
    e-mail may be under way: it stays claimed, for a person to decide.
    """
    connection = get_connection()
    try:
        connection.open()
    except (OSError, ValueError) as error:
        return _keep(digest, DigestState.FAILED, error)
    try:
        message.connection = connection
        message.send()
        failpoint("mail-accepted")
    except (SMTPResponseException, SMTPRecipientsRefused, ValueError) as error:  # an impossible address is a ValueError
        return _keep(digest, _state_after(error), error)
    except (OSError, SMTPException) as error:
        return _keep(digest, DigestState.CLAIMED, error)
    finally:
        _close(connection)
    return _keep(digest, DigestState.SENT, None)


def _close(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]  # as every backend's
    except (OSError, SMTPException) as error:
        log.info("the mail server did not say goodbye: %s", error)


def _state_after(error: Exception) -> DigestState:
    """Whether what was answered is for good: of this address or this e-mail. What is wrong with this service's own is not."""
    if isinstance(error, ValueError):
        return DigestState.REFUSED
    if isinstance(error, SMTPRecipientsRefused):
        codes = [int(code) for code, _ in error.recipients.values()]
        return DigestState.REFUSED if all(code >= FOR_GOOD for code in codes) else DigestState.FAILED
    if isinstance(error, SMTPDataError):
        return DigestState.REFUSED if error.smtp_code >= FOR_GOOD else DigestState.FAILED
    return DigestState.FAILED


def _keep(digest: Digest, state: DigestState, error: Exception | None) -> bool:
    digest.state = state.value
    digest.error = "" if error is None else _said(error)
    digest.sent_at = timezone.now() if state is DigestState.SENT else None
    digest.save(update_fields=["state", "error", "sent_at"])
    if error is None:
        return True
    log.warning("e-mail %s: %s (%s)", digest.pk, state.value, type(error).__name__)
    if isinstance(error, SMTPServerDisconnected | SMTPConnectError | SMTPHeloError | SMTPAuthenticationError):
        return False
    return isinstance(error, SMTPException | ValueError)


def _said(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        answers = [f"{code} {_words(text)}" for code, text in error.recipients.values()]
        return "; ".join(answers)[:MOST_SAID]
    if isinstance(error, SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"[:MOST_SAID]
    return (str(error) or type(error).__name__)[:MOST_SAID]


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
