"""The service as whole processes, for tests: set up anew, started, waited for, killed."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60


@contextmanager
def installed(folder: Path, *commands: Sequence[str]) -> Iterator[dict[str, str]]:
    """The environment of a fresh installation: a data folder, a database and a queue of its own, set up by `commands`."""
    name = f"peeltrack_{secrets.token_hex(6)}"
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "QUEUE": name,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    server = os.environ.get("DATABASE_URL", "").replace("postgres://", "postgresql://", 1)
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        environment["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}", scheme="postgres"))
    for command in (["migrate", "-v0"], *commands):
        manage(environment, *command)
    yield environment
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def until(true: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.2)
    pytest.fail(f"{what}: not within {seconds} seconds")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def family(process: subprocess.Popen[bytes]) -> set[int]:
    """The process and all that it started, whatever sessions they made for themselves."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listing.splitlines())}
    found = {process.pid}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def living(pids: set[int]) -> set[int]:
    """Those of the processes that still run; the dead that nobody has buried yet do not."""
    listing = subprocess.run(["ps", "-eo", "pid=,stat="], check=True, capture_output=True, text=True).stdout
    return {int(pid) for pid, state in (line.split() for line in listing.splitlines()) if "Z" not in state} & pids


def kill(pids: set[int]) -> None:
    for pid in living(pids):
        os.kill(pid, signal.SIGKILL)


def answering(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
