"""From text to paragraphs: lines mended where an extraction broke them, bullets marked, furniture dropped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

BULLET = re.compile(r"\s*(?:[•●▪◦·*‣—–\uf0b7-]\s+(?=\S)|(?:\d{1,2}[.)]|\(?[a-z]\)|o)\s+(?=[A-Z]))")
CONTENTS_ENTRY = re.compile(r"(?P<title>\S[^\t]*)\t+(?P<page>\d{1,3})\s*")
FURNITURE = re.compile(
    r"(?:<hr\s*/?>|Skip to (?:main )?content|Print this document|Back to top|404 Page not found|Share this page|Contents|Transcript"
    r"|(?:Read|View|Get|Watch|Download|Listen to)\b[^.]{0,80}\b(?:transcript|video|report|letter|document)(?:\s*\([^()]{0,30}\))?"
    r"|Video transcript|(?!.{0,80}\bPEEL 20)[^.]{0,80}\(PDF document\))",
    re.IGNORECASE,
)
# A label that a lost line break has glued to what follows it: "GoodThe force …", "Areas for improvementThe force …".
GLUED = re.compile(
    r"(?P<label>(?:Outstanding|Good|Adequate|Requires improvement|Inadequate|Effectiveness|Efficiency|Legitimacy"
    r"|Areas? for improvement|Causes? of concern|Recommendations?|Innovative practice|Promising practice|Main findings"
    r"|Summary for question \d{1,2}|Last updated:? \d{1,2}/\d{1,2}/20\d\d|.{3,60} PEEL 20\d\d(?:/\d\d)?)(?=[A-Z][a-z])"
    r"|\d{1,2}(?=\.?\s*(?:How|To what extent) ))"
)
MOST_GLUED = 4
END_OF_SENTENCE = (".", "!", "?", ":", ";")
CLOSED = (*END_OF_SENTENCE, ")", '"', "”", "’", "'")
# A paragraph broken over an empty line is mended only from here on: shorter ones are headings.
SHORTEST_BROKEN_LINE = 40


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, bullet, heading or table row; `line` and `end_line` are 1-based and inclusive."""

    line: int
    end_line: int
    text: str
    bullet: bool = False
    row: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A document's text in paragraphs, with the titles of its contents list taken out of the body."""

    body: tuple[Paragraph, ...]
    contents: tuple[str, ...]
    last_line: int


def split_text(text: str) -> Text:
    """The paragraphs of `text`. Lines are counted by line feeds, so line numbers match any editor's."""
    lines = text.split("\n")
    contents = tuple(m["title"].strip() for line in lines if (m := CONTENTS_ENTRY.fullmatch(line)))
    last_line = max((n for n, line in enumerate(lines, 1) if line.strip()), default=0)
    return Text(tuple(_mended(lines)), contents, last_line)


def _mended(lines: list[str]) -> Iterator[Paragraph]:
    pending: list[Paragraph] = []
    for number, line in _pieces(lines):
        if not line.strip() or FURNITURE.fullmatch(line.strip()) or CONTENTS_ENTRY.fullmatch(line):
            continue
        found = _paragraph(number, line)
        if pending and not _broken(pending[-1], found):
            yield _together(pending)
            pending = []
        pending.append(found)
    if pending:
        yield _together(pending)


def _pieces(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Each line with its number; a line of glued labels comes in several pieces."""
    for number, line in enumerate(lines, 1):
        rest = line if line[:1].isspace() else line.rstrip()
        for _ in range(MOST_GLUED):
            if not (match := GLUED.match(rest)):
                break
            yield number, match["label"]
            rest = rest[match.end() :].lstrip(". ")
        yield number, rest


def _together(parts: list[Paragraph]) -> Paragraph:
    return replace(parts[0], end_line=parts[-1].end_line, text=" ".join(part.text for part in parts))


def _paragraph(number: int, line: str) -> Paragraph:
    bullet = BULLET.match(line)
    if "\t" in (line[bullet.end() :] if bullet else line).rstrip("\n"):
        return Paragraph(number, number, line.rstrip("\n"), row=True)
    text = line[bullet.end() :] if bullet else line
    return Paragraph(number, number, " ".join(text.split()), bullet=bullet is not None)


def _broken(before: Paragraph, after: Paragraph) -> bool:
    """Whether `after` goes on with the sentence that `before` left open."""
    if before.row or after.row or after.bullet or before.text.endswith(CLOSED) or not after.text[:1].islower():
        return False
    return after.line == before.end_line + 1 or (len(before.text) >= SHORTEST_BROKEN_LINE and not before.bullet)
