"""Which earlier finding an assessment means. It never leaves the force, and never chooses between two that fit."""

import re
from dataclasses import dataclass
from typing import Any

from findings.models import Finding, Report
from findings.national import known_national
from findings.reading.passages import stem
from findings.reading.values import Reference
from findings.vocabulary import Pillar, Scope
from tracking.changes import is_later
from tracking.models import TrackedFinding

# The share of a reference's own words that a finding must hold to be meant, and by how much it must lead.
ENOUGH = 0.6
CLEAR_LEAD = 0.2
FEWEST_WORDS = 2
SHOWN = 5
# Words that every finding or every mention of one may hold: they tell none from another.
COMMON = frozenset(
    [
        "a",
        "about",
        "an",
        "all",
        "and",
        "any",
        "are",
        "area",
        "areas",
        "as",
        "at",
        "be",
        "been",
        "by",
        "cause",
        "causes",
        "concern",
        "concerning",
        "constabulary",
        "effectiveness",
        "efficiency",
        "ensure",
        "ensuring",
        "for",
        "force",
        "from",
        "had",
        "has",
        "have",
        "how",
        "identified",
        "improve",
        "improved",
        "improvement",
        "improvements",
        "having",
        "in",
        "inspection",
        "is",
        "it",
        "its",
        "legitimacy",
        "made",
        "must",
        "national",
        "needs",
        "not",
        "of",
        "on",
        "our",
        "police",
        "raised",
        "recommendation",
        "recommendations",
        "regarding",
        "report",
        "set",
        "should",
        "so",
        "that",
        "the",
        "their",
        "they",
        "this",
        "to",
        "was",
        "we",
        "were",
        "which",
        "with",
        "within",
    ]
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier finding that may be meant; `score` is a share of 1."""

    tracked_finding: TrackedFinding
    score: float

    def as_json(self) -> dict[str, Any]:
        return {"tracked_finding": self.tracked_finding.pk, "score": round(self.score, 2)}


def candidates(reference: Reference, report: Report) -> list[Candidate]:
    """The tracked findings of the report's force that `reference` may mean, best first.

    Of the kind and year that it names, from a report not known to be newer: national ones by their cues,
    the force's own by how many of the reference's words they hold.
    """
    national = {finding.pk for finding in known_national(reference)}
    earlier = (
        TrackedFinding.objects.filter(
            force=report.force_id, finding__kind=reference.kind.value, finding__merged_into__isnull=True
        )
        .exclude(finding__report=report)
        .select_related("finding__report__cycle")
    )
    found = []
    for tracked in earlier:
        score = _score(tracked.finding, reference, national)
        if score and not is_later(tracked.finding.report, report):
            found.append(Candidate(tracked, score))
    return sorted(found, key=lambda c: (-c.score, c.tracked_finding.pk))[:SHOWN]


def chosen(found: list[Candidate]) -> TrackedFinding | None:
    """The one candidate that clearly fits, None where none or more than one does."""
    if not found or found[0].score < ENOUGH:
        return None
    if len(found) > 1 and found[0].score - found[1].score < CLEAR_LEAD:
        return None
    return found[0].tracked_finding


def _score(finding: Finding, reference: Reference, national: set[int]) -> float:
    if finding.scope == Scope.NATIONAL:
        return 1.0 if finding.pk in national else 0.0
    if reference.scope is Scope.NATIONAL or not _year_fits(finding.report, reference):
        return 0.0
    if _other_pillar(finding.report, reference):
        return 0.0
    said = _words(reference.text)
    shared = said & _words(" ".join([finding.heading, finding.text, finding.summary]))
    score = len(shared) / len(said) if said else 0.0
    # A single word in common offers a finding to the officer, and never chooses it.
    return score if len(shared) >= FEWEST_WORDS else min(score, ENOUGH - CLEAR_LEAD)


def _other_pillar(report: Report, reference: Reference) -> bool:
    """Whether the reference names a report on another pillar ("our 2016 effectiveness report")."""
    named = {pillar for pillar in Pillar if pillar.value in (reference.issued_in or "").lower()}
    return bool(named) and bool(report.pillar) and report.pillar not in named


def _year_fits(report: Report, reference: Reference) -> bool:
    """A reference without a year ("our last report") fits any earlier report."""
    if reference.year is None:
        return True
    return int(reference.year) in report.years


def _words(text: str) -> set[str]:
    return {stem(word) for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in COMMON}
