"""What is owed is told at most once and never lost, whatever is killed: workers, their children, the schedule, the queue.

`make test-kills` runs the long form of the first case: 400 due, 4 workers, 25 seconds of killing, three times over.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.killing import Service, end, quiet, service
from tests.processes import ROOT, answering, family, free_port, kill, until

DUE = int(os.environ.get("KILLS_DUE", "60"))
WORKERS = int(os.environ.get("KILLS_WORKERS", "2"))
SECONDS = float(os.environ.get("KILLS_SECONDS", "10"))
# How long Redis waits, in these tests, before it gives the work of a dead worker to another.
HIDDEN_FOR = 5


def holds(found: Service, due: int) -> None:
    """Nobody is missing, nobody was told twice, and of whom nobody knows is listed."""
    arrived, figures = found.arrived(), found.figures()
    assert len(figures.owed) == figures.reminders == due
    assert len(set(arrived)) == len(arrived), "somebody was told twice"
    assert set(figures.told) <= set(arrived) <= set(figures.owed)
    assert sorted(figures.told + figures.uncertain) == figures.owed, "somebody is missing"
    assert figures.listed == len(figures.uncertain)


def test_workers_killed_at_any_moment_neither_lose_nor_repeat(tmp_path: Path) -> None:
    chance = random.Random(os.environ.get("KILLS_SEED", "1"))  # noqa: S311 - which worker dies is no secret
    with service(tmp_path, seconds=0.1) as found:
        found.owe(DUE)
        names, workers = count(), []
        pump = subprocess.Popen(
            [sys.executable, "-c", ("import time\nfrom peeltrack.celery import app\n"
             "while True:\n    app.send_task('tracking.remind'); time.sleep(0.5)")],
            cwd=ROOT, env=found.environment,
        )  # fmt: skip
        try:
            workers = [found.worker(f"w{next(names)}") for _ in range(WORKERS)]
            until(found.arrived, "the first is told")
            stop = time.monotonic() + SECONDS
            killed = 0
            while time.monotonic() < stop:
                time.sleep(chance.uniform(0.2, 1.5))
                victim = chance.randrange(WORKERS)
                end(workers[victim])
                workers[victim] = found.worker(f"w{next(names)}")
                killed += 1
            assert killed >= SECONDS / 3
        finally:
            end(pump, *workers)
        assert found.sweep() == 0
        holds(found, DUE)


def test_a_process_that_dies_between_the_servers_word_and_its_own_mark_leaves_a_question(tmp_path: Path) -> None:
    with service(tmp_path) as found:
        found.owe(2)
        assert found.sweep(FAILPOINT="mail-accepted") == -signal.SIGKILL
        (told,) = found.arrived()
        assert found.figures().uncertain == [told]
        assert found.figures().listed == 1
        for _ in range(3):
            assert found.sweep() == 0
        assert len(found.arrived()) == 2
        assert found.figures().uncertain == [told]
        holds(found, 2)


def test_a_worker_whose_child_is_killed_does_the_rest(tmp_path: Path) -> None:
    with service(tmp_path, seconds=0.5) as found:
        found.owe(6)
        worker = found.worker("parent", "--concurrency", "1")
        try:
            found.ask()
            until(found.arrived, "the first is told")
            kill(family(worker) - {worker.pid})
            until(
                lambda: len(found.arrived()) + len(found.figures().uncertain) >= 6, "the work is done by another child"
            )
        finally:
            end(worker)
        assert found.sweep() == 0
        holds(found, 6)


def test_two_schedules_at_once_tell_once(tmp_path: Path) -> None:
    with service(tmp_path) as found:
        found.owe(5)
        beats = [
            found.start("beat", "--schedule", str(tmp_path / f"beat-{n}"), "--pidfile", "", app="tests.every_second")
            for n in range(2)
        ]
        workers = [found.worker(f"w{n}") for n in range(2)]
        try:
            until(lambda: len(found.arrived()) >= 5, "all are told")
            time.sleep(10)
        finally:
            end(*beats, *workers)
        figures = found.figures()
        assert (found.arrived(), figures.uncertain) == (figures.owed, [])
        assert figures.reminders == 5


class Queue:
    """A Redis of one's own, that loses everything when it dies."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: answering(self.port), "the queue answers")

    def kill(self) -> None:
        assert self.process is not None
        end(self.process)

    def command(self, *words: str) -> str:
        whole = ["redis-cli", "-p", str(self.port), *words]
        return subprocess.run(whole, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    found = Queue(tmp_path)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def on_redis(queue: Queue, tmp_path: Path) -> Iterator[Service]:
    settings = {"REDIS_URL": queue.address, "QUEUE_HIDDEN_SECONDS": str(HIDDEN_FOR)}
    with service(tmp_path, seconds=0.5, **settings) as found:
        yield found


def test_work_of_a_worker_that_was_killed_is_finished_soon_after_another_starts(on_redis: Service) -> None:
    on_redis.owe(6)
    first = on_redis.worker("first")
    on_redis.ask()
    until(on_redis.arrived, "the first is told")
    end(first)
    second = on_redis.worker("second")
    try:
        until(lambda: second.poll() is None and len(on_redis.arrived()) >= 5, "the rest is told", HIDDEN_FOR + 15 + 30)
        until(lambda: quiet(on_redis, 2), "no more arrives")
    finally:
        end(second)
    assert on_redis.sweep() == 0
    holds(on_redis, 6)


@pytest.mark.parametrize("loss", ["killed", "emptied"])
def test_a_queue_that_lost_everything_loses_nothing_that_is_owed(loss: str, queue: Queue, on_redis: Service) -> None:
    on_redis.owe(3)
    on_redis.ask(5)
    assert queue.command("llen", on_redis.environment["QUEUE"]).strip() == "5"
    if loss == "killed":
        queue.kill()
        queue.start()
    else:
        queue.command("flushall")
    assert queue.command("dbsize").strip() == "0"
    worker = on_redis.worker("one")
    try:
        on_redis.ask()  # as the schedule does every five minutes
        until(lambda: len(on_redis.arrived()) == 3, "all are told")
    finally:
        end(worker)
    assert on_redis.sweep() == 0
    holds(on_redis, 3)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_a_worker_takes_up_its_work_again_after_the_queue_was_restarted(
    busy: bool, queue: Queue, on_redis: Service
) -> None:
    worker = on_redis.worker("one")
    ran = "from tracking.models import JobRun; print(JobRun.objects.filter(name='remind').values_list('started_at').first())"
    try:
        on_redis.ask()
        until(lambda: on_redis.python(ran).strip() != "None", "it works")
        if busy:
            on_redis.owe(60)
        for _ in range(5 if busy else 2):
            if busy:
                on_redis.ask()
                time.sleep(1)
            before = on_redis.python(ran)
            queue.kill()
            time.sleep(1)
            queue.start()
            on_redis.ask()
            until(lambda then=before: on_redis.python(ran) != then, "it works again", 30 + 40 * busy)
    finally:
        end(worker)
    assert on_redis.sweep() == 0
    if busy:
        holds(on_redis, 60)
