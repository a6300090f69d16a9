"""What each paper says, from the record as it stood on a day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from findings.models import Finding, Force, Report
from findings.vocabulary import FindingKind, Outcome
from tracking.comparison import compare
from tracking.contradictions import SAID, contradictions_of, only_contradictory, with_contradictions
from tracking.models import Explanation, ProgressUpdate, StatusChange, TrackedFinding
from tracking.papers.content import Column, Holds, Paper, Table
from tracking.past import Moment, as_they_stood, stood
from tracking.querysets import with_what_is_shown
from tracking.standing import colour_of, status_sentence
from tracking.uninspected import evidence_from, not_inspected
from tracking.vocabulary import UNMET, PaperKind, Position, Rag, Status
from tracking.workflow import Incomplete

MARKING = "OFFICIAL"
QUARTER = timedelta(days=91)
NO_REASON = "No reason is given."


@dataclass(frozen=True, slots=True)
class Request:
    """Which paper is wanted. `since` is the day of the paper before; `report` and `finding` where the kind asks for one."""

    kind: PaperKind
    force: Force | None
    as_of: date
    since: date | None = None
    report: Report | None = None
    finding: Finding | None = None
    marking: str = MARKING


def build(wanted: Request) -> Paper:
    """The paper asked for; raises Incomplete where something that its kind needs is missing, or a day cannot be."""
    if wanted.as_of > timezone.localdate():
        raise Incomplete("day_in_future", f"{wanted.as_of:%-d %B %Y} has not come yet.")
    if wanted.since and wanted.since > wanted.as_of:
        raise Incomplete("period_backwards", "The period ends before it begins.")
    return {
        PaperKind.COMMITTEE: _committee,
        PaperKind.FOI: _foi,
        PaperKind.BRIEFING: _briefing,
        PaperKind.COMPARISON: _comparison,
        PaperKind.CONTRADICTIONS: _contradictions,
    }[wanted.kind](wanted)


def _committee(wanted: Request) -> Paper:
    """Each report's findings, why what is red is red, when the open ones are to close, and what changed since the last paper."""
    force, since = _force(wanted), wanted.since or wanted.as_of - QUARTER
    rows = _as_they_stood(force, wanted.as_of)
    columns = ("No.", "Finding", "Status", "RAG", "Due", "Planned to close", "Comment")
    holds = (Holds.NUMBER, Holds.TEXT, Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.DAY, Holds.TEXT)
    tables = [
        Table(str(report), _columns(columns, holds), tuple(_committee_row(place, row, wanted.as_of) for place, row in enumerate(listed, 1)), _count_line(listed))
        for report, listed in _by_report(rows)
    ]  # fmt: skip
    return Paper(
        kind=wanted.kind.value,
        title="Progress on inspection findings",
        about=force.name,
        marking=wanted.marking,
        as_of=wanted.as_of,
        lead=_gaps(rows, wanted.as_of),
        figures=_totals(rows),
        tables=(_changes(force, since, wanted.as_of), *tables),
    )


def _committee_row(place: int, row: TrackedFinding, day: date) -> tuple[Any, ...]:
    colour, why = colour_of(row, day)
    comment = row.shortfall_reason or (NO_REASON if colour is Rag.RED else "")
    said = f"{why[:1].upper()}{why[1:]}." if colour in {Rag.RED, Rag.WHITE} else row.closing_plan
    return (
        place,
        f"{FindingKind(row.finding.kind).label}: {row.finding.title}",
        Status(row.status).label,
        f"{colour.label[0]} {colour.label.lower()}",
        row.due_on,
        row.target_on if row.status in UNMET else None,
        " ".join(filter(None, (said, comment if comment not in said else ""))),
    )


def _gaps(rows: Iterable[TrackedFinding], day: date) -> tuple[str, ...]:
    """What a committee will ask for and the record does not have."""
    red = [row for row in rows if colour_of(row, day)[0] is Rag.RED and not row.shortfall_reason]
    undated = [row for row in rows if row.status in UNMET and not (row.target_on or row.due_on)]
    said = []
    if red:
        said.append(f"{len(red)} red finding{_s(red)} without the force's reason.")
    if undated:
        said.append(f"{len(undated)} open finding{_s(undated)} without a planned closing date.")
    return tuple(said)


def _totals(rows: list[TrackedFinding]) -> tuple[tuple[str, int], ...]:
    unmet = [row for row in rows if row.status in UNMET]
    waiting = [row for row in unmet if row.position == Position.READY_FOR_SIGN_OFF]
    unowned = [row for row in unmet if row.owner is None and row not in waiting]
    return (
        ("In progress", len(unmet) - len(waiting) - len(unowned)),
        ("Awaiting allocation", len(unowned)),
        ("Pending sign-off", len(waiting)),
        ("Closed", len(rows) - len(unmet)),
    )


def _changes(force: Force, since: date, until: date) -> Table:
    """The changes of status that were recorded after the day of the last paper, up to this one's."""
    moves = (
        StatusChange.objects.filter(tracked_finding__force=force, element__isnull=True, recorded_at__date__gt=since, recorded_at__date__lte=until)
        .exclude(from_status="")
        .select_related("tracked_finding__finding")
        .order_by("id")
    )  # fmt: skip
    rows = tuple(
        (
            timezone.localdate(move.recorded_at),
            move.tracked_finding.finding.title,
            f"{Status(move.from_status).label} → {Status(move.to_status).label.lower()}",
            move.effective_on,
            move.reason,
        )
        for move in moves
    )
    columns = _columns(
        ("Recorded", "Finding", "Change", "True from", "Why"),
        (Holds.DAY, Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.TEXT),
    )
    return Table(f"What changed since {since:%-d %B %Y}", columns, rows, when_empty="No status has changed.")


def _foi(wanted: Request) -> Paper:
    """Each recommendation of one report: what was done, what came of it; if it is not done, when and why. No names of staff."""
    force = _force(wanted)
    if wanted.report is None:
        raise Incomplete("report_missing", "Say which report is asked about.")
    rows = [
        row
        for row in _as_they_stood(force, wanted.as_of)
        if row.finding.report_id == wanted.report.pk and row.finding.kind == FindingKind.RECOMMENDATION
    ]
    acts = _acts(rows, wanted.as_of)
    listed = tuple(_foi_row(place, row, acts.get(row.pk, "")) for place, row in enumerate(rows, 1))
    columns = _columns(
        ("No.", "Recommendation", "Action taken", "Result", "If not done: when", "If not done: why"),
        (Holds.NUMBER, Holds.TEXT, Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.TEXT),
    )
    return Paper(
        kind=wanted.kind.value,
        title=f"Recommendations of {wanted.report}",
        about=force.name,
        marking=wanted.marking,
        as_of=wanted.as_of,
        lead=(),
        figures=_by_status(rows),
        tables=(
            Table("Recommendations", columns, listed, when_empty="The report has no recommendation to this force."),
        ),
    )


def _foi_row(place: int, row: TrackedFinding, act: str) -> tuple[Any, ...]:
    change, unmet = row.standing_change, row.status in UNMET
    since = f" since {change.effective_on:%-d %B %Y}" if change and change.effective_on else ""
    why = row.shortfall_reason if unmet else ""
    return place, row.finding.text or row.finding.title, act, f"{Status(row.status).label}{since}", (row.target_on or row.due_on) if unmet else None, why  # fmt: skip


def _acts(rows: list[TrackedFinding], day: date) -> dict[int, str]:
    """What the published comments say of each, else what the force said last of its own work."""
    ids = [row.pk for row in rows]
    said = ProgressUpdate.objects.filter(tracked_finding__in=ids, recorded_at__date__lte=day).exclude(comment="")
    acts = dict(said.order_by("id").values_list("tracked_finding", "comment"))
    explained = Explanation.objects.filter(tracked_finding__in=ids, recorded_at__date__lte=day)
    return {**acts, **dict(explained.order_by("id").values_list("tracked_finding", "text"))}


def _briefing(wanted: Request) -> Paper:
    """Everything open, with how old what is known of it is, what inspectors said last, and what they left out."""
    force = _force(wanted)
    rows = [row for row in _as_they_stood(force, wanted.as_of) if row.status in UNMET]
    columns = _columns(
        ("Finding", "Where it stands", "Inspectors last said", "Newest evidence", "Days old", "Left out since", "Owner", "Due"),
        (Holds.TEXT, Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.NUMBER, Holds.TEXT, Holds.TEXT, Holds.DAY),
    )  # fmt: skip
    tables = tuple(
        Table(str(report), columns, tuple(_briefing_row(row, wanted.as_of) for row in listed), _count_line(listed))
        for report, listed in _by_report(rows)
    )
    return Paper(
        kind=wanted.kind.value,
        title="Briefing before an inspection",
        about=force.name,
        marking=wanted.marking,
        as_of=wanted.as_of,
        lead=(),
        figures=(("Open", len(rows)), ("Overdue", sum(colour_of(row, wanted.as_of)[0] is Rag.RED for row in rows))),
        tables=tables,
    )


def _briefing_row(row: TrackedFinding, day: date) -> tuple[Any, ...]:
    newest, said = evidence_from(row), row.last_word
    left_out = "; ".join(f"{one.report}: {one.reason}" for one in not_inspected(row))
    return (
        row.finding.title,
        status_sentence(row),
        f"{Outcome(said.outcome).label}, {said.report}: “{said.quote}”" if said else "",
        newest,
        (day - newest).days if newest else None,
        left_out,
        str(row.owner) if row.owner else "nobody",
        row.due_on or row.target_on,
    )


def _comparison(wanted: Request) -> Paper:
    """One national recommendation against all forces, by the inspectors' words alone."""
    if wanted.finding is None:
        raise Incomplete("finding_missing", "Say which national recommendation is compared.")
    compared = compare(wanted.finding, wanted.as_of)
    rows = tuple(
        (
            one.tracked_finding.force.name,
            one.said.status.label,
            one.said.since,
            " ".join(filter(None, (one.said.quote, one.said.caveat))) or "No verdict is confirmed.",
            str(one.said.report) if one.said.report else "",
            one.said.report.dated_on if one.said.report else None,
        )
        for one in compared.forces
    )
    columns = _columns(
        ("Force", "Status", "Since", "What was said", "Report", "Dated"),
        (Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.TEXT, Holds.TEXT, Holds.DAY),
    )
    return Paper(
        kind=wanted.kind.value,
        title=f"All forces: {wanted.finding.title}",
        about=str(wanted.finding.report),
        marking=wanted.marking,
        as_of=wanted.as_of,
        lead=(),
        figures=tuple((status.label, count) for status, count in compared.counts.items()),
        tables=(Table("Forces", columns, rows),),
    )


def _contradictions(wanted: Request) -> Paper:
    """What in the force's record does not go together today."""
    force, today = _force(wanted), timezone.localdate()
    if wanted.as_of != today:
        raise Incomplete("of_today_only", "What does not go together is told of today alone.")
    found = only_contradictory(with_contradictions(TrackedFinding.objects.filter(force=force), today))
    listed = list(with_what_is_shown(found).order_by("id"))
    rows = tuple(
        (row.finding.title, str(row.finding.report), " ".join(SAID[code] for code in contradictions_of(row)), status_sentence(row), str(row.owner or "nobody"))
        for row in listed
    )  # fmt: skip
    told = Counter(code for row in listed for code in contradictions_of(row))
    columns = _columns(
        ("Finding", "Report", "What does not go together", "Where it stands", "Owner"), (Holds.TEXT,) * 5
    )
    return Paper(
        kind=wanted.kind.value,
        title="What does not go together",
        about=force.name,
        marking=wanted.marking,
        as_of=today,
        lead=(),
        figures=tuple((SAID[code], count) for code, count in told.items()),
        tables=(Table("Findings", columns, rows, when_empty="Everything goes together."),),
    )


def _force(wanted: Request) -> Force:
    if wanted.force is None:
        raise Incomplete("force_missing", "Say which force the paper is about.")
    return wanted.force


def _as_they_stood(force: Force, day: date) -> list[TrackedFinding]:
    """The force's findings as they stood at the end of that day, by all that is known of it today, newest report first."""
    at = Moment(day, timezone.localdate())
    rows: QuerySet[TrackedFinding] = with_what_is_shown(stood(TrackedFinding.objects.filter(force=force), at))
    found = as_they_stood(rows.prefetch_related(Prefetch("finding__themes")), at)
    return sorted(found, key=_place)


def _place(row: TrackedFinding) -> tuple[int, int, int, int]:
    report = row.finding.report
    return -(report.cycle.order if report.cycle else 0), report.pk, row.finding.number or 0, row.pk


def _by_report(rows: list[TrackedFinding]) -> list[tuple[Report, list[TrackedFinding]]]:
    return [(next(iter(listed)).finding.report, listed) for listed in (list(group) for _, group in groupby(rows, key=lambda row: row.finding.report_id))]  # fmt: skip


def _count_line(rows: list[TrackedFinding]) -> str:
    counts = ", ".join(f"{count} {label.lower()}" for label, count in _by_status(rows) if count)
    return f"{len(rows)} finding{_s(rows)}: {counts}."


def _by_status(rows: list[TrackedFinding]) -> tuple[tuple[str, int], ...]:
    counted = Counter(row.status for row in rows)
    return tuple((status.label, counted[status.value]) for status in Status)


def _columns(headings: tuple[str, ...], holds: tuple[Holds, ...]) -> tuple[Column, ...]:
    return tuple(Column(heading, what) for heading, what in zip(headings, holds, strict=True))


def _s(rows: list[Any]) -> str:
    return "" if len(rows) == 1 else "s"
