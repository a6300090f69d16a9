"""One national recommendation against all forces: where each stands by the inspectors' words."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from findings.models import Finding
from tracking.models import TrackedFinding
from tracking.public_record import Said, said_of
from tracking.vocabulary import Status


@dataclass(frozen=True, slots=True)
class ForceStanding:
    """Where one force stands; `said.report` is None where no report has spoken of it yet."""

    tracked_finding: TrackedFinding
    said: Said


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every force that the recommendation binds, by name, and how many stand where."""

    finding: Finding
    forces: list[ForceStanding]
    counts: dict[Status, int]


def compare(finding: Finding, as_of: date | None = None) -> Comparison:
    """All forces beside each other for one national recommendation, by what inspectors had said by `as_of` (else today).

    A force that no report has mentioned stands as it was opened.
    """
    rows = (
        TrackedFinding.objects.filter(finding=finding, force__is_example=False)
        .select_related("force", "finding")
        .order_by("force__name")
    )
    tracked = [row for row in rows if not (as_of and row.stands_from and row.stands_from > as_of)]
    said = said_of(tracked, as_of)
    forces = [ForceStanding(row, said[row.pk]) for row in tracked]
    counted = Counter(standing.said.status for standing in forces)
    return Comparison(finding, forces, {status: counted.get(status, 0) for status in Status})
