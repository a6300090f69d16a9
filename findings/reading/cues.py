"""The wordings that name an earlier finding, and those that give a verdict on it.

Every pattern is bounded in length. Verdicts are tried in the order given: progress that is not finished,
then negation ("has not achieved" contains "achieved"), then partial, then full.
"""

import re
from dataclasses import dataclass

from findings.vocabulary import FindingKind, Outcome

KIND = r"(?P<kind>recommendations?|areas? for improvement|AFIs?|causes? (?:of|for) concern)"
YEAR = r"(?P<year>20[012]\d)(?:[/-]\d\d)?"
ISSUED_IN = r"(?P<issued>(?:[\w-]+ ){0,4}?(?:report|inspection|assessment|overview(?: of [\w ]{1,40})?))"
WHO = r"(?:we|HMIC(?:FRS)?|inspectors)"
WHOSE = r"(?:our|the|its|HMIC(?:FRS)?'s)"
GAVE = r"(?:had |have )?(?:also |previously |first )?(?:identified|made|issued|set|gave|raised|highlighted|reported)"
GIVEN = (
    r"(?:(?:that |which )?(?:was |were )?(?:first )?(?:identified|made|issued|set|raised|given|highlighted|reported) )"
)


@dataclass(frozen=True, slots=True)
class ReferenceCue:
    """A wording that names an earlier finding, and how far it can be trusted to name just one.

    One that `restates` says what was found then: only what follows the name can be a verdict.
    """

    name: str
    pattern: re.Pattern[str]
    confidence: float
    restates: bool = False


REFERENCES = (
    ReferenceCue("year-kind", re.compile(rf"\b(?:our|the|HMIC(?:FRS)?'s|an?|its) (?:(?:national|force) )?{YEAR} (?:[\w-]+ ){{0,5}}?{KIND}\b", re.I), 0.95),
    ReferenceCue("kind-we-gave-in-year", re.compile(rf"\b{KIND} (?:that |which )?{WHO} {GAVE} (?:[\w-]+ ){{0,4}}?in (?:our |the )?{YEAR}\b(?: {ISSUED_IN})?", re.I), 0.93),
    ReferenceCue("kind-from-report", re.compile(rf"\b{KIND} {GIVEN}?(?:from|in|during) {WHOSE} {YEAR} {ISSUED_IN}\b", re.I), 0.95),
    ReferenceCue("kind-given-in-year", re.compile(rf"\b{KIND} {GIVEN}?(?:from|in|during|since) {YEAR}(?=[ ,.;:]|$)", re.I), 0.92),
    ReferenceCue("year-we-gave-kind", re.compile(rf"\b(?:in|during) (?:{WHOSE} )?{YEAR}(?: {ISSUED_IN})?,? {WHO} {GAVE}\b.{{0,200}}?\b{KIND}\b", re.I), 0.92, restates=True),
    ReferenceCue("report-gave-kind", re.compile(rf"\b{WHOSE} {YEAR} {ISSUED_IN} {GAVE}\b.{{0,200}}?\b{KIND}\b", re.I), 0.92, restates=True),
    ReferenceCue("we-gave-kind-in-year", re.compile(rf"\b{WHO} {GAVE}\b.{{0,160}}?\b{KIND} (?:in|during) (?:{WHOSE} )?{YEAR}\b(?: {ISSUED_IN})?", re.I), 0.92, restates=True),
    ReferenceCue("recommended-in-year", re.compile(rf"\b(?P<kind>(?:improvements?|changes|steps|actions?) (?:that |which )?{WHO} (?:had )?recommend)ed (?:in|during) (?:{WHOSE} )?{YEAR}\b(?: {ISSUED_IN})?", re.I), 0.92),
    ReferenceCue("kind-from-last-report", re.compile(rf"\b{KIND} (?:(?:that |which )?{WHO} {GAVE} |{GIVEN})?(?:from|in|during|at) (?:our|the) (?:last|previous) {ISSUED_IN}\b", re.I), 0.85),
    ReferenceCue("last-kind", re.compile(rf"\bour (?:last|previous|earlier) (?:[\w-]+ ){{0,4}}?{KIND}\b", re.I), 0.8),
)  # fmt: skip
THIS_KIND = ReferenceCue("this-kind", re.compile(rf"\b(?:this|these) (?:[\w-]+ ){{0,2}}?{KIND}\b", re.IGNORECASE), 0.95)
# In a letter that restates what was found, there is nothing else that "the recommendation" could be.
LETTER_KIND = ReferenceCue(
    "letter-kind",
    re.compile(
        rf"\b(?:(?:the|this|these|those|our|both|all|each|that) (?:[\w-]+ ){{0,3}}?)?{KIND}(?: (?P<number>\d{{1,2}}))?\b", re.IGNORECASE
    ),
    0.9,
)  # fmt: skip
# Points back from the sentence after the one that named the finding: "it has now done so".
POINTS_BACK = re.compile(
    r"\b(?:achiev|met|meet|complet|implement|address|act|respond|compl|resolv|fulfil|satisf)\w{0,5}(?: on| to| with)?"
    r" (?:this|these|it|that)(?: (?:recommendation|area|cause|issue|matter|concern|point|AFI)s?)?(?=[.,;]|$| (?:and|but|since|in|by|with|through|for|of)\b)"
    r"|\bdone (?:so|this|that)\b"
    r"|\bprogress (?:has been made )?(?:in|on|with|against|towards) (?:doing )?(?:this|these|it|that)\b"
    r"|^(?:This|These) (?:has|have|is|are|was|remains?)\b",
    re.IGNORECASE,
)
# Whose recommendations are not the inspectorate's, and who speaks of other forces.
ELSEWHERE = re.compile(
    r"\b(?:IOPC|IPCC|College of Policing|coroners?'?s?|Ofsted|audits?|auditors?|peer review|NPCC|HMIP|Home Office"
    r"|staff survey|serious case review|ombudsman|(?:most|other|many|some|all|few) (?:other )?forces (?:have|had)\b)",
    re.IGNORECASE,
)
CONDITIONAL = re.compile(
    r"\b(?:once|until|if|unless|whether|when|before|should|would|will|must|needs? to|plans? to|aims? to|intends? to|expects? to|hopes? to)\b[^,;]{0,80}$",
    re.IGNORECASE,
)

# "In our 2017 legitimacy report, we recommended that all forces should …": restates, gives no verdict.
RESTATED = re.compile(
    rf"\b(?:in|during|following) (?:{WHOSE} )?{YEAR}(?: {ISSUED_IN})?,? {WHO} (?:also )?recommended (?:that )?"
    rf"(?P<whom>all (?:police )?forces|every force|chief constables|the (?:force|constabulary)|it\b)",
    re.IGNORECASE,
)
# "… we identified the following areas for improvement:", completed by bullets.
RESTATED_LIST = re.compile(
    rf"\b(?:in|during|following) (?:{WHOSE} )?{YEAR}(?: {ISSUED_IN})?,? {WHO} {GAVE} (?:the following|these|two|three|four|five|a number of) "
    rf"(?:[\w-]+ ){{0,2}}?{KIND}\b.{{0,80}}:$",
    re.IGNORECASE,
)
NATIONAL = re.compile(r"\bnational(?:ly)?\b|\b(?:all|every) (?:police )?forces?\b", re.IGNORECASE)

DONE = r"(?:achieved|met|completed|complied(?: in full| fully)? with|fulfilled|satisfied|implemented|addressed|discharged|acted on|resolved|closed|done (?:so|this))"
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
    _cue("slow-progress", Outcome.NOT_ACHIEVED, r"\bprogress\b.{0,60}\b(?:described as|been|is|was|too) slow\b|\b(?:little|no|insufficient|not enough) progress\b|(?:\bnot|n't) (?:yet )?made (?:[\w-]+ ){0,2}progress\b"),
    _cue("progress", Outcome.IN_PROGRESS, r"\b(?:good|some|steady|limited|slow|further|clear|significant|positive|encouraging|making|made) (?:[\w-]+ )?progress\b"),
    _cue("not-fully", Outcome.IN_PROGRESS, rf"{NOT}\s+(?:been )?(?:fully|completely|wholly|entirely)\b|\b(?:still|yet) waiting\b"),
    _cue("negation", Outcome.NOT_ACHIEVED, rf"\b(?:has|have|had|is|are|was|were|does|do|did){NOT}\s+(?:been |made |done )?(?:[\w-]+ ){{0,3}}?(?:{DONE}|complied|responded|made|{DO}|complete|enough|closed)\b"),
    _cue("failed", Outcome.NOT_ACHIEVED, rf"\bfail(?:ed|s|ure) to {DO}\b|\byet to {DO}\b|\bremains? (?:(?:an? )?areas? for improvement|outstanding|unmet|open|in place|relevant|a cause (?:of|for) concern|to be (?:done|met|addressed))\b|\bremains?[.:]?$|\b(?:is|are) (?:still )?outstanding\b|\b(?:is|are) still (?:an? )?(?:areas? for improvement|causes? of concern)\b|\bcontinues? to be (?:an? )?(?:areas? for improvement|causes? of concern)\b"),
    _cue("partial", Outcome.PARTLY_COMPLIED, rf"\b(?:partly|partially|in part)\b|\b(?:complied with|{DONE}) (?:only )?(?:some|most|parts?|elements?|aspects?|many)\b|\b(?:most|many) but not all\b|\btoo few of\b"),
    _cue("full", Outcome.ACHIEVED, rf"\b(?:has|have|had) (?:(?:now|since|fully|successfully|also|properly|both|all|been) ){{0,5}}{DONE}\b"),
    _cue("is-complete", Outcome.ACHIEVED, rf"\b(?:is|are|was|were) (?:(?:now|fully|properly) ){{0,3}}(?:complete|closed|{DONE})\b|\bit has now done so\b"),
    _cue("under-way", Outcome.IN_PROGRESS, r"\b(?:taken|taking) steps\b|\bis (?:working|addressing|waiting)\b|\bplans? (?:in place )?to address\b|\bwork is under ?way\b"),
    _cue("reviewed", Outcome.NO_OUTCOME, r"\bwe (?:have )?(?:reviewed|examined|considered|looked at)\b"),
)  # fmt: skip


def verdict_of(sentence: str) -> VerdictCue | None:
    """The verdict that `sentence` gives, None where it gives none. Quotes must be straight.

    What is done only on a condition ("once it has met", "whether it has met") is not done yet: no verdict.
    """
    for cue in VERDICTS:
        if match := cue.pattern.search(sentence):
            hangs = cue.outcome is Outcome.ACHIEVED and CONDITIONAL.search(sentence[: match.start()])
            return None if hangs else cue
    return None


def kind_of(word: str) -> FindingKind:
    """The kind of finding that a report's word for it means, singular or plural."""
    folded = word.lower()
    if "recommend" in folded:
        return FindingKind.RECOMMENDATION
    return FindingKind.CAUSE_OF_CONCERN if folded.startswith("cause") else FindingKind.AFI
