"""What kinds of file may be evidence, told by content and never by name. Standard library only."""

import io
import lzma
import re
import zipfile
import zlib

MAX_BYTES = 25 * 1024 * 1024
EXPECTED = (
    "a PDF, a Word, Excel or PowerPoint file, an OpenDocument file, a PNG or JPEG picture, an e-mail or plain text"
)

SIGNATURES = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}
OFFICE = "application/vnd.openxmlformats-officedocument"
# The part that every file of this kind has inside its archive.
ARCHIVES = {
    "word/document.xml": (f"{OFFICE}.wordprocessingml.document", "docx"),
    "xl/workbook.xml": (f"{OFFICE}.spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": (f"{OFFICE}.presentationml.presentation", "pptx"),
}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OPEN_DOCUMENTS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
# Office files that carry programs; and text that a browser would run.
PROGRAMS = ("word/vbaProject.bin", "xl/vbaProject.bin", "ppt/vbaProject.bin")
RUNS = ("<!doctype", "<html", "<script", "<svg", "<?xml")
LOOKED_AT = 4096
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # no text holds these


def kind_of(content: bytes) -> tuple[str, str] | None:
    """The media type and the ending of a file that may be evidence, None for any other."""
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    return ("text/plain", "txt") if _is_plain_text(content) else None


def _archive(content: bytes) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            declared = archive.read("mimetype")[:100].decode("ascii", "replace") if _declares(archive, names) else ""
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        ValueError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ):
        return None
    if names & set(PROGRAMS):
        return None
    ending = OPEN_DOCUMENTS.get(declared.removeprefix(OPEN_DOCUMENT))
    if ending and declared.startswith(OPEN_DOCUMENT):
        return declared, ending
    return next((kind for part, kind in ARCHIVES.items() if part in names), None)


def _declares(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Whether the archive says its own type, in a part that is as small as such a part is."""
    return "mimetype" in names and archive.getinfo("mimetype").file_size <= LOOKED_AT


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    opening = text[:LOOKED_AT].lstrip().lower()
    return bool(opening) and not CONTROL.search(text) and not opening.startswith(RUNS)
