"""From a PDF to the lines that the reader knows, told by where the words stand on the page.

A PDF holds words and places, no paragraphs: lines come together by their distance, bullets are told by the mark
left of a line, table rows by wide gaps, running heads by standing in one place on page after page.
"""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

import pdfplumber
import pypdfium2

from findings.grades import grade_of
from findings.reading.paragraphs import END_OF_SENTENCE
from findings.reading.values import NotReadable

MOST_PAGES = 500
SAME_LINE = 3.0  # points
WIDE_GAP = 1.4  # of the type size, between cells
WIDER_THAN_LINES = 0.3  # of the type size, between paragraphs
WITHIN_A_CELL = 0.4  # of the type size, between the lines of one cell
MARK_REACH = 24.0  # points left of a line in which its bullet is drawn
MARK_SIZE = 8.0
MARKS = re.compile(r"^[•●▪◦·\uf0b7\uf0a7–-]$")
RUNNING_HEAD_PAGES = 3
SMALLEST_HEADER = 4


@dataclass(frozen=True, slots=True)
class Cell:
    x0: float
    x1: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line: its cells (one, where it is no table row), its place, type size, and whether a bullet marks it."""

    page: int
    top: float
    bottom: float
    size: float
    cells: tuple[Cell, ...]
    bullet: bool = False

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def x0(self) -> float:
        return self.cells[0].x0


def text_of_pdf(content: bytes) -> str:
    """The text of a PDF as lines: a blank line between blocks, "• " before list items, tabs between cells."""
    _check_pages(content)
    with pdfplumber.open(io.BytesIO(content)) as document:
        lines = [line for page in document.pages for line in _lines(page)]
    kept = list(_without_running_heads(lines))
    return "\n\n".join(_worded(kept))


def _check_pages(content: bytes) -> None:
    """A quick look by a library that bombs do not hurt, before the one that reads in full."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise NotReadable("the PDF is damaged, or locked with a password") from error
    if len(document) > MOST_PAGES:
        raise NotReadable(f"the PDF has {len(document)} pages; the limit is {MOST_PAGES}")


def _lines(page: Any) -> list[Line]:
    words = page.extract_words(extra_attrs=["size"], x_tolerance_ratio=0.15)
    marks = [mark for mark in (*page.curves, *page.rects) if mark["width"] < MARK_SIZE and mark["height"] < MARK_SIZE]
    found = [_line(page.page_number, group, marks) for group in _by_height(words)]
    page.close()
    return [_one_row(group) for group in _overlapping([line for line in found if line])]


def _overlapping(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that stand side by side at different heights: the cells of one row, set in the middle of it.

    Lines of a paragraph never overlap; a raised footnote mark does, but stands in no row of cells.
    """
    group: list[Line] = []
    for line in sorted(lines, key=lambda found: found.top):
        if group and not (line.top < max(known.bottom for known in group) - 1):
            yield from _rows_or_lines(group)
            group = []
        group.append(line)
    yield from _rows_or_lines(group)


def _rows_or_lines(group: list[Line]) -> Iterator[list[Line]]:
    if any(len(line.cells) > 1 for line in group) or any(_beside(*both) for both in pairwise(group)):
        yield group
    else:
        yield from ([line] for line in group)


def _beside(one: Line, other: Line) -> bool:
    """Whether two lines at nearly one height are cells of a row: a wide gap lies between them."""
    left, right = sorted((one, other), key=lambda line: line.x0)
    return right.x0 - left.cells[-1].x1 > WIDE_GAP * left.size


def _one_row(group: Sequence[Line]) -> Line:
    cells: list[Cell] = []
    for cell in (cell for line in group for cell in line.cells):
        place = next((i for i, known in enumerate(cells) if cell.x0 < known.x1 and known.x0 < cell.x1), None)
        if place is None:
            cells.append(cell)
        else:
            known = cells[place]
            cells[place] = Cell(min(known.x0, cell.x0), max(known.x1, cell.x1), f"{known.text} {cell.text}")
    bottom = max(line.bottom for line in group)
    return replace(group[0], bottom=bottom, cells=tuple(sorted(cells, key=lambda cell: cell.x0)))


def _by_height(words: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    for word in sorted(words, key=lambda w: (round(w["bottom"]), w["x0"])):
        if group and abs(word["bottom"] - group[0]["bottom"]) > SAME_LINE:
            yield sorted(group, key=lambda w: w["x0"])
            group = []
        group.append(word)
    if group:
        yield sorted(group, key=lambda w: w["x0"])


def _line(page: int, words: Sequence[dict[str, Any]], marks: Sequence[dict[str, Any]]) -> Line | None:
    drawn = [m for m in marks if words[0]["top"] <= (m["top"] + m["bottom"]) / 2 <= words[0]["bottom"]]
    typed = len(words) > 1 and MARKS.fullmatch(words[0]["text"]) is not None
    rest = words[1:] if typed else words
    size = median(word["size"] for word in rest)
    marked = typed or any(0 <= words[0]["x0"] - mark["x1"] <= MARK_REACH for mark in drawn)
    return Line(page, rest[0]["top"], rest[0]["bottom"], size, tuple(_cells(rest, size)), marked)


def _cells(words: Sequence[dict[str, Any]], size: float) -> Iterator[Cell]:
    start = 0
    for index, (before, after) in enumerate(pairwise(words), 1):
        if after["x0"] - before["x1"] > WIDE_GAP * size:
            yield _cell(words[start:index])
            start = index
    yield _cell(words[start:])


def _cell(words: Sequence[dict[str, Any]]) -> Cell:
    text = " ".join(word["text"] for word in words).replace("\xad", "")
    return Cell(words[0]["x0"], words[-1]["x1"], text)


def _without_running_heads(lines: Sequence[Line]) -> Iterator[Line]:
    """Heads, feet and page numbers stand in one place on page after page, but for their digits."""

    def place(line: Line) -> tuple[str, int]:
        return re.sub(r"\d+", "#", line.text), round(line.top)

    pages = Counter(key for key, _ in {(place(line), line.page) for line in lines})
    return (line for line in lines if pages[place(line)] < RUNNING_HEAD_PAGES)


def _worded(lines: Sequence[Line]) -> Iterator[str]:
    usual = _usual_gap(lines)
    header: Sequence[Cell] = ()
    for block in _blocks(lines, usual):
        row = _row(block, header)
        if row is None:
            header = ()
            yield ("  • " if block[0].bullet else "") + _joined(line.text for line in block)
            continue
        if sum(grade_of(cell.text) is not None for cell in row) >= SMALLEST_HEADER:
            header = row
        yield "\t".join(_in_columns(row, header))


def _usual_gap(lines: Sequence[Line]) -> float:
    """How far apart, in type sizes, the lines of a paragraph usually stand."""
    gaps = [(after.top - before.bottom) / before.size for before, after in pairwise(lines) if after.page == before.page]
    close = [gap for gap in gaps if 0 <= gap < 1]
    return median(close) if close else 0.0


def _blocks(lines: Sequence[Line], usual: float) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if block and not _goes_on(block[-1], line, usual):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _goes_on(before: Line, line: Line, usual: float) -> bool:
    """Whether `line` belongs to the paragraph, bullet or row of the line before it."""
    if line.bullet or abs(line.size - before.size) > 0.1 * before.size:
        return False
    if line.page != before.page:
        return not before.text.endswith(END_OF_SENTENCE) and line.text[:1].islower()
    gap = (line.top - before.bottom) / before.size
    if len(before.cells) > 1 or len(line.cells) > 1:
        return gap <= WITHIN_A_CELL and {round(cell.x0) for cell in line.cells} <= {
            round(cell.x0) for cell in before.cells
        }
    return gap <= usual + WIDER_THAN_LINES and abs(line.x0 - before.x0) < before.size


def _row(block: Sequence[Line], header: Sequence[Cell]) -> list[Cell] | None:
    """The cells of a table row, those broken over lines mended; None where the block is no row.

    A lone cell is a row where it stands below a column of the table's header other than the first.
    """
    below_column = any(abs(block[0].x0 - head.x0) <= SAME_LINE for head in header[1:])
    if all(len(line.cells) == 1 for line in block) and not below_column:
        return None
    cells = list(block[0].cells)
    for line in block[1:]:
        for cell in line.cells:
            place = next(i for i, known in enumerate(cells) if round(known.x0) == round(cell.x0))
            cells[place] = replace(cells[place], text=f"{cells[place].text} {cell.text}")
    return cells


def _in_columns(row: Sequence[Cell], header: Sequence[Cell]) -> list[str]:
    """The cells' texts, empty ones filled in by where the header's columns begin."""
    if not header:
        return [cell.text for cell in row]
    texts = [""] * len(header)
    for cell in row:
        column = max((i for i, head in enumerate(header) if head.x0 <= cell.x0 + SAME_LINE), default=0)
        texts[column] = cell.text
    return texts


def _joined(texts: Iterable[str]) -> str:
    """The lines of a paragraph as one; a word broken at its hyphen comes together again."""
    whole = ""
    for text in texts:
        glue = "" if re.search(r"[a-z]-$", whole) and text[:1].islower() else " "
        whole = f"{whole}{glue}{text}" if whole else text
    return whole
