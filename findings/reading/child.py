"""Turns a page or a PDF into text, in a child process: one made to hurt can cost a library minutes and gigabytes."""

import sys
from collections.abc import Callable

from findings.reading.confined import REFUSED, NotConverted, confine, output_of
from findings.reading.pdf_pages import text_of_pdf
from findings.reading.values import NotReadable
from findings.reading.web_pages import text_of_page


def converted(media_type: str, content: bytes) -> str:
    """The text of `content`, a page or a PDF; raises NotReadable where it cannot be read within the limits."""
    try:
        return output_of("findings.reading.child", content, media_type).decode()
    except NotConverted as error:
        raise NotReadable(str(error)) from error


def _main(media_type: str) -> int:
    confine()
    try:
        text = CONVERTERS[media_type](sys.stdin.buffer.read())
    except NotReadable as refused:
        sys.stderr.write(str(refused))
        return REFUSED
    sys.stdout.buffer.write(text.encode(errors="replace"))
    return 0


CONVERTERS: dict[str, Callable[[bytes], str]] = {
    "text/html": lambda content: text_of_page(content.decode("utf-8-sig")),
    "application/pdf": text_of_pdf,
}

if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
