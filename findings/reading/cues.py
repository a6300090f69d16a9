"""The wordings that name an earlier finding, or point back to one that was named. Every pattern is bounded in length."""

import re
from dataclasses import dataclass

from findings.vocabulary import FindingKind

KIND_WORDS = r"recommendations?|areas? for improvement|AFIs?|causes? (?:of|for) concern"
KIND = rf"(?P<kind>{KIND_WORDS})"
YEAR = r"(?P<year>20[012]\d)(?:[/-]\d\d)?"
ISSUED_IN = r"(?P<issued>(?:[\w-]+ ){0,4}?(?:report|inspection|assessment|overview(?: of [\w ]{1,40})?))"
# Where "we" must follow, the report's subject may stand between: "in our 2017 report on effectiveness, we …".
ISSUED_BEFORE = rf"{ISSUED_IN}(?: (?:on|of|into) [\w ]{{1,60}}?)?"
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
    ReferenceCue("year-we-gave-kind", re.compile(rf"\b(?:in|during) (?:{WHOSE} )?{YEAR}(?: {ISSUED_BEFORE})?,? {WHO} {GAVE}\b.{{0,200}}?\b{KIND}\b", re.I), 0.92, restates=True),
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
# Loosely: the inspectorate, an earlier time or report, and a kind of finding (or "recommended") in one sentence.
ISSUER = re.compile(
    r"\b(?:we|our|HMIC(?:FRS)?|inspectors|inspectorate|(?:last year's|last|previous) (?:[\w-]+ )?(?:report|inspection))\b"
    rf"|\bin 20[012]\d\b.{{0,120}}\b(?:was|were) (?:an? )?(?:{KIND_WORDS})\b",
    re.IGNORECASE,
)
EARLIER = re.compile(
    r"(?<![/\d])(?P<year>20[012]\d)(?:/\d\d)?\b|\b(?P<ago>last year|last year's|previous year|two years ago)\b"
    r"|\b(?:last|previous|earlier) (?:[\w-]+ ){0,3}(?:inspection|report|visit|assessment)\b|\bpreviously\b|\b(?P<that>that (?:inspection|report|visit))\b",
    re.IGNORECASE,
)
YEAR_ALONE = re.compile(r"(?<![/\d])20[012]\d\b")
WHAT = re.compile(
    rf"\b{KIND}\b|\b(?P<recommended>recommended)\b"
    r"|\b(?P<asked>(?:told|asked) (?:the (?:force|constabulary|service)|it) (?:that it should|to)|said (?:that )?(?:the (?:force|constabulary)|it) (?:should|needed to))\b",
    re.IGNORECASE,
)
# In a paragraph that has just named an inspection: "we made two recommendations".
WE_GAVE = re.compile(rf"\b{WHO} {GAVE} (?:an?|the following|two|three|four|five|these|several)\b", re.IGNORECASE)
NAMED_REPORT = re.compile(
    r"(?<![/\d])20[012]\d(?:/\d\d)? (?P<issued>(?:[\w-]+ ){0,4}?(?:report|inspection|assessment|overview(?: of [\w ]{1,40})?))\b",
    re.I,
)
LOOSE = ReferenceCue("named", re.compile(r"$^"), 0.85, restates=True)
# Points back from a sentence below the one that named the finding: "it has now done so".
POINTS_BACK = re.compile(
    rf"\b(?:this|that|these|those|both|the (?:first|second|third|last)|each|our|the) (?:[\w-]+ ){{0,2}}?(?:{KIND_WORDS})\b"
    r"|\b(?:achiev|met|meet|complet|implement|address|act|respond|compl|resolv|fulfil|satisf|improv)\w{0,5}(?: on| to| with)?"
    r" (?:this|these|it|that)(?: (?:area|issue|matter|concern|point|requirement|request|need)s?)?(?=[.,;:]|$| (?:and|but|since|in|by|with|through|for|of)\b)"
    r"|\bdo(?:ne|ing) (?:so|this|that)\b"
    r"|\b(?:this|these|the) (?:improvements?|changes?) (?=that|which|for which|we\b)|\bthese improvements?\b"
    r"|\bwhat (?:we|was) (?:had )?(?:set out|asked|recommended|wanted|sought|required)\b"
    r"|\b(?:parts?|elements?) of (?:this|these|it)\b"
    r"|\b(?:point|issue|concern)s? (?:that |which )?we (?:had )?(?:raised|identified)\b"
    r"|\b(?:improvements?|changes?) (?:that |which |for which )?we (?:had )?(?:sought|asked|wanted|called|recommended)\b"
    r"|\bprogress (?:has been made )?(?:in|on|with|against|towards) (?:doing )?(?:this|these|it|that)\b"
    r"|^(?:This|These) (?:has|have|is|are|was|remains?)\b",
    re.IGNORECASE,
)
# Whose recommendations are not the inspectorate's, and who speaks of other forces.
ELSEWHERE = re.compile(
    r"\b(?:IOPC|IPCC|College of Policing|coroners?'?s?|Ofsted|audits?|auditors?|peer review|NPCC|HMIP|Home Office"
    r"|staff survey|serious case review|ombudsman|\w+ review recommendations?|consultants?|independent reviews?|(?:most|other|many|some|all|few) (?:other )?forces (?:have|had)\b)",
    re.IGNORECASE,
)
NO_FINDING = re.compile(
    r"\b(?:did not|didn't) (?:make|give|issue|raise)\b|\bno (?:recommendations?|areas? for improvement)\b",
    re.IGNORECASE,
)
# Somebody else's: "the visitors made recommendations in 2016".
MADE_BY = re.compile(r"\b(?:made|gave|issued|raised|produced|published) (?:[\w-]+ ){0,3}$", re.IGNORECASE)
# "In our 2017 legitimacy report, we recommended that all forces should …": restates, gives no verdict.
RESTATED = re.compile(
    rf"\b(?:in|during|following) (?:{WHOSE} )?{YEAR}(?: {ISSUED_BEFORE})?,? {WHO} (?:also )?recommended (?:that )?"
    rf"(?P<whom>all (?:police )?forces|every force|chief constables|the (?:force|constabulary)|it\b)",
    re.IGNORECASE,
)
# "… we identified the following areas for improvement:", completed by bullets.
RESTATED_LIST = re.compile(
    rf"\b(?:in|during|following) (?:{WHOSE} )?{YEAR}(?: {ISSUED_BEFORE})?,? {WHO} {GAVE} (?:the following|these|two|three|four|five|a number of) "
    rf"(?:[\w-]+ ){{0,2}}?{KIND}\b.{{0,80}}:$",
    re.IGNORECASE,
)
NATIONAL = re.compile(r"\bnational(?:ly)?\b|\b(?:all|every) (?:police )?forces?\b", re.IGNORECASE)


def kind_of(word: str) -> FindingKind:
    """The kind of finding that a report's word for it means, singular or plural."""
    folded = word.lower()
    if "recommend" in folded:
        return FindingKind.RECOMMENDATION
    return FindingKind.CAUSE_OF_CONCERN if folded.startswith("cause") else FindingKind.AFI
