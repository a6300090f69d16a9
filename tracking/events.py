"""The one writer of events: what happened, and its place in the feed.

An event is written in the transaction of what happened. Its position is given afterwards, under one lock, to events that
are committed; who has read up to a position therefore never misses one that was slow to commit, nor sees one twice.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Subquery
from django.utils import timezone

from tracking.models import Event, FeedHead, Reminder, StatusChange, TrackedFinding
from tracking.vocabulary import EventKind

HEAD = 1
AT_ONCE = 10_000
# A reminder that is older than this and was not announced is no news: it was made before there were such events.
ANNOUNCED_WITHIN = timedelta(days=7)


def announce(kind: EventKind, tracked: TrackedFinding, subject: int) -> Event:
    """Says that something happened to a tracked finding: `subject` is the id of the row that says what."""
    return Event.objects.create(
        kind=kind.value,
        force_id=tracked.force_id,
        tracked_finding=tracked,
        subject=subject,
        happened_at=timezone.now(),
    )


def announce_assessment(kind: EventKind, assessment_id: int, force_id: int, tracked_id: int | None) -> Event:
    """Says that an assessment was proposed or decided; which finding it means may not be known."""
    return Event.objects.create(
        kind=kind.value,
        force_id=force_id,
        tracked_finding_id=tracked_id,
        subject=assessment_id,
        happened_at=timezone.now(),
    )


def announce_changes(kind: EventKind, changes: Iterable[StatusChange]) -> None:
    """Says that statuses changed, or that findings were opened: one event a change."""
    Event.objects.bulk_create(
        Event(
            kind=kind.value,
            force_id=change.tracked_finding.force_id,
            tracked_finding_id=change.tracked_finding_id,
            status_change=change,
            subject=change.pk,
            happened_at=change.recorded_at,
        )
        for change in changes
    )


def announce_reminders() -> int:
    """Says of each deadline that people are reminded of, once for each rule and not once for each of them; returns how many.

    Who was reminded is not told. Safe to repeat, and from several places at once.
    """
    announced = Event.objects.filter(kind=EventKind.REMINDER_MADE.value, subject=OuterRef("pk"))
    same = Reminder.objects.filter(
        tracked_finding=OuterRef("tracked_finding"), rule=OuterRef("rule"), occasion=OuterRef("occasion")
    )
    first = Reminder.objects.annotate(first=Subquery(same.order_by("pk").values("pk")[:1])).filter(pk=F("first"))
    fresh = first.filter(~Exists(announced), made_at__gte=timezone.now() - ANNOUNCED_WITHIN)
    made = Event.objects.bulk_create(
        (
            Event(
                kind=EventKind.REMINDER_MADE.value,
                force_id=reminder.tracked_finding.force_id,
                tracked_finding_id=reminder.tracked_finding_id,
                subject=reminder.pk,
                happened_at=reminder.made_at,
            )
            for reminder in fresh.select_related("tracked_finding").order_by("pk")
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
    return len(made)


def number_events() -> int:
    """Gives every committed event its position, in the order of ids within what has come since; returns how many.

    Readers of the feed call it first. It costs one query where nothing has come.
    """
    numbered = 0
    while Event.objects.filter(position__isnull=True).exists():
        numbered += _number_some()
    return numbered


@transaction.atomic
def _number_some() -> int:
    FeedHead.objects.get_or_create(pk=HEAD)
    FeedHead.objects.select_for_update().get(pk=HEAD)
    waiting = Event.objects.filter(position__isnull=True)
    first = waiting.aggregate(first=Min("id"))["first"]
    if first is None:
        return 0  # another reader was faster
    last = Event.objects.aggregate(last=Max("position"))["last"] or 0
    return waiting.filter(id__gte=first, id__lt=first + AT_ONCE).update(position=F("id") - first + last + 1)
