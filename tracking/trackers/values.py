"""What a spreadsheet holds: frozen values, the words for its columns, and its limits."""

from dataclasses import dataclass

from findings.vocabulary import Vocabulary

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_LETTERS = 20_000
EXPECTED = "expected a CSV or XLSX file with a row of headers"
LETTERS = 26


class NotATracker(Exception):
    """The file cannot be read as a spreadsheet: what is wrong, where, and what was expected."""


class Field(Vocabulary):
    """What a column of a spreadsheet may tell. One of the first two is needed, all else is optional."""

    REFERENCE = "reference"
    TEXT = "text"
    STATUS = "status"
    DUE = "due"
    OWNER = "owner"
    COMMENT = "comment"
    KIND = "kind"
    REPORT = "report"
    FORCE = "force"


class RowState(Vocabulary):
    """What becomes of a row."""

    REFUSED = "refused"
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number in the file, from 1, and its cells as text, as many as there are headers."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Headers, each different from the others, and the rows below them that hold anything."""

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]


def column_letter(place: int) -> str:
    """The letter by which a spreadsheet names its column at `place`, from 0: A, B, … Z, AA."""
    name = ""
    while place >= 0:
        name = chr(ord("A") + place % LETTERS) + name
        place = place // LETTERS - 1
    return name
