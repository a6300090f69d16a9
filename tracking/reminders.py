"""The one writer of reminders: makes what is owed, sends one digest per person and day.

Both steps ask "due by now and not yet made", so running them again, late, or at the same time from several
places changes nothing.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from tracking import access
from tracking.failpoints import failpoint
from tracking.models import Digest, Membership, Reminder, TrackedFinding, User
from tracking.reminder_rules import AHEAD, rule_for
from tracking.standing import status_sentence
from tracking.vocabulary import UNMET, DigestState, Position, ReminderRule, Role, Status

log = logging.getLogger(__name__)

# A refused digest is tried again after this long, then after twice as long, up to the quarter of an hour that a
# reminder may be late after any outage.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(minutes=15)


def _presses(path: str = "") -> Q:
    """Where a deadline presses somebody: unmet, unless the force will not act or has signed it off uncontradicted; or
    achieved, and due again.
    """
    no_action = Q(**{f"{path}position": Position.NO_ACTION.value})
    done = Q(**{f"{path}position": Position.SIGNED_OFF.value, f"{path}contradicted": False})
    again = Q(**{f"{path}status": Status.ACHIEVED.value, f"{path}recurs": True})
    return Q(**{f"{path}status__in": UNMET}) & ~no_action & ~done | again


@dataclass(frozen=True, slots=True)
class Swept:
    """What one run did: reminders made, digests sent, digests that the mail server refused."""

    made: int
    sent: int
    failed: int


def remind(today: date, *, dry_run: bool = False) -> Swept:
    """Makes the reminders due by `today` and sends each person's digest of them; with `dry_run`, only counts them."""
    if dry_run:
        return Swept(len(not_made_yet(today)), 0, 0)
    made = make_reminders(today)
    states = [digest.state for digest in send_digests(today)]
    return Swept(made, states.count(DigestState.SENT.value), states.count(DigestState.FAILED.value))


def make_reminders(today: date) -> int:
    """Records each reminder that is due by `today` and not yet recorded; returns how many were."""
    missing = not_made_yet(today)
    Reminder.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
    return len(missing)


def send_digests(today: date) -> Iterator[Digest]:
    """Sends what is recorded and not yet sent, one e-mail per person and day; yields each digest tried."""
    for recipient in _waiting_for_mail():
        digest = _claim(recipient, today)
        if digest is None:
            continue
        reachable = _send(digest)
        yield digest
        if not reachable:
            return  # the mail server itself is down: the next sweep goes on from here


def not_made_yet(today: date) -> list[Reminder]:
    """The reminders that are due by `today` and not recorded yet, as they would be."""
    pressing = list(_pressing(today))
    known = set(
        Reminder.objects.filter(tracked_finding__in={tracked.pk for tracked, _ in pressing}).values_list(
            "recipient_id", "tracked_finding_id", "rule", "occasion"
        )
    )
    officers = _officers()
    return [
        Reminder(recipient=person, tracked_finding=tracked, rule=rule.value, occasion=occasion)
        for tracked, occasion in pressing
        for person in _recipients(tracked, officers)
        if (rule := rule_for(occasion, today)) and (person.pk, tracked.pk, rule.value, occasion) not in known
    ]


def _pressing(today: date) -> Iterator[tuple[TrackedFinding, date]]:
    """Each unmet finding with each of its deadlines (the inspectors', the force's own) that is near or past."""
    horizon = today + AHEAD
    near = (
        TrackedFinding.objects.filter(_presses())
        .filter(Q(due_on__lte=horizon) | Q(target_on__lte=horizon))
        .select_related("owner", "finding")
    )
    for tracked in near.iterator(chunk_size=1000):
        # The force's own target was for the first time; what is due again has the inspectors' date alone.
        for deadline in {tracked.due_on, tracked.target_on if tracked.status in UNMET else None}:
            if deadline and deadline <= horizon:
                yield tracked, deadline


def _officers() -> dict[int, list[User]]:
    found: dict[int, list[User]] = {}
    for membership in Membership.objects.filter(role=Role.OFFICER.value, user__is_active=True).select_related("user"):
        if membership.force_id is not None:
            found.setdefault(membership.force_id, []).append(membership.user)
    return found


def _recipients(tracked: TrackedFinding, officers: dict[int, list[User]]) -> Iterable[User]:
    """The owner, where there is one who may still read the finding, else the force's officers."""
    owner = tracked.owner
    if owner and owner.is_active and access.may(owner, access.Act.READ, tracked.force_id):
        return [owner]
    return officers.get(tracked.force_id, [])


def _unsent() -> QuerySet[Reminder]:
    """What is owed an e-mail and still holds: in no digest or a refused one, of an unmet finding that nobody has
    settled, for a deadline that still stands, to a person who is still a member of the force.
    """
    deadline_stands = Q(occasion=F("tracked_finding__due_on")) | Q(occasion=F("tracked_finding__target_on"))
    membership = Membership.objects.filter(user=OuterRef("recipient"), force=OuterRef("tracked_finding__force"))
    return (
        Reminder.objects.filter(Q(digest__isnull=True) | Q(digest__state=DigestState.FAILED.value), deadline_stands)
        .filter(Exists(membership))
        .filter(_presses("tracked_finding__"))
    )


def _waiting_for_mail() -> QuerySet[User]:
    return User.objects.filter(pk__in=_unsent().values("recipient"), is_active=True).exclude(email="").order_by("pk")


@transaction.atomic
def _claim(recipient: User, today: date) -> Digest | None:
    """Takes today's digest of this person for this process; None where it is sent, or another process has it."""
    owed = list(_unsent().filter(recipient=recipient).values_list("pk", flat=True))
    digest = Digest.objects.filter(recipient=recipient, day=today).first()
    if not owed:
        return None
    if digest is None:
        try:
            with transaction.atomic():
                digest = Digest.objects.create(recipient=recipient, day=today, claimed_at=timezone.now())
        except IntegrityError:
            return None
    elif not _claim_again(digest):
        return None
    digest.reminders.update(digest=None)  # what no longer holds since a refused try
    Reminder.objects.filter(pk__in=owed).update(digest=digest)
    return digest


def _claim_again(digest: Digest) -> bool:
    """Takes a refused digest for another try, not before a pause that doubles with each."""
    pause = min(FIRST_PAUSE * 2 ** (digest.attempts - 1), LONGEST_PAUSE)
    taken = Digest.objects.filter(
        pk=digest.pk, state=DigestState.FAILED.value, claimed_at__lte=timezone.now() - pause
    ).update(state=DigestState.CLAIMED.value, attempts=digest.attempts + 1, claimed_at=timezone.now())
    digest.refresh_from_db()
    return bool(taken)


def _send(digest: Digest) -> bool:
    """Sends one digest and keeps what came of it; whether the mail server could be reached at all."""
    reachable = True
    try:
        _message(digest).send()
        failpoint("mail-accepted")
    except (OSError, ValueError) as error:  # smtplib's own errors are OSErrors; an impossible address is a ValueError
        log.warning("digest %s was not accepted: %s", digest.pk, error)
        digest.state, digest.error = DigestState.FAILED.value, str(error)[:1000]
        reachable = isinstance(error, SMTPException | ValueError) and not isinstance(
            error, SMTPServerDisconnected | SMTPConnectError
        )
    else:
        digest.state, digest.error, digest.sent_at = DigestState.SENT.value, "", timezone.now()
    digest.save(update_fields=["state", "error", "sent_at"])
    return reachable


def _message(digest: Digest) -> EmailMessage:
    reminders = digest.reminders.select_related(
        "tracked_finding__force",
        "tracked_finding__finding__report",
        "tracked_finding__standing_change__assessment__report",
        "tracked_finding__standing_change__evidence__signed_off_by",
        "tracked_finding__last_word__report",
        "tracked_finding__last_word__decided_by",
    )
    lines = [(reminder, status_sentence(reminder.tracked_finding)) for reminder in reminders]
    overdue = [line for line in lines if line[0].rule == ReminderRule.OVERDUE]
    coming = [line for line in lines if line[0].rule != ReminderRule.OVERDUE]
    counts = [f"{len(overdue)} overdue" if overdue else "", f"{len(coming)} due within 30 days" if coming else ""]
    body = render_to_string(
        "tracking/digest.txt",
        {"digest": digest, "overdue": overdue, "coming": coming, "site": settings.SITE_ADDRESS},
    )
    subject = f"peeltrack: {' and '.join(filter(None, counts))}"
    return EmailMessage(subject, body, to=[digest.recipient.email])
