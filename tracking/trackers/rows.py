"""What one row says, once its columns are known: values of this service, or what is wrong with which cell."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from findings.vocabulary import FindingKind
from tracking.trackers.days import EXPECTED_DATE, day_named
from tracking.trackers.values import Field, Table, TableRow, column_letter
from tracking.trackers.words import (
    EXPECTED_KIND,
    EXPECTED_STATUS,
    kind_meant,
    kind_said,
    position_meant,
    says_nothing,
)
from tracking.vocabulary import Position

SHOWN = 60


@dataclass(frozen=True, slots=True)
class UnderstoodRow:
    """A row's own words and what they mean. `faults` names each cell that could not be understood."""

    number: int
    cells: tuple[str, ...]
    reference: str
    text: str
    kind: FindingKind | None
    position: Position | None
    target_on: date | None
    owner: str
    comment: str
    report: str
    force: str
    faults: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what the row says: the same row again has the same, wherever it stands in whichever file."""
        said = [
            *(_folded(words) for words in (self.reference, self.text, self.owner, self.comment, self.report)),
            self.kind or "",
            self.position or "",
            self.target_on.isoformat() if self.target_on else "",
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def kind_if_new(self) -> FindingKind:
        """The kind it is taken for where nothing here matches it: as its column says, else its own words, else an AFI."""
        return self.kind or kind_said(self.text) or kind_said(self.reference) or FindingKind.AFI


def understood_rows(table: Table, columns: Mapping[Field, str]) -> list[UnderstoodRow]:
    """Each row of `table` as `columns` (field to header) tell it."""
    places = {field: table.headers.index(header) for field, header in columns.items()}
    return [_understood(row, table.headers, places) for row in table.rows]


def _understood(row: TableRow, headers: Sequence[str], places: Mapping[Field, int]) -> UnderstoodRow:
    cells = _Cells(row, headers, places)
    kind, position, target_on = cells.kind(), cells.position(), cells.day()
    reference, text = cells.said(Field.REFERENCE), cells.said(Field.TEXT)
    if not reference and not text:
        cells.faults.append("the row has neither the text of a finding nor a reference")
    return UnderstoodRow(
        number=row.number,
        cells=row.cells,
        reference=reference,
        text=text,
        kind=kind,
        position=position,
        target_on=target_on,
        owner=cells.said(Field.OWNER),
        comment=cells.said(Field.COMMENT),
        report=cells.said(Field.REPORT),
        force=cells.said(Field.FORCE),
        faults=tuple(cells.faults),
    )


class _Cells:
    """The cells of one row by what they tell; keeps what could not be understood."""

    def __init__(self, row: TableRow, headers: Sequence[str], places: Mapping[Field, int]) -> None:
        self._row, self._headers, self._places = row, headers, places
        self.faults: list[str] = []

    def said(self, field: Field) -> str:
        """The cell's words, empty where it has none or stands for nothing."""
        place = self._places.get(field)
        words = "" if place is None else self._row.cells[place]
        return "" if says_nothing(words) else words

    def position(self) -> Position | None:
        word = self.said(Field.STATUS)
        try:
            return position_meant(word)
        except KeyError:
            self._fault(Field.STATUS, "is no known word for a status", EXPECTED_STATUS)
            return None

    def kind(self) -> FindingKind | None:
        word = self.said(Field.KIND)
        try:
            kind = kind_meant(word)
        except KeyError:
            self._fault(Field.KIND, "is no known kind of finding", EXPECTED_KIND)
            return None
        if kind and not kind.has_status:
            self._fault(Field.KIND, "is something to copy, and never tracked", EXPECTED_KIND)
        return kind

    def day(self) -> date | None:
        words = self.said(Field.DUE)
        if not words:
            return None
        try:
            return day_named(words)
        except ValueError:
            self._fault(Field.DUE, "is no date", EXPECTED_DATE)
            return None

    def _fault(self, field: Field, what: str, expected: str) -> None:
        place = self._places[field]
        shown = self.said(field)[:SHOWN]
        where = f"cell {column_letter(place)}{self._row.number} (“{self._headers[place]}”)"
        self.faults.append(f"{where}: “{shown}” {what}; {expected}")


def first_of_each(rows: Sequence[UnderstoodRow]) -> Iterator[tuple[UnderstoodRow, UnderstoodRow | None]]:
    """Each row with the earlier one that says exactly the same, None where it is the first to say it."""
    first: dict[str, UnderstoodRow] = {}
    for row in rows:
        yield row, first.get(row.digest)
        first.setdefault(row.digest, row)


def _folded(words: str) -> str:
    return " ".join(words.split())
