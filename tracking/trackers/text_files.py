"""The rows of a CSV file, however the program that wrote it parts and encodes them."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from tracking.trackers.values import EXPECTED, MAX_LETTERS, MAX_ROWS, NotATracker

DELIMITERS = (",", ";", "\t")
LOOKED_AT = 100
# Beyond this no row is read: the file is refused for its length anyway.
READ_AT_MOST = MAX_ROWS * 4
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def rows_of_text(content: bytes) -> list[list[str]]:
    """The cells of each record; raises NotATracker with the place where the bytes are no such text."""
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    if first.strip().lower() in {
        f"sep={mark}" for mark in DELIMITERS
    }:  # a line that spreadsheet programs write, and hide
        return _parted(rest, first.strip()[-1])
    return _parted(text, _delimiter(text))


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = _as_western(content)
    if "\x00" in text:
        raise NotATracker(f"binary data; {EXPECTED}")
    return text


def _as_western(content: bytes) -> str:
    """What spreadsheet programs on Windows write where nobody asked for UTF-8."""
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotATracker(f"line {line}: neither UTF-8 nor Windows text; {EXPECTED}") from error


def _delimiter(text: str) -> str:
    """The mark by which most rows have the same number of cells; of equals the one that parts them into more."""

    def evenness(mark: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        widths = Counter(len(row) for row in _readable(rows) if len(row) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(DELIMITERS, key=evenness)


def _readable(rows: Iterator[list[str]]) -> list[list[str]]:
    """The first rows, as far as they can be parted."""
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(islice(rows, LOOKED_AT))
    return found


def _parted(text: str, mark: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            rows.append(row)
            if len(rows) > READ_AT_MOST:
                break
    except csv.Error as error:
        raise NotATracker(_in_words(error, rows)) from error
    return rows


def _in_words(error: csv.Error, before: Sequence[object]) -> str:
    number = len(before) + 1
    if "field limit" in str(error):
        return f"row {number} has a cell of more than {MAX_LETTERS:,} letters"
    return f'row {number}: a quotation mark is not closed, or not followed by the next cell; expected cells such as "in quotes"'
