"""Reading a spreadsheet: what a file is, where its headers stand, what its words and dates mean, what a row matches."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from findings.formulas import safe_cell, unmarked
from findings.vocabulary import FindingKind
from tracking.trackers.columns import chosen_columns, guessed, headers_digest
from tracking.trackers.days import day_named
from tracking.trackers.matching import Known, Match, Matcher
from tracking.trackers.reading import read_table
from tracking.trackers.refused import refused_csv
from tracking.trackers.rows import UnderstoodRow, first_of_each, understood_rows
from tracking.trackers.values import MAX_COLUMNS, MAX_LETTERS, Field, NotATracker, Table, TableRow, column_letter
from tracking.trackers.words import POSITIONS, kind_meant, kind_said, position_meant
from tracking.vocabulary import Position
from tracking.workflow import Incomplete

HEADERS = ("Ref", "Recommendation", "Status")
ROW = ("1", "Mend the gate.", "Open")


def workbook(*sheets: Sequence[Sequence[Any]], hidden: int = 0) -> bytes:
    """An XLSX file of these sheets, the first `hidden` of them out of sight."""
    book = Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {place}")
        sheet.sheet_state = "hidden" if place < hidden else "visible"
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(*rows: Sequence[str], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def understood(cells: dict[str, str], columns: dict[Field, str] | None = None) -> UnderstoodRow:
    """A row 7 with these cells by header, understood as guessed."""
    table = Table(tuple(cells), (TableRow(7, tuple(cells.values())),))
    return understood_rows(table, columns or guessed(table.headers))[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_reads_the_same_however_it_is_parted_and_encoded(delimiter: str, encoding: str) -> None:
    text = "The force’s café; repair it, soon – at £5."
    table = read_table(as_csv(HEADERS, ("1", text, "Open"), delimiter=delimiter).encode(encoding))
    assert table == Table(HEADERS, (TableRow(2, ("1", text, "Open")),))


def test_commas_inside_the_cells_of_a_semicolon_file_part_nothing() -> None:
    rows = [(str(n), "one, two, three, four, five", "Open") for n in range(9)]
    assert read_table(as_csv(HEADERS, *rows, delimiter=";").encode()).rows[8].cells == rows[8]


def test_the_line_that_names_the_separator_is_no_row() -> None:
    assert read_table(b"sep=;\r\nRef;Text\r\n1;Mend, then paint") == Table(
        ("Ref", "Text"), (TableRow(2, ("1", "Mend, then paint")),)
    )


def test_a_workbook_reads_as_the_csv_of_the_same_cells_would() -> None:
    cells = [HEADERS, ROW, ("=1+1", "-", "@x"), ("3", "Two\nlines", "")]
    assert read_table(workbook(cells)).headers == read_table(as_csv(*cells).encode()).headers
    of_text = [row.cells for row in read_table(as_csv(*cells[:2], cells[3]).encode()).rows]
    of_book = [row.cells for row in read_table(workbook([*cells[:2], cells[3]])).rows]
    assert of_book == of_text == [ROW, ("3", "Two\nlines", "")]


def test_cells_of_a_workbook_become_words() -> None:
    cells = [("Ref", "Text", "Due", "Share"), (3.0, "Mend it", datetime(2027, 3, 4), 0.1)]  # noqa: DTZ001 - as in a cell
    assert read_table(workbook(cells)).rows[0].cells == ("3", "Mend it", "2027-03-04", "0.1")


def test_a_formula_counts_by_the_value_last_shown() -> None:
    content = workbook([HEADERS, ROW, ("2", "=UPPER(B2)", "Open")])
    assert read_table(content).rows[1].cells == ("2", "", "Open")  # nobody opened it, so nothing was shown


def test_headers_are_found_below_titles_and_on_a_later_sheet_and_never_on_a_hidden_one() -> None:
    lists = [("Ref", "Text"), ("hidden", "hidden")]
    cover = [("Force", "Exampleshire"), ("Printed", "May")]
    tracker = [("Inspection tracker",), (), ("As at", "May"), HEADERS, ROW]
    table = read_table(workbook(lists, cover, tracker, hidden=1))
    assert table == Table(HEADERS, (TableRow(5, ROW),))


def test_headers_in_words_of_ones_own_are_the_first_row_with_two_cells() -> None:
    assert read_table(b"Title\nWhat,When\nMend it,May").headers == ("What", "When")


def test_headers_that_repeat_or_are_missing_are_told_apart_by_their_column() -> None:
    table = read_table(b"Ref,Comment,Comment,\n1,a,b,c")
    assert table.headers == ("Ref", "Comment", "Comment (column C)", "Column D")


def test_control_characters_and_nothing_else_are_left_out() -> None:
    assert read_table("Ref,Text\n1,be\x07ll ’ ŵ".encode()).rows[0].cells == ("1", "bell ’ ŵ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty; expected a CSV or XLSX file with a row of headers"),
        (b"%PDF-1.7 and so on", "the file is a PDF"),
        (b"\xd0\xcf\x11\xe0", "an old office document"),
        (b"MZ\x90", "a Windows program"),
        (b"<!DOCTYPE html><table>", "a web page"),
        (b"Ref,Text\n1,\x00", "binary data"),
        (b"Ref,Text\n1,\x81", "line 2: neither UTF-8 nor Windows text"),
        (b"one column\nalone", "no row has two filled cells"),
        (b"Ref,Text\n,\n", "nothing stands below the headers (Ref, Text)"),
        (b'Ref,Text\n1,"never closed', "row 2: a quotation mark is not closed"),
        (b"Ref,Text\n1," + b"x" * (MAX_LETTERS + 1), "cell B2 has more than 20,000 letters"),
        (b"Ref,Text\n1," + b"x" * 140_000, "row 2 has a cell of more than 20,000 letters"),
        (b"Ref,Text" + b",x" * MAX_COLUMNS + b"\n1,2", "row 1 has more than 60 columns"),
        (b"Ref,Text\n" + b"1,x\n" * 5_001, "the sheet has more than 5,000 rows"),
        (b"x" * (10 * 2**20 + 1), "the file has 10 MB; the limit is 10 MB"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_is_no_tracker_is_refused_with_the_place_and_what_was_expected(content: bytes, said: str) -> None:
    with pytest.raises(NotATracker) as refused:
        read_table(content)
    assert said in str(refused.value)


def test_five_thousand_rows_are_not_too_many() -> None:
    assert len(read_table(b"Ref,Text\n" + b"1,x\n" * 5_000).rows) == 5_000


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def test_an_archive_that_unpacks_to_too_much_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("findings.reading.confined.subprocess.run", lambda *_, **__: pytest.fail("it was read"))
    bomb = archive(xl__workbook_xml=b"<workbook/>", xl__sharedStrings_xml=b" " * (101 * 2**20))
    assert len(bomb) < 200_000
    with pytest.raises(NotATracker, match="unpacks to more than 100 MB"):
        read_table(bomb)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (archive(word__document_xml=b"<document/>"), "an archive, or another office document"),
        (archive(xl__workbook_xml=b"<workbook/>"), "the workbook is broken"),
        (b"PK\x03\x04 cut off", "a broken archive"),
        (workbook([HEADERS, ROW])[:-40], "a broken archive"),
    ],
    ids=["other", "hollow", "cut", "shortened"],
)
def test_a_broken_workbook_ends_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(NotATracker, match=said):
        read_table(content)


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("findings.reading.confined.WALL_SECONDS", 0.01)
    with pytest.raises(NotATracker, match="took longer than"):
        read_table(workbook([HEADERS, ROW]))


def test_entities_in_a_workbook_are_refused() -> None:
    good = zipfile.ZipFile(io.BytesIO(workbook([HEADERS, ROW])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert b"Mend" in content
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content.replace(b"Mend", b"&a;")
            made.writestr(name, content)
    with pytest.raises(NotATracker, match="the workbook is broken"):
        read_table(out.getvalue())


def test_columns_are_guessed_by_what_officers_call_them() -> None:
    headers = ["Rec no.", "Recommendation/AFI", "Type", "RAG", "Target date", "Action owner", "Latest update", "Notes"]
    assert guessed(headers) == {
        Field.REFERENCE: "Rec no.",
        Field.TEXT: "Recommendation/AFI",
        Field.KIND: "Type",
        Field.STATUS: "RAG",
        Field.DUE: "Target date",
        Field.OWNER: "Action owner",
        Field.COMMENT: "Latest update",
    }


def test_a_status_goes_before_a_colour_and_ones_own_target_before_a_deadline() -> None:
    found = guessed(["RAG", "Status", "Deadline", "Target date"])
    assert (found[Field.STATUS], found[Field.DUE]) == ("Status", "Target date")


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"colour": "Ref"}, "“colour” is no field"),
        ({"text": "Words"}, "The file has no column “Words”; it has Ref, Recommendation, Status"),
        ({"text": "Ref", "reference": "Ref"}, "“Ref” is chosen for two fields"),
        ({"status": "Status", "text": ""}, "Say which column holds the text"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(columns: dict[str, str], said: str) -> None:
    with pytest.raises(Incomplete) as refused:
        chosen_columns(columns, HEADERS)
    assert said in refused.value.message


def test_headers_are_known_again_in_any_order_and_after_a_download() -> None:
    assert headers_digest(["Ref", "Due date"]) == headers_digest(["due DATE:", "ref", "row", "why refused"])
    assert headers_digest(["Ref", "Due date"]) != headers_digest(["Ref", "Due"])


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2024-03-31", date(2024, 3, 31)),
        ("2024-03-31 00:00:00", date(2024, 3, 31)),
        ("2024-03-31T09:30", date(2024, 3, 31)),
        ("03/04/2024", date(2024, 4, 3)),
        ("3.4.24", date(2024, 4, 3)),
        ("13-12-2024", date(2024, 12, 13)),
        ("31 March 2024", date(2024, 3, 31)),
        ("1st  Sept 2024", date(2024, 9, 1)),
        ("31-Mar-24", date(2024, 3, 31)),
        ("Mar 2024", date(2024, 3, 31)),
        ("February 2024", date(2024, 2, 29)),
        ("Feb-23", date(2023, 2, 28)),
    ],
)
def test_dates_are_read_the_british_way(words: str, day: date) -> None:
    assert day_named(words) == day


@pytest.mark.parametrize(
    "words",
    ["12/31/2024", "31/02/2024", "30 Foo 2024", "45382", "ongoing", "2024", "0/1/2024", "1/1/1899", "", "31 March"],
)
def test_what_is_no_date_is_none(words: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - nothing is said, the row names the cell
        day_named(words)


@pytest.mark.parametrize(
    ("word", "position"),
    [
        ("Not started", Position.NOT_STARTED), ("RED", None), ("On-going", Position.IN_PROGRESS),
        ("amber", Position.IN_PROGRESS), ("Partly complete", Position.IN_PROGRESS), ("Complete", Position.READY_FOR_SIGN_OFF),
        ("closed.", Position.READY_FOR_SIGN_OFF), ("Discharged", Position.READY_FOR_SIGN_OFF), ("Green", Position.READY_FOR_SIGN_OFF),
        ("No further action", Position.NO_ACTION), ("rejected", Position.NO_ACTION), ("National", Position.DEPENDS_ON_ANOTHER_BODY),
        ("Awaiting another body", Position.DEPENDS_ON_ANOTHER_BODY), ("ready_for_sign_off", Position.READY_FOR_SIGN_OFF),
        ("", None), ("–", None), ("N/A", None), ("Open", None),
    ],
)  # fmt: skip
def test_status_words_are_positions(word: str, position: Position | None) -> None:
    assert position_meant(word) is position


def test_no_word_of_a_spreadsheet_signs_anything_off() -> None:
    assert Position.SIGNED_OFF not in POSITIONS
    assert position_meant("Signed off") is Position.READY_FOR_SIGN_OFF


def test_no_status_word_means_two_positions() -> None:
    words = [word for known in POSITIONS.values() for word in known]
    assert len(words) == len(set(words))


def test_kinds_are_told_by_their_column_or_by_the_opening_words() -> None:
    assert kind_meant("Recs") is FindingKind.RECOMMENDATION
    assert kind_meant("CoC") is FindingKind.CAUSE_OF_CONCERN
    assert kind_said("Rec 12") is FindingKind.RECOMMENDATION
    assert kind_said("AFI: mend it") is FindingKind.AFI
    assert kind_said("Causes of concern 2") is FindingKind.CAUSE_OF_CONCERN
    assert kind_said("The recommendation stands") is None
    assert understood({"Ref": "Rec 3", "Text": "Mend it"}).kind_if_new is FindingKind.RECOMMENDATION
    assert understood({"Ref": "3", "Text": "Mend it"}).kind_if_new is FindingKind.AFI


@pytest.mark.parametrize(
    ("header", "word", "said"),
    [
        ("RAG", "Purple", "cell B7 (“RAG”): “Purple” is no known word for a status; expected such as not started"),
        ("Due date", "31/02/2024", "cell B7 (“Due date”): “31/02/2024” is no date; expected such as 31/03/2024"),
        ("Type", "Wish", "cell B7 (“Type”): “Wish” is no known kind of finding; expected AFI"),
        (
            "Type",
            "Innovative practice",
            "cell B7 (“Type”): “Innovative practice” is something to copy, and never tracked",
        ),
    ],
)
def test_a_cell_that_is_not_understood_is_named(header: str, word: str, said: str) -> None:
    assert said in understood({"Text": "Mend it", header: word}).faults[0]


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    row = understood({"Text": "", "RAG": "Purple", "Due date": "soon", "Comment": "x"})
    assert [fault[:8] for fault in row.faults] == ["cell B7 ", "cell C7 ", "the row "]


def test_words_that_stand_for_nothing_are_nothing() -> None:
    row = understood({"Text": "Mend it", "Status": "-", "Due date": "TBC", "Owner": "n/a", "Comment": "None"})
    assert (row.position, row.target_on, row.owner, row.comment, row.faults) == (None, None, "", "", ())


def test_a_row_is_known_again_by_what_it_says_and_by_nothing_else() -> None:
    row = understood({"Ref": "1", "Text": "Mend  it", "Status": "Complete", "Due date": "31/3/2027", "Colour": "x"})
    same = understood({"Due date": "2027-03-31", "RAG": "Green", "Text": "Mend it", "Ref": "1"})
    assert row.digest == same.digest
    for other in (
        {"Ref": "2"},
        {"Text": "Mend that"},
        {"Status": "Open"},
        {"Due date": ""},
        {"Owner": "x"},
        {"Comment": "x"},
    ):
        cells = {"Ref": "1", "Text": "Mend it", "Status": "Complete", "Due date": "31/3/2027", **other}
        assert understood(cells).digest != row.digest, other


def test_a_row_that_says_what_an_earlier_one_says_is_told() -> None:
    rows = [understood({"Text": text}) for text in ("a b", "c d", "a b")]
    assert [earlier for _, earlier in first_of_each(rows)] == [None, None, rows[0]]


GATE = Known(
    1,
    "x/2018/afi/1",
    FindingKind.AFI,
    ("The force should mend the broken garden gate at headquarters.",),
    frozenset({2018}),
)
ROOF = Known(
    2,
    "x/2018/afi/2",
    FindingKind.AFI,
    ("Officers must record every use of police powers on paper forms.",),
    frozenset({2018}),
)


def matched(known: list[Known], **cells: str) -> Match:
    return Matcher(known).match(understood({name.capitalize(): words for name, words in cells.items()}))


def test_our_own_reference_is_certain_whatever_the_words() -> None:
    match = matched([GATE, ROOF], ref="X/2018/AFI/2", text=GATE.texts[0])
    assert (match.key, match.by_reference) == (2, True)


def test_words_match_when_they_are_much_alike_and_lead_clearly() -> None:
    match = matched([GATE, ROOF], text="Mend the broken garden gate at our headquarters")
    assert match.key == 1
    assert match.score > 0.8


def test_a_summary_matches_as_well_as_the_words() -> None:
    short = Known(3, "x/3", FindingKind.AFI, (*GATE.texts, "Repair gate"), frozenset())
    assert matched([short, ROOF], text="Repair gate").key == 3


def test_words_that_fit_two_findings_choose_neither() -> None:
    twin = Known(3, "x/2021/afi/1", FindingKind.AFI, GATE.texts, frozenset({2021}))
    match = matched([GATE, twin], text=GATE.texts[0])
    assert match.key is None
    assert [known.key for known, _ in match.offered] == [1, 3]
    assert matched([GATE, twin], text=GATE.texts[0], report="PEEL 2021/22").key == 3


def test_a_kind_that_is_given_parts_findings_of_the_same_words() -> None:
    other = Known(3, "x/2018/recommendation/1", FindingKind.RECOMMENDATION, GATE.texts, frozenset({2018}))
    assert matched([GATE, other], text=GATE.texts[0], type="Recommendation").key == 3
    offered = matched([GATE], text=GATE.texts[0], type="Recommendation")
    assert (offered.key, len(offered.offered)) == (None, 1)


def test_words_that_are_somewhat_alike_are_offered_and_never_taken() -> None:
    match = matched([GATE, ROOF], text="Paint the garden gate and plant a hedge")
    assert match.key is None
    assert [known.key for known, _ in match.offered] == [1]
    assert 0.2 < match.score < 0.5


def test_words_like_nothing_match_nothing() -> None:
    assert matched([GATE, ROOF], text="Buy better radios for the mounted branch") == Match(None, 0.0)
    assert matched([GATE, ROOF], ref="x/9") == Match(None, 0.0)


@pytest.mark.parametrize("text", ["=1+1", "+44", "-x", "@a", "\tx", "\rx", "  =1", "＝1", "＋1", "－1", "＠1"])
def test_cells_that_a_spreadsheet_would_run_go_out_as_text_and_come_back(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert unmarked(safe_cell(text)) == text
    assert safe_cell("plain - text") == "plain - text"
    assert unmarked("'tis so") == "'tis so"


def test_refused_rows_come_out_as_they_were_with_the_reason() -> None:
    content = refused_csv(("Ref", "Text"), [(4, ("=HYPERLINK(1)", "A,b\nc"), "unclear")])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["Ref", "Text", "row", "why refused"], ["'=HYPERLINK(1)", "A,b\nc", "4", "unclear"]]
    assert read_table(content).rows[0].cells == ("=HYPERLINK(1)", "A,b\nc", "4", "unclear")


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_the_sample_tracker_is_understood_by_itself(samples: Path) -> None:
    table = read_table((samples.parent / "trackers" / "exampleshire.csv").read_bytes())
    assert set(guessed(table.headers)) == set(Field) - {Field.FORCE}
    assert [
        row.number
        for row in table.rows
        if understood_rows(Table(table.headers, (row,)), guessed(table.headers))[0].faults
    ] == [8, 9]
