"""Turns a document into text in a child process that cannot take the service down.

A page or a PDF made to hurt can cost a library minutes and gigabytes. The child has limits of processor time,
memory and wall clock, and no network; what exceeds them is refused with the reason.
"""

import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from findings.reading.pdf_pages import text_of_pdf
from findings.reading.values import NotReadable
from findings.reading.web_pages import text_of_page

CPU_SECONDS = 20
WALL_SECONDS = 30
MEMORY = 512 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]


def converted(media_type: str, content: bytes) -> str:
    """The text of `content`, a page or a PDF; raises NotReadable where it cannot be read within the limits."""
    command = [sys.executable, "-m", "findings.reading.child", media_type]
    try:
        run = subprocess.run(  # noqa: S603 - our own module, the document goes in by standard input
            command, cwd=ROOT, input=content, capture_output=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotReadable(f"the document took longer than {WALL_SECONDS} seconds to read") from error
    if run.returncode == 0:
        return run.stdout.decode()
    if run.returncode == REFUSED:
        raise NotReadable(run.stderr.decode().strip())
    raise NotReadable(
        f"the document could not be read within {CPU_SECONDS} seconds of processor time and {MEMORY // 2**20} MB"
    )


REFUSED = 3


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _no_network(*_: object, **__: object) -> None:
    raise OSError("no network here")


def _main(media_type: str) -> int:
    _limit()
    socket.socket = _no_network  # type: ignore[misc, assignment]  # whatever a library tries, nothing leaves
    content = sys.stdin.buffer.read()
    try:
        text = CONVERTERS[media_type](content)
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
