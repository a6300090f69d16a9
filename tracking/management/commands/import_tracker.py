"""Moves a force in from its own spreadsheet."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from findings.management.database import DatabaseCommand
from findings.models import Force
from findings.reading.documents import bytes_of
from findings.reading.values import NotReadable
from tracking.models import User
from tracking.moving_in import move_in
from tracking.trackers.plan import Plan, PlannedRow
from tracking.trackers.refused import refused_csv
from tracking.trackers.values import Field, NotATracker, RowState
from tracking.workflow import Refused

SHOWN = 100


def a_column(text: str) -> tuple[str, str]:
    """Field and header of FIELD=HEADER; an empty header leaves the field out."""
    field, parted, header = text.partition("=")
    if not parted or field not in set(Field):
        raise ArgumentTypeError(f"“{text}” is no FIELD=HEADER; fields are {', '.join(Field)}")
    return field, header


class Command(DatabaseCommand):
    help = (
        "Brings a force's own tracker over from a CSV or XLSX file: shows what becomes of each row, then stores all but the "
        "refused ones in one transaction. The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--force", required=True, metavar="SLUG", help="the force whose tracker it is, such as kent"
        )
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help="the officer of the force who brings it over"
        )
        parser.add_argument(
            "--column", action="append", default=[], type=a_column, metavar="FIELD=HEADER",
            help=f"which header stands for a field ({', '.join(Field)}), where it is not told by itself; may be repeated",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="only show what would become of each row")
        parser.add_argument("--refused", type=Path, metavar="OUT.csv", help="write the refused rows here, to mend them")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        planned = self._moved_in(path, options)
        for row in planned.rows:
            self._print(row)
        told = ", ".join(f"{header} ({field})" for field, header in planned.columns.items())
        self.stdout.write(f"{path.name}: columns understood: {told}")
        aside = [header for header in planned.headers if header and header not in planned.columns.values()]
        if aside:
            self.stdout.write(
                f"columns left aside: {', '.join(aside)} (say what one stands for with --column FIELD=HEADER)"
            )
        self.stdout.write(", ".join(f"{count} {state}" for state, count in reversed(planned.counts.items())))
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was stored.")
        else:
            kept = sum(count for state, count in planned.counts.items() if state != RowState.REFUSED)
            self.stdout.write(f"Rows that are in now: {kept}.")
        if options["refused"]:
            self._write_refused(planned, options["refused"])
        if planned.refused:
            raise CommandError(
                f"{len(planned.refused)} of {len(planned.rows)} rows were refused; nothing of them was stored."
            )

    def _moved_in(self, path: Path, options: dict[str, Any]) -> Plan:
        force = Force.objects.filter(slug=options["force"]).first()
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if force is None or by is None:
            what = f"force “{options['force']}”" if force is None else f"active person “{options['by']}”"
            raise CommandError(f"There is no {what} here.", returncode=2)
        try:
            return move_in(
                force, path.name, bytes_of(path), by, dict(options["column"]), dry_run=options["dry_run"]
            )  # fmt: skip
        except (NotReadable, NotATracker, Refused) as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error

    def _print(self, planned: PlannedRow) -> None:
        if planned.state is RowState.UNCHANGED:
            return
        words = " ".join((planned.row.text or planned.row.reference).split())[:SHOWN]
        self.stdout.write(f"row {planned.row.number} {planned.state.value}: {words}")
        if planned.state is RowState.REFUSED:
            self.stdout.write(f"  {planned.reason}")
            return
        if planned.title:
            self.stdout.write(f"  means ({planned.sureness}): {planned.title[:SHOWN]}")
        for change in planned.changes:
            before = f"{change.before} → " if change.before else ""
            after = change.after.replace("\n", "\n    ")
            self.stdout.write(f"  {change.name}: {before}{after}")
        for note in planned.notes:
            self.stdout.write(f"  {note}")

    def _write_refused(self, planned: Plan, path: Path) -> None:
        rows = [(row.row.number, row.row.cells, row.reason) for row in planned.refused]
        try:
            path.write_bytes(refused_csv(planned.headers, rows))
        except OSError as error:
            said = error.strerror or "cannot be written"
            raise CommandError(f"{path}: {said}; the refused rows are named above.", returncode=2) from error
