"""Why there is no news of a finding: a later inspection left its subject out. That shows, and moves nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from django.db.models import Max

from findings.models import Judgment, Report
from findings.reading.sentences import folded
from tracking.changes import is_later
from tracking.models import TrackedFinding
from tracking.vocabulary import AssessmentState, Basis

BY_DESIGN = "ungraded by design"  # looked at, and never graded


@dataclass(frozen=True, slots=True)
class NotInspected:
    """A later report that left the subject out, and why: its own words for the question, and the reason."""

    report: Report
    question: str
    reason: str


def not_inspected(tracked: TrackedFinding) -> list[NotInspected]:
    """The later reports on the force that left this finding's subject out, the latest first.

    A subject is told by the finding's question, and by the questions and areas under which its themes are looked at. A
    report that speaks of the finding, or that judged any of them afresh, left nothing out.
    """
    subjects = _subjects(tracked)
    spoken = tracked.assessments.exclude(state=AssessmentState.REJECTED.value).order_by().values("report")
    judgments = (
        Judgment.objects.filter(report__in=Report.objects.published().filter(force=tracked.force_id))
        .exclude(report=tracked.finding.report_id)
        .exclude(report__in=spoken)
        .select_related("report__cycle", "report__force")
        .order_by("report", "position")
    )
    told = [(report, list(asked)) for report, asked in groupby(judgments, key=attrgetter("report"))]
    later = [(report, asked) for report, asked in told if is_later(report, tracked.finding.report)]
    found = [reason for report, asked in later if (reason := _left_out(report, asked, subjects))]
    return sorted(found, key=lambda one: one.report.known_from or date.min, reverse=True)


def evidence_from(tracked: TrackedFinding) -> date | None:
    """The day of the newest word or evidence on which the finding's standing rests; None where nothing dates it."""
    change, said = tracked.standing_change, tracked.last_word
    shown = change if change and change.basis != Basis.SUCCESSOR else None  # what takes over shows nothing of this one
    days = [
        said.report.dated_on if said else None,
        shown.effective_on if shown else None,
        tracked.checks.aggregate(newest=Max("checked_on"))["newest"] if tracked.recurs else None,
        tracked.stands_from,
    ]
    return max(filter(None, days), default=None)


def _subjects(tracked: TrackedFinding) -> set[str]:
    judgment = tracked.finding.judgment
    names = [judgment.question, *judgment.also_called] if judgment else []
    areas = [area for theme in tracked.finding.themes.all() for area in theme.areas]
    return {folded(name) for name in [*names, *areas]}


def _left_out(report: Report, judgments: list[Judgment], subjects: set[str]) -> NotInspected | None:
    asked = [judgment for judgment in judgments if _is_about(judgment, subjects)]
    reasons = [_reason(judgment) for judgment in asked]
    if not asked or not all(reasons):
        return None
    return NotInspected(report, asked[0].question, reasons[0])


def _is_about(judgment: Judgment, subjects: Iterable[str]) -> bool:
    return any(folded(name) in subjects for name in [judgment.question, *judgment.also_called])


def _reason(judgment: Judgment) -> str:
    """Why the question was not looked at this time; empty where it was."""
    if judgment.carried_over_from:
        return f"not inspected this time; the judgment is that of {judgment.carried_over_from}"
    if judgment.ungraded_reason and judgment.ungraded_reason != BY_DESIGN:
        return judgment.ungraded_reason
    return ""
