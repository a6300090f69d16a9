"""Says whether a report's text breaks off, and what in it could not be read."""

import re
from collections.abc import Iterator, Sequence

from findings.reading.blocks import block_kind
from findings.reading.paragraphs import Paragraph, Text
from findings.reading.sections import SUMMARY_LABEL, Section
from findings.reading.values import FindingRead, ReadingWarning

WORDS_OF_PROSE = 8
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
    if asked and len(sections) < asked:
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


def unread_headings(sections: Sequence[Section], findings: Sequence[FindingRead]) -> list[ReadingWarning]:
    """A warning for each findings heading under which no finding could be read."""
    first_lines = {finding.line for finding in findings}
    unread = []
    for section in sections:
        for index, paragraph in enumerate(section.body):
            if block_kind(paragraph) is None:
                continue
            following = section.body[index + 1].line if index + 1 < len(section.body) else None
            if following not in first_lines and (following is None or not _lead_in(section.body[index + 1])):
                message = f"nothing could be read under “{paragraph.text}”"
                unread.append(ReadingWarning(paragraph.line, "empty_findings_block", message))
    return unread


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
