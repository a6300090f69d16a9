"""People who are owed an e-mail each, workers that send them, and a mail server: for tests that kill some of it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.processes import ROOT, answering, family, free_port, installed, kill, until

OWE = """
from tests.factories import ForceFactory, tracked_finding
from tracking.models import Membership, TrackedFinding, User
force = ForceFactory(slug="kent")
people = User.objects.bulk_create(
    User(username=f"owner-{n}", email=f"owner-{n}@force.example", password="!") for n in range(DUE))
Membership.objects.bulk_create(Membership(user=person, force=force, role="officer") for person in people)
for person in people:
    found = tracked_finding(force)
    TrackedFinding.objects.filter(pk=found.pk).update(owner=person, due_on="2020-01-01")
"""
FIGURES = """
import json
from datetime import timedelta
from django.utils import timezone
from tracking.models import Digest, Reminder, User
from tracking.digests import uncertain
soon = timezone.now() + timedelta(hours=1)
print(json.dumps({
    "told": sorted(Digest.objects.filter(state="sent").values_list("recipient__email", flat=True)),
    "uncertain": sorted(Digest.objects.filter(state="claimed").values_list("recipient__email", flat=True)),
    "listed": uncertain(soon).count(),
    "owed": sorted(User.objects.filter(reminders__isnull=False).values_list("email", flat=True).distinct()),
    "reminders": Reminder.objects.count(),
}))
"""


@dataclass(frozen=True)
class Figures:
    """Whom the service believes to have told, of whom it is not sure, how many it lists as such, whom it owes an e-mail."""

    told: list[str]
    uncertain: list[str]
    listed: int
    owed: list[str]
    reminders: int


@dataclass(frozen=True)
class Service:
    """An installation whose e-mail goes to a folder."""

    environment: dict[str, str]
    folder: Path

    def python(self, code: str) -> str:
        """Runs code within the service; returns what it prints."""
        whole = f"import django; django.setup()\n{code}"
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "peeltrack.settings"}
        done = subprocess.run(
            [sys.executable, "-c", whole], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def owe(self, due: int) -> None:
        """Makes so many findings overdue, each of an owner of its own."""
        self.python(OWE.replace("DUE", str(due)))

    def figures(self) -> Figures:
        return Figures(**json.loads(self.python(FIGURES)))

    def mails(self) -> list[EmailMessage]:
        """What arrived."""
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in self.folder.glob("*.eml")]

    def arrived(self) -> list[str]:
        """To whom, in order; who stands here twice got it twice."""
        return sorted(str(mail["To"]) for mail in self.mails())

    def sweep(self, **settings: str) -> int:
        """Runs the sweep once, by command; returns how the process ended."""
        command = [sys.executable, "manage.py", "run_jobs", "remind"]
        environment = {**self.environment, **settings}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        sys.stdout.write(done.stdout + done.stderr)  # shown where the test fails
        return done.returncode

    def ask(self, times: int = 1, every: float = 0) -> None:
        """Puts the sweep into the queue, `times` over."""
        code = "import time\nfrom peeltrack.celery import app\n"
        code += f"for _ in range({times}):\n    app.send_task('tracking.remind')\n    time.sleep({every})"
        self.python(code)

    def start(self, *arguments: str, app: str = "peeltrack") -> "subprocess.Popen[bytes]":
        """A process of Celery."""
        command = ["celery", "--quiet", "--app", app, *arguments, "--loglevel", "critical"]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def worker(self, name: str, *arguments: str, app: str = "peeltrack") -> "subprocess.Popen[bytes]":
        return self.start("worker", "--hostname", f"{name}@here", *(arguments or ("--pool", "solo")), app=app)


@contextmanager
def service(folder: Path, seconds: float = 0, **settings: str) -> Iterator[Service]:
    """A fresh installation and its mail server, which thinks about each e-mail for so many seconds."""
    mails, port = folder / "mails", free_port()
    mails.mkdir()
    command = [sys.executable, "-m", "tests.mail_server", str(port), str(mails), str(seconds)]
    post = subprocess.Popen(command, cwd=ROOT)
    try:
        with installed(folder / "data") as environment:
            until(lambda: answering(port), "the mail server answers")
            yield Service({**environment, "EMAIL_URL": f"smtp://127.0.0.1:{port}", **settings}, mails)
    finally:
        end(post)


def end(*processes: "subprocess.Popen[bytes]") -> None:
    """Kills them and what they started, and buries them."""
    for process in processes:
        kill(family(process))
        process.wait()


def quiet(service: Service, seconds: float) -> bool:
    """Whether nothing arrived for so long."""
    before = len(service.arrived())
    time.sleep(seconds)
    return len(service.arrived()) == before
