"""Cuts a report into assessed sections: the questions of a pillar page, or the areas of a whole-force report."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from findings.grades import UNGRADED_LINE, Grade, grade_of
from findings.reading.carried_over import carried_over_above, carried_over_from
from findings.reading.front_matter import overall_pillar
from findings.reading.paragraphs import END_OF_SENTENCE, Paragraph
from findings.reading.values import JudgmentRead
from findings.vocabulary import AREAS

QUESTION = re.compile(r"(?:How|To what extent|What|Does|Is|Has)\b[^?]{10,220}\?")
QUESTIONS_FOR = re.compile(r"Questions for \w+", re.IGNORECASE)
NUMBER = re.compile(r"\d{1,2}")
SUMMARY_LABEL = re.compile(r"Summary for question \d{1,2}", re.IGNORECASE)
UNGRADED = re.compile(
    r"\b(?:ungraded|not (?:been )?inspected or graded|(?:don't|do not|doesn't|does not) (?:make|have|give) a grade"
    r"|inspection (?:of [\w ]{0,60})?(?:hasn't|has not) yet been completed)",
    re.IGNORECASE,
)
# The sentence that states an area's grade in words, right under its heading.
JUDGMENT_SENTENCE = re.compile(
    r"(?:The (?:force|constabulary|service)|[A-Z][\w ,&'-]{2,60}?(?:Police(?: Service)?|Constabulary))"
    r"(?: (?:(?:is|was) )?(?P<grade>outstanding|good|adequate|inadequate|requires improvement) (?:at|in)\b[^.]{3,200}\."
    r"|['’]s [^.]{3,120} (?:(?:is|are|was) )?(?P<its>outstanding|good|adequate|inadequate|requires improvement)\.)"
)
DATED = re.compile(r"20\d\d$|\d{1,2}/\d{1,2}/20\d\d")
LONGEST_HEADING = 120
# A question right below the title, or below the pillar's name there, is the overall one however it is worded.
FIRST_PLACES = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A question or area with the paragraphs under it (its heading and grade line left out)."""

    judgment: JudgmentRead
    body: tuple[Paragraph, ...]

    @property
    def key(self) -> int | str:
        """What a finding of this section calls it: its number, or its words where it has none."""
        return self.judgment.number if self.judgment.number is not None else self.judgment.question


def pillar_sections(body: Sequence[Paragraph], cycle: str | None = None) -> list[Section]:
    """The questions of a pillar page, in order. The overall question above them is none of them.

    `cycle` is the report's own, from which "last year's grade" is counted.
    """
    starts = _question_starts(body)
    if not starts:
        return []
    following = [index - (number is not None) for index, number in starts[1:]]
    found = [
        _section(body[index], body[index + 1 : _closing(body, index, end)], number, cycle)
        for (index, number), end in zip(starts, [*following, len(body)], strict=True)
    ]
    found = list(_once_each(found))
    summary = [p for p in body if p.line < found[0].judgment.line]
    judgments = carried_over_above([section.judgment for section in found], summary, cycle)
    return [replace(section, judgment=judgment) for section, judgment in zip(found, judgments, strict=True)]


def area_sections(body: Sequence[Paragraph]) -> list[Section]:
    """The assessed areas of a whole-force report, in order.

    A heading is an area where its grade stands below it, or where it is one of the areas that the
    inspectorate is known to assess; an area ends at the next one or at a narrative chapter.
    """
    areas = [i for i, p in enumerate(body) if _is_heading(p) and (_graded(body, i) or _folded(p.text) in KNOWN_AREAS)]
    narrative = [i for i, p in enumerate(body) if _folded(p.text) in NARRATIVE_CHAPTERS]
    cuts = sorted({*areas, *narrative, len(body)})
    found = [_area(body[i], body[i + 1 : cuts[bisect_right(cuts, i)]]) for i in areas]
    return list(_once_each(found))


def _once_each(sections: Sequence[Section]) -> Iterator[Section]:
    """What is named again (in a list, in a table) is assessed once: where its grade stands, else where it comes last."""
    chosen: dict[str, Section] = {}
    for section in sections:
        known = chosen.get(_folded(section.judgment.question))
        if known is None or known.judgment.grade is None:
            chosen[_folded(section.judgment.question)] = section
    return (section for section in sections if chosen[_folded(section.judgment.question)] is section)


def overall_grade_lines(body: Sequence[Paragraph], first_section_line: int) -> Iterator[Grade]:
    """Grades that stand alone on a line above the first section."""
    for paragraph in body:
        if paragraph.line >= first_section_line:
            return
        if grade := grade_of(paragraph.text):
            yield grade


def _question_starts(body: Sequence[Paragraph]) -> list[tuple[int, int | None]]:
    """Where the questions stand, with their numbers: numbered ones, else questions, else headlines with a grade."""
    found = [(i, _number_above(body, i)) for i, p in enumerate(body) if not p.bullet and QUESTION.fullmatch(p.text)]
    numbered = {i: number for i, number in found if number is not None} | dict(_numbered_headlines(body))
    if numbered:
        return sorted(numbered.items())
    opening = next((i for i, p in enumerate(body) if QUESTIONS_FOR.fullmatch(p.text)), None)
    if opening is not None:
        return [(i, number) for i, number in found if i > opening]
    asked = [(i, number) for i, number in found if i > FIRST_PLACES and overall_pillar(body[i].text) is None]
    return asked or [(i, None) for i, p in enumerate(body) if _is_headline(p) and _graded(body, i)]


def _numbered_headlines(body: Sequence[Paragraph]) -> Iterator[tuple[int, int]]:
    """Headlines in the form of statements, below the numbers 1, 2, 3 … that count them."""
    expected = 1
    for index, paragraph in enumerate(body):
        if _number_above(body, index) == expected and (QUESTION.fullmatch(paragraph.text) or _is_headline(paragraph)):
            yield index, expected
            expected += 1


def _is_headline(paragraph: Paragraph) -> bool:
    """A heading that may stand for a question: words of its own, not a pillar's name, a date or the overall question."""
    return (
        _is_heading(paragraph)
        and paragraph.text[:1].isupper()
        and len(paragraph.text.split()) > 1
        and not DATED.search(paragraph.text)
        and overall_pillar(paragraph.text) is None
    )


def _number_above(body: Sequence[Paragraph], index: int) -> int | None:
    return int(body[index - 1].text) if index and NUMBER.fullmatch(body[index - 1].text) else None


def _closing(body: Sequence[Paragraph], start: int, end: int) -> int:
    """Where the section ends: at its "Summary for question N" label, or where the next one starts."""
    return next((i for i in range(start + 1, end) if SUMMARY_LABEL.fullmatch(body[i].text)), end)


def _section(heading: Paragraph, rest: Sequence[Paragraph], number: int | None, cycle: str | None = None) -> Section:
    grade, lines = _grade_on_top(rest)
    ungraded_line = bool(rest) and UNGRADED_LINE.fullmatch(rest[0].text) is not None
    body = tuple(rest[lines + ungraded_line :])
    judgment = JudgmentRead(
        number=number,
        question=heading.text,
        also_called=(),
        grade=grade,
        carried_over_from=carried_over_from(body, cycle),
        ungraded_reason=None if grade else _ungraded_reason(body, rest[0].text if ungraded_line else None),
        line=heading.line,
    )
    return Section(judgment, body)


def _area(heading: Paragraph, rest: Sequence[Paragraph]) -> Section:
    """An area whose grade line was lost may still state its grade in the sentence below its heading."""
    section = _section(heading, rest, None)
    stated = JUDGMENT_SENTENCE.fullmatch(section.body[0].text) if section.body else None
    if section.judgment.grade or not stated:
        return section
    return replace(
        section,
        judgment=replace(section.judgment, grade=grade_of(stated["grade"] or stated["its"]), ungraded_reason=None),
    )


def _ungraded_reason(body: Sequence[Paragraph], line: str | None) -> str | None:
    if line:
        return line
    match = next((m for p in body if (m := UNGRADED.search(p.text.replace("’", "'")))), None)
    if match is None:
        return None
    return "ungraded by design" if "inspection" not in match[0].lower() else "separate inspection not yet completed"


def _is_heading(paragraph: Paragraph) -> bool:
    return (
        not (paragraph.bullet or paragraph.row or paragraph.text.endswith(END_OF_SENTENCE))
        and len(paragraph.text) <= LONGEST_HEADING
    )


def _graded(body: Sequence[Paragraph], index: int) -> bool:
    return grade_of(body[index].text) is None and _grade_on_top(body[index + 1 : index + 3])[0] is not None


def _grade_on_top(body: Sequence[Paragraph]) -> tuple[Grade | None, int]:
    """The grade that stands first, and on how many lines: "Requires" and "improvement" may be broken apart."""
    for lines in (1, 2):
        if len(body) >= lines and (grade := grade_of(" ".join(p.text for p in body[:lines]))):
            return grade, lines
    return None, 0


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace("’", "'").split())


KNOWN_AREAS = frozenset(_folded(area) for area in AREAS)
NARRATIVE_CHAPTERS = frozenset(
    {
        "overall summary",
        "our judgments",
        "important changes to peel",
        "peel 2023–2025",
        "hm inspector's observations",
        "his majesty's inspector's observations",
        "reducing crime assessment",
        "about the data",
        "about us",
    }
)
