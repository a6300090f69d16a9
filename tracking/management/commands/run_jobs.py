"""What Celery's schedule does, by hand or from any other scheduler."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from findings.management.database import DatabaseCommand
from tracking.jobs import JOBS, run, run_due
from tracking.models import JobRun
from tracking.vocabulary import JobName, JobOutcome

NAMES = "; ".join(f"{name.value}: {name.label[0].lower()}{name.label[1:]}" for name in JOBS)


def a_job(text: str) -> JobName:
    """The job that `text` names."""
    try:
        return JobName(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no job; expected one of: {', '.join(JOBS)}") from error


class Command(DatabaseCommand):
    help = f"Runs the jobs named, now; without a name, those whose time has come. {NAMES}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", type=a_job, help="which jobs")

    def handle(self, *args: Any, **options: Any) -> None:
        runs = [run(name) for name in options["names"]] or run_due(timezone.now())
        for row in runs:
            self.stdout.write(_said(row))
        if not runs:
            self.stdout.write("No job is due.")
        failed = [row.name for row in runs if row.outcome == JobOutcome.FAILED]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")


def _said(row: JobRun) -> str:
    return f"{row}. {row.error}" if row.error else f"{row}."
