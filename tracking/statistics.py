"""Counts over tracked findings, over time, and how long it takes to achieve them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import quantiles
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from findings.vocabulary import FindingKind
from tracking.models import StatusChange, TrackedFinding
from tracking.past import Moment
from tracking.querysets import NOW, coloured, overdue_on
from tracking.vocabulary import Rag, Status

MOST_POINTS = 400


class Dimension(StrEnum):
    """What findings can be counted by."""

    FORCE = "force"
    KIND = "kind"
    SCOPE = "scope"
    CYCLE = "cycle"
    PILLAR = "pillar"
    THEME = "theme"
    STATUS = "status"
    POSITION = "position"
    RAG = "rag"


class Step(StrEnum):
    """How far apart the points of a series lie."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}[self]


@dataclass(frozen=True, slots=True)
class Point:
    """How many findings stood with each status at the end of a day."""

    on: date
    counts: dict[Status, int]


@dataclass(frozen=True, slots=True)
class TimeToAchieve:
    """Of one group: how many were achieved, how many not yet, and the quartiles of days from standing to achieved."""

    group: str | None
    achieved: int
    not_yet: int
    quartiles: tuple[float, float, float] | None


def summary_of(rows: QuerySet[TrackedFinding], today: date, at: str = NOW) -> dict[str, Any]:
    """Counts of `rows` by kind, status and colour, with how many are late and unowned. One query.

    With `at=THEN` the rows are those that `tracking.past.stood` gives, and `today` is the day of that moment.
    """
    return _worded(rows.order_by().aggregate(**_counts(today, at)))


def summaries_by_force(rows: QuerySet[TrackedFinding], today: date) -> dict[int, dict[str, Any]]:
    """The same counts for each force that `rows` belong to, by the force's id. One query."""
    counted = rows.order_by().values("force").annotate(**_counts(today))
    return {row["force"]: _worded({**row}) for row in counted}


def cross_table(
    rows: QuerySet[TrackedFinding], by: Sequence[Dimension], today: date, at: str = NOW
) -> list[dict[str, Any]]:
    """How many of `rows` there are for each combination of what `by` names, none left out that has any. One query.

    A finding of two themes counts in both. What has no value (a report without a pillar) has None.
    """
    named = {f"by_{dimension.value}": _column(dimension, today, at) for dimension in by}
    counted = (
        rows.order_by().annotate(**named).values(*named).annotate(count=Count("pk", distinct=True)).order_by(*named)
    )
    return [{**{d.value: row[f"by_{d.value}"] or None for d in by}, "count": row["count"]} for row in counted]


def series(rows: QuerySet[TrackedFinding], since: date, at: Moment, step: Step) -> list[Point]:
    """How the statuses of `rows` stood at the end of each step from `since` to the moment's day, that day included.

    From the history alone: each change counts from the day on which it is true, by what was recorded by then. One query.
    """
    moved: defaultdict[date, Counter[str]] = defaultdict(Counter)
    standing: dict[int, str] = {}
    for tracked, status, day in _moves(rows, at):
        moved[day][status] += 1
        if before := standing.get(tracked):
            moved[day][before] -= 1
        standing[tracked] = status
    days = sorted(moved)
    counted: Counter[str] = Counter()
    points, place = [], 0
    for on in points_of_time(since, at.as_of, step):
        while place < len(days) and days[place] <= on:
            for status, more in moved[days[place]].items():
                counted[status] += more
            place += 1
        points.append(Point(on, {status: counted[status] for status in Status}))
    return points


def points_of_time(since: date, until: date, step: Step) -> list[date]:
    """The last day of each month, quarter or year from `since` on, and `until` itself."""
    first = date(since.year, 1 + (since.month - 1) // step.months * step.months, 1)
    found = []
    for place in range(1, MOST_POINTS + 1):
        end = first + relativedelta(months=place * step.months, days=-1)
        if end >= until:
            break
        found.append(end)
    return [*found, until]


def time_to_achieve(rows: QuerySet[TrackedFinding], by: Dimension | None, at: Moment) -> list[TimeToAchieve]:
    """How many days findings took from the day they stood until they were first achieved, by what `by` names.

    A finding that was achieved and found again counts by its first time. Days that nobody knows count for nothing.
    """
    first = (
        StatusChange.objects.filter(
            tracked_finding__in=rows.order_by().values("pk"),
            element__isnull=True,
            to_status=Status.ACHIEVED.value,
            effective_on__lte=at.as_of,
            recorded_at__lt=at.recorded_before,
        )
        .order_by()
        .values("tracked_finding")
        .annotate(on=Min("effective_on"))
    )
    achieved = dict(first.values_list("tracked_finding", "on"))
    group = _column(by, at.as_of, NOW) if by else Value("")
    took: defaultdict[str, list[int]] = defaultdict(list)
    open_still: Counter[str] = Counter()
    named = rows.order_by().annotate(by_group=group).values_list("pk", "by_group", "stands_from").distinct()
    for pk, name, stands_from in named:
        if pk not in achieved:
            open_still[name or ""] += 1
        elif stands_from:
            took[name or ""].append(max((achieved[pk] - stands_from).days, 0))
    groups = sorted({*took, *open_still})
    return [TimeToAchieve(name or None, len(took[name]), open_still[name], _quartiles(took[name])) for name in groups]


def _moves(rows: QuerySet[TrackedFinding], at: Moment) -> Iterable[tuple[int, str, date]]:
    changes = StatusChange.objects.filter(
        tracked_finding__in=rows.order_by().values("pk"), element__isnull=True, recorded_at__lt=at.recorded_before
    )
    day = Coalesce("effective_on", "tracked_finding__stands_from", Value(date.min))
    known = changes.annotate(day=day).filter(day__lte=at.as_of).order_by("id")
    return known.values_list("tracked_finding", "to_status", "day").iterator(chunk_size=5000)


def _quartiles(days: list[int]) -> tuple[float, float, float] | None:
    if not days:
        return None
    if len(days) == 1:
        return (float(days[0]),) * 3
    lower, median, upper = quantiles(days, n=4, method="inclusive")
    return lower, median, upper


def _column(dimension: Dimension, today: date, at: str) -> Any:
    if dimension is Dimension.RAG:
        whens = [When(coloured(rag, today, at), then=Value(rag.value)) for rag in Rag]
        return Case(*whens, default=Value(""), output_field=CharField())
    columns = {
        Dimension.FORCE: "force__slug",
        Dimension.KIND: "finding__kind",
        Dimension.SCOPE: "finding__scope",
        Dimension.CYCLE: "finding__report__cycle__code",
        Dimension.PILLAR: "finding__report__pillar",
        Dimension.THEME: "finding__themes__slug",
        Dimension.STATUS: f"{at}status",
        Dimension.POSITION: f"{at}position",
    }
    return F(columns[dimension])


def _counts(today: date, at: str = NOW) -> dict[str, Count]:
    return {
        "total": Count("pk"),
        "overdue": Count("pk", filter=overdue_on(today, at)),
        "no_owner": Count("pk", filter=Q(**{f"{at}owner__isnull": True})),
        **{f"kind_{k.value}": Count("pk", filter=Q(finding__kind=k.value)) for k in FindingKind if k.has_status},
        **{f"status_{s.value}": Count("pk", filter=Q(**{f"{at}status": s.value})) for s in Status},
        **{f"rag_{r.value}": Count("pk", filter=coloured(r, today, at)) for r in Rag},
    }


def _worded(counted: dict[str, Any]) -> dict[str, Any]:
    return {
        "total": counted["total"],
        "overdue": counted["overdue"],
        "no_owner": counted["no_owner"],
        "kind": {k.value: counted[f"kind_{k.value}"] for k in FindingKind if k.has_status},
        "status": {s.value: counted[f"status_{s.value}"] for s in Status},
        "rag": {r.value: counted[f"rag_{r.value}"] for r in Rag},
    }
