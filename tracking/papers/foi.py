"""The answer to a request under the Freedom of Information Act about one report."""

from datetime import date
from typing import Any

from findings.vocabulary import FindingKind
from tracking.models import Explanation, TrackedFinding
from tracking.papers.content import Holds, Paper, Table, as_given
from tracking.papers.rows import as_they_stood_on, by_status, columns_of, last_comments
from tracking.papers.wanted import Request, force_of
from tracking.vocabulary import UNMET, Status
from tracking.workflow import Incomplete


def foi(wanted: Request) -> Paper:
    """Each recommendation of one report: what was done, what came of it; if it is not done, when and why. No names of staff."""
    force = force_of(wanted)
    if wanted.report is None:
        raise Incomplete("report_missing", "Say which report is asked about.")
    if wanted.report.force_id not in (None, force.pk):
        raise Incomplete("report_of_another_force", f"{wanted.report} is not about {force.name}.")
    rows = [
        row
        for row in as_they_stood_on(force, wanted.as_of)
        if row.finding.report_id == wanted.report.pk and row.finding.kind == FindingKind.RECOMMENDATION
    ]
    acts = _acts(rows, wanted.as_of)
    listed = tuple(_foi_row(place, row, acts.get(row.pk, "")) for place, row in enumerate(rows, 1))
    columns = columns_of(
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
        figures=by_status(rows),
        tables=(
            Table("Recommendations", columns, listed, when_empty="The report has no recommendation to this force."),
        ),
    )


def _foi_row(place: int, row: TrackedFinding, act: str) -> tuple[Any, ...]:
    change, unmet = row.standing_change, row.status in UNMET
    since = f" since {change.effective_on:%-d %B %Y}" if change and change.effective_on else ""
    why = row.shortfall_reason if unmet else ""
    return place, row.finding.text or row.finding.title, act, f"{Status(row.status).label}{since}", (row.target_on or as_given(row.due_on, row.due_precision)) if unmet else None, why  # fmt: skip


def _acts(rows: list[TrackedFinding], day: date) -> dict[int, str]:
    """What the published comments say of each, else what the force said last of its own work."""
    ids = [row.pk for row in rows]
    explained = Explanation.objects.filter(
        tracked_finding__in=ids, recorded_at__date__lte=day, response__published_on__lte=day
    )
    return {**last_comments(ids, day), **dict(explained.order_by("id").values_list("tracked_finding", "text"))}
