"""The findings of a section: bullets or headed paragraphs under "Areas for improvement" and its like."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, pairwise, takewhile

from findings.deadlines import read_deadline
from findings.reading.paragraphs import END_OF_SENTENCE, Paragraph
from findings.reading.sentences import sentences
from findings.reading.values import FindingRead, LimbDue
from findings.vocabulary import FindingKind

BLOCK_HEADINGS = {
    re.compile(r"areas? for improvement(?: \d{1,2})?:?", re.IGNORECASE): FindingKind.AFI,
    re.compile(r"(?:our )?recommendations?(?: \d{1,2})?:?", re.IGNORECASE): FindingKind.RECOMMENDATION,
    re.compile(r"causes? of concern(?: \d{1,2})?:?", re.IGNORECASE): FindingKind.CAUSE_OF_CONCERN,
    re.compile(r"(?:innovative|promising) practices?:?", re.IGNORECASE): FindingKind.INNOVATIVE_PRACTICE,
}
BLOCK_END = re.compile(
    r"Main findings|We set out our detailed findings below\b.*|Summary for question \d+", re.IGNORECASE
)
# Longer than any heading of a report; a paragraph that lost its full stop is none.
LONGEST_HEADING = 250
# A paragraph that opens with a demand: whom, then "should".
DEMANDS = re.compile(
    r"(?:[^.:;]{3,90}, )?[^.:;,]{3,90} (?:should|must|needs? to)\b|we (?:also )?recommend\b", re.IGNORECASE
)
ANOTHER_CAUSE = re.compile(r"\bis (?:a|another|a second|a third|a further|also a) cause of concern\b", re.IGNORECASE)
NUMBERED = re.compile(r"\d")
NARRATIVE = re.compile(r"Main findings", re.IGNORECASE)
DEMAND = re.compile(r"\b(?:should|must|needs? to|recommend)\b", re.IGNORECASE)
# A bullet that says an old finding "remains" is a verdict on that one, and what follows restates it.
STILL_STANDING = re.compile(r"\b20[012]\d\b.{0,300}\bremains?\b[.:]?$", re.IGNORECASE)
# A bullet that judges an old finding makes none; nor does one that says that there is none.
JUDGES_OLD = re.compile(
    r"\b(?:recommendation|area for improvement|cause of concern)\b[^.]{0,60}\b20[012]\d\b.{0,200}\b(?:has|have) (?:now |since |not )?been (?:\w+ly )?\w+ed\b",
    re.IGNORECASE,
)
NOTHING = re.compile(
    r"(?:none|nil|no areas? for improvement|we (?:have|did)(?: not|n't) (?:identif\w+|f\w+nd|ma[dk]e|give)[^.]{0,60})\.?",
    re.IGNORECASE,
)
# A lead-in to findings of an older report that still stand: "The following from 2015 have not been met:".
RESTATES_OLD = re.compile(
    r"\b(?:from|in|of|our|the) (?:our |the |HMIC(?:FRS)?'s )?20[012]\d\b.{0,160}\b(?:remains?|still|outstanding|not (?:yet )?been)\b"
    r"|\b(?:remains?|still|outstanding|not (?:yet )?been)\b.{0,160}\b(?:from|in|of|our|the) (?:our |the |HMIC(?:FRS)?'s )?20[012]\d\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """What every finding of one block shares: kind, question, the cause it belongs to, the day terms run from.

    `whole` says that all up to the block's end belongs to it; else narrative may follow without a sign, and only
    what plainly goes on counts. `single` is a block that can hold one finding only.
    """

    kind: FindingKind
    question: int | str | None
    parent: int | None
    published_on: date | None
    whole: bool = True
    single: bool = False


def block_kind(paragraph: Paragraph) -> FindingKind | None:
    """The kind of finding that this heading opens a block of, or None where it is no such heading."""
    return next((kind for heading, kind in BLOCK_HEADINGS.items() if heading.fullmatch(paragraph.text)), None)


def read_blocks(
    body: Sequence[Paragraph], question: int | str | None, published_on: date | None = None
) -> tuple[list[FindingRead], set[int]]:
    """The findings in `body`, and the lines they and their block headings take up.

    `published_on` is the day from which terms such as "within six months" run, where it is known exactly.
    """
    found: list[FindingRead] = []
    taken: set[int] = set()
    ends = [index for index, paragraph in enumerate(body) if _closes(paragraph)]
    narrative = next((i for i, p in enumerate(body) if NARRATIVE.fullmatch(p.text)), len(body))
    for index, end in pairwise([*ends, len(body)]):
        paragraph = body[index]
        if (kind := block_kind(paragraph)) is None:
            continue
        place = _Place(
            kind=kind,
            question=question,
            parent=_cause_above(found) if kind is FindingKind.RECOMMENDATION else None,
            published_on=published_on,
            whole=end < len(body) and index < narrative,
            single=NUMBERED.search(paragraph.text) is not None or kind is FindingKind.INNOVATIVE_PRACTICE,
        )
        items = list(_items(body[index + 1 : end], place))
        found += items
        taken.add(paragraph.line)
        taken.update(line for item in items for line in range(item.line, item.end_line + 1))
    return found, taken


def _closes(paragraph: Paragraph) -> bool:
    return BLOCK_END.fullmatch(paragraph.text) is not None or block_kind(paragraph) is not None


def _cause_above(found: Sequence[FindingRead]) -> int | None:
    if not found:
        return None
    last = found[-1]
    return last.line if last.kind is FindingKind.CAUSE_OF_CONCERN else last.parent


def _items(block: Sequence[Paragraph], place: _Place) -> Iterator[FindingRead]:
    if place.kind is FindingKind.CAUSE_OF_CONCERN:
        return _cause(block, place)
    if place.kind is FindingKind.RECOMMENDATION:
        return islice(_recommendations(block, place), 1 if place.single else None)
    if _starts_with_bullets(block):
        return _bulleted(block, place)
    if _first_lost_its_mark(block):
        return _bulleted([replace(block[0], bullet=True), *block[1:]], place)
    return _headed(block, place)


def _first_lost_its_mark(block: Sequence[Paragraph]) -> bool:
    """The first of several bullets may have lost its mark where the heading was glued to it."""
    return (
        len(block) > 1
        and block[0].text.endswith(".")
        and not block[0].bullet
        and block[1].bullet
        and all(DEMANDS.match(p.text) for p in (block[0], block[1]))
    )


def _starts_with_bullets(block: Sequence[Paragraph]) -> bool:
    """A lead-in that ends in a colon may stand before the bullets."""
    head = block[1:2] if block and _leads_in(block[0]) else block[:1]
    return bool(head) and head[0].bullet


def _leads_in(paragraph: Paragraph) -> bool:
    return not paragraph.bullet and paragraph.text.endswith(":")


def _cause(block: Sequence[Paragraph], place: _Place) -> Iterator[FindingRead]:
    """Causes in their own words, each with the recommendations that follow it without a heading of their own."""
    rest: Sequence[Paragraph] = _parted(block)
    while rest:
        another = next(
            (i for i, p in enumerate(rest) if i and not p.bullet and ANOTHER_CAUSE.search(p.text)), len(rest)
        )
        yield from _one_cause(rest[:another], place)
        rest = rest[another:]


def _parted(block: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """The block with a first paragraph parted that holds both the cause and the lead-in to its recommendations."""
    if not block or not _leads_in(block[0]) or not DEMAND.search(block[0].text):
        return block
    *cause, lead_in = sentences(block[0].text)
    if not cause:
        return block
    return [replace(block[0], text=" ".join(cause)), replace(block[0], text=lead_in), *block[1:]]


def _one_cause(block: Sequence[Paragraph], place: _Place) -> Iterator[FindingRead]:
    """A cause, then its recommendations. Bullets that complete a plain sentence are part of the cause.

    A block that nothing closes runs into the narrative: then its first paragraph alone is the cause.
    """
    end = 0
    for index, paragraph in enumerate(block):
        plain_list = paragraph.bullet and end == index and index > 0 and not DEMANDS.match(paragraph.text)
        if (paragraph.bullet and not plain_list) or (_leads_in(paragraph) and DEMAND.search(paragraph.text)):
            break
        end = index + 1
    said, rest = list(block[:end]), block[end:]
    if not said:
        return
    heading = said[0] if len(said) > 1 and _is_heading(said[0]) else None
    words = said[1:] if heading else said
    cause = _finding(words if rest or place.whole else words[:1], place, heading)
    yield cause
    below = replace(place, kind=FindingKind.RECOMMENDATION, parent=cause.line)
    yield from _recommendations(rest, below)


def _recommendations(block: Sequence[Paragraph], place: _Place) -> Iterator[FindingRead]:
    """A lead-in with its bullets, a bullet, or a paragraph that demands something is one recommendation each.

    Where narrative may follow, paragraphs go on only after paragraphs: below bullets they are narrative.
    """
    rest = deque(block)
    listed = False
    while rest and (rest[0].bullet or _demands(rest[0], first=rest[0] is block[0])):
        if listed and not place.whole and not (rest[0].bullet or _leads_in(rest[0])):
            return
        lead_in = [rest.popleft()] if _leads_in(rest[0]) else []
        bullets = []
        while rest and rest[0].bullet:
            bullets.append(rest.popleft())
        listed = listed or bool(bullets)
        if lead_in:
            yield _finding([*lead_in, *bullets], place, None)
        elif bullets:
            for group in _grouped(bullets):
                yield _finding(group, place, None)
        else:
            yield _finding([rest.popleft()], place, None)


def _demands(paragraph: Paragraph, *, first: bool) -> bool:
    return (DEMAND.search if first or _leads_in(paragraph) else DEMANDS.match)(paragraph.text) is not None


def _bulleted(block: Sequence[Paragraph], place: _Place) -> Iterator[FindingRead]:
    if _leads_in(block[0]) and RESTATES_OLD.search(block[0].text):
        return
    bullets = list(takewhile(lambda p: p.bullet, block if block[0].bullet else block[1:]))
    for group in _grouped(bullets):
        if not (
            STILL_STANDING.search(group[0].text) or JUDGES_OLD.search(group[0].text) or NOTHING.fullmatch(group[0].text)
        ):
            yield _finding(group, place, None)


def _grouped(bullets: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    """A bullet that ends in a colon takes the bullets that complete it, up to the one that ends the sentence."""
    group: list[Paragraph] = []
    for bullet in bullets:
        group.append(bullet)
        if not group[0].text.endswith(":") or (len(group) > 1 and not _goes_on(bullet.text)):
            yield group
            group = []
    if group:
        yield group


def _goes_on(text: str) -> bool:
    return text.endswith((";", "; and", ", and", ","))


def _headed(block: Sequence[Paragraph], place: _Place) -> Iterator[FindingRead]:
    """Headed paragraphs: a heading opens a finding, and all up to the next heading belongs to it.

    Where narrative may follow, the first alone is sure to be one.
    """
    heading: Paragraph | None = None
    texts: list[Paragraph] = []
    for paragraph in block:
        if NOTHING.fullmatch(paragraph.text):
            continue
        if not _is_heading(paragraph) or (heading and not texts):
            texts.append(paragraph)
            continue
        if texts:
            yield _finding(texts, place, heading)
            if place.single or not place.whole:
                return
        heading, texts = paragraph, []
    if texts:
        yield _finding(texts, place, heading)


def _is_heading(paragraph: Paragraph) -> bool:
    whole_sentence = paragraph.text.endswith(END_OF_SENTENCE)
    return not (paragraph.bullet or whole_sentence) and len(paragraph.text) <= LONGEST_HEADING


def _finding(paragraphs: Sequence[Paragraph], place: _Place, heading: Paragraph | None) -> FindingRead:
    text = "\n".join(p.text for p in paragraphs)
    limbs = paragraphs[1:] if paragraphs[0].text.endswith(":") else ()
    dated = place.kind is FindingKind.RECOMMENDATION
    deadline = read_deadline(paragraphs[0].text if limbs else text, place.published_on) if dated else None
    return FindingRead(
        kind=place.kind,
        question=place.question,
        heading=heading.text if heading else None,
        text=text,
        elements=tuple(element(p.text) for p in limbs),
        deadline_text=deadline.wording if deadline else None,
        due_on=deadline.due_on if deadline else None,
        due_precision=deadline.precision if deadline else None,
        line=(heading or paragraphs[0]).line,
        end_line=paragraphs[-1].end_line,
        parent=place.parent,
        limbs_due=tuple(_limb_due(p.text, place) for p in limbs) if dated else (),
        recurs_every=deadline.recurs_every if deadline else None,
    )


def _limb_due(text: str, place: _Place) -> LimbDue:
    deadline = read_deadline(text, place.published_on)
    return LimbDue(deadline.due_on, deadline.precision, deadline.recurs_every) if deadline else LimbDue(None, None)


def element(text: str) -> str:
    """One limb of a list, without the punctuation that joins it to the next."""
    return re.sub(r"(?:;|,)? and$|[;.,]$", "", text).strip()
