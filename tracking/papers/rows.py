"""A force's findings on their way into a paper: as they stood on a day, by report, counted."""

from collections import Counter
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from findings.models import Force, Report
from tracking.models import ProgressUpdate, TrackedFinding
from tracking.papers.content import Column, Holds
from tracking.past import Moment, as_they_stood, stood
from tracking.querysets import with_what_is_shown
from tracking.vocabulary import Status


def as_they_stood_on(force: Force, day: date) -> list[TrackedFinding]:
    """The force's findings as they stood at the end of that day, by all that is known of it today, newest report first."""
    at = Moment(day, timezone.localdate())
    rows: QuerySet[TrackedFinding] = with_what_is_shown(stood(TrackedFinding.objects.filter(force=force), at))
    found = as_they_stood(rows.prefetch_related(Prefetch("finding__themes")), at)
    return sorted(found, key=_place)


def _place(row: TrackedFinding) -> tuple[int, int, int, int]:
    report = row.finding.report
    return -(report.cycle.order if report.cycle else 0), report.pk, row.finding.number or 0, row.pk


def by_report(rows: list[TrackedFinding]) -> list[tuple[Report, list[TrackedFinding]]]:
    """The rows of each report together, in their order."""
    return [(next(iter(listed)).finding.report, listed) for listed in (list(group) for _, group in groupby(rows, key=lambda row: row.finding.report_id))]  # fmt: skip


def count_line(rows: list[TrackedFinding]) -> str:
    """How many there are, and how many stand where."""
    counts = ", ".join(f"{count} {label.lower()}" for label, count in by_status(rows) if count)
    return f"{len(rows)} finding{plural(rows)}: {counts}."


def by_status(rows: list[TrackedFinding]) -> tuple[tuple[str, int], ...]:
    """Each status with how many stand there."""
    counted = Counter(row.status for row in rows)
    return tuple((status.label, counted[status.value]) for status in Status)


def last_comments(ids: list[int], day: date) -> dict[int, str]:
    """What the force last said of its own work on each of these findings, by the end of that day."""
    said = ProgressUpdate.objects.filter(tracked_finding__in=ids, recorded_at__date__lte=day).exclude(comment="")
    return dict(said.order_by("id").values_list("tracked_finding", "comment"))


def columns_of(headings: tuple[str, ...], holds: tuple[Holds, ...]) -> tuple[Column, ...]:
    """Columns of these headings."""
    return tuple(Column(heading, what) for heading, what in zip(headings, holds, strict=True))


def plural(rows: list[Any]) -> str:
    """The ending of a word for so many."""
    return "" if len(rows) == 1 else "s"
