"""Finds the row of headers, and the table below it."""

import unicodedata
from collections.abc import Iterable, Sequence

from findings.formulas import unmarked
from tracking.trackers.columns import names_findings
from tracking.trackers.values import (
    EXPECTED,
    MAX_COLUMNS,
    MAX_LETTERS,
    MAX_ROWS,
    NotATracker,
    Table,
    TableRow,
    column_letter,
)

# Titles and notes stand above the headers; no sheet has more of them than this.
HEADERS_WITHIN = 30
FEWEST_HEADERS = 2


def first_table(sheets: Iterable[Iterable[Sequence[str]]]) -> Table:
    """The table of the first sheet that has one; of several rows that may be headers, the one that names findings.

    Raises NotATracker where no row has two filled cells, nothing stands below it, or a limit is passed.
    """
    fallback: Table | None = None
    for sheet in sheets:
        rows = _filled(sheet)
        place = _header_place(rows)
        if place is None:
            continue
        table = _below(rows, place)
        if names_findings(table.headers):
            return _with_rows(table)
        fallback = fallback or table
    if fallback is None:
        raise NotATracker(f"no row has two filled cells; {EXPECTED}")
    return _with_rows(fallback)


def _filled(sheet: Iterable[Sequence[str]]) -> list[TableRow]:
    rows = []
    for number, cells in enumerate(sheet, 1):
        row = TableRow(number, tuple(_checked(number, cells)))
        if any(row.cells):
            rows.append(row)
        if len(rows) > MAX_ROWS + HEADERS_WITHIN:
            raise NotATracker(f"row {number}: the sheet has more than {MAX_ROWS:,} rows; split it")
    return rows


def _checked(number: int, cells: Sequence[str]) -> list[str]:
    cleaned = [_cleaned(cell) for cell in cells]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    if len(cleaned) > MAX_COLUMNS:
        raise NotATracker(f"row {number} has more than {MAX_COLUMNS} columns; leave those out that tell nothing")
    for place, cell in enumerate(cleaned):
        if len(cell) > MAX_LETTERS:
            raise NotATracker(f"cell {column_letter(place)}{number} has more than {MAX_LETTERS:,} letters")
    return cleaned


def _cleaned(cell: str) -> str:
    """`cell` without what no database keeps: control characters but line breaks, and halves of characters."""
    broken = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(c for c in broken if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    return unmarked(kept.strip())


def _header_place(rows: Sequence[TableRow]) -> int | None:
    candidates = [
        place for place, row in enumerate(rows[:HEADERS_WITHIN]) if sum(map(bool, row.cells)) >= FEWEST_HEADERS
    ]
    naming = [place for place in candidates if names_findings(rows[place].cells)]
    return next(iter([*naming, *candidates]), None)


def _below(rows: Sequence[TableRow], place: int) -> Table:
    below = rows[place + 1 :]
    width = max(len(row.cells) for row in rows[place:])
    headers: list[str] = []
    for column, cell in enumerate(_padded(rows[place].cells, width)):
        name = " ".join(cell.split()) or f"Column {column_letter(column)}"
        headers.append(f"{name} (column {column_letter(column)})" if name in headers else name)
    return Table(tuple(headers), tuple(TableRow(row.number, _padded(row.cells, width)) for row in below))


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def _with_rows(table: Table) -> Table:
    if not table.rows:
        raise NotATracker(
            f"nothing stands below the headers ({', '.join(table.headers)}); expected a row for each finding"
        )
    if len(table.rows) > MAX_ROWS:
        raise NotATracker(f"the sheet has more than {MAX_ROWS:,} rows; split it")
    return table
