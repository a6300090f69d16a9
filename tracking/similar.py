"""How other forces fared on much the same finding, and what is worth copying. Never a ground to link or to close."""

from dataclasses import dataclass

from django.db.models import QuerySet

from findings.models import Finding
from findings.similarity import Corpus
from findings.vocabulary import FindingKind, Scope
from tracking.models import TrackedFinding
from tracking.public_record import Said, said_of

MOST_COMPARED = 2000  # the newest; older ones were found again since, or teach little
SHOWN = 10
WITH_STATUS = [kind.value for kind in FindingKind if kind.has_status]


@dataclass(frozen=True, slots=True)
class Similar:
    """A finding of another force, how alike it is (a share of 1), and where it stands by the inspectors' words."""

    finding: Finding
    score: float
    said: Said | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What others can show on a finding's subject."""

    similar: list[Similar]
    practice: list[Finding]


def elsewhere(finding: Finding) -> Elsewhere:
    """The findings of other forces most like this one, best first, and innovative practice in the same themes."""
    others = _of_the_same_themes(finding).exclude(report__force=finding.report.force_id).filter(scope=Scope.FORCE.value)
    return Elsewhere(
        similar=_alike(finding, others.filter(kind__in=WITH_STATUS)),
        practice=list(others.filter(kind=FindingKind.INNOVATIVE_PRACTICE.value)[:SHOWN]),
    )


def wording(finding: Finding) -> str:
    """The words by which a finding is compared with others."""
    return f"{finding.heading} {finding.text}" if finding.text else finding.summary


def _of_the_same_themes(finding: Finding) -> QuerySet[Finding]:
    rows = (
        Finding.objects.published().filter(report__force__isnull=False).select_related("report__force", "report__cycle")
    )
    themes = [theme.pk for theme in finding.themes.all()]
    rows = rows.filter(themes__in=themes).distinct() if themes else rows.filter(themes__isnull=True)
    return rows.exclude(pk=finding.pk).order_by("-pk")


def _alike(finding: Finding, rows: QuerySet[Finding]) -> list[Similar]:
    others = {other.pk: other for other in rows[:MOST_COMPARED]}
    corpus = Corpus({pk: wording(other) for pk, other in others.items()})
    best = corpus.like(wording(finding))[:SHOWN]
    tracked = {row.finding_id: row for row in TrackedFinding.objects.filter(finding__in=[pk for pk, _ in best])}
    said = said_of(list(tracked.values()))
    return [Similar(others[pk], round(score, 2), said[tracked[pk].pk] if pk in tracked else None) for pk, score in best]
