"""Writes one of the papers that officers must produce."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from findings.management.database import DatabaseCommand
from findings.models import Finding, Force, Report
from tracking.management.commands.send_reminders import a_day
from tracking.papers.asking import write_paper
from tracking.papers.forms import TYPES
from tracking.papers.wanted import MARKING, Request
from tracking.vocabulary import PaperKind
from tracking.workflow import Refused


class Command(DatabaseCommand):
    help = "Writes a committee paper, a freedom of information answer, a briefing, a national comparison or the list of contradictions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(PaperKind), metavar="KIND", help=", ".join(PaperKind))
        parser.add_argument("--force", metavar="SLUG", help="the force that it is about, such as kent")
        parser.add_argument("--from", dest="since", type=a_day, metavar="DATE", help="the day of the paper before")
        parser.add_argument("--to", type=a_day, metavar="DATE", help="as things stood on this day; today without it")
        parser.add_argument("--report", type=int, metavar="ID", help="the report that is asked about (foi)")
        parser.add_argument("--finding", type=int, metavar="ID", help="the national recommendation (comparison)")
        parser.add_argument("--marking", default=MARKING, help="the protective marking; OFFICIAL without it")
        parser.add_argument("--format", dest="form", choices=list(TYPES), default="html")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Request(
            kind=PaperKind(options["kind"]),
            force=self._named(Force.objects.all(), "force", slug=options["force"]),
            as_of=options["to"] or timezone.localdate(),
            since=options["since"],
            report=self._named(Report.objects.published(), "report", pk=options["report"]),
            finding=self._named(Finding.objects.national(), "national recommendation", pk=options["finding"]),
            marking=options["marking"],
        )
        path: Path = options["output"]
        try:
            made = write_paper(wanted, options["form"])
            path.write_bytes(made.content)
        except Refused as error:
            raise CommandError(error.message, returncode=2) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or 'cannot be written'}", returncode=2) from error
        rows = sum(len(table.rows) for table in made.paper.tables)
        self.stdout.write(f"{path}: {made.paper.title}, {made.paper.about}; {rows} rows")

    def _named(self, rows: Any, what: str, **by: Any) -> Any:
        (value,) = by.values()
        if value is None:
            return None
        found = rows.filter(**by).first()
        if found is None:
            raise CommandError(f"There is no {what} “{value}” here.", returncode=2)
        return found
