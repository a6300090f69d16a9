"""Cuts a report into assessed sections: the questions of a pillar page, or the areas of a whole-force report."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from findings.grades import UNGRADED_LINE, Grade, grade_of
from findings.reading.front_matter import overall_pillar
from findings.reading.paragraphs import END_OF_SENTENCE, Paragraph
from findings.reading.values import JudgmentRead
from findings.vocabulary import AREAS

QUESTION = re.compile(r"(?:How|To what extent|What|Does|Is|Has)\b[^?]{10,220}\?")
QUESTIONS_FOR = re.compile(r"Questions for \w+", re.IGNORECASE)
NUMBER = re.compile(r"\d{1,2}")
SUMMARY_LABEL = re.compile(r"Summary for question \d{1,2}", re.IGNORECASE)
# The year nearest to the words counts: "not inspected in 2017, so the grade of 2016 has been carried over".
UP_TO_THERE = r"\b(?!/)(?:(?!20\d\d)[^.]){0,120}\b"
CARRIED_OVER = re.compile(
    rf"\b(?P<year>20\d\d){UP_TO_THERE}(?:(?:has|have) been carried over|still stands?\b)"
    r"|carried over from (?:our |the )?(?P<from>20\d\d)",
    re.IGNORECASE,
)
UNGRADED = re.compile(
    r"\b(?:ungraded|(?:don't|do not|doesn't|does not) (?:make|have|give) a grade"
    r"|inspection (?:of [\w ]{0,60})?(?:hasn't|has not) yet been completed)",
    re.IGNORECASE,
)
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


def pillar_sections(body: Sequence[Paragraph]) -> list[Section]:
    """The questions of a pillar page, in order. The overall question above them is none of them."""
    starts = _question_starts(body)
    if not starts:
        return []
    following = [index - (number is not None) for index, number in starts[1:]]
    return [
        _section(body[index], body[index + 1 : _closing(body, index, end)], number)
        for (index, number), end in zip(starts, [*following, len(body)], strict=True)
    ]


def area_sections(body: Sequence[Paragraph]) -> list[Section]:
    """The assessed areas of a whole-force report, in order.

    A heading is an area where its grade stands below it, or where it is one of the areas that the
    inspectorate is known to assess; an area ends at the next one or at a narrative chapter.
    """
    areas = [i for i, p in enumerate(body) if _is_heading(p) and (_graded(body, i) or _folded(p.text) in KNOWN_AREAS)]
    narrative = [i for i, p in enumerate(body) if _folded(p.text) in NARRATIVE_CHAPTERS]
    cuts = sorted({*areas, *narrative, len(body)})
    found = [_section(body[i], body[i + 1 : cuts[bisect_right(cuts, i)]], None) for i in areas]
    return list(_once_each(found))


def _once_each(sections: Sequence[Section]) -> Iterator[Section]:
    """An area named again (in a list, in a table) is assessed once: where its grade stands, else where it comes last."""
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
    found = [(i, _number_above(body, i)) for i, p in enumerate(body) if not p.bullet and QUESTION.fullmatch(p.text)]
    if any(number is not None for _, number in found):
        return [(i, number) for i, number in found if number is not None]
    opening = next((i for i, p in enumerate(body) if QUESTIONS_FOR.fullmatch(p.text)), None)
    if opening is not None:
        return [(i, number) for i, number in found if i > opening]
    return [(i, number) for i, number in found if i > FIRST_PLACES and overall_pillar(body[i].text) is None]


def _number_above(body: Sequence[Paragraph], index: int) -> int | None:
    return int(body[index - 1].text) if index and NUMBER.fullmatch(body[index - 1].text) else None


def _closing(body: Sequence[Paragraph], start: int, end: int) -> int:
    """Where the section ends: at its "Summary for question N" label, or where the next one starts."""
    return next((i for i in range(start + 1, end) if SUMMARY_LABEL.fullmatch(body[i].text)), end)


def _section(heading: Paragraph, rest: Sequence[Paragraph], number: int | None) -> Section:
    grade, lines = _grade_on_top(rest)
    ungraded_line = bool(rest) and UNGRADED_LINE.fullmatch(rest[0].text) is not None
    body = tuple(rest[lines + ungraded_line :])
    judgment = JudgmentRead(
        number=number,
        question=heading.text,
        also_called=(),
        grade=grade,
        carried_over_from=_carried_over_from(body),
        ungraded_reason=None if grade else _ungraded_reason(body, rest[0].text if ungraded_line else None),
        line=heading.line,
    )
    return Section(judgment, body)


def _carried_over_from(body: Sequence[Paragraph]) -> str | None:
    match = next((m for p in body if (m := CARRIED_OVER.search(p.text))), None)
    return (match["year"] or match["from"]) if match else None


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
