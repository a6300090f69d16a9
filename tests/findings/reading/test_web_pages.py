"""A saved page gives the same reading as its text; what is the site's and not the report's is left out."""

import subprocess
import sys
from dataclasses import replace
from html import escape
from itertools import groupby
from pathlib import Path

import pytest

from findings.reading.documents import open_document
from findings.reading.paragraphs import BULLET
from findings.reading.reader import read_report
from findings.reading.values import NotReadable, ReportReading
from findings.reading.web_pages import text_of_page

CHROME = (
    "<header role='banner'><a href='/'>Inspectorate</a> PEEL 2014</header><nav><ul><li>Last updated 01/01/2000</li></ul></nav>"
    "<script>document.title = 'Kent PEEL 2018'</script><style>p { color: red }</style>"
)


STYLE = "td { padding: 3px 24px 3px 0 } body { font: 11pt Georgia, serif }"


def as_page(text: str, chrome: str = CHROME) -> str:
    """The page that a browser would save of this text: paragraphs, lists, tables; `chrome` is the site's own."""
    blocks = []
    for kind, lines in groupby(text.split("\n"), key=kind_of_line):
        if kind == "bullet":
            items = "".join(f"<li>{escape(BULLET.sub('', line, count=1))}</li>" for line in lines)
            blocks.append(f"<ul>{items}</ul>")
        elif kind == "row":
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in line.split("\t")) for line in lines)
            blocks.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
        elif kind == "paragraph":
            blocks += [f"<p>{escape(line)}</p>" for line in lines]
    body = "\n".join(blocks)
    head = f"<head><title>x</title><style>{STYLE}</style></head>"
    return f"<!DOCTYPE html>\n<html>{head}<body>{chrome}<main>{body}</main></body></html>"


def kind_of_line(line: str) -> str:
    """What a line of a text is: a table row, a bullet, a paragraph or nothing."""
    if "\t" in line:
        return "row"
    if BULLET.match(line):
        return "bullet"
    return "paragraph" if line.strip() else ""


def without_lines(reading: ReportReading) -> ReportReading:
    """The reading but for where each thing stands, and but for the lay-out's name."""
    lines = {finding.line: place for place, finding in enumerate(reading.findings)}
    return replace(
        reading,
        layout="",
        judgments=tuple(replace(j, line=0) for j in reading.judgments),
        findings=tuple(replace(f, line=0, end_line=0, parent=lines.get(f.parent or 0)) for f in reading.findings),
        assessments=tuple(replace(a, line=0) for a in reading.assessments),
        warnings=tuple(replace(w, line=0) for w in reading.warnings),
    )


def readings(path: Path) -> tuple[ReportReading, ReportReading]:
    text = path.read_text()
    page = open_document("report.html", as_page(text).encode())
    assert page.media_type == "text/html"
    return without_lines(read_report(text)), without_lines(read_report(page.text))


FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "reports"
SAMPLES = sorted([*FOLDER.glob("*.txt"), *FOLDER.glob("layouts/*.txt")])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_saved_as_a_page_reads_the_same(sample: Path) -> None:
    of_text, of_page = readings(sample)
    assert of_page == of_text


def test_the_real_reports_saved_as_pages_read_the_same(real_reports: Path) -> None:
    for path in sorted(real_reports.glob("*.txt")):
        of_text, of_page = readings(path)
        assert of_page == of_text, path.name


def test_inline_words_line_breaks_and_soft_hyphens_are_mended() -> None:
    page = "<html><body><p>The <b>force</b> has<br>im\u00adproved&nbsp;its <a href='#'>vet\u200bting</a>.</p></body></html>"
    assert text_of_page(page).strip() == "The force has improved its vetting."


def test_nested_lists_stay_bullets_and_tables_keep_empty_cells() -> None:
    page = "<html><body><ul><li>one:<ul><li>two;</li><li>three.</li></ul></li></ul><table><tr><td></td><td>Good</td></tr></table></body></html>"
    assert text_of_page(page).split("\n\n") == ["  • one:", "  • two;", "  • three.", "\tGood\n"]


def test_scripts_menus_and_hidden_parts_are_left_out() -> None:
    page = f"<html><body>{CHROME}<div hidden>secret</div><p>Only this.</p><footer>not this</footer></body></html>"
    assert text_of_page(page).strip() == "Only this."


@pytest.mark.parametrize(
    "page",
    [
        "<html>" + "<div>" * 10_000 + "deep",
        "<html>" + "<li>" * 100_000,
        "<html><!DOCTYPE x [<!ENTITY a 'aaaa'>]>&a;&a;",
        "<html>",
    ],
    ids=["deep", "unclosed", "entities", "empty"],
)
def test_a_page_made_to_hurt_ends_in_text(page: str) -> None:
    assert isinstance(text_of_page(page), str)


@pytest.mark.parametrize(
    "page",
    ["<html>" + "<div>" * 1_000_000, "<html><p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">"],
    ids=["deep", "wide"],
)
def test_a_page_beyond_the_limits_is_refused_and_the_service_lives(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("findings.reading.confined.WALL_SECONDS", 2)
    with pytest.raises(NotReadable, match=r"longer than 2 seconds|could not be read within"):
        open_document("page.html", page.encode())


def test_the_child_reaches_no_network_and_writes_no_file(tmp_path: Path) -> None:
    trying = (
        "import findings.reading.confined as c, sys, socket; c.confine()\n"
        "try: socket.create_connection(('127.0.0.1', 6379)); print('connected')\n"
        "except OSError: print('refused')\n"
        f"try:\n    with open({str(tmp_path / 'x')!r}, 'w') as f: f.write('x' * 9)\n    print('written')\n"
        "except OSError: print('refused')\n"
    )
    run = subprocess.run([sys.executable, "-c", trying], capture_output=True, text=True, check=False)
    assert run.stdout.startswith("refused"), run.stderr
    assert "written" not in run.stdout
