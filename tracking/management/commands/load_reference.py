"""Loads forces, cycles, themes and the known national recommendations."""

from typing import Any

from findings.management.database import DatabaseCommand
from findings.reference import load_reference
from tracking.intake import open_national


class Command(DatabaseCommand):
    help = "Loads forces, cycles, themes and the known national recommendations. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = load_reference()
        opened = open_national()
        loaded = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"Reference data: {loaded}; {opened} national findings newly opened.")
