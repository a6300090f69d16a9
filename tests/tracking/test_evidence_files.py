"""Files as evidence: told by their content, kept under a generated name, once per finding, never under a name of theirs."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.factories import member, tracked_finding
from tracking.evidence import record_file
from tracking.file_types import MAX_BYTES, kind_of
from tracking.models import Evidence, TrackedFinding
from tracking.vocabulary import Role
from tracking.workflow import Incomplete, Refused

PDF = b"%PDF-1.7\n1 0 obj\n"


def archive(**parts: bytes) -> bytes:
    """A ZIP archive with these parts; `__` in a name stands for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, content in parts.items():
            opened.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....", "jpg"),
        (archive(word__document_xml=b"<w/>"), "docx"),
        (archive(xl__workbook_xml=b"<w/>"), "xlsx"),
        (archive(ppt__presentation_xml=b"<w/>"), "pptx"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.text"), "odt"),
        ("Minutes of the board, café".encode(), "txt"),
        (b"From: board@force.example\nSubject: Minutes\n", "txt"),
    ],
)
def test_what_may_be_evidence_is_told_by_its_content(content: bytes, ending: str) -> None:
    found = kind_of(content)
    assert found is not None
    assert found[1] == ending


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00 a program",
        b"\x7fELF a program",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"  \n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><x/>",
        b"GIF89a\x01\x00\x01\x00",
        b"\xd0\xcf\x11\xe0 an old office document, which may hold programs",
        archive(anything=b"x"),
        archive(word__document_xml=b"<w/>", word__vbaProject_bin=b"program"),
        archive(mimetype=b"application/java-archive"),
        b"PK\x03\x04 broken",
        b"text\x00with a null",
        b"\xff\xfe\x00\x01",
        b"",
        b"   ",
    ],
)
def test_anything_else_is_none(content: bytes) -> None:
    assert kind_of(content) is None


@pytest.fixture
def tracked(db: None) -> TrackedFinding:
    return tracked_finding()


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "C:\\temp\\audit.pdf",
        "a\r\nSet-Cookie: x.pdf",
        "\u202egnp.exe",
        "n" * 300 + ".pdf",
        "audit.exe",
        "",
    ],
)
def test_a_file_is_kept_under_a_generated_name(tracked: TrackedFinding, name: str, settings: Any) -> None:
    evidence = record_file(tracked, "Audit", name, PDF, member(Role.OFFICER, tracked.force))
    kept = Path(settings.MEDIA_ROOT) / evidence.file.name
    assert kept.read_bytes() == PDF
    assert kept.parent == Path(settings.MEDIA_ROOT) / "evidence"
    assert kept.suffix == ".pdf"
    assert len(kept.stem) == 32
    shown = evidence.original_name
    assert len(shown) <= 255
    assert not any(part in shown for part in ("/", "\\", "\r", "\n", "\u202e"))


def test_the_same_file_is_kept_once_per_finding(tracked: TrackedFinding, settings: Any) -> None:
    officer = member(Role.OFFICER, tracked.force)
    first = record_file(tracked, "Audit", "a.pdf", PDF, officer)
    with pytest.raises(Refused, match="Audit") as refused:
        record_file(tracked, "Audit again", "b.pdf", PDF, officer)
    assert refused.value.code == "file_known"
    record_file(tracked_finding(tracked.force), "Audit", "a.pdf", PDF, officer)
    assert Evidence.objects.count() == 2
    assert (first.size, first.media_type, len(first.sha256)) == (len(PDF), "application/pdf", 64)


@pytest.mark.parametrize(("content", "code"), [(b"", "file_size"), (b"MZ\x90\x00 a program", "file_type")])
def test_what_cannot_be_evidence_leaves_no_row_and_no_file(
    tracked: TrackedFinding, content: bytes, code: str, settings: Any
) -> None:
    with pytest.raises(Incomplete) as refused:
        record_file(tracked, "Audit", "a.pdf", content, member(Role.OFFICER, tracked.force))
    assert refused.value.code == code
    assert not Evidence.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).glob("evidence/*"))


def test_a_file_over_the_limit_is_refused(tracked: TrackedFinding) -> None:
    with pytest.raises(Incomplete) as refused:
        record_file(tracked, "Audit", "a.pdf", PDF.ljust(MAX_BYTES + 1), member(Role.OFFICER, tracked.force))
    assert refused.value.code == "file_size"


def test_a_row_that_cannot_be_written_leaves_no_file(
    tracked: TrackedFinding, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Evidence, "save", fails)
    with pytest.raises(OSError, match="full"):
        record_file(tracked, "Audit", "a.pdf", PDF, member(Role.OFFICER, tracked.force))
    assert not list(Path(settings.MEDIA_ROOT).glob("evidence/*"))
