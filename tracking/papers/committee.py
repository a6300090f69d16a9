"""The paper of each quarter: what stands where, why what is red is red, what changed since the last one."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from findings.models import Force
from findings.vocabulary import FindingKind
from tracking.models import StatusChange, TrackedFinding
from tracking.papers.content import Holds, Paper, Table, as_given
from tracking.papers.rows import as_they_stood_on, by_report, columns_of, count_line, last_comments, plural
from tracking.papers.wanted import Request, force_of
from tracking.standing import colour_of
from tracking.vocabulary import UNMET, Position, Rag, Status

QUARTER = timedelta(days=91)
NO_REASON = "No reason is given."


def committee(wanted: Request) -> Paper:
    """Each report's findings, why what is red is red, when the open ones are to close, and what changed since the last paper."""
    force, since = force_of(wanted), wanted.since or wanted.as_of - QUARTER
    rows = as_they_stood_on(force, wanted.as_of)
    comments = last_comments([row.pk for row in rows], wanted.as_of)
    columns = ("No.", "Finding", "Status", "RAG", "Due", "Planned to close", "Comment")
    holds = (Holds.NUMBER, Holds.TEXT, Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.DAY, Holds.TEXT)
    tables = [
        Table(str(report), columns_of(columns, holds), tuple(_committee_row(place, row, wanted.as_of, comments.get(row.pk, "")) for place, row in enumerate(listed, 1)), count_line(listed))
        for report, listed in by_report(rows)
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


def _committee_row(place: int, row: TrackedFinding, day: date, last: str) -> tuple[Any, ...]:
    colour, why = colour_of(row, day)
    comment = row.shortfall_reason or (NO_REASON if colour is Rag.RED else "")
    said = f"{why[:1].upper()}{why[1:]}." if colour in {Rag.RED, Rag.WHITE} else row.closing_plan
    return (
        place,
        f"{FindingKind(row.finding.kind).label}: {row.finding.title}",
        Status(row.status).label,
        f"{colour.label[0]} {colour.label.lower()}",
        as_given(row.due_on, row.due_precision),
        row.target_on if row.status in UNMET else None,
        " ".join(filter(None, (said, comment if comment not in said else "", last))),
    )


def _gaps(rows: Iterable[TrackedFinding], day: date) -> tuple[str, ...]:
    """What a committee will ask for and the record does not have."""
    red = [row for row in rows if colour_of(row, day)[0] is Rag.RED and not row.shortfall_reason]
    undated = [row for row in rows if row.status in UNMET and not (row.target_on or row.due_on)]
    said = []
    if red:
        said.append(f"{len(red)} red finding{plural(red)} without the force's reason.")
    if undated:
        said.append(f"{len(undated)} open finding{plural(undated)} without a planned closing date.")
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
    columns = columns_of(
        ("Recorded", "Finding", "Change", "True from", "Why"),
        (Holds.DAY, Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.TEXT),
    )
    return Table(f"What changed since {since:%-d %B %Y}", columns, rows, when_empty="No status has changed.")
