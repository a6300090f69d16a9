"""From a file's bytes to a table. What a file is, is told by its content, never by its name."""

from findings.reading.documents import HTML_OPENINGS, LONGEST_OPENING, SIGNATURES
from tracking.trackers.child import table_of_workbook
from tracking.trackers.headers import first_table
from tracking.trackers.text_files import rows_of_text
from tracking.trackers.values import EXPECTED, MAX_BYTES, NotATracker, Table

ARCHIVE = b"PK\x03\x04"
OTHERS = {**SIGNATURES, b"%PDF-": "a PDF"}


def read_table(content: bytes) -> Table:
    """The table in `content`, a CSV file or an XLSX workbook.

    Raises NotATracker, saying what it is instead, or the row and column where it breaks and what was expected.
    """
    if not content.strip():
        raise NotATracker(f"the file is empty; {EXPECTED}")
    if len(content) > MAX_BYTES:
        raise NotATracker(f"the file has {len(content) / 2**20:.0f} MB; the limit is {MAX_BYTES // 2**20} MB")
    if content.startswith(ARCHIVE):
        return table_of_workbook(content)
    for signature, what in OTHERS.items():
        if content.startswith(signature):
            raise NotATracker(f"the file is {what}; {EXPECTED}")
    if content.lstrip()[:LONGEST_OPENING].lower().startswith(tuple(opening.encode() for opening in HTML_OPENINGS)):
        raise NotATracker(f"the file is a web page; {EXPECTED}")
    return first_table([rows_of_text(content)])
