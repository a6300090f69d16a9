"""The service as whole processes: it starts, works, answers and stops, on whatever database and broker is set."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh installation: a data folder, a database and a queue of its own, set up with the demo."""
    name = f"peeltrack_{secrets.token_hex(6)}"
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "QUEUE": name,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    server = os.environ.get("DATABASE_URL", "").replace("postgres://", "postgresql://", 1)
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        environment["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}", scheme="postgres"))
    for command in (["migrate", "-v0"], ["load_reference"], ["load_demo"]):
        manage(environment, *command)
    yield environment
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.2)
    pytest.fail(f"{what}: not within {SECONDS} seconds")


def reminders(environment: dict[str, str]) -> int:
    counting = "from tracking.models import Reminder; print(Reminder.objects.count())"
    return int(manage(environment, "shell", "-v0", "-c", counting))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def started(environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """The service as `make run` starts it, and its port."""
    port = free_port()
    process = subprocess.Popen(
        ["honcho", "start"], cwd=ROOT, env={**environment, "ADDRESS": f"127.0.0.1:{port}"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    return process, port


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


def test_it_serves_works_and_stops_at_one_interrupt(installation: dict[str, str]) -> None:
    process, port = started(installation)
    everything = {process.pid}
    try:
        until(lambda: answers(port), "the web server answers")
        send = "from peeltrack.celery import app; app.send_task('tracking.remind')"
        subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=installation, check=True)
        until(
            lambda: reminders(installation) == 4,
            "the worker makes two overdue reminders for each of the two demo forces",
        )
        everything = family(process)
        assert len(everything) >= 5  # the runner, the web server and its worker, the worker and its beat
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        until(lambda: not living(everything), "all of it stops")
        assert not answers(port)
    finally:
        kill(everything | family(process))
        process.wait()


def test_a_second_start_keeps_the_data_and_prints_no_password_again(installation: dict[str, str]) -> None:
    assert "0 national findings newly opened" in manage(installation, "load_reference")
    again = manage(installation, "load_demo")
    assert "0 findings newly opened" in again
    assert "as printed at the first run" in again


def test_a_killed_service_starts_again_with_what_it_had(installation: dict[str, str]) -> None:
    process, port = started(installation)
    until(lambda: answers(port), "the web server answers")
    everything = family(process)
    kill(everything)
    process.wait()
    until(lambda: not living(everything), "it is dead")
    manage(installation, "verify_history")
    process, port = started(installation)
    try:
        until(lambda: answers(port), "it answers again")
        everything = family(process)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        until(lambda: not living(everything), "all of it stops")
    finally:
        kill(everything | family(process))
        process.wait()
