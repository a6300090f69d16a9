"""Why there is no news of a finding: a later inspection left its subject out. That shows, and moves nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Case, CharField, DateField, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from findings.models import Judgment, Report
from findings.reading.sentences import folded
from findings.vocabulary import Vocabulary
from tracking.changes import is_later
from tracking.models import Check, TrackedFinding
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


class EvidenceAge(Vocabulary):
    """How old the newest word or evidence on a finding is."""

    UNDER_1 = "under_1_year"
    UNDER_2 = "1_to_2_years"
    UNDER_4 = "2_to_4_years"
    OLDER = "4_years_or_more"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            EvidenceAge.UNDER_1: "Under a year",
            EvidenceAge.UNDER_2: "1 to 2 years",
            EvidenceAge.UNDER_4: "2 to 4 years",
            EvidenceAge.OLDER: "4 years or more",
            EvidenceAge.UNKNOWN: "Not known",
        }[self]


def aged(rows: QuerySet[TrackedFinding], today: date) -> QuerySet[Any, Any]:
    """The rows with `evidence_day` (the same day that `evidence_from` gives) and `evidence_age`, for lists and counts."""
    never = Value(date.min, output_field=DateField())
    rests = Case(When(~Q(standing_change__basis=Basis.SUCCESSOR.value), then=F("standing_change__effective_on")))
    said = Coalesce("last_word__report__published_on", "last_word__report__updated_on")
    checked = Case(When(recurs=True, then=Subquery(_newest_check())))
    days = [Coalesce(day, never) for day in (said, rests, checked, F("stands_from"))]
    with_day = rows.annotate(evidence_day=Greatest(*days, output_field=DateField()))
    bounds = [(EvidenceAge.UNDER_1, 1), (EvidenceAge.UNDER_2, 2), (EvidenceAge.UNDER_4, 4)]
    whens = [When(evidence_day__gt=today - relativedelta(years=years), then=Value(age.value)) for age, years in bounds]
    unknown = When(evidence_day=date.min, then=Value(EvidenceAge.UNKNOWN.value))
    age = Case(*whens, unknown, default=Value(EvidenceAge.OLDER.value), output_field=CharField())
    return with_day.annotate(evidence_age=age)


def _newest_check() -> QuerySet[Any, Any]:
    checks = Check.objects.filter(tracked_finding=OuterRef("pk")).order_by().values("tracked_finding")
    return checks.annotate(newest=Max("checked_on")).values("newest")


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
