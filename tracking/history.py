"""Proves the history of statuses, and says in one sentence where a finding stands and on whose word."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from tracking.models import StatusChange, TrackedFinding
from tracking.vocabulary import Basis, Status


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
    if tracked.status != stood[None]:
        return Fault(tracked.pk, None, f"it shows {tracked.status}, its history ends at {stood[None]}")
    for element in tracked.elements.all():
        if element.status != stood.get(element.pk, Status.OPEN.value):
            return Fault(tracked.pk, None, f"element {element.pk} shows another status than its history")
    return None


def status_sentence(tracked: TrackedFinding) -> str:
    """Where the finding stands, since when and on whose word, in one sentence.

    Reads `last_change` with its assessment's report and its evidence: select them with the row.
    """
    change = tracked.last_change
    if change is not None and change.element_id is not None:
        change = chain(tracked).filter(element__isnull=True).last()
    status = Status(tracked.status).label
    if change is None:
        return f"{status}."
    since = f" since {change.effective_on:%-d %B %Y}" if change.effective_on else ""
    return f"{status}{since}{_word(change)}."


def _word(change: StatusChange) -> str:
    if change.basis == Basis.ASSESSMENT and change.assessment:
        return f", on the word of {change.assessment.report}, confirmed by {change.recorded_by_name}"
    if change.basis == Basis.EVIDENCE and change.evidence:
        return f", on evidence “{change.evidence.title}”, recorded by {change.recorded_by_name}"
    if change.basis == Basis.PUBLICATION:
        return ": no later report has said otherwise"
    return f", {Basis(change.basis).label.lower()} by {change.recorded_by_name}"


def chain(tracked: TrackedFinding) -> QuerySet[StatusChange]:
    """The changes of one finding and its elements, oldest first, with what each rests on."""
    return tracked.changes.select_related(
        "element__element", "assessment__report", "evidence", "successor__finding", "recorded_by"
    ).order_by("id")
