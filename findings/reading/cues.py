"""The wordings that name an earlier finding, and those that give a verdict on it.

Every pattern is bounded in length. Verdicts are tried in the order given: progress that is not finished,
then negation ("has not achieved" contains "achieved"), then partial, then full.
"""

import re
from dataclasses import dataclass

from findings.vocabulary import FindingKind, Outcome

KIND = r"(?P<kind>recommendations?|areas? for improvement|AFIs?|causes? of concern)"
YEAR = r"(?P<year>20[012]\d)"
ISSUED_IN = r"(?P<issued>(?:[\w-]+ ){0,4}?(?:report|inspection|overview(?: of [\w ]{1,40})?))"
WHO = r"(?:we|HMIC(?:FRS)?)"
GAVE = r"(?:had |have )?(?:previously )?(?:identified|made|issued|set|gave|raised|highlighted|reported)"


@dataclass(frozen=True, slots=True)
class ReferenceCue:
    """A wording that names an earlier finding, and how far it can be trusted to name just one."""

    name: str
    pattern: re.Pattern[str]
    confidence: float


REFERENCES = (
    ReferenceCue("year-kind", re.compile(rf"\b(?:our|the|HMIC(?:FRS)?'s|an?|its) (?:(?:national|force) )?{YEAR} (?:[\w-]+ ){{0,5}}?{KIND}\b", re.I), 0.95),
    ReferenceCue("kind-we-gave-in-year", re.compile(rf"\b{KIND} (?:that |which )?{WHO} {GAVE} (?:[\w-]+ ){{0,4}}?in (?:our |the )?{YEAR}\b(?: {ISSUED_IN})?", re.I), 0.93),
    ReferenceCue("kind-from-report", re.compile(rf"\b{KIND} (?:(?:identified|made|set|raised|given) )?(?:from|in) (?:our|the|HMIC(?:FRS)?'s) {YEAR} {ISSUED_IN}\b", re.I), 0.95),
    ReferenceCue("kind-from-last-report", re.compile(rf"\b{KIND} (?:(?:that |which )?{WHO} {GAVE} |(?:identified|made|set|raised|given) )?(?:from|in|during|at) (?:our|the) (?:last|previous) {ISSUED_IN}\b", re.I), 0.85),
    ReferenceCue("last-kind", re.compile(rf"\bour (?:last|previous|earlier) (?:[\w-]+ ){{0,4}}?{KIND}\b", re.I), 0.8),
)  # fmt: skip
THIS_RECOMMENDATION = ReferenceCue(
    "this-kind", re.compile(rf"\b(?:this|these) (?:[\w-]+ ){{0,2}}?{KIND}\b", re.IGNORECASE), 0.95
)

# "In our 2017 legitimacy report, we recommended that all forces should …": restates, gives no verdict.
RESTATED = re.compile(
    rf"\bin (?:our |the |HMIC(?:FRS)?'s )?{YEAR} {ISSUED_IN}, {WHO} recommended (?:that )?"
    rf"(?P<whom>all (?:police )?forces|every force|chief constables|the (?:force|constabulary))",
    re.IGNORECASE,
)
NATIONAL = re.compile(r"\bnational(?:ly)?\b|\b(?:all|every) (?:police )?forces?\b", re.IGNORECASE)

DONE = r"(?:achieved|met|completed|complied with|fulfilled|satisfied|implemented|addressed|discharged|acted on)"
DO = r"(?:achieve|meet|complete|comply|fulfil|satisfy|implement|address|respond|act|make)"
NOT = r"(?:\s+still)?(?:\s+not|n't)(?:\s+yet)?"


@dataclass(frozen=True, slots=True)
class VerdictCue:
    name: str
    outcome: Outcome
    pattern: re.Pattern[str]


def _cue(name: str, outcome: Outcome, pattern: str) -> VerdictCue:
    return VerdictCue(name, outcome, re.compile(pattern, re.IGNORECASE))


VERDICTS = (
    _cue("slow-progress", Outcome.NOT_ACHIEVED, r"\bprogress\b.{0,60}\b(?:described as|been|is|was|too) slow\b|\b(?:little|no) progress\b"),
    _cue("progress", Outcome.IN_PROGRESS, r"\b(?:good|some|steady|limited|slow|further|clear|significant|positive|encouraging|making|made) (?:[\w-]+ )?progress\b"),
    _cue("not-fully", Outcome.IN_PROGRESS, rf"{NOT}\s+(?:been )?(?:fully|completely|wholly|entirely)\b|\b(?:still|yet) waiting\b"),
    _cue("negation", Outcome.NOT_ACHIEVED, rf"\b(?:has|have|had|is|are|was|were|does|do|did){NOT}\s+(?:been |made |done )?(?:[\w-]+ ){{0,3}}?(?:{DONE}|complied|responded|made|{DO}|complete|enough)\b"),
    _cue("failed", Outcome.NOT_ACHIEVED, rf"\bfail(?:ed|s|ure) to {DO}\b|\byet to {DO}\b|\bremains? (?:an area for improvement|outstanding|unmet|open|a cause of concern)\b|\bremains?[.:]?$"),
    _cue("partial", Outcome.PARTLY_COMPLIED, rf"\b(?:partly|partially|in part)\b|\b(?:complied with|{DONE}) (?:only )?(?:some|most|parts?|elements?|aspects?|many)\b|\b(?:most|many) but not all\b|\btoo few of\b"),
    _cue("full", Outcome.ACHIEVED, rf"\b(?:has|have|had) (?:(?:now|since|fully|successfully|also|properly|both|all|been) ){{0,5}}{DONE}\b"),
    _cue("is-complete", Outcome.ACHIEVED, rf"\b(?:is|are|was|were) (?:(?:now|fully|properly) ){{0,3}}(?:complete|closed|{DONE})\b|\bit has now done so\b"),
    _cue("under-way", Outcome.IN_PROGRESS, r"\b(?:taken|taking) steps\b|\bis (?:working|addressing|waiting)\b|\bplans? (?:in place )?to address\b|\bwork is under ?way\b"),
    _cue("reviewed", Outcome.NO_OUTCOME, r"\bwe (?:have )?(?:reviewed|examined|considered|looked at)\b"),
)  # fmt: skip


def verdict_of(sentence: str) -> VerdictCue | None:
    """The verdict that `sentence` gives, None where it gives none. Quotes must be straight."""
    return next((cue for cue in VERDICTS if cue.pattern.search(sentence)), None)


def kind_of(word: str) -> FindingKind:
    """The kind of finding that a report's word for it means, singular or plural."""
    folded = word.lower()
    if folded.startswith("recommendation"):
        return FindingKind.RECOMMENDATION
    return FindingKind.CAUSE_OF_CONCERN if folded.startswith("cause") else FindingKind.AFI
