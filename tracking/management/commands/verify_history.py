"""Proves that no recorded status change was altered, removed or reordered."""

from typing import Any

from django.core.management.base import CommandError

from findings.management.database import DatabaseCommand
from tracking.history import verify_history


class Command(DatabaseCommand):
    help = "Checks every hash of the history of statuses; exit 1 and the place where one fails."

    def handle(self, *args: Any, **options: Any) -> None:
        checked = 0
        faults = []
        for fault in verify_history():
            checked += 1
            if fault:
                faults.append(fault)
                self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} of {checked} histories do not hold.")
        self.stdout.write(f"The histories of {checked} tracked findings hold.")
