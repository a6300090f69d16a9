"""Reads documents and prints what they say; stores nothing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from findings.reading.documents import bytes_of, open_document
from findings.reading.reader import read_report
from findings.reading.register import RegisterReading, read_register
from findings.reading.values import NotReadable, ReportReading
from findings.reading.wire import to_json
from findings.vocabulary import DocumentKind


class Command(BaseCommand):
    help = "Reads published reports and prints what they say. Stores nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per document and line")
        parser.add_argument(
            "--kind",
            choices=PRINTERS,
            default="report",
            help="report (also letters and national reports), or a page of the inspectorate's register",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        read, show = PRINTERS[options["kind"]]
        unread = 0
        for path in options["files"]:
            try:
                document = open_document(path.name, bytes_of(path))
                reading = read(document.text)
            except NotReadable as error:
                self.stderr.write(f"{path}: {error}")
                unread += 1
                continue
            if options["json"]:
                self.stdout.write(json.dumps(to_json(document, path, reading), ensure_ascii=False))
            else:
                self.stdout.write("\n".join([str(path), *(f"  {line}" for line in show(reading))]))
        if unread:
            raise CommandError(f"{unread} of {len(options['files'])} documents could not be read.", returncode=2)


def report_lines(reading: ReportReading) -> Iterator[str]:
    """What a report says, for people, line by line."""
    pillar = f", {reading.pillar.label.lower()}" if reading.pillar else ""
    grade = f": {reading.overall_grade.label.lower()}" if reading.overall_grade else ""
    whose = reading.force.name if reading.force else "All forces"
    what = f"{reading.programme} {reading.cycle}" if reading.cycle else reading.title
    kind = "" if reading.kind is DocumentKind.INSPECTION else f" ({reading.kind.label.lower()})"
    yield f"{whose}, {what}{kind}{pillar}{grade}"
    for judgment in reading.judgments:
        graded = judgment.grade.label if judgment.grade else judgment.ungraded_reason or "no grade in the text"
        carried = f" (carried over from {judgment.carried_over_from})" if judgment.carried_over_from else ""
        yield f"line {judgment.line}: {judgment.question} {graded}{carried}"
    for finding in reading.findings:
        yield f"line {finding.line}: {finding.kind.label}: {finding.heading or finding.text}"
    for assessment in reading.assessments:
        yield f"line {assessment.line}: {assessment.outcome.label}: “{assessment.quote}”"
    for warning in reading.warnings:
        yield f"line {warning.line}: not understood ({warning.code}): {warning.message}"


def register_lines(reading: RegisterReading) -> Iterator[str]:
    """What a page of the register says, for people, line by line."""
    number = f" ({reading.number})" if reading.number else ""
    yield f"{reading.title or 'Recommendation'}{number}: {reading.status or 'no status'}"
    yield reading.text
    for entry in reading.entries:
        yield f"line {entry.line}: {entry.on:%-d %B %Y}: {'; '.join(filter(None, (entry.status, entry.comment)))}"


PRINTERS: dict[str, tuple[Callable[[str], Any], Callable[[Any], Iterator[str]]]] = {
    "report": (read_report, report_lines),
    "register": (read_register, register_lines),
}
