"""The wordings that give a verdict on an earlier finding, and what around them takes it back.

Verdicts are tried in the order given: quantities that leave something out, progress that is not finished, negation
("has not achieved" contains "achieved"), then partial, then full. Every pattern is bounded in length.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from findings.reading.cues import KIND_WORDS
from findings.vocabulary import Outcome

# What was so at an earlier visit is no verdict of this report.
PAST = re.compile(
    r"\bwe last (?:assessed|inspected|examined|looked)\b|\bat that time\b|\bat the time of our\b|\bwhen we last\b",
    re.IGNORECASE,
)
# What the force says of itself is a claim; the inspectors' word is the verdict.
CLAIM = re.compile(
    r"\b(?:the (?:force|constabulary|chief constable)|it|they|staff|officers|leaders|supervisors|people)\b[^.;]{0,30}\b(?:told us|tells us|says?|said|believes?|considers?|reports?|reported|assured us|claims?|confident|states?)\b|\b(?:you|the chief constable|self-assessment)\b[^.;]{0,30}\b(?:told|said|states?|confident|believes?|reports?|assured)\b",
    re.IGNORECASE,
)
CONDITIONAL = re.compile(
    r"\b(?:once|until|if|unless|whether|when|before|should|would|will|must|needs? to|plans? to|aims? to|intends? to|expects? to|hopes? to|make sure|ensure|important|so that)\b[^,;]{0,80}$",
    re.IGNORECASE,
)

DONE = (
    r"(?:achieved|met|completed|complied(?: in full| fully)? with|fulfilled|satisfied|implemented|addressed|discharged|acted on|resolved"
    r"|closed|remedied|dealt (?:fully |properly )?with|put right|put into (?:effect|practice)|carried out|done (?:so|this|that|what|everything))"
)
DO = r"(?:achieve|meet|complete|comply|fulfil|satisfy|implement|address|respond|act|make|put|resolve)"
NOT = r"(?: (?:therefore|also|clearly|simply|so far))?(?: still)?(?: not|n't)(?:, however,| yet)?"
SOME = r"(?:first|second|third|one|two|three|most|some|several|many)"
PARTS = r"(?:parts?|elements?|aspects?|limbs?|points?)"
KINDS = r"(?:areas? for improvement|AFIs?|causes? (?:of|for) concern)"


@dataclass(frozen=True, slots=True)
class VerdictCue:
    name: str
    outcome: Outcome
    pattern: re.Pattern[str]


def _cue(name: str, outcome: Outcome, *patterns: str) -> VerdictCue:
    return VerdictCue(name, outcome, re.compile("|".join(patterns), re.IGNORECASE))


HAVE_BEEN = r"\b(?:has|have|had|is|are|was|were)\b"
VERDICTS = (
    _cue(
        "none",
        Outcome.NOT_ACHIEVED,
        rf"\b(?:none|neither) of (?:(?:the|our|these|those|its) (?:[\w-]+ ){{0,3}}(?:{KIND_WORDS})|them|these|those)\b[^.;]{{0,120}}{HAVE_BEEN}",
        rf"\bno (?:[\w-]+ ){{0,2}}(?:{KIND_WORDS})\b[^.;]{{0,60}}{HAVE_BEEN}",
        rf"\b{DONE} none of\b",
        r"\bno longer (?:meets?|complies|fulfils?|achieves?|satisf(?:y|ies))\b",
        rf"\b(?:rarely|hardly|barely|scarcely) {DONE}\b",
    ),
    _cue(
        "not-shown",
        Outcome.NOT_ACHIEVED,
        r"\b(?:no|little|(?:could|did)(?: not|n't) (?:find|see)(?: any)?) evidence\b",
        r"\b(?:cannot|could not|can't|couldn't|unable to) (?:show|demonstrate|prove)\b",
        r"\b(?:do|does|did|are|is)(?: not|n't) (?:consider|think|believe|confident|satisfied|convinced|persuaded|assured)\b",
    ),
    _cue(
        "not-all",
        Outcome.PARTLY_COMPLIED,
        rf"\b(?:not all|few|all but (?:one|two|three)|most|some|several|many|half|\w+ of (?:the |our )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\b"
        rf"(?: of)?(?: (?:our|the|these|those|its))? (?:[\w-]+ ){{0,3}}(?:{KIND_WORDS})\b",
        rf"\b(?:largely|nearly|mostly|almost) {DONE}\b",
        rf"\b{DONE}\b[^.;]{{0,120}}\b(?:in|for) (?:only )?(?:one|two|three|some|most|parts?) of (?:its|the)\b",
        rf"\b{DONE}\b[^.;]{{0,120}}\bonly[.]?$",
    ),
    _cue(
        "parts",
        Outcome.PARTLY_COMPLIED,
        rf"\b{SOME}\b[^.;]{{0,40}}\b{PARTS}\b[^.;]{{0,60}}\b(?:has|have) (?:now )?been (?:{DONE}|complied with)",
        rf"\b{DONE} (?:only )?(?:the |all but )?{SOME}\b[^.;]{{0,30}}\b{PARTS}\b",
        rf"\b(?:{DONE}|improved|done)\b[^.;]{{0,80}}\bbut not (?:for|in|all|by|with|the)\b",
        rf"\bfirst\b[^.;]{{0,60}}\b(?:has|have) been {DONE}[^.;]{{0,20}}\bbut the (?:second|other|third)\b[^.;]{{0,60}}\b(?:has|have) not\b",
    ),
    _cue(
        "slow-progress",
        Outcome.NOT_ACHIEVED,
        r"\bprogress\b.{0,60}\b(?:described as|been|is|was|too) slow\b",
        r"\b(?:little|no|insufficient|not enough) (?:real |discernible |significant )?progress\b",
        r"(?:\bnot|n't) (?:yet )?made (?:[\w-]+ ){0,2}progress\b",
    ),
    _cue(
        "progress",
        Outcome.IN_PROGRESS,
        r"\b(?:good|some|steady|limited|slow|further|clear|significant|positive|encouraging|making|made|considerable|reasonable)"
        r" (?:[\w-]+ )?progress\b",
        r"\bprogress (?:has been|was) made\b",
        r"\b(?:deal|lot) of progress\b",
    ),
    _cue(
        "not-fully",
        Outcome.IN_PROGRESS,
        rf"{NOT} (?:been )?(?:fully|completely|wholly|entirely)\b",
        r"\b(?:still|yet) waiting\b",
        r"\bsteps in the right direction\b",
        r"\btoo (?:soon|early) to\b",
    ),
    _cue(
        "negation",
        Outcome.NOT_ACHIEVED,
        rf"\b(?:has|have|had|is|are|was|were|does|do|did){NOT} (?!only\b)(?:been |made |done )?(?:[\w-]+ ){{0,3}}?"
        rf"(?:{DONE}|complied|responded|made|done|put|{DO}|complete|enough|closed)\b",
    ),
    _cue(
        "failed",
        Outcome.NOT_ACHIEVED,
        rf"\bfail(?:ed|s|ure) to {DO}\b",
        rf"\b(?:is|are|has|have) yet to {DO}\b",
        rf"\bremains? (?:(?:an? )?(?:{KINDS}|concern)|outstanding|unmet|open|in place|relevant|to be (?:done|met|addressed))\b",
        r"\bremains?[.:]?$",
        r"\b(?:is|are) (?:still )?outstanding\b",
        rf"\b(?:is|are) still (?:an? )?{KINDS}\b",
        rf"\bcontinues? to be (?:an? )?{KINDS}\b",
    ),
    _cue(
        "partial",
        Outcome.PARTLY_COMPLIED,
        r"\b(?:partly|partially|in part|done part|only part)\b",
        r"\bmade some (?:of )?(?:these|the|this)\b",
        rf"\b(?:complied with|{DONE}) (?:only )?(?:some|most|parts?|elements?|aspects?|many)\b",
        r"\b(?:most|many) but not all\b",
        r"\btoo few of\b",
    ),
    _cue(
        "full",
        Outcome.ACHIEVED,
        rf"\b(?:has|have|had) (?:(?:not only|now|since|also|both|all|been|therefore|already|fully|properly|successfully|completely|wholly|recently|clearly|effectively|formally) ){{0,5}}{DONE}\b",
        rf"\bno longer (?:(?:consider|regard|see|judge|deem)s? (?:[\w-]+ ){{0,4}})?(?:an? )?{KINDS}\b",
        rf"\b(?:we (?:have |can |are able to )?(?:now |therefore )?|allowed us to )(?:closed?|removed?|discharged?) (?:[\w-]+ ){{0,4}}(?:{KINDS}|recommendations?)\b",
        r"\b(?:has|have) (?:now )?made (?:all )?the (?:changes|improvements?) (?:that |which |for which )?(?:we|were (?:needed|required|asked))\b",
    ),
    _cue(
        "is-complete",
        Outcome.ACHIEVED,
        rf"\b(?:is|are|was|were) (?:(?:now|fully|properly) ){{0,3}}(?:complete|closed|{DONE})\b",
        r"\bit has now done so\b",
        rf"\b(?:consider|regard|judge)s? (?:this|that|the) (?:{KINDS}|recommendation) (?:to (?:be|have been)|as) (?:{DONE}|complete)\b",
        rf"\b(?:this|that|the) (?:{KINDS}|recommendation) (?:to have|as having) been {DONE}\b",
        r"\bno (?:further|more) (?:work|action) is (?:needed|required)\b",
    ),
    _cue(
        "under-way",
        Outcome.IN_PROGRESS,
        r"\b(?:taken|taking) steps\b",
        r"\bis (?:working|addressing|waiting|continuing)\b",
        r"\bplans? (?:in place )?to address\b",
        r"\bwork (?:to [\w ]{3,40} )?is (?:under ?way|continuing|ongoing)\b",
        r"\b(?:is|are) still being\b",
        r"\bsome way to go\b",
        r"\bpart-?way through\b",
        r"\b(?:is|are) on (?:course|track) to\b",
    ),
    _cue("reviewed", Outcome.NO_OUTCOME, r"\bwe (?:have )?(?:reviewed|examined|considered|looked at)\b"),
)
# What counts only right below a sentence that named the finding, where nothing else is spoken of.
CONTEXT_VERDICTS = (
    _cue(
        "not-there",
        Outcome.NOT_ACHIEVED,
        r"\bstill (?:no|not|does not|doesn't|do not|don't|has no|has not|hasn't|lacks?)\b",
        r"\bstill needs? to\b",
        r"\bnot good enough\b",
        r"\b(?:has|have)(?: still)? not [\w-]+ (?:this|these|that)\b",
        r"\b(?:has|have) (?:still )?not(?=[:;.,])",
        r"\b(?:has|have)(?: still)? not (?:yet )?(?:improved|happened|changed)\b",
        r"\blittle (?:has changed|improvement|evidence of (?:change|improvement))\b",
        r"\b(?:got|become) worse\b|\bdeteriorated\b",
        r"\bno (?:real |discernible |significant )?improvement\b",
        r"\bhas yet to\b",
        r"\bdisappoint(?:ing|ed)\b",
    ),
    _cue(
        "satisfied",
        Outcome.ACHIEVED,
        r"\bsatisfied (?:that|with)\b",
        r"\b(?:has|have) responded (?:well|positively|quickly|fully)\b",
        r"\bno longer the case\b",
    ),
    _cue(
        "being-done",
        Outcome.IN_PROGRESS,
        r"\b(?:is|are) being (?:tested|introduced|implemented|developed|rolled out|piloted|trialled|drawn up|written)\b",
        r"\b(?:has|have) (?:begun|started) to\b",
        r"\bmore (?:work )?(?:(?:needs|remains|is) )?to (?:be )?do(?:ne)?\b",
        r"\bworking towards\b",
        r"\bencourag(?:ed|ing)\b",
        r"\ba start has been made\b",
        r"\bmade a start\b",
        r"\b(?:some|slight|limited) improvements?\b.{0,80}\bbut\b",
    ),
    _cue(
        "done",
        Outcome.ACHIEVED,
        r"\bhas (?:now |since )?done (?:so|this|that|what|everything)\b",
        r"\bmade the (?:changes|improvements?) (?:that |which |for which )?(?:we|were)\b",
        rf"\bno longer (?:[\w-]+ ){{0,6}}{KINDS}\b",
    ),
    _cue("part-done", Outcome.PARTLY_COMPLIED, r"\b(?:partly|partially|in part|too few of)\b"),
)


# Verbs that take anything as their object ("has met the mayor"), and an object that is a finding or points to one.
DOES = re.compile(
    r"(?:achieved|met|completed|complied(?: in full| fully)? with|fulfilled|satisfied|implemented|addressed|discharged|acted on|resolved|closed|remedied|dealt (?:fully |properly )?with|carried out|put into (?:effect|practice))$",
    re.I,
)
OBJECT = re.compile(
    r"(?:(?! (?:with|against|to|about|since|by|every|in response)\b) [\w'’/%,-]+){0,9}? "
    rf"(?:{KIND_WORDS}|this|that|these|those|it|them|both|all|what|each|everything|points?|issues?|requirements?)\b",
    re.IGNORECASE,
)
# Of the verdicts that need a name beside them, those that are safe without one right below it.
SAFE_BELOW = frozenset({"slow-progress", "progress", "not-fully", "negation", "failed", "under-way", "reviewed"})
BELOW = (*(cue for cue in VERDICTS if cue.name in SAFE_BELOW), *CONTEXT_VERDICTS)


def verdict_of(sentence: str) -> VerdictCue | None:
    """The verdict that `sentence` gives on what it names, None where it gives none. Quotes must be straight."""
    return _first(VERDICTS, sentence)


def context_verdict_of(sentence: str) -> VerdictCue | None:
    """The verdict of a sentence that stands right below the naming of a finding. Quotes must be straight."""
    return _first(BELOW, sentence)


def _first(cues: Iterable[VerdictCue], sentence: str) -> VerdictCue | None:
    """The first of `cues` in the sentence; None where it was so once, is so by the force's own word, or on a condition ("once it has met")."""
    if PAST.search(sentence):
        return None
    for cue in cues:
        if match := cue.pattern.search(sentence):
            before = sentence[: match.start()]
            hangs = cue.outcome is Outcome.ACHIEVED and (CONDITIONAL.search(before) or CLAIM.search(before))
            if cue.name == "full" and not _is_of_the_finding(sentence, match):
                continue
            return None if hangs else cue
    return None


def _is_of_the_finding(sentence: str, match: re.Match[str]) -> bool:
    """Whether what "has met" or "has completed" speaks of is the finding: its object names or points to one, or it
    was the finding that has been met.
    """
    if match[0].lower().split()[-2:-1] == ["been"] or " been " in match[0].lower() or not DOES.search(match[0]):
        return True
    return OBJECT.match(sentence, match.end()) is not None
