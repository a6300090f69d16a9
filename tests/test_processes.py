"""The service as whole processes: it starts, works, answers and stops, on whatever database and broker is set."""

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT, family, free_port, installed, kill, living, manage, until


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A fresh installation with the demo."""
    with installed(tmp_path, ["load_reference"], ["load_demo"]) as environment:
        yield environment


def reminders(environment: dict[str, str]) -> int:
    counting = "from tracking.models import Reminder; print(Reminder.objects.count())"
    return int(manage(environment, "shell", "-v0", "-c", counting))


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


def test_it_serves_works_and_stops_at_one_interrupt(installation: dict[str, str]) -> None:
    process, port = started(installation)
    everything = {process.pid}
    try:
        until(lambda: answers(port), "the web server answers")
        send = "from peeltrack.celery import app; app.send_task('tracking.remind')"
        subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=installation, check=True)
        until(
            lambda: reminders(installation) == 8,
            "the worker tells the officer and the signatory of two late findings in each of the two demo forces",
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
