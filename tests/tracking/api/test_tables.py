"""Lists as CSV and XLSX: all rows of the same filters, and no cell that a spreadsheet would run (T62)."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from rest_framework.test import APIClient

from findings.api.lists import AT_ONCE
from findings.api.tables import CUT, LONGEST_CELL, Column, as_table
from findings.formulas import unmarked
from findings.models import Theme
from tests.factories import ForceFactory, member, tracked_finding
from tests.two_forces import Work, work_of
from tracking.api.urls import router
from tracking.models import TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
LISTS = sorted({prefix for prefix, viewset, _ in router.registry if hasattr(viewset, "in_table_order")})
PARTS = ("checks", "date-changes", "evidence", "links", "sign-offs", "updates")
DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    '=HYPERLINK("http://x")',
]


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    content: bytes = b"".join(answer.streaming_content)
    for close in answer._resource_closers:  # closing the answer itself would close the test's connection as well
        close()
    return content


def csv_rows(answer: Any) -> list[dict[str, str]]:
    text = body(answer).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def xlsx_rows(answer: Any) -> list[dict[str, Any]]:
    sheet = load_workbook(BytesIO(body(answer))).active
    headings, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, line, strict=True)) for line in lines]


@pytest.fixture
def mine() -> Work:
    work = work_of()
    Theme.objects.create(slug="vetting", name="Vetting")
    TrackedFinding.objects.filter(pk=work.tracked.pk).update(owner=None)  # which contradicts
    return work


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_table_of_the_same_rows(name: str, mine: Work, api: Api) -> None:
    client = api(mine.officer)
    rows = client.get(f"/api/v1/{name}/?page_size=200").json()["results"]
    as_csv = csv_rows(client.get(f"/api/v1/{name}/?format=csv"))
    as_xlsx = xlsx_rows(client.get(f"/api/v1/{name}/?format=xlsx"))
    assert len(as_csv) == len(as_xlsx) == len(rows)
    key = next(iter(rows[0]))
    assert [row[key] for row in as_csv] == [str(row[key]) for row in rows]
    assert [str(row[key]) for row in as_xlsx] == [str(row[key]) for row in rows]


@pytest.mark.parametrize("part", PARTS)
def test_what_hangs_on_a_finding_is_a_table_as_well(part: str, mine: Work, api: Api) -> None:
    where = f"/api/v1/tracked-findings/{mine.tracked.pk}/{part}/"
    client = api(mine.officer)
    ids = [str(row["id"]) for row in client.get(where).json()]
    assert [row["id"] for row in csv_rows(client.get(f"{where}?format=csv"))] == ids
    assert [str(row["id"]) for row in xlsx_rows(client.get(f"{where}?format=xlsx"))] == ids
    for query in ("format=pdf", "force=kent"):
        assert client.get(f"{where}?{query}").status_code == 400


def test_a_table_has_the_values_of_the_json(mine: Work, api: Api) -> None:
    client = api(mine.officer)
    TrackedFinding.objects.filter(pk=mine.tracked.pk).update(due_on=date(2031, 3, 31), due_precision="day")
    query = f"?report={mine.tracked.finding.report_id}"
    (row,) = client.get(f"/api/v1/tracked-findings/{query}").json()["results"]
    (line,) = csv_rows(client.get(f"/api/v1/tracked-findings/{query}&format=csv"))
    assert line["finding_report_title"] == row["finding"]["report"]["title"]
    assert (line["due_on"], line["overdue"], line["target_on"]) == ("2031-03-31", "false", "")
    assert line["last_change_hash"] == row["last_change"]["hash"]
    assert '"status": "open"' in line["elements"]
    (cells,) = xlsx_rows(client.get(f"/api/v1/tracked-findings/{query}&format=xlsx"))
    assert (cells["due_on"], cells["overdue"], cells["id"]) == (datetime(2031, 3, 31), False, row["id"])  # noqa: DTZ001 - a cell has no zone


def test_a_table_keeps_to_the_filters_the_order_and_the_past(mine: Work, api: Api) -> None:
    client = api(mine.officer)
    by_id = csv_rows(client.get("/api/v1/tracked-findings/?ordering=-id&format=csv"))
    ids = [int(row["id"]) for row in by_id]
    assert ids == sorted(ids, reverse=True)
    assert csv_rows(client.get("/api/v1/tracked-findings/?status=achieved&format=csv")) == []
    then = csv_rows(client.get("/api/v1/tracked-findings/?as_of=2018-12-31&format=csv"))
    assert [int(row["id"]) for row in then] == [
        row["id"] for row in client.get("/api/v1/tracked-findings/?as_of=2018-12-31").json()["results"]
    ]
    assert client.get("/api/v1/tracked-findings/?nonsense=1&format=csv").status_code == 400


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_is_a_formula_and_its_text_comes_back(text: str, api: Api) -> None:
    tracked = tracked_finding()
    TrackedFinding.objects.filter(pk=tracked.pk).update(lead=text, closing_plan=text)
    client = api(member(Role.OFFICER, tracked.force))
    (line,) = csv_rows(client.get("/api/v1/tracked-findings/?format=csv"))
    assert line["lead"][0] == "'"
    assert unmarked(line["lead"]) == text
    sheet = load_workbook(BytesIO(body(client.get("/api/v1/tracked-findings/?format=xlsx")))).active
    headings = [cell.value for cell in sheet[1]]
    cell = sheet[2][headings.index("lead")]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.value.replace("_x000D_", "\r") == text


def test_all_rows_come_and_the_queries_do_not_grow_with_each(api: Api, django_assert_max_num_queries: Any) -> None:
    force = ForceFactory()
    for _ in range(12):
        tracked_finding(force)
    client = api(member(Role.OFFICER, force))
    client.get("/api/v1/cycles/")  # the roles are read once
    with django_assert_max_num_queries(4):
        assert len(csv_rows(client.get("/api/v1/tracked-findings/?format=csv&page_size=2"))) == 12
    assert AT_ONCE >= 100


def test_a_format_that_lists_do_not_have_is_a_400(api: Api) -> None:
    answer = api(member(Role.OFFICER, "kent")).get("/api/v1/findings/?format=xml")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["format"])


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    answer = as_table("xlsx", "long", [Column("text", ("text",))], [{"text": "x" * (LONGEST_CELL + 1)}])
    (row,) = xlsx_rows(answer)
    assert len(row["text"]) == LONGEST_CELL
    assert row["text"].endswith(CUT)
