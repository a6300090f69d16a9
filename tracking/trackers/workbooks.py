"""The rows of an XLSX workbook. Runs in a child process: a workbook may be made to hurt."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from openpyxl import load_workbook

from tracking.trackers.values import EXPECTED, MAX_COLUMNS, NotATracker

MAX_UNPACKED = 100 * 1024 * 1024
MAX_PARTS = 2_000
WORKBOOK = "xl/workbook.xml"


def refuse_other_archives(content: bytes) -> None:
    """Raises NotATracker for a ZIP archive that is no XLSX workbook, or that would unpack to too much.

    Sizes are those that the archive declares: nothing is unpacked, and no reader unpacks more than is declared.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise NotATracker(f"the file is a broken archive; {EXPECTED}") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise NotATracker(f"the workbook unpacks to more than {MAX_UNPACKED // 2**20} MB or {MAX_PARTS:,} parts")
    if WORKBOOK not in {part.filename for part in parts}:
        raise NotATracker(f"the file is an archive, or another office document; {EXPECTED}")


def sheets_of(content: bytes) -> Iterator[Iterator[list[str]]]:
    """The rows of each visible sheet, in order, their cells as text; formulas by the value last shown."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield _rows(sheet)


def _rows(sheet: Any) -> Iterator[list[str]]:
    """`sheet` is openpyxl's read-only kind, which its published types know only in part."""
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    for row in sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True):
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return value.date().isoformat() if whole_day else value.isoformat(" ", "minutes")
    return f"{value:.15g}" if isinstance(value, float) else str(value)
