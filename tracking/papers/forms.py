"""The forms that a paper goes out in: a page to read and print, a tagged PDF, a workbook, rows for a program."""

import csv
import re
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import xlsxwriter
from django.template.loader import render_to_string
from django.utils import timezone

from findings.formulas import safe_cell
from tracking.models import StatusChange
from tracking.papers.content import Column, Holds, Paper, Table, spoken
from tracking.vocabulary import Basis, Status
from tracking.workflow import Incomplete

try:
    from weasyprint import CSS, HTML
except OSError:  # Pango is not on this host: every other form works
    CSS = HTML = None

# A PDF has its marking in the margins of every page; a page, which has none, at its head and foot.
IN_MARGINS = ".marking { display: none }"
STYLE = Path(__file__).with_name("paper.css")
NO_PANGO = (
    "PDFs need Pango on this machine (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0). HTML, XLSX and CSV do not."
)
TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\")
FIGURES = (Column("Figure"), Column("Count", Holds.NUMBER))
HISTORY = (
    Column("Finding"), Column("From"), Column("To"), Column("True from", Holds.DAY), Column("Recorded", Holds.DAY), Column("By"), Column("Basis"),
    Column("Why"), Column("Seal"),
)  # fmt: skip
WIDTH = {Holds.TEXT: 40, Holds.DAY: 18, Holds.NUMBER: 8}


def written(paper: Paper, form: str, history: list[StatusChange] | None = None) -> bytes:
    """The paper in one of its forms; `history` goes with a workbook, as a sheet of its own. Raises Incomplete for none."""
    ways: dict[str, Callable[[], bytes]] = {
        "html": lambda: page(paper).encode(),
        "pdf": lambda: _pdf(paper),
        "xlsx": lambda: _workbook(paper, history or []),
        "csv": lambda: _rows(paper),
    }
    if form not in ways:
        raise Incomplete("form_unknown", f"A paper goes out as {', '.join(ways)}.")
    return ways[form]()


def page(paper: Paper, *, styled: bool = True) -> str:
    """The paper as a page that stands alone; without its style where the page around it has one."""
    tables = [_shown(table) for table in paper.tables]
    style = style_of_pages() if styled else ""
    return render_to_string("tracking/paper.html", {"paper": paper, "tables": tables, "style": style})


def style_of_pages() -> str:
    """The style that stands within a page that stands alone."""
    return STYLE.read_text(encoding="utf-8")


def _shown(table: Table) -> dict[str, Any]:
    rows = [[spoken(value) for value in row] for row in table.rows]
    return {"heading": table.heading, "line": table.line, "columns": table.columns, "rows": rows, "when_empty": table.when_empty}  # fmt: skip


def _pdf(paper: Paper) -> bytes:
    """Tagged (PDF/UA), bookmarked by its headings, marking and page numbers on every page; nothing is fetched for it."""
    if HTML is None:
        raise Incomplete("pango_missing", NO_PANGO)
    document = HTML(string=page(paper, styled=False), url_fetcher=_nothing)
    made: bytes = document.write_pdf(
        stylesheets=[CSS(filename=str(STYLE), url_fetcher=_nothing), CSS(string=IN_MARGINS, url_fetcher=_nothing)],
        pdf_variant="pdf/ua-1",
    )
    return made


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"A paper refers to nothing outside itself: {url}")


def _rows(paper: Paper) -> bytes:
    """All tables one below the other, each row with the heading of its table; texts that would run are marked."""
    out = StringIO()
    writer = csv.writer(out)
    for table in paper.tables:
        writer.writerow(["Part", *(column.heading for column in table.columns)])
        for row in table.rows:
            writer.writerow([safe_cell(table.heading), *(_plain(value) for value in row)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return safe_cell(value) if isinstance(value, str) else value


def _workbook(paper: Paper, history: list[StatusChange]) -> bytes:
    """A sheet for each table, with a header that stays and filters, and one with the history of the statuses."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": paper.title, "subject": paper.about, "comments": paper.marking})
    day = book.add_format({"num_format": "d mmmm yyyy", "align": "left", "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    names: set[str] = set()
    _sheet(book, "In figures", Table("In figures", FIGURES, paper.figures), paper, names, text, day)
    for table in (*paper.tables, *([_history(history)] if history else [])):
        _sheet(book, table.heading, table, paper, names, text, day)
    book.close()
    return out.getvalue()


def _sheet(book: Any, name: str, table: Table, paper: Paper, names: set[str], text: Any, day: Any) -> None:
    sheet = book.add_worksheet(_sheet_name(name, names))
    sheet.set_landscape()
    # Alone an ampersand begins a code of the page's own; before a G the library takes even two for one.
    marking = re.sub(r"&(?=G|\[)", "& ", paper.marking).replace("&", "&&")
    sheet.set_header(f"&C{marking}")
    sheet.set_footer(f"&C{marking}&RPage &P of &N")
    sheet.freeze_panes(1, 0)
    last = max(len(table.rows), 1)
    headers = [{"header": column.heading} for column in table.columns]
    sheet.add_table(0, 0, last, len(headers) - 1, {"columns": headers, "style": "Table Style Light 9"})
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, WIDTH[column.holds])
    for line, row in enumerate(table.rows, 1):
        for place, value in enumerate(row):
            _write(sheet, line, place, value, text, day)


def _write(sheet: Any, line: int, place: int, value: Any, text: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(line, place, datetime.combine(value, time.min), day)
    elif isinstance(value, int):
        sheet.write_number(line, place, value, text)
    else:
        sheet.write_string(line, place, str(value), text)


def _sheet_name(name: str, names: set[str]) -> str:
    """A name that a workbook takes, and takes once."""
    plain = name.translate(NOT_IN_SHEET_NAMES).strip("' ")[:LONGEST_SHEET_NAME] or "Table"
    unique, place = plain, 2
    while unique.lower() in names:
        ending = f" {place}"
        unique, place = plain[: LONGEST_SHEET_NAME - len(ending)] + ending, place + 1
    names.add(unique.lower())
    return unique


def _history(changes: list[StatusChange]) -> Table:
    rows = tuple(
        (
            change.tracked_finding.finding.title,
            Status(change.from_status).label if change.from_status else "",
            Status(change.to_status).label,
            change.effective_on,
            timezone.localdate(change.recorded_at),
            change.recorded_by_name,
            Basis(change.basis).label,
            change.reason,
            change.hash,
        )
        for change in changes
    )
    return Table("Status history", HISTORY, rows)
