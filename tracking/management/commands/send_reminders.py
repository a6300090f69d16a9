"""What the schedule does every few minutes, by hand."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from findings.management.database import DatabaseCommand
from tracking.jobs import done_by_hand
from tracking.models import Reminder
from tracking.reminders import not_made_yet, remind
from tracking.vocabulary import JobName

SHOWN = 100  # letters of a title
EARLIEST, LATEST = date(2014, 1, 1), date(2999, 12, 31)


def a_day(text: str) -> date:
    """The day that `text` names, YYYY-MM-DD."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no day; expected YYYY-MM-DD") from error
    if not EARLIEST <= day <= LATEST:
        raise ArgumentTypeError(f"“{text}” is out of range; expected a day from {EARLIEST} to {LATEST}")
    return day


def _named(reminder: Reminder) -> str:
    return reminder.tracked_finding.finding.title if reminder.tracked_finding else reminder.thing


class Command(DatabaseCommand):
    help = "Makes the reminders that are due and sends each person's digest, once a day at most."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=a_day, metavar="DATE", help="as if it were this day (YYYY-MM-DD)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many reminders are due")

    def handle(self, *args: Any, **options: Any) -> None:
        today, started = options["on"] or timezone.localdate(), timezone.now()
        if options["dry_run"]:
            for reminder in not_made_yet(today):
                self.stdout.write(f"{reminder.recipient}: {reminder.about_on:%-d %B %Y}, {_named(reminder)[:SHOWN]}")
        swept = remind(today, dry_run=options["dry_run"])
        if options["dry_run"]:
            self.stdout.write(f"Dry run: {swept.made} reminders are due and not made yet.")
            return
        if options["on"] is None:
            done_by_hand(JobName.REMIND, started)
        refused = f", {swept.failed} refused by the mail server (tried again later)" if swept.failed else ""
        self.stdout.write(f"{swept.made} reminders made, {swept.sent} digests sent{refused}.")
