"""Takes published reports in."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from findings.management.database import DatabaseCommand
from findings.reading.documents import bytes_of
from findings.reading.values import NotReadable
from tracking.intake import IntakeResult, take_in


class Command(DatabaseCommand):
    help = "Takes published reports in, each in one transaction. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="do all of it and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = options["files"]
        refused = 0
        for place, path in enumerate(files, 1):
            self._show_progress(place, len(files))
            refused += not self._take_in(path, dry_run=options["dry_run"])
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was stored.")
        if refused:
            raise CommandError(
                f"{refused} of {len(files)} documents were refused; nothing of them was stored.", returncode=2
            )

    def _take_in(self, path: Path, *, dry_run: bool) -> bool:
        try:
            result = take_in(path.name, bytes_of(path), dry_run=dry_run)
        except NotReadable as error:
            self.stderr.write(f"{path}: {error}")
            return False
        self._print(path, result)
        return True

    def _print(self, path: Path, result: IntakeResult) -> None:
        self.stdout.write(
            f"{path.name}: {result.report}\n"
            f"  findings: {result.created} new, {result.changed} changed, {result.unchanged} unchanged;"
            f" {result.tracked_findings} newly tracked\n"
            f"  verdicts on earlier findings: {result.assessments} new, {result.linked} linked,"
            f" {result.unlinked} for an officer to link\n"
            f"  passages offered beside findings that it does not name: {result.notes}\n"
            f"  not understood: {len(result.warnings)}"
        )
        if result.missing:
            self.stdout.write(f"  {result.missing} earlier findings are not in this version; they are kept")
        for warning in result.warnings:
            self.stdout.write(f"  line {warning.line}: {warning.message} ({warning.code})")

    def _show_progress(self, place: int, total: int) -> None:
        if total > 1 and sys.stderr.isatty():
            done = 30 * place // total
            self.stderr.write(f"\r[{'#' * done}{'.' * (30 - done)}] {place} of {total} ", ending="")
