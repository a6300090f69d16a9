"""Papers: what each kind must say, the same in every form, the same as the lists; and nobody else's."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from findings.models import Force
from tests.canary import own_work_of
from tests.factories import (
    AssessmentFactory,
    FindingFactory,
    ForceFactory,
    ReportFactory,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tests.two_forces import work_of
from tracking.changes import Move, change_status, open_findings
from tracking.decisions import decide
from tracking.models import TrackedFinding, User
from tracking.papers import forms
from tracking.papers.asking import write_paper
from tracking.papers.building import build
from tracking.papers.content import Paper
from tracking.papers.wanted import Request
from tracking.progress import record_progress
from tracking.vocabulary import Basis, Decision, PaperKind, Role, Status
from tracking.workflow import Incomplete

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
ALL = list(PaperKind)


@pytest.fixture
def force() -> Force:
    """A force with a late recommendation, one in progress, one that waits for sign-off, and one that is achieved."""
    force = ForceFactory(name="Kent Police")
    officer = member(Role.OFFICER, force)
    late = tracked_finding(
        force, kind="recommendation", text="Mend the radios.", due_on=date(2020, 1, 31), due_precision="day"
    )
    record_progress(late.pk, {}, officer, "Half of the radios are mended.")
    going, waiting, done = (
        tracked_finding(force, text=text) for text in ("Train all.", "Ask the public.", "Count the keys.")
    )
    record_progress(going.pk, {"owner": officer, "target_on": TODAY() + timedelta(days=90)}, officer)
    record_progress(waiting.pk, {"position": "ready_for_sign_off"}, officer, "Done.")
    evidence = signed_off_evidence(done)
    change_status(Move(done.pk, Status.ACHIEVED, Basis.EVIDENCE, "The audit shows it.", date(2024, 5, 1), evidence=evidence), officer)  # fmt: skip
    return force


def paper(force: Force | None, kind: PaperKind, **asked: Any) -> Paper:
    return build(Request(kind=kind, force=force, as_of=asked.pop("as_of", TODAY()), **asked))


def cells(paper: Paper) -> list[tuple[Any, ...]]:
    return [row for table in paper.tables for row in table.rows]


def test_a_committee_sees_each_finding_with_what_is_missing(force: Force) -> None:
    made = paper(force, PaperKind.COMMITTEE, since=TODAY() - timedelta(days=1))
    assert dict(made.figures) == {"In progress": 1, "Awaiting allocation": 1, "Pending sign-off": 1, "Closed": 1}
    assert made.lead == (
        "1 red finding without the force's reason.",
        "1 open finding without a planned closing date.",
    )
    changed, *reports = made.tables
    ((recorded, title, change, true_from, why),) = changed.rows
    assert (recorded, title, change, true_from, why) == (TODAY(), "Count the keys.", "Open → achieved", date(2024, 5, 1), "The audit shows it.")  # fmt: skip
    assert sorted(table.line for table in reports) == ["1 finding: 1 achieved.", *["1 finding: 1 open."] * 3]
    (red,) = [row for row in cells(made) if "Mend the radios." in str(row[1])]
    assert red[2:5] == ("Open", "R red", date(2020, 1, 31))
    assert red[6].startswith("Past the inspectors' date, 31 January 2020.")
    assert "No reason is given." in red[6]


def test_a_committee_reads_what_the_force_last_said_of_each(force: Force) -> None:
    (row,) = [row for row in cells(paper(force, PaperKind.COMMITTEE)) if "Mend the radios." in str(row[1])]
    assert row[6].endswith("Half of the radios are mended.")


@pytest.mark.parametrize("kind", [PaperKind.COMMITTEE, PaperKind.FOI])
def test_a_date_that_is_a_month_is_read_as_one_and_sorted_as_a_day(kind: PaperKind, force: Force) -> None:
    late = TrackedFinding.objects.get(force=force, finding__kind="recommendation")
    TrackedFinding.objects.filter(pk=late.pk).update(due_precision="month")
    made = paper(force, kind, report=late.finding.report)
    assert "January 2020" in forms.page(made)
    assert "31 January 2020" not in forms.page(made)
    assert "2020-01-31" in forms.written(made, "csv").decode("utf-8-sig")


def test_an_answer_about_another_forces_report_is_refused(force: Force) -> None:
    others = ReportFactory(force=ForceFactory(name="Essex Police"))
    with pytest.raises(Incomplete, match="not about Kent Police"):
        paper(force, PaperKind.FOI, report=others)


def test_what_changed_is_counted_from_the_paper_before(force: Force) -> None:
    assert paper(force, PaperKind.COMMITTEE, since=TODAY()).tables[0].rows == ()
    assert paper(force, PaperKind.COMMITTEE, since=TODAY()).tables[0].when_empty == "No status has changed."


def test_a_freedom_of_information_answer_says_what_was_done_and_names_nobody(force: Force) -> None:
    late = TrackedFinding.objects.get(force=force, finding__kind="recommendation")
    TrackedFinding.objects.filter(pk=late.pk).update(shortfall_reason="Parts are late.")
    (row,) = cells(paper(force, PaperKind.FOI, report=late.finding.report))
    assert row == (1, "Mend the radios.", "Half of the radios are mended.", "Open since 2 May 2019", date(2020, 1, 31), "Parts are late.")  # fmt: skip
    with pytest.raises(Incomplete, match="which report"):
        paper(force, PaperKind.FOI)


def test_a_briefing_holds_everything_open_with_the_age_of_its_evidence(force: Force) -> None:
    late = TrackedFinding.objects.get(force=force, finding__kind="recommendation")
    said = AssessmentFactory(tracked_finding=late, outcome="in_progress", quote="Some radios work.")
    decide(said.pk, Decision.CONFIRM, member(Role.OFFICER, force), "Read.")
    made = paper(force, PaperKind.BRIEFING)
    assert dict(made.figures) == {"Open": 3, "Red": 1}
    (row,) = [row for row in cells(made) if row[0] == "Mend the radios."]
    assert "“Some radios work.”" in row[2]
    assert (row[3], row[4], row[6]) == (date(2022, 10, 3), (TODAY() - date(2022, 10, 3)).days, "nobody")


def test_a_comparison_holds_published_words_alone() -> None:
    national = FindingFactory(scope="national", kind="recommendation", report=ReportFactory(force=None))
    spoken, own = open_findings(national, [ForceFactory(), ForceFactory()])
    decide(AssessmentFactory(tracked_finding=spoken, quote="It has done so.").pk, Decision.CONFIRM, member(Role.OFFICER, spoken.force), own_work_of(spoken.force))  # fmt: skip
    evidence = signed_off_evidence(own)
    change_status(Move(own.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", date(2020, 6, 1), evidence=evidence), member(Role.OFFICER, own.force))  # fmt: skip
    made = paper(None, PaperKind.COMPARISON, finding=national)
    told = {row[0]: (row[1], row[3]) for row in cells(made)}
    assert told[spoken.force.name] == ("Achieved", "It has done so.")
    assert told[own.force.name] == ("Open", "No verdict is confirmed.")
    before = paper(None, PaperKind.COMPARISON, finding=national, as_of=date(2022, 10, 2))
    assert dict(before.figures)["Achieved"] == 0
    book = write_paper(Request(PaperKind.COMPARISON, None, TODAY(), finding=national), "xlsx").content
    assert "Status history" not in load_workbook(BytesIO(book)).sheetnames


def test_contradictions_are_told_of_today(force: Force) -> None:
    told = {row[0]: row[2] for row in cells(paper(force, PaperKind.CONTRADICTIONS))}
    assert "Nobody owns it." in told["Mend the radios."]
    with pytest.raises(Incomplete, match="today alone"):
        paper(force, PaperKind.CONTRADICTIONS, as_of=date(2024, 1, 1))


def test_a_paper_of_a_past_day_says_what_was_true_then(force: Force) -> None:
    made = paper(force, PaperKind.COMMITTEE, as_of=date(2023, 12, 31), since=date(2023, 9, 30))
    assert dict(made.figures)["Closed"] == 0
    assert paper(force, PaperKind.COMMITTEE, as_of=date(2018, 1, 1)).figures[0] == ("In progress", 0)
    with pytest.raises(Incomplete, match="has not come yet"):
        paper(force, PaperKind.COMMITTEE, as_of=TODAY() + timedelta(days=1))
    with pytest.raises(Incomplete, match="before it begins"):
        paper(force, PaperKind.COMMITTEE, as_of=date(2023, 1, 1), since=date(2024, 1, 1))


@pytest.mark.parametrize("as_of", [None, date(2023, 12, 31)])
def test_a_papers_figures_are_those_of_the_api(
    force: Force, as_of: date | None, api: Callable[[User], APIClient]
) -> None:
    asked = f"?as_of={as_of}" if as_of else ""
    told = api(member(Role.OFFICER, force)).get(f"/api/v1/forces/{force.slug}/summary/{asked}").json()
    made = paper(force, PaperKind.COMMITTEE, as_of=as_of or TODAY())
    rows = [row for table in made.tables[1:] for row in table.rows]
    assert len(rows) == sum(count for _, count in made.figures) == told["total"]
    assert sum(row[3] == "R red" for row in rows) == told["rag"]["red"]
    assert sum(row[2] == "Achieved" for row in rows) == told["status"]["achieved"] == dict(made.figures)["Closed"]


@pytest.mark.parametrize("form", ["html", "pdf", "xlsx", "csv"])
def test_every_form_says_the_same(force: Force, form: str) -> None:
    if form == "pdf" and forms.HTML is None:
        pytest.skip("no Pango on this machine")
    made = write_paper(Request(PaperKind.COMMITTEE, force, TODAY(), marking="OFFICIAL – SENSITIVE"), form)
    assert made.name == f"committee-{force.slug}-{TODAY()}.{form}"
    read = {"html": _of_page, "pdf": _of_pdf, "xlsx": _of_workbook, "csv": _of_rows}[form](made.content)
    for said in ("Mend the radios.", "Train all.", "Ask the public.", "Count the keys.", "No reason is given."):
        assert said in read
    if form != "csv":
        assert "OFFICIAL – SENSITIVE" in read


def _of_page(content: bytes) -> str:
    return content.decode()


def _of_pdf(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    assert next(entry.get_title() for entry in document.get_toc()) == "Progress on inspection findings"
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
    pages = [page.get_textpage().get_text_range() for page in document]
    assert all(page.count("OFFICIAL – SENSITIVE") == 2 for page in pages)  # head and foot of each
    return " ".join(" ".join(pages).split())


def _of_workbook(content: bytes) -> str:
    book = load_workbook(BytesIO(content))
    assert book.sheetnames[0] == "In figures"
    assert book.sheetnames[-1] == "Status history"
    assert all(sheet.freeze_panes == "A2" and len(sheet.tables) == 1 for sheet in book)
    history = [row[0].value for row in book["Status history"].iter_rows(min_row=2)]
    assert history.count("Count the keys.") == 2
    values = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    return " ".join([*values, book.worksheets[0].oddHeader.center.text])


def _of_rows(content: bytes) -> str:
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert rows[0][0] == "Part"
    return " ".join(cell for row in rows for cell in row)


def test_no_cell_of_a_paper_runs(force: Force) -> None:
    TrackedFinding.objects.filter(force=force).update(
        shortfall_reason='=HYPERLINK("http://x")', closing_plan="<script>x</script>"
    )
    wanted = Request(PaperKind.COMMITTEE, force, TODAY())
    book = load_workbook(BytesIO(write_paper(wanted, "xlsx").content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    page = write_paper(wanted, "html").content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;" in page


def test_without_pango_a_pdf_says_what_is_missing(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "HTML", None)
    with pytest.raises(Incomplete, match="apt install libpango"):
        write_paper(Request(PaperKind.COMMITTEE, force, TODAY()), "pdf")


def test_the_command_writes_a_file_and_names_what_is_wrong(force: Force, tmp_path: Path) -> None:
    path = tmp_path / "paper.csv"
    said = StringIO()
    call_command("write_paper", "committee", "--force", force.slug, "--format", "csv", "-o", str(path), stdout=said)
    assert "Progress on inspection findings, Kent Police" in said.getvalue()
    assert path.read_bytes().startswith(b"\xef\xbb\xbfPart")
    for arguments, words in (
        (("foi", "--force", force.slug), "Say which report"),
        (("committee", "--force", "nowhere"), "no force “nowhere”"),
        (("committee",), "Say which force"),
        (("comparison", "--finding", "999"), "no national recommendation"),
    ):
        with pytest.raises(CommandError, match=words) as error:
            call_command("write_paper", *arguments, "-o", str(path))
        assert error.value.returncode == 2
    with pytest.raises(CommandError, match="No such file"):
        call_command("write_paper", "committee", "--force", force.slug, "-o", str(tmp_path / "none" / "x"))


def test_the_page_offers_ones_own_forces_and_answers_with_the_paper(force: Force, browser: Callable[[User], Client]) -> None:  # fmt: skip
    client = browser(member(Role.VIEWER, force))
    address = reverse("admin:tracking_papers")
    assert all(kind.label in client.get(address).content.decode() for kind in ALL)
    assert "Kent Police" in client.get(address, {"kind": "committee"}).content.decode()
    asked = {"kind": "committee", "force": force.slug, "marking": "OFFICIAL", "form": "html"}
    shown = client.get(address, asked)
    assert "Mend the radios." in shown.content.decode()
    assert "style-src 'sha256-" in shown["Content-Security-Policy"]
    download = client.get(address, {**asked, "form": "xlsx"})
    assert download["Content-Disposition"].startswith('attachment; filename="committee-')
    missing = client.get(address, {**asked, "kind": "foi"}).content.decode()
    assert "Say which report is asked about." in missing


@pytest.mark.parametrize("kind", ALL)
def test_another_forces_paper_is_not_to_be_had(kind: PaperKind, browser: Callable[[User], Client]) -> None:
    mine, theirs = work_of(), work_of()
    client = browser(mine.officer)
    asked = {
        "kind": kind.value,
        "force": theirs.force.slug,
        "marking": "OFFICIAL",
        "form": "csv",
        "report": theirs.response.report_id,
    }
    answer = client.get(reverse("admin:tracking_papers"), asked)
    assert answer["Content-Type"].startswith("text/html")
    # A comparison takes no force: it holds published words of all.
    refused = "Say which recommendation" if kind is PaperKind.COMPARISON else "Select a valid choice"
    assert refused in answer.content.decode()


def test_a_papers_queries_do_not_grow_with_the_findings(force: Force, django_assert_num_queries: Any) -> None:
    wanted = Request(PaperKind.COMMITTEE, force, TODAY())
    for _ in range(2):
        with django_assert_num_queries(8):
            build(wanted)
        for _ in range(5):
            tracked_finding(force)
