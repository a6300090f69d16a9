"""What a file is, is told by its content; what is no report is refused with the reason."""

import pytest

from findings.reading.documents import MAX_BYTES, open_document
from findings.reading.reader import read_report
from findings.reading.values import NotReadable


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"Exampleshire PEEL 2018\x00", "binary"),
        (b"a line\nExampleshire \xe9 PEEL 2018", "line 2: not UTF-8"),
        (b"x" * (MAX_BYTES + 1), "limit"),
    ],
    ids=["nothing", "blanks", "jpeg", "png", "zip", "nul", "latin-1", "too large"],
)
def test_what_is_no_report_text_is_refused_by_content(content: bytes, reason: str) -> None:
    with pytest.raises(NotReadable) as refused:
        open_document("report.txt", content)
    assert reason in str(refused.value)


def test_a_document_is_known_by_the_hash_of_its_bytes() -> None:
    document = open_document("a.txt", b"\xef\xbb\xbfone\r\ntwo")
    assert document.text == "one\ntwo"
    assert document.sha256 == "bbc0dc4d569597fee1fc356d7dcd68952d66fd50aa96f0d4f04f80cd29b0de9c"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Minutes of the parish council\n\nAll were present.", "no report title"),
        ("Exampleshire PEEL 2018\n\nLegitimacy\n\nNothing else here.", "no question or area"),
        ("Exampleshire PEEL 2018\n\nLegitimacy\n\nLast updated 31/02/2019", "no such day"),
    ],
    ids=["another text", "a title alone", "a day that no calendar has"],
)
def test_a_text_that_is_no_report_is_refused_with_the_line(text: str, reason: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read_report(text)
    assert reason in str(refused.value)
    assert "line " in str(refused.value)
