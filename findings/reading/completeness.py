"""Says whether a report's text breaks off, and what in it could not be read."""

import re
from collections.abc import Collection, Iterator, Sequence

from findings.grades import grade_of
from findings.reading.blocks import block_kind
from findings.reading.paragraphs import Paragraph, Text
from findings.reading.sections import SUMMARY_LABEL, Section
from findings.reading.values import FindingRead, ReadingWarning

WORDS_OF_PROSE = 8
LIKE_A_BLOCK = re.compile(
    r"areas? (?:for|of|to|requiring) (?:further )?(?:improve\w*|development|concern|action)"
    r"|causes? (?:for|of) \w+|(?:key|further|new|additional|national|summary of) (?:recommendations?|areas for improvement|causes of concern)"
    r"|recommendations? (?:for|to) [\w ]{3,60}|(?:required|recommended) (?:actions?|improvements?)|actions? required",
    re.IGNORECASE,
)
LIKE_A_FINDING = re.compile(
    r"(?:the (?:force|constabulary)|[A-Z][\w ]{2,40}(?:Police|Constabulary)) (?:should|must|needs? to)\b", re.I
)
ENDED = re.compile(r"[.!?:;)\]\"'”’]$")


def incomplete_text(text: Text, sections: Sequence[Section], asked: int | None) -> ReadingWarning | None:
    """The warning that the text breaks off, or None; `asked` is how many questions such a page has, where known.

    The signs: chapters that the contents list announces and the body lacks; fewer questions than asked; a
    last section with nothing in it, or without its closing label; a last line that stops in mid-sentence.
    """
    sign = next(_signs(text, sections, asked), None)
    return ReadingWarning(text.last_line, "truncated", f"the text breaks off: {sign}") if sign else None


def _signs(text: Text, sections: Sequence[Section], asked: int | None) -> Iterator[str]:
    for title in _missing_chapters(text):
        yield f"the contents list names “{title}”, which the text does not reach"
    if sections and asked and len(sections) < asked:
        yield f"such a page asks {asked} questions, this one holds {len(sections)}"
    if sections:
        name = sections[-1].judgment.number or sections[-1].judgment.question
        if not sections[-1].body:
            yield f"nothing follows the heading of the last section ({name})"
        if _lacks_closing_label(text, sections[-1]):
            yield f"question {name} lacks its closing “Summary for question {name}”"
        if _stops_in_mid_sentence(text.body[-1]):
            yield "the last line stops in mid-sentence"


def _stops_in_mid_sentence(last: Paragraph) -> bool:
    return len(last.text.split()) >= WORDS_OF_PROSE and not last.row and not ENDED.search(last.text)


def not_understood(
    body: Sequence[Paragraph], sections: Sequence[Section], findings: Sequence[FindingRead], taken: Collection[int]
) -> list[ReadingWarning]:
    """A warning for each heading, bullet and grade that looks like a finding or a judgment and was read as none."""
    found = [
        *_empty_blocks(sections, findings),
        *_unknown_headings(body),
        *_unplaced_demands(body, taken),
        *_unplaced_grades(body, sections),
        *_missing_grades(sections),
    ]
    return sorted(found, key=lambda warning: warning.line)


def _empty_blocks(sections: Sequence[Section], findings: Sequence[FindingRead]) -> Iterator[ReadingWarning]:
    first_lines = {finding.line for finding in findings}
    for section in sections:
        for index, paragraph in enumerate(section.body):
            if block_kind(paragraph) is None:
                continue
            following = section.body[index + 1].line if index + 1 < len(section.body) else None
            if following not in first_lines and (following is None or not _lead_in(section.body[index + 1])):
                message = f"nothing could be read under “{paragraph.text}”"
                yield ReadingWarning(paragraph.line, "empty_findings_block", message)


def _unknown_headings(body: Sequence[Paragraph]) -> Iterator[ReadingWarning]:
    for paragraph in body:
        if not paragraph.bullet and LIKE_A_BLOCK.fullmatch(paragraph.text) and block_kind(paragraph) is None:
            message = f"“{paragraph.text}” looks like a findings heading, but is none that is known"
            yield ReadingWarning(paragraph.line, "unknown_findings_heading", message)


def _unplaced_demands(body: Sequence[Paragraph], taken: Collection[int]) -> Iterator[ReadingWarning]:
    for paragraph in body:
        if paragraph.bullet and paragraph.line not in taken and LIKE_A_FINDING.match(paragraph.text):
            message = f"a bullet that looks like a finding stands under no findings heading: “{paragraph.text[:80]}”"
            yield ReadingWarning(paragraph.line, "unplaced_finding", message)


def _unplaced_grades(body: Sequence[Paragraph], sections: Sequence[Section]) -> Iterator[ReadingWarning]:
    if not sections:
        return
    first = sections[0].judgment.line
    overall = next((p.line for p in body if p.line < first and grade_of(p.text)), None)
    used = {overall}
    for section in sections:
        end = section.body[0].line if section.body else body[-1].line + 1
        used.update(range(section.judgment.line, end))
    for paragraph in body:
        if not paragraph.row and grade_of(paragraph.text) and paragraph.line not in used:
            message = f"the grade “{paragraph.text}” belongs to no question or area that could be read"
            yield ReadingWarning(paragraph.line, "unplaced_grade", message)


def _missing_grades(sections: Sequence[Section]) -> Iterator[ReadingWarning]:
    for section in sections:
        judgment = section.judgment
        if judgment.grade is None and judgment.ungraded_reason is None:
            yield ReadingWarning(judgment.line, "grade_missing", f"no grade stands below “{judgment.question}”")


def _lead_in(paragraph: Paragraph) -> bool:
    return paragraph.text.endswith(":")


def _missing_chapters(text: Text) -> list[str]:
    present = {_folded(p.text) for p in text.body}
    return [title for title in text.contents if _folded(title) not in present]


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def _lacks_closing_label(text: Text, last: Section) -> bool:
    """Only inspected questions have the label, and only on pages whose other questions have it."""
    judgment = last.judgment
    if judgment.number is None or judgment.grade is None or judgment.carried_over_from:
        return False
    labels = [p.text for p in text.body if SUMMARY_LABEL.fullmatch(p.text)]
    return bool(labels) and not any(label.endswith(f" {judgment.number}") for label in labels)
