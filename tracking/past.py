"""How findings stood on a past day: what was true then (`as_of`), by what was recorded by a day (`known_on`).

A status is true from its change's own day on. What the force says of itself (position, owner, reasons, dates) has no
other day than the one on which it was recorded. Days are London's.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from findings.vocabulary import Outcome
from tracking.models import (
    Assessment,
    DateChange,
    ProgressUpdate,
    SignOffRequest,
    StatusChange,
    TrackedFinding,
    User,
)
from tracking.vocabulary import AssessmentState, Basis, DateKind, Position, SignOffState, Status
from tracking.workflow import Incomplete

# Verdicts that contradict a sign-off.
OTHERWISE = [Outcome.NOT_ACHIEVED.value, Outcome.PARTLY_COMPLIED.value]
# What the force says of itself, kept with each progress update as [before, after].
EARLIEST = date(1990, 1, 1)
OWN_WORDS = ("position", "owner", "lead", "closing_plan", "shortfall_reason")


@dataclass(frozen=True, slots=True)
class Moment:
    """True on `as_of`, by what was recorded by the end of `known_on`."""

    as_of: date
    known_on: date

    @property
    def recorded_before(self) -> datetime:
        """The end of the day by which statuses and verdicts were recorded."""
        return _end_of(self.known_on)

    @property
    def said_before(self) -> datetime:
        """The end of the day by which the force had said what it says: true and recorded are one there."""
        return _end_of(min(self.as_of, self.known_on))


def moment(as_of: date | None, known_on: date | None) -> Moment | None:
    """The moment asked for, None where neither day is given; raises Incomplete for a day that has not come.

    Without `known_on` all that is recorded today counts; without `as_of` the day on which it was known does.
    """
    if as_of is None and known_on is None:
        return None
    today = timezone.localdate()
    for day in (as_of, known_on):
        if day and day < EARLIEST:
            raise Incomplete("day_too_early", f"No inspection is as old as {day:%-d %B %Y}.")
        if day and day > today:
            raise Incomplete("day_in_future", f"{day:%-d %B %Y} has not come yet.")
    return Moment(as_of or known_on or today, known_on or today)


def stood(rows: QuerySet[TrackedFinding], at: Moment) -> QuerySet[TrackedFinding]:
    """Those of `rows` that stood at that moment, with their columns as they were then, named `then_…`."""
    changes = _changes(OuterRef("pk"), at)
    own = changes.filter(element__isnull=True)
    return (
        rows.filter(Q(stands_from__lte=at.as_of) | Q(stands_from__isnull=True))
        .annotate(
            then_standing_change=Subquery(own.values("pk")[:1]),
            then_status=Subquery(own.values("to_status")[:1]),
            then_last_change=Subquery(changes.values("pk")[:1]),
            then_due_on=_date_then(DateKind.DUE, at),
            then_target_on=_date_then(DateKind.TARGET, at),
            then_signed_off_at=Subquery(_sign_offs(at).values("decided_at")[:1]),
            then_last_word=Subquery(_verdicts(OuterRef("pk"), at).values("pk")[:1]),
            **{f"then_{name}": _said_then(name, at) for name in OWN_WORDS},
        )
        .annotate(then_contradicted=_contradicted(at))
        .filter(then_standing_change__isnull=False)
    )


def as_they_stood(rows: Iterable[TrackedFinding], at: Moment) -> list[TrackedFinding]:
    """Rows of `stood` with their own fields set to what they were; for showing, never for saving.

    A number of queries that does not grow with the rows. `seen_on` is the day to colour them by.
    """
    listed: list[Any] = list(rows)
    changes = _with_what_they_rest_on({pk for row in listed for pk in (row.then_standing_change, row.then_last_change)})
    said = Assessment.objects.select_related("report__cycle", "decided_by").in_bulk(
        {row.then_last_word for row in listed if row.then_last_word}
    )
    owners = {user.username: user for user in User.objects.filter(username__in={row.then_owner for row in listed})}
    limbs = _elements_then([row.pk for row in listed], at)
    for row in listed:
        for name in ("status", "due_on", "target_on", "position", "lead", "closing_plan", "shortfall_reason"):
            setattr(row, name, getattr(row, f"then_{name}"))
        row.contradicted = bool(row.then_contradicted)
        row.standing_change, row.last_change = changes[row.then_standing_change], changes[row.then_last_change]
        row.last_word, row.owner = said.get(row.then_last_word), owners.get(row.then_owner)
        row.successor = row.standing_change.successor if row.status == Status.SUPERSEDED else None
        if row.due_on is None:
            row.due_precision = ""
        for element in row.elements.all():
            element.status = limbs[element.pk]
        row.seen_on = at.as_of
    return listed


def _changes(tracked: Any, at: Moment) -> QuerySet[StatusChange]:
    """The changes of a finding that were true and recorded at that moment, newest first."""
    true = Q(effective_on__lte=at.as_of) | Q(effective_on__isnull=True)  # an opening whose day is not known
    return StatusChange.objects.filter(true, tracked_finding=tracked, recorded_at__lt=at.recorded_before).order_by(
        "-id"
    )


def _date_then(kind: DateKind, at: Moment) -> Case:
    """A date as it stood: what the first move after that moment moved it from, else what it is."""
    later = DateChange.objects.filter(
        tracked_finding=OuterRef("pk"), kind=kind.value, recorded_at__gte=at.said_before
    ).order_by("id")
    now = F("due_on" if kind is DateKind.DUE else "target_on")
    return Case(When(Exists(later), then=Subquery(later.values("from_on")[:1])), default=now)


class _Before(Func):
    """What an update moved this field from, as text; nothing where that was nothing.

    Django's own transform gives the word "null" for that on SQLite.
    """

    function = "JSON_EXTRACT"
    output_field = TextField()

    def __init__(self, name: str, **extra: Any) -> None:
        super().__init__(F("moved"), Value(f"$.{name}[0]"), **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(jsonb_path_query_first(%(expressions)s::jsonpath) #>> '{}')"
        return self.as_sql(compiler, connection, template=template, **extra)


def _said_then(name: str, at: Moment) -> Case:
    """What the force said: what the first update after that moment moved it from, else what it says."""
    later = ProgressUpdate.objects.filter(
        tracked_finding=OuterRef("pk"), moved__has_key=name, recorded_at__gte=at.said_before
    ).order_by("id")
    now = F("owner__username" if name == "owner" else name)
    return Case(
        When(Exists(later), then=Subquery(later.values(before=_Before(name))[:1])),
        default=now,
        output_field=TextField(),
    )


def _sign_offs(at: Moment) -> QuerySet[SignOffRequest]:
    return SignOffRequest.objects.filter(
        tracked_finding=OuterRef("pk"), state=SignOffState.ACCEPTED.value, decided_at__lt=at.said_before
    ).order_by("-decided_at")


def _verdicts(tracked: Any, at: Moment) -> QuerySet[Assessment]:
    """The verdicts confirmed by then, of reports that were out by then, the latest report first."""
    out = Q(dated__lte=at.as_of) | Q(dated__isnull=True)
    corrected = StatusChange.objects.filter(
        tracked_finding=OuterRef("tracked_finding"),
        element__isnull=True,
        basis=Basis.CORRECTION.value,
        recorded_at__gte=OuterRef("decided_at"),
        recorded_at__lt=at.recorded_before,
        effective_on__lte=at.as_of,
    )
    return (
        Assessment.objects.annotate(dated=Coalesce("report__published_on", "report__updated_on"))
        .filter(out, tracked_finding=tracked, state=AssessmentState.CONFIRMED.value, decided_at__lt=at.recorded_before)
        .exclude(Exists(corrected))
        .order_by(F("report__cycle__order").desc(nulls_last=True), F("dated").desc(nulls_last=True), "-decided_at")
    )


def _contradicted(at: Moment) -> Case:
    """Whether the last verdict says otherwise than a sign-off that came before its report."""
    last = Assessment.objects.filter(pk=OuterRef("then_last_word"), outcome__in=OTHERWISE).annotate(
        dated=Coalesce("report__published_on", "report__updated_on")
    )
    after = last.filter(Q(dated__isnull=True) | Q(dated__gte=OuterRef("then_signed_off_at__date")))
    after = after.filter(decided_at__gte=OuterRef("then_signed_off_at"))
    signed_off = Q(then_position=Position.SIGNED_OFF.value, then_signed_off_at__isnull=False)
    return Case(When(signed_off & Exists(after), then=True), default=False)


def _elements_then(tracked: list[int], at: Moment) -> dict[int, str]:
    """The status of each element of these findings at that moment; open where nothing was said of it yet."""
    changes = StatusChange.objects.filter(
        tracked_finding__in=tracked,
        element__isnull=False,
        effective_on__lte=at.as_of,
        recorded_at__lt=at.recorded_before,
    )
    said = dict(changes.order_by("id").values_list("element_id", "to_status"))  # of each element, the last one stays
    return defaultdict(lambda: Status.OPEN.value, said)


def _with_what_they_rest_on(ids: set[int]) -> dict[int, StatusChange]:
    return StatusChange.objects.select_related(
        "assessment__report", "evidence__signed_off_by", "successor__finding", "successor__force"
    ).in_bulk(ids)


def _end_of(day: date) -> datetime:
    """The first instant of the next day in London."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
