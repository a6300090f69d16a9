"""Proves the history of statuses."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from tracking.models import StatusChange, TrackedFinding
from tracking.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the history does not hold."""

    tracked_finding: int
    change: int | None
    what: str

    def __str__(self) -> str:
        where = f", change {self.change}" if self.change else ""
        return f"tracked finding {self.tracked_finding}{where}: {self.what}"


def verify_history() -> Iterator[Fault | None]:
    """Checks every tracked finding's history; yields its first fault, or None where it holds.

    A row altered breaks its own hash; one removed or moved breaks the chain, or no longer ends where the
    finding says that it ends, or does not lead to the status that it shows.
    """
    changes = Prefetch("changes", queryset=StatusChange.objects.order_by("id"))
    elements = Prefetch("elements")
    for tracked in TrackedFinding.objects.order_by("id").prefetch_related(changes, elements).iterator(chunk_size=500):
        yield _fault(tracked)


def _fault(tracked: TrackedFinding) -> Fault | None:
    previous = ""
    stood: dict[int | None, str] = {None: ""}
    changes = list(tracked.changes.all())
    for change in changes:
        if change.hash != change.sealed():
            return Fault(tracked.pk, change.pk, "its content does not match its hash")
        if change.previous_hash != previous:
            return Fault(tracked.pk, change.pk, "a change before it is missing or out of order")
        default = Status.OPEN.value if change.element_id else ""
        if change.from_status != stood.get(change.element_id, default):
            return Fault(tracked.pk, change.pk, "it does not start where the change before it ended")
        stood[change.element_id] = change.to_status
        previous = change.hash
    return _ending_fault(tracked, changes, stood)


def _ending_fault(tracked: TrackedFinding, changes: list[StatusChange], stood: dict[int | None, str]) -> Fault | None:
    if tracked.last_change_id != (changes[-1].pk if changes else None) or not changes:
        return Fault(tracked.pk, None, "the newest change is missing")
    if tracked.standing_change_id != max(change.pk for change in changes if change.element_id is None):
        return Fault(tracked.pk, None, "its status does not rest on the newest change of the finding itself")
    if tracked.status != stood[None]:
        return Fault(tracked.pk, None, f"it shows {tracked.status}, its history ends at {stood[None]}")
    for element in tracked.elements.all():
        if element.status != stood.get(element.pk, Status.OPEN.value):
            return Fault(tracked.pk, None, f"element {element.pk} shows another status than its history")
    return None


def chain(tracked: TrackedFinding) -> QuerySet[StatusChange]:
    """The changes of one finding and its elements, oldest first, with what each rests on."""
    return tracked.changes.select_related(
        "element__element", "assessment__report", "evidence", "successor__finding", "recorded_by"
    ).order_by("id")
