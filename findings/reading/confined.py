"""Runs one of our modules on a document in a child process that cannot take the service down.

The child has limits of processor time, memory and wall clock, writes no file and reaches no network. It reads the document
from standard input, and answers on standard output, or refuses with a reason on standard error.
"""

import resource
import socket
import subprocess
import sys
from pathlib import Path

CPU_SECONDS = 20
WALL_SECONDS = 30
MEMORY = 512 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
REFUSED = 3


class NotConverted(Exception):
    """The child refused the document, or passed its limits; says why, for a person."""


def output_of(module: str, content: bytes, *arguments: str) -> bytes:
    """What `module` makes of `content`; raises NotConverted where it refuses it or passes the limits."""
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    try:
        run = subprocess.run(  # noqa: S603 - our own module, the document goes in by standard input
            command, cwd=ROOT, input=content, capture_output=True, timeout=WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotConverted(f"the document took longer than {WALL_SECONDS} seconds to read") from error
    if run.returncode == REFUSED:
        raise NotConverted(run.stderr.decode().strip())
    if run.returncode != 0:
        raise NotConverted(
            f"the document could not be read within {CPU_SECONDS} seconds of processor time and {MEMORY // 2**20} MB"
        )
    return run.stdout


def confine() -> None:
    """Sets this process's limits, for good; called by the child before it looks at the document."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    socket.socket = _no_network  # type: ignore[misc, assignment]  # whatever a library tries, nothing leaves


def _no_network(*_: object, **__: object) -> None:
    raise OSError("no network here")
