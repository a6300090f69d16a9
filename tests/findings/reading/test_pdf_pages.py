"""A report printed to PDF gives the same reading as its text; PDFs made to hurt are refused."""

import os
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from findings.reading.documents import open_document
from findings.reading.reader import read_report
from findings.reading.values import NotReadable
from tests.findings.reading.test_web_pages import FOLDER, as_page, without_lines

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SAMPLES = [
    *sorted(FOLDER.glob("*.txt")),
    FOLDER / "layouts" / "five-tier-cause-with-dated-recommendations.txt",
    FOLDER / "layouts" / "nested-bullets-flattened.txt",
]


def printed(text: str, folder: Path) -> bytes:
    """The PDF that a browser prints of the page of this text."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    page, pdf = folder / "page.html", folder / "page.pdf"
    page.write_text(as_page(text, chrome=""))
    quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--disable-background-networking",
    ]
    command = [
        BROWSER,
        *quiet,
        f"--user-data-dir={folder / 'profile'}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}",
        str(page),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=90, env={**os.environ, "HOME": str(folder)})
    return pdf.read_bytes()


def assert_reads_the_same(sample: Path, folder: Path) -> None:
    document = open_document("report.bin", printed(sample.read_text(), folder))
    assert document.media_type == "application/pdf"
    assert without_lines(read_report(document.text)) == without_lines(read_report(sample.read_text()))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_printed_to_pdf_reads_the_same(sample: Path, tmp_path: Path) -> None:
    assert_reads_the_same(sample, tmp_path)


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_a_real_report_printed_to_pdf_reads_the_same(number: str, real_reports: Path, tmp_path: Path) -> None:
    (sample,) = real_reports.glob(f"{number}*.txt")
    assert_reads_the_same(sample, tmp_path)


def pdf_of(stream: bytes, pages: int = 1, filters: str = "/FlateDecode") -> bytes:
    """A PDF made by hand: `pages` pages that all show one content stream."""
    kids = " ".join(f"{n + 4} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        f"<< /Length {len(stream)} /Filter {filters} >>\nstream\n".encode() + stream + b"\nendstream",
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>"] * pages,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    start = len(out)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out + head + table + tail


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\nnot really", "damaged"),
        (pdf_of(zlib.compress(b""), pages=501), "501 pages; the limit is 500"),
        (pdf_of(zlib.compress(b"q " * 300_000_000, 9)), "could not be read within"),
    ],
    ids=["damaged", "too many pages", "a bomb of 600 MB"],
)
def test_a_pdf_that_cannot_be_read_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(NotReadable, match=reason):
        open_document("report.pdf", content)


def test_a_pdf_without_words_is_no_report() -> None:
    document = open_document("scan.pdf", pdf_of(zlib.compress(b"")))
    with pytest.raises(NotReadable, match="no report title"):
        read_report(document.text)
