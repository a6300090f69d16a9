"""The story of one requirement across cycles: found, met or not, found again, taken over."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tracking.models import FindingLink, TrackedFinding
from tracking.querysets import with_what_is_shown
from tracking.vocabulary import Status

LONGEST = 50


@dataclass(frozen=True, slots=True)
class Ring:
    """One finding of a chain; `found_again`: it had been achieved when a newer finding repeated it."""

    tracked_finding: TrackedFinding
    found_again: bool


def chain_of(tracked: TrackedFinding) -> list[Ring]:
    """The findings of the force that ask for the same as this one, oldest first, itself included.

    By links that stand, and by what took over from what.
    """
    ids, fresh = {tracked.pk}, {tracked.pk}
    repeated: set[int] = set()
    while fresh and len(ids) < LONGEST:
        links = FindingLink.objects.filter(Q(newer__in=fresh) | Q(older__in=fresh), withdrawn_at__isnull=True)
        pairs = list(links.values_list("newer", "older"))
        taken = TrackedFinding.objects.filter(Q(pk__in=fresh) | Q(successor__in=fresh), successor__isnull=False)
        pairs += [(row.successor_id, row.pk) for row in taken if row.successor_id]
        repeated |= {older for _, older in pairs}
        fresh = {pk for pair in pairs for pk in pair} - ids
        ids |= fresh
    rows = with_what_is_shown(TrackedFinding.objects.filter(pk__in=ids))
    rings = [Ring(row, row.pk in repeated and _was_achieved(row)) for row in rows]
    return sorted(rings, key=_place)


def _was_achieved(row: TrackedFinding) -> bool:
    if row.status == Status.ACHIEVED:
        return True
    change = row.standing_change
    return bool(change and row.status == Status.SUPERSEDED and change.from_status == Status.ACHIEVED)


def _place(ring: Ring) -> tuple[int, date, int]:
    report = ring.tracked_finding.finding.report
    return report.cycle.order if report.cycle else 0, report.known_from or date.min, ring.tracked_finding.pk
