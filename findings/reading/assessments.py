"""Progress assessments: sentences that name an earlier finding and give a verdict on it.

A sentence counts only with both: a wording that names an earlier recommendation, area for improvement or
cause of concern (or points back to one restated just above), and a wording that gives a verdict.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import Self

from findings.deadlines import read_deadline
from findings.reading.blocks import element
from findings.reading.cues import (
    EARLIER,
    ELSEWHERE,
    ISSUER,
    LOOSE,
    MADE_BY,
    NAMED_REPORT,
    NATIONAL,
    NO_FINDING,
    POINTS_BACK,
    REFERENCES,
    RESTATED,
    RESTATED_LIST,
    THIS_KIND,
    WE_GAVE,
    WHAT,
    YEAR_ALONE,
    ReferenceCue,
    context_verdict_of,
    kind_of,
    verdict_of,
)
from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import sentences, straight
from findings.reading.values import AssessmentRead, Reference
from findings.vocabulary import FindingKind, Outcome, Scope

# How many paragraphs below a restated recommendation "this recommendation" still means it.
REACH = 8
CAVEAT = re.compile(r"(?:However|But|Although|Nevertheless|That said|Despite this)\b")
GAP = re.compile(r"\b(?:but|however|although|additionally|also|not|isn't|doesn't|no|only|lacks?)\b", re.IGNORECASE)
CONTENT_CLAUSE = re.compile(r"(?<=recommendation)s? that\b.*|(?<=improvement) that\b(?! we).*", re.IGNORECASE)
# What a sentence that restates goes on to say of the finding, up to the clause that judges it.
RESTATED_CLAUSE = re.compile(
    r"^[^,;]*?(?=(?:, |; | and | but )(?:and |but |which )?(?:the|it|this|we)\b|$)", re.IGNORECASE
)
# After "…, and", "…; but": what a sentence that names a finding goes on to say.
TAIL = re.compile(r"(?:, (?:and|but|which|although|though|yet|so)|;|:| – ) .*$")
# Grades of an earlier report are no findings of it.
JUDGED = re.compile(r"\b(?:grad(?:e|es|ed|ings?)|judged|judge?ments?)\b", re.IGNORECASE)
REVIEWED = re.compile(r"\bwe (?:have )?(?:reviewed|examined|considered|looked at)\b", re.IGNORECASE)
PLAN = re.compile(r"\b(?:plans?|response|recommendation|action)\b", re.IGNORECASE)
# One of several that were named together: "The first, that …, has been dealt with".
ORDINAL = re.compile(
    r"(?:The|One|Another) (?:(?:first|second|third|fourth|last|other)|of these)\b.{0,300}?(?P<rest>\b(?:has|have|is|was|remains)\b.*)$",
    re.I,
)
PLURAL = ("s", "S", "areas for improvement", "causes of concern", "causes for concern")
TAKEN_UP = re.compile(
    r"(?:On|As for|With regard to|Regarding|In respect of) the (?:first|second|third|fourth|last|other)\b"
    r"|The (?:first|second|third|fourth|last) (?:was|is|concerned|related|required|asked)\b(?! (?:now |not )?(?:met|addressed|dealt|done|complete))",
    re.IGNORECASE,
)
OF_BOTH = re.compile(r"\bfirst\b.{0,120}\bbut the (?:second|other|third)\b", re.IGNORECASE)
# Says what was found then: "These were that …", "This was because …".
EXPLAINS = re.compile(r"(?:These|They|It|This|That) (?:was|were) (?:that|because|for|about|an?)\b", re.IGNORECASE)
POINTING_BACK = 0.85
RIGHT_BELOW = 0.75
WINDOW = 4  # sentences below a name that may still judge it
MOST_BULLETS = 60  # no recommendation has more limbs, no list more findings
LIST_STEP = 2  # a listed finding may have its verdict between it and the next
NEARBY = 30  # letters around a name within which whose it is would be said
DESCRIBES = re.compile(r"(?:It|This|The \w+) (?:has|have|now|was|is|concerned|asked|related)\b")
MAX_GAPS = 4


@dataclass(frozen=True, slots=True)
class Named:
    """An earlier finding named in running text without a verdict: where, and by which wording.

    `plural` names several at once, of which a `group`'s members are taken up one by one; `lists` is a lead-in whose bullets are they, one each.
    """

    cue: ReferenceCue
    reference: Reference
    index: int
    lists: bool = False
    plural: bool = False
    group: Self | None = None
    bullet: bool = False


def read_assessments(body: Sequence[Paragraph], cycle: str | None = None) -> list[AssessmentRead]:
    """The assessments in `body`, in order; `cycle` is the report's own, from which "last year" is counted.

    Terms ("within two years") stay undated: they ran from the older report, whose date this one does not give.
    """
    follower = _Follower(body, cycle)
    for index, paragraph in enumerate(body):
        if not paragraph.row:
            follower.read(index, paragraph)
    follower.settle()
    return sorted(follower.found, key=lambda assessment: assessment.line)


class _Follower:
    """Follows a report sentence by sentence: what was named last, and what has been said of it since.

    A sentence that points back to what was named judges it. One right below that only sounds like a verdict
    counts if none that points back comes within the window.
    """

    def __init__(self, body: Sequence[Paragraph], cycle: str | None) -> None:
        self.found: list[AssessmentRead] = []
        self._body = body
        self._cycle = cycle
        self._named: Named | None = None
        self._below = 0  # sentences since the finding was named
        self._year: str | None = None  # of the inspection that "that inspection" means
        self._fallback: AssessmentRead | None = None

    def read(self, index: int, paragraph: Paragraph) -> None:
        """Takes the next paragraph in."""
        if self._lists(index, paragraph):
            return
        if self._named and index - self._named.index > 1:
            self.settle()
            self._below += WINDOW
        self._year = None
        spoken = sentences(paragraph.text)
        for place, sentence in enumerate(spoken):
            self._below += 1
            self._sentence(index, paragraph, sentence, spoken[place + 1 : place + 1 + MAX_GAPS])
        named = self._named
        if named and named.index == index and paragraph.text.endswith(":") and not named.reference.elements:
            self._named = _completed(named, islice(self._body, index + 1, index + 1 + MOST_BULLETS))

    def settle(self) -> None:
        """Ends the window below what was named: what only sounded like a verdict is taken for one now."""
        if self._fallback:
            self.found.append(self._fallback)
            self._named = self._named.group if self._named else None
            self._fallback = None

    def _lists(self, index: int, paragraph: Paragraph) -> bool:
        """Whether the paragraph is the next of several findings that a lead-in lists; it is what is named then."""
        named = self._named
        if not (paragraph.bullet and named and named.lists and index - named.index <= LIST_STEP):
            return False
        self.settle()
        self._named = replace(named, reference=replace(named.reference, text=paragraph.text), index=index)
        self._below = 0
        return True

    def _taken_up(self, index: int, sentence: str) -> Named | None:
        """One of several that were named together, where the sentence takes it up: "On the second, …"."""
        named = self._named
        group = (named if named.plural else named.group) if named else None
        if group is None or not TAKEN_UP.match(sentence):
            return None
        self.settle()
        reference = replace(group.reference, text=f"{group.reference.text}\n{sentence}", elements=())
        self._named = replace(group, reference=reference, index=index, lists=False, plural=False, group=group)
        self._below = 0
        return self._named

    def _sentence(self, index: int, paragraph: Paragraph, sentence: str, following: Sequence[str]) -> None:
        plain = straight(sentence)
        if ELSEWHERE.search(plain) and WHAT.search(plain):
            self.settle()
            self._named = None  # "this" means somebody else's recommendation from here on
        new = naming(self._body, index, sentence, following, self._cycle, self._year)
        self._year = match[0] if (match := YEAR_ALONE.search(plain)) else self._year
        new = replace(new, bullet=paragraph.bullet) if new else None
        own = assessed(plain, sentence, following, new) if new else None
        if new and own:
            below = islice(self._body, index + 1, index + 1 + MOST_BULLETS)
            self.found += [*_each(replace(own, line=paragraph.line), new, below)]
        elif new and (new.cue is not LOOSE or not self._judges(index, paragraph, sentence, following)):
            self.settle()
            self._named, self._below = new, 0
        elif not new:
            self._judges(index, paragraph, sentence, following)

    def _judges(self, index: int, paragraph: Paragraph, sentence: str, following: Sequence[str]) -> bool:
        """Whether the sentence judges what was named above it."""
        named = self._named
        if named is None or index - named.index > REACH:
            return False
        plain = straight(sentence)
        if ELSEWHERE.search(plain):
            return False
        named = self._taken_up(index, sentence) or named
        found = _pointing_back(plain, sentence, following, named, near=self._below <= WINDOW)
        if found:
            self.found.append(replace(found, line=paragraph.line))
            self._fallback = None
            self._named = named if named.plural else named.group
        elif (
            self._below <= WINDOW
            and self._fallback is None
            and (near := _right_below(plain, sentence, following, named))
        ):
            self._fallback = replace(near, line=paragraph.line)
        return found is not None


def naming(
    body: Sequence[Paragraph],
    index: int,
    sentence: str,
    following: Sequence[str],
    cycle: str | None = None,
    year: str | None = None,
) -> Named | None:
    """The earlier finding that `sentence` names, by the surest wording that fits; None where it names none."""
    plain = straight(sentence)
    if not WHAT.search(plain):
        return None
    return (
        restated_in(body, index, sentence)
        or _named(plain, sentence, following, index)
        or _loosely(plain, sentence, following, index, cycle, year)
    )


def _completed(named: Named, below: Iterable[Paragraph]) -> Named:
    """What the bullets below a lead-in make of the name above them: several findings, or one with its elements."""
    if named.plural:
        return replace(named, lists=True)
    bullets = [p.text for p in takewhile(lambda p: p.bullet, below)]
    if not bullets:
        return named
    text = "\n".join([named.reference.text, *bullets])
    reference = replace(named.reference, text=text, elements=tuple(element(bullet) for bullet in bullets))
    return replace(named, reference=reference, index=named.index + len(bullets))


def _pointing_back(
    plain: str, sentence: str, following: Sequence[str], named: Named, *, near: bool
) -> AssessmentRead | None:
    """The verdict of a sentence that points back to what was named: as "this recommendation", or "has done so"."""
    match = THIS_KIND.pattern.search(plain)
    if match and kind_of(match["kind"]) is named.reference.kind:
        return assessed(plain, sentence, following, replace(named, cue=THIS_KIND))
    if not near:
        return None
    if OF_BOTH.search(plain):
        return assessed(plain, sentence, following, replace(named, cue=_weaker(named, "both")))
    if named.plural and (one := ORDINAL.match(plain)):
        reference = replace(named.reference, text=sentence, elements=())
        single = Named(_weaker(named, "one"), reference, 0)
        rest = one["rest"]
        return assessed(rest, sentence, following, single) or assessed(rest, sentence, following, single, context=True)
    if POINTS_BACK.search(plain):
        return assessed(plain, sentence, following, replace(named, cue=_weaker(named, "back")))
    return None


def _right_below(plain: str, sentence: str, following: Sequence[str], named: Named) -> AssessmentRead | None:
    """What sounds like a verdict right below the name; talk of grades and of what was looked at is none."""
    if JUDGED.search(plain) or EXPLAINS.match(plain) or (REVIEWED.search(plain) and not PLAN.search(plain)):
        return None
    return assessed(plain, sentence, following, replace(named, cue=_weaker(named, "below", RIGHT_BELOW)), context=True)


def _weaker(named: Named, how: str, confidence: float = POINTING_BACK) -> ReferenceCue:
    return replace(named.cue, name=f"{named.cue.name}+{how}", confidence=confidence, restates=False)


def _each(found: AssessmentRead, new: Named | None, below: Iterable[Paragraph]) -> Iterator[AssessmentRead]:
    """One assessment, completed by the bullets below it; a list of several findings gives one for each bullet."""
    if new is None or not new.lists or new.bullet:
        yield replace(found, refers_to=_with_bullets(found, below))
        return
    for bullet in takewhile(lambda p: p.bullet, below):
        reference = replace(found.refers_to, text=bullet.text)
        yield replace(found, quote=f"{found.quote} {bullet.text}", line=bullet.line, refers_to=reference)


def assessed(
    plain: str, sentence: str, following: Sequence[str], named: Named, *, context: bool = False
) -> AssessmentRead | None:
    """The verdict that `sentence` gives on what is named, None where it gives none.

    With `context`, where the finding was named right above, also what is a verdict only there.
    """
    part = _judging_part(plain, named.cue)
    verdict = context_verdict_of(part) if context else verdict_of(part)
    if verdict is None:
        return None
    caveat = following[0] if following and CAVEAT.match(following[0]) else None
    achieved = verdict.outcome is Outcome.ACHIEVED
    return AssessmentRead(
        outcome=verdict.outcome,
        quote=sentence,
        line=0,
        refers_to=named.reference,
        caveat=caveat if achieved else None,
        gaps=() if achieved else _gaps(following),
        confidence=named.cue.confidence,
        rule=f"{named.cue.name}/{verdict.name}",
    )


def _judging_part(plain: str, cue: ReferenceCue) -> str:
    """The sentence without what the earlier finding said; after "in 2016 we identified …" only the rest judges."""
    if cue is LOOSE:
        tail = TAIL.search(plain)
        return tail[0] if tail else ""
    match = cue.pattern.search(plain)
    if match and cue.restates:
        return CONTENT_CLAUSE.sub("", RESTATED_CLAUSE.sub("", plain[match.end() :]))
    if match and plain.startswith(" that ", match.end()):
        tail = TAIL.search(plain, match.end())
        return plain[: match.end()] + (tail[0] if tail else "")
    return CONTENT_CLAUSE.sub("", plain)


def _with_bullets(found: AssessmentRead, below: Iterable[Paragraph]) -> Reference:
    """What the assessment names; a sentence that ends in a colon is completed by the bullets below it."""
    if not found.quote.endswith(":"):
        return found.refers_to
    bullets = [paragraph.text for paragraph in takewhile(lambda p: p.bullet, below)]
    text = "\n".join([found.refers_to.text, *bullets])
    return replace(found.refers_to, text=text, elements=tuple(element(bullet) for bullet in bullets))


def _named(plain: str, sentence: str, following: Sequence[str], index: int) -> Named | None:
    for cue in REFERENCES:
        if match := cue.pattern.search(plain):
            around = plain[max(0, match.start() - NEARBY) : match.end() + NEARBY]
            before = plain[: match.start()]
            if ELSEWHERE.search(around) or (MADE_BY.search(before) and not ISSUER.search(before)):
                return None
            plural = match["kind"].endswith(PLURAL)
            return Named(cue, _reference(match, sentence, following), index, plural and sentence.endswith(":"), plural)
    return None


def _loosely(
    plain: str, sentence: str, following: Sequence[str], index: int, cycle: str | None, year: str | None
) -> Named | None:
    """A sentence in which the inspectorate, an earlier time and a kind of finding meet, in whatever words."""
    what = WHAT.search(plain)
    if what is None or not ISSUER.search(plain) or ELSEWHERE.search(plain) or NO_FINDING.search(plain):
        return None
    earlier = EARLIER.search(plain) or (WE_GAVE.search(plain) if year else None)
    if earlier is None:
        return None
    year = _year_said(earlier.groupdict(), cycle, year)
    kind = _kind_said(what, following)
    report = NAMED_REPORT.search(plain)
    deadline = read_deadline(sentence)
    reference = Reference(
        kind=kind,
        year=year,
        issued_in=report["issued"] if report else None,
        scope=_scope(kind, sentence),
        text=sentence,
        deadline_text=deadline.wording if deadline else None,
        due_on=deadline.due_on if deadline else None,
        due_precision=deadline.precision if deadline else None,
    )
    plural = bool(what["kind"]) and what["kind"].endswith(PLURAL)
    return Named(LOOSE, reference, index, plural and sentence.endswith(":"), plural)


def _year_said(said: dict[str, str | None], cycle: str | None, before: str | None) -> str | None:
    """The year that a naming sentence means: its own, last year, or that of the inspection named before it."""
    ago = said.get("ago") or ""
    if ago and "two" not in ago.lower() and cycle and cycle.isdecimal():
        return str(int(cycle) - 1)
    return said.get("year") or (before if said.get("that") or not said else None)


def _kind_said(what: re.Match[str], following: Sequence[str]) -> FindingKind:
    """The kind that a naming sentence says, or that the next one gives to what was asked; else a recommendation."""
    if what["kind"]:
        return kind_of(what["kind"])
    next_kind = WHAT.search(straight(following[0])) if what["asked"] and following else None
    return kind_of(next_kind["kind"]) if next_kind and next_kind["kind"] else FindingKind.RECOMMENDATION


def _reference(match: re.Match[str], sentence: str, following: Sequence[str]) -> Reference:
    words = match.groupdict()
    kind = kind_of(words["kind"])
    text, subject = _named_text(match, sentence)
    if not subject and kind is not FindingKind.RECOMMENDATION and following and DESCRIBES.match(following[0]):
        text = f"{text}. {following[0]}"
    clause = re.search(r"\bthat,? (.*?)\.?$", text)
    deadline = read_deadline(text)
    return Reference(
        kind=kind,
        year=words.get("year"),
        issued_in=words.get("issued"),
        scope=_scope(kind, text),
        text=text,
        elements=(clause[1],) if clause and kind is FindingKind.RECOMMENDATION else (),
        deadline_text=deadline.wording if deadline else None,
        due_on=deadline.due_on if deadline else None,
        due_precision=deadline.precision if deadline else None,
    )


def _named_text(match: re.Match[str], sentence: str) -> tuple[str, str]:
    """The words that name the finding, as printed, and the part of them after the cue that says what it is about."""
    subject = sentence[match.end() :]
    if re.match(r" (?:that|to|about|regarding|concerning|on|relating to)\b", subject):
        end = re.search(r", (?:but|although|however|and it)\b", subject)
        subject = subject[: end.start()] if end else subject
    else:
        subject = ""
    return (sentence[match.start() : match.end()] + subject).rstrip("."), subject


def _scope(kind: FindingKind, text: str) -> Scope | None:
    """National where the words say so; areas for improvement are made to one force; else unknown."""
    if NATIONAL.search(text):
        return Scope.NATIONAL
    return Scope.FORCE if kind is not FindingKind.RECOMMENDATION else None


def restated_in(body: Sequence[Paragraph], index: int, sentence: str) -> Named | None:
    """The recommendation, or list of findings, that `sentence` restates from an older report; None where it restates none."""
    plain = straight(sentence)
    match = RESTATED.search(plain) or RESTATED_LIST.search(plain)
    if match is None:
        return None
    bullets: list[Paragraph] = []
    if sentence.endswith(":"):
        bullets = list(takewhile(lambda p: p.bullet, islice(body, index + 1, index + 1 + MOST_BULLETS)))
    listed = match.groupdict()
    kind = kind_of(listed["kind"]) if listed.get("kind") else FindingKind.RECOMMENDATION
    said = sentence[match.end() :].strip()
    lone = re.sub(r"^should (?:have )?", "", said).rstrip(".")
    elements = tuple(element(b.text) for b in bullets) or ((lone,) if lone else ())
    text = "\n".join([sentence, *(b.text for b in bullets)])
    deadline = read_deadline(text)
    whom = listed.get("whom") or ""
    national = NATIONAL.search(whom) or whom.lower() == "chief constables"
    reference = Reference(
        kind=kind,
        year=match["year"],
        issued_in=match["issued"],
        scope=Scope.NATIONAL if national else Scope.FORCE,
        text=text,
        elements=elements,
        deadline_text=deadline.wording if deadline else None,
        due_on=deadline.due_on if deadline else None,
        due_precision=deadline.precision if deadline else None,
    )
    lists = bool(bullets) and bool(listed.get("kind")) and listed["kind"].endswith(PLURAL)
    return Named(THIS_KIND, reference, index if lists else index + len(bullets), lists, lists)


def _gaps(following: Sequence[str]) -> tuple[str, ...]:
    """What the sentences right after the verdict name as still missing."""
    return tuple(sentence for sentence in following[:MAX_GAPS] if GAP.search(straight(sentence)))
