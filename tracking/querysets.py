"""Questions that tracked findings answer, by name; the day is passed in."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from tracking.models import TrackedElement, TrackedFinding
from tracking.rag import rag
from tracking.vocabulary import UNMET, Position, Rag, Status

STILL_UNMET = Q(status__in=UNMET)


def with_what_is_shown(rows: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
    """The rows with all that a list or a page shows of them, in a number of queries that does not grow with them."""
    return rows.select_related(
        "force",
        "owner",
        "finding__report__cycle",
        "finding__judgment",
        "last_change__assessment__report",
        "last_change__evidence",
    ).prefetch_related(Prefetch("elements", TrackedElement.objects.select_related("element")))


def overdue_on(today: date) -> Q:
    """Unmet, and past the inspectors' date, or past the force's own target where they gave none."""
    return STILL_UNMET & _late(today)


def _late(today: date) -> Q:
    """What `tracking.rag.is_late` says of one row, of all rows."""
    return Q(due_on__lt=today) | Q(due_on__isnull=True, target_on__lt=today)


def colour_of(row: TrackedFinding, today: date) -> tuple[Rag, str]:
    """The colour of one row, and the reason for it."""
    return rag(Status(row.status), Position(row.position), row.due_on, row.target_on, today)


def coloured(colour: Rag, today: date) -> Q:
    """The rows that `tracking.rag` gives this colour on this day."""
    unsettled = STILL_UNMET & ~Q(
        position__in=[Position.SIGNED_OFF.value, Position.DEPENDS_ON_ANOTHER_BODY.value, Position.NO_ACTION.value]
    )
    late = _late(today)
    not_late = Q(due_on__gte=today) | Q(due_on__isnull=True) & (Q(target_on__isnull=True) | Q(target_on__gte=today))
    return {
        Rag.GREEN: Q(status=Status.ACHIEVED.value) | STILL_UNMET & Q(position=Position.SIGNED_OFF.value),
        Rag.WHITE: Q(status=Status.SUPERSEDED.value) | STILL_UNMET & Q(position=Position.DEPENDS_ON_ANOTHER_BODY.value),
        Rag.RED: STILL_UNMET & Q(position=Position.NO_ACTION.value) | unsettled & late,
        Rag.AMBER: unsettled & not_late,
    }[colour]
