"""The one writer of reminders: makes what is owed, and has each person told of it.

Both steps ask "due by now and not yet made", so running them again, late, or at the same time from several
places changes nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from tracking import access
from tracking.digests import presses, send_digests
from tracking.events import announce_reminders
from tracking.models import Membership, Reminder, TrackedFinding, User
from tracking.reminder_rules import AHEAD, rule_for
from tracking.vocabulary import UNMET, DigestState, Role

LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one run did: reminders made, e-mails sent, e-mails tried that were not."""

    made: int
    sent: int
    failed: int


def remind(today: date, *, dry_run: bool = False) -> Swept:
    """Makes the reminders due by `today` and sends each person's digest of them; with `dry_run`, only counts them."""
    if dry_run:
        return Swept(len(not_made_yet(today)), 0, 0)
    made = make_reminders(today)
    announce_reminders()
    states = [digest.state for digest in send_digests(_moment_of(today))]
    sent = states.count(DigestState.SENT.value)
    return Swept(made, sent, len(states) - sent)


def _moment_of(today: date) -> datetime:
    """This moment, where it is of that day; else the day's last minute, at which everybody's hour has come."""
    now = timezone.localtime()
    return now if now.date() == today else datetime.combine(today, LAST_MINUTE, ZoneInfo(settings.TIME_ZONE))


def make_reminders(today: date) -> int:
    """Records each reminder that is due by `today` and not yet recorded; returns how many were."""
    missing = not_made_yet(today)
    Reminder.objects.bulk_create(missing, ignore_conflicts=True, batch_size=500)
    return len(missing)


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
        TrackedFinding.objects.filter(presses())
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
