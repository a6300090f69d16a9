"""One national recommendation against all forces, as a paper."""

from tracking.comparison import compare
from tracking.papers.content import Holds, Paper, Table
from tracking.papers.rows import columns_of
from tracking.papers.wanted import Request
from tracking.workflow import Incomplete


def comparison(wanted: Request) -> Paper:
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
    columns = columns_of(
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
