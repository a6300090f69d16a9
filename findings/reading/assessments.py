"""Progress assessments: sentences that name an earlier finding and give a verdict on it.

A sentence counts only with both: a wording that names an earlier recommendation, area for improvement or
cause of concern (or points back to one restated just above), and a wording that gives a verdict.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile

from findings.reading.blocks import element
from findings.reading.cues import ELSEWHERE, LOOSE, POINTS_BACK, THIS_KIND, WHAT, YEAR_ALONE, ReferenceCue, kind_of
from findings.reading.naming import MOST_BULLETS, Named, naming
from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import sentences, straight
from findings.reading.values import AssessmentRead, Reference
from findings.reading.verdicts import context_verdict_of, verdict_of
from findings.vocabulary import Outcome

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
LIST_STEP = 2  # a listed finding may have its verdict between it and the next
MAX_GAPS = 4


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


def _gaps(following: Sequence[str]) -> tuple[str, ...]:
    """What the sentences right after the verdict name as still missing."""
    return tuple(sentence for sentence in following[:MAX_GAPS] if GAP.search(straight(sentence)))
