"""Any list as a table: CSV for programs, XLSX for people. The rows are those of the JSON list, all pages of them."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from findings.formulas import safe_cell

FORMATS = ("json", "csv", "xlsx")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a sheet, and a cell of it, can hold.
MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767
CUT = " … (cut: the rest is in the JSON list)"
WIDEST = 60
BOM = "\ufeff"  # or Excel reads UTF-8 as something else


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, where its value stands in a row of JSON, and whether it is a day."""

    heading: str
    path: tuple[str, ...]
    is_day: bool = False

    def value(self, row: Any) -> Any:
        """The value, as text, number, truth or None; lists are joined, structures stay JSON."""
        for name in self.path:
            row = row.get(name) if isinstance(row, dict) else None
        if isinstance(row, list) and all(isinstance(item, str | int | float) for item in row):
            return "; ".join(str(item) for item in row)
        return json.dumps(row, ensure_ascii=False) if isinstance(row, list | dict) else row


def columns_of(serializer: Any, path: tuple[str, ...] = ()) -> list[Column]:
    """The columns of a list: the serializer's fields in their order, those of one nested row each by itself."""
    if isinstance(serializer, serializers.ListSerializer):
        return columns_of(serializer.child, path)
    assert isinstance(serializer, serializers.Serializer)  # noqa: S101 - every list here has one
    found: list[Column] = []
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.Serializer):
            found += columns_of(field, (*path, name))
        else:
            here = (*path, name)
            found.append(Column("_".join(here), here, isinstance(field, serializers.DateField)))
    return found


def format_asked(query: Any) -> str:
    """The format that a request asks for; a 400 names those there are."""
    asked = query.get("format", FORMATS[0])
    if asked not in FORMATS:
        raise ValidationError({"format": [f"“{asked}” is no format of lists; known are {', '.join(FORMATS)}."]})
    return str(asked)


def as_table(form: str, name: str, columns: list[Column], rows: Iterable[Any]) -> HttpResponseBase:
    """The rows as a file for download: `form` is csv (sent as it is made) or xlsx (made, then sent)."""
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.{form}"
    if form == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(_csv(columns, rows), content_type=CSV_TYPE)
        answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    else:
        answer = FileResponse(_xlsx(columns, rows), as_attachment=True, filename=filename, content_type=XLSX_TYPE)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


class _Line:
    """Hands each line that `csv` writes back to who iterates."""

    def write(self, text: str) -> str:
        return text


def _csv(columns: list[Column], rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield BOM + writer.writerow([column.heading for column in columns])
    for row in rows:
        yield writer.writerow([_cell(column.value(row)) for column in columns])


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe_cell(value) if isinstance(value, str) else value


def _xlsx(columns: list[Column], rows: Iterable[Any]) -> Any:
    """The workbook, at its start, as an open file that is gone once closed: a header that stays, and filters."""
    file = TemporaryFile()  # noqa: SIM115 - closed by the response that sends it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Rows")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "d mmmm yyyy", "align": "left"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, min(WIDEST, max(len(column.heading) + 4, 12)))
        sheet.write_string(0, place, column.heading, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > MOST_ROWS:
            raise ValidationError(
                {"format": ["These are more rows than a sheet can hold: narrow the list, or ask for csv."]}
            )
        for place, column in enumerate(columns):
            _write(sheet, last, place, column.value(row), day if column.is_day else None)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    file.seek(0)
    return file


def _write(sheet: Any, line: int, place: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value)
    elif day is not None:
        sheet.write_datetime(line, place, _day(value), day)
    else:
        text = str(value)
        fits = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
        sheet.write_string(line, place, fits)  # never `write`, which makes formulas and links of text


def _day(value: Any) -> datetime:
    return datetime.combine(date.fromisoformat(str(value)), datetime.min.time())
