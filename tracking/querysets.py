"""Questions that tracked findings answer, by name; the day is passed in.

Each asks the columns as they are now, or (`at=THEN`) as `tracking.past` says that they were.
"""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from tracking.models import StatusChange, TrackedElement, TrackedFinding
from tracking.vocabulary import UNMET, Basis, Position, Rag, Status

NOW, THEN = "", "then_"
STILL_UNMET = Q(status__in=UNMET)
SETTLED = [Position.SIGNED_OFF.value, Position.DEPENDS_ON_ANOTHER_BODY.value, Position.NO_ACTION.value]


def set_aside() -> Exists:
    """Of evidence: whether a correction of the status came after its sign-off; it counts again once it is signed off anew."""
    return Exists(
        StatusChange.objects.filter(
            tracked_finding=OuterRef("tracked_finding"),
            basis=Basis.CORRECTION.value,
            recorded_at__gte=OuterRef("signed_off_at"),
        )
    )


def with_what_is_shown(rows: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
    """The rows with all that a list or a page shows of them, in a number of queries that does not grow with them."""
    return rows.select_related(
        "force",
        "owner",
        "finding__report__cycle",
        "finding__judgment",
        "successor__finding",
        "last_change",
        "standing_change__assessment__report",
        "standing_change__evidence__signed_off_by",
        "last_word__report",
        "last_word__decided_by",
    ).prefetch_related(Prefetch("elements", TrackedElement.objects.select_related("element")))


def owed(at: str = NOW) -> Q:
    """Where something is still to be done, or to be done again."""
    return Q(**{f"{at}status__in": UNMET}) | Q(**{f"{at}status": Status.ACHIEVED.value}, recurs=True)


def overdue_on(today: date, at: str = NOW) -> Q:
    """Owed, and past the inspectors' date, or past the force's own target where they gave none."""
    return owed(at) & _late(today, at)


def due_within(today: date, span: timedelta) -> Q:
    """Owed, and not late: the date that counts (the inspectors', else the target) lies from today to `span` ahead."""
    last = today + span
    target = Q(due_on__isnull=True, target_on__gte=today, target_on__lte=last)
    return owed() & (Q(due_on__gte=today, due_on__lte=last) | target)


def coloured(colour: Rag, today: date, at: str = NOW) -> Q:
    """The rows that `tracking.rag` gives this colour on this day."""
    unmet = Q(**{f"{at}status__in": UNMET})
    achieved = Q(**{f"{at}status": Status.ACHIEVED.value})
    signed_off = Q(**{f"{at}position": Position.SIGNED_OFF.value})
    holds, otherwise = Q(**{f"{at}contradicted": False}), Q(**{f"{at}contradicted": True})
    unsettled = unmet & (~Q(**{f"{at}position__in": SETTLED}) | signed_off & otherwise)
    late, due_again = _late(today, at), Q(recurs=True) & _late(today, at)
    return {
        Rag.GREEN: achieved & (Q(recurs=False) | _not_late(today, at)) | unmet & signed_off & holds,
        Rag.WHITE: Q(**{f"{at}status": Status.SUPERSEDED.value})
        | unmet & Q(**{f"{at}position": Position.DEPENDS_ON_ANOTHER_BODY.value}),
        Rag.RED: achieved & due_again | unmet & Q(**{f"{at}position": Position.NO_ACTION.value}) | unsettled & late,
        Rag.AMBER: unsettled & _not_late(today, at),
    }[colour]


def _late(today: date, at: str) -> Q:
    return Q(**{f"{at}due_on__lt": today}) | Q(**{f"{at}due_on__isnull": True, f"{at}target_on__lt": today})


def _not_late(today: date, at: str) -> Q:
    """The opposite of late, said without a negation: what is unknown is not late."""
    no_target = Q(**{f"{at}target_on__isnull": True}) | Q(**{f"{at}target_on__gte": today})
    return Q(**{f"{at}due_on__gte": today}) | Q(**{f"{at}due_on__isnull": True}) & no_target
