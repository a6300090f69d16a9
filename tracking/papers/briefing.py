"""The briefing before an inspection."""

from datetime import date
from typing import Any

from findings.vocabulary import Outcome
from tracking.models import TrackedFinding
from tracking.papers.content import Holds, Paper, Table, as_given
from tracking.papers.rows import as_they_stood_on, by_report, columns_of, count_line
from tracking.papers.wanted import Request, force_of
from tracking.standing import colour_of, status_sentence
from tracking.uninspected import evidence_from, not_inspected
from tracking.vocabulary import UNMET, Rag


def briefing(wanted: Request) -> Paper:
    """Everything open, with how old what is known of it is, what inspectors said last, and what they left out."""
    force = force_of(wanted)
    rows = [row for row in as_they_stood_on(force, wanted.as_of) if row.status in UNMET]
    columns = columns_of(
        ("Finding", "Where it stands", "Inspectors last said", "Newest evidence", "Days old", "Left out since", "Owner", "Due"),
        (Holds.TEXT, Holds.TEXT, Holds.TEXT, Holds.DAY, Holds.NUMBER, Holds.TEXT, Holds.TEXT, Holds.DAY),
    )  # fmt: skip
    tables = tuple(
        Table(str(report), columns, tuple(_briefing_row(row, wanted.as_of) for row in listed), count_line(listed))
        for report, listed in by_report(rows)
    )
    return Paper(
        kind=wanted.kind.value,
        title="Briefing before an inspection",
        about=force.name,
        marking=wanted.marking,
        as_of=wanted.as_of,
        lead=(),
        figures=(("Open", len(rows)), ("Red", sum(colour_of(row, wanted.as_of)[0] is Rag.RED for row in rows))),
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
        as_given(row.due_on, row.due_precision) or row.target_on,
    )
