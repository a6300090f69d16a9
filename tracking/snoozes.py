"""The one writer of snoozes: who is told nothing of a finding for a while, until when and why. Never for ever.

Only the person who is told may put it off, or an officer of the finding's force for them. Others are told as before.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from tracking import access
from tracking.models import Snooze, TrackedFinding, User
from tracking.workflow import Incomplete, Refused

LONGEST = timedelta(days=90)


def may_snooze(by: User, recipient: User, tracked: TrackedFinding) -> bool:
    """Whether `by` may put off what `recipient` is told of this finding."""
    if not access.may(recipient, access.Act.READ, tracked.force_id):
        return False
    own = by.pk == recipient.pk
    return (
        access.may(by, access.Act.READ, tracked.force_id)
        if own
        else access.may(by, access.Act.RECORD, tracked.force_id)
    )


def snoozed(recipient: User, tracked: TrackedFinding, today: date) -> Snooze | None:
    """The snooze that holds on this day, None where none does."""
    return Snooze.objects.filter(
        recipient=recipient, tracked_finding=tracked, ended_at__isnull=True, until__gt=today
    ).first()


@transaction.atomic
def snooze(tracked: TrackedFinding, recipient: User, until: date, reason: str, by: User) -> Snooze:
    """Puts off what `recipient` is told of `tracked` until a day, in the place of what was put off before.

    Raises Refused where `by` may not; Incomplete without a reason, or for a day that is not ahead or is too far.
    """
    if not may_snooze(by, recipient, tracked):
        raise Refused("not_yours", "Only the person who is told, or an officer of the force, may put reminders off.")
    today = timezone.localdate()
    if not today < until <= today + LONGEST:
        last = f"{today + LONGEST:%-d %B %Y}"
        raise Incomplete("until_unfit", f"Give a day after today and not after {last}: nothing is put off for ever.")
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why it is put off.")
    User.objects.select_for_update().get(pk=recipient.pk)
    _end(recipient, tracked)
    return Snooze.objects.create(
        recipient=recipient, tracked_finding=tracked, until=until, reason=reason.strip(), made_by=by
    )


@transaction.atomic
def wake(tracked: TrackedFinding, recipient: User, by: User) -> None:
    """Ends what was put off before its day; twice is as once. Raises Refused where `by` may not."""
    if not may_snooze(by, recipient, tracked):
        raise Refused("not_yours", "Only the person who is told, or an officer of the force, may do this.")
    _end(recipient, tracked)


def _end(recipient: User, tracked: TrackedFinding) -> None:
    standing = Snooze.objects.filter(recipient=recipient, tracked_finding=tracked, ended_at__isnull=True)
    standing.update(ended_at=timezone.now())
