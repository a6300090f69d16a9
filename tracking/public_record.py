"""What inspectors last said of findings, as anybody may read it: published words only, no force's own work.

A status that a force reached by its own evidence is its own affair until an inspection says so; a verdict counts once it
is confirmed, as only then somebody has read which finding it means.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from findings.models import Report
from tracking.models import Assessment, StatusChange, TrackedFinding
from tracking.vocabulary import Basis, Status

BY_PUBLISHED_WORDS = {Basis.PUBLICATION, Basis.ASSESSMENT}


@dataclass(frozen=True, slots=True)
class Said:
    """Where a finding stands by the inspectors' own words, and their last verdict, where there is one."""

    status: Status
    since: date | None
    outcome: str | None
    quote: str | None
    caveat: str | None
    line: int | None
    report: Report | None


def said_of(tracked: Collection[TrackedFinding], as_of: date | None = None) -> dict[int, Said]:
    """What inspectors have said of each of these findings (by `as_of`), by its id. Two queries, however many they are."""
    ids = [row.pk for row in tracked]
    changes = _last_changes(ids, as_of)
    verdicts = _last_verdicts(tracked, as_of)
    return {pk: _said(changes.get(pk), verdicts.get(pk)) for pk in ids}


def _last_changes(ids: list[int], as_of: date | None) -> dict[int, StatusChange]:
    """The change of each finding by which its public status stands.

    What the force moved itself (by evidence, by saying what takes over) is its own affair. A correction counts where it
    undoes a verdict: the finding then stands as it did before that verdict, whatever the force says in its stead.
    """
    rows = StatusChange.objects.filter(tracked_finding__in=ids, element__isnull=True).order_by("id")
    if as_of:
        rows = rows.filter(Q(effective_on__lte=as_of) | Q(effective_on__isnull=True))
    words: dict[int, list[StatusChange]] = {}
    newest: dict[int, StatusChange] = {}
    for change in rows:
        told = words.setdefault(change.tracked_finding_id, [])
        if change.basis in BY_PUBLISHED_WORDS:
            told.append(change)
        elif change.basis == Basis.CORRECTION and told and newest.get(change.tracked_finding_id) is told[-1]:
            told.pop()
        newest[change.tracked_finding_id] = change
    return {pk: told[-1] for pk, told in words.items() if told}


def _last_verdicts(tracked: Collection[TrackedFinding], as_of: date | None) -> dict[int, Assessment]:
    chosen: QuerySet[Assessment] = Assessment.objects.select_related("report__cycle", "report__force").filter(
        pk__in=[row.last_word_id for row in tracked if row.last_word_id]
    )
    return {
        verdict.tracked_finding_id: verdict
        for verdict in chosen
        if verdict.tracked_finding_id is not None
        and not (as_of and verdict.report.dated_on and verdict.report.dated_on > as_of)
    }


def _said(change: StatusChange | None, verdict: Assessment | None) -> Said:
    return Said(
        status=Status(change.to_status) if change else Status.OPEN,
        since=change.effective_on if change else None,
        outcome=verdict.outcome if verdict else None,
        quote=verdict.quote if verdict else None,
        caveat=(verdict.caveat or None) if verdict else None,
        line=verdict.line if verdict else None,
        report=verdict.report if verdict else None,
    )
