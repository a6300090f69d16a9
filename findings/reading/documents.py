"""From a file's bytes to text. What a file is, is told by its content, never by its name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from findings.reading.child import converted
from findings.reading.values import NotReadable

MAX_BYTES = 25 * 1024 * 1024

SIGNATURES = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"MZ": "a Windows program",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "a compressed file",
}
HTML_OPENINGS = ("<!doctype html", "<html", "<!-- saved from url=")
LONGEST_OPENING = 40


@dataclass(frozen=True, slots=True)
class Document:
    """A document as given: its bytes, their SHA-256 in hex, the name it came under, and its text."""

    name: str
    content: bytes
    sha256: str
    media_type: str
    text: str


def bytes_of(path: Path) -> bytes:
    """The content of a file; raises NotReadable, with the system's reason, where there is none to read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotReadable(f"the file is larger than the limit of {MAX_BYTES // 2**20} MB")
        return path.read_bytes()
    except OSError as error:
        raise NotReadable(error.strerror or "cannot be read") from error


def open_document(name: str, content: bytes) -> Document:
    """The document in `content`; raises NotReadable, saying what it is instead of a report's text."""
    if not content.strip():
        raise NotReadable("the file is empty; expected the text of an inspection report")
    if len(content) > MAX_BYTES:
        raise NotReadable(f"the file has {len(content) / 2**20:.0f} MB; the limit is {MAX_BYTES // 2**20} MB")
    for signature, what in SIGNATURES.items():
        if content.startswith(signature):
            raise NotReadable(f"the file is {what}; expected the text of an inspection report")
    if content[:LONGEST_OPENING].lstrip().startswith(b"%PDF-"):
        sha256 = hashlib.sha256(content).hexdigest()
        return Document(name, content, sha256, "application/pdf", converted("application/pdf", content))
    text = _decode(content)
    sha256 = hashlib.sha256(content).hexdigest()
    if text.lstrip()[:LONGEST_OPENING].lower().startswith(HTML_OPENINGS):
        return Document(name, content, sha256, "text/html", converted("text/html", content))
    return Document(name, content, sha256, "text/plain", text)


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotReadable("not UTF-8 text; expected the text of an inspection report", line) from error
    if "\x00" in text:
        raise NotReadable(
            "binary data; expected the text of an inspection report", text[: text.index("\x00")].count("\n") + 1
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
