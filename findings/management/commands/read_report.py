"""Reads documents and prints what they say; stores nothing."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from findings.reading.documents import bytes_of, open_document
from findings.reading.reader import read_report
from findings.reading.values import NotReadable, ReportReading
from findings.reading.wire import to_json


class Command(BaseCommand):
    help = "Reads published reports and prints what they say. Stores nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per document and line")

    def handle(self, *args: Any, **options: Any) -> None:
        unread = [path for path in options["files"] if not self._read(path, as_json=options["json"])]
        if unread:
            raise CommandError(f"{len(unread)} of {len(options['files'])} documents could not be read.", returncode=2)

    def _read(self, path: Path, *, as_json: bool) -> bool:
        try:
            document = open_document(path.name, bytes_of(path))
            reading = read_report(document.text)
        except NotReadable as error:
            self.stderr.write(f"{path}: {error}")
            return False
        if as_json:
            self.stdout.write(json.dumps(to_json(document, path, reading), ensure_ascii=False))
        else:
            self._print(path, reading)
        return True

    def _print(self, path: Path, reading: ReportReading) -> None:
        pillar = f", {reading.pillar.label.lower()}" if reading.pillar else ""
        grade = f": {reading.overall_grade.label.lower()}" if reading.overall_grade else ""
        self.stdout.write(f"{path}\n  {reading.force.name}, {reading.programme} {reading.cycle}{pillar}{grade}")
        for judgment in reading.judgments:
            graded = judgment.grade.label if judgment.grade else judgment.ungraded_reason or "no grade in the text"
            carried = f" (carried over from {judgment.carried_over_from})" if judgment.carried_over_from else ""
            self.stdout.write(f"  line {judgment.line}: {judgment.question} {graded}{carried}")
        for finding in reading.findings:
            self.stdout.write(f"  line {finding.line}: {finding.kind.label}: {finding.heading or finding.text}")
        for assessment in reading.assessments:
            self.stdout.write(f"  line {assessment.line}: {assessment.outcome.label}: “{assessment.quote}”")
        for warning in reading.warnings:
            self.stdout.write(f"  line {warning.line}: not understood ({warning.code}): {warning.message}")
