"""Fills findings with all that is shown of them, by a few narrow queries instead of one that joins twenty tables.

For a page of fifty the one wide statement costs more to plan than all of these to run; what many rows share (reports,
people) is read once. `tracking.querysets.with_what_is_shown` says the same as one query, for who needs a queryset.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from findings.models import Report
from tracking.models import Assessment, StatusChange, TrackedElement, TrackedFinding, User

# Of a finding, what no list shows.
UNREAD = ("cues", "line", "end_line", "deadline_wording", "addressed_to", "recurs_every", "due_on", "due_precision", "binds_forces", "themes_corrected")  # fmt: skip
Row = TypeVar("Row", bound=Model)


def narrow(rows: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
    """The rows with their findings and forces: what `filled` starts from."""
    return rows.select_related("force", "finding").defer(*(f"finding__{name}" for name in UNREAD))


def whole(rows: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
    """The same for one row: what a list reads once for many rows comes with it."""
    return narrow(rows).select_related("force", "finding__report__cycle", "finding__judgment", "owner")


def filled(rows: Sequence[TrackedFinding]) -> Sequence[TrackedFinding]:
    """The same rows, with everything in place that `tracking.standing` and the lists read; at most seven queries."""
    changes = _changes(rows)
    said = _assessments(rows, changes.values())
    held = {row.finding.report_id: row.finding.report for row in rows if "report" in row.finding._state.fields_cache}
    needed = {row.finding.report_id for row in rows} | {a.report_id for a in said.values()}
    reports = held | _by_id(Report.objects.select_related("cycle"), needed - held.keys())
    people = _people(rows, changes.values(), said.values())
    taken_over = _by_id(TrackedFinding.objects.select_related("finding"), {row.successor_id for row in rows})
    for one in said.values():
        one.report, one.decided_by = reports[one.report_id], people.get(one.decided_by_id)
    for change in changes.values():
        change.assessment = said.get(change.assessment_id)
        if change.evidence:
            change.evidence.signed_off_by = people.get(change.evidence.signed_off_by_id)
    elements, none = _elements(rows), _result([])
    for row in rows:
        row.finding.report = reports[row.finding.report_id]
        row.last_change, row.standing_change = changes.get(row.last_change_id), changes.get(row.standing_change_id)
        row.last_word, row.owner = said.get(row.last_word_id), people.get(row.owner_id)
        row.successor = taken_over.get(row.successor_id)
        row.__dict__["_prefetched_objects_cache"] = {"elements": elements.get(row.pk, none)}
    return rows


def _changes(rows: Sequence[TrackedFinding]) -> dict[Any, StatusChange]:
    ids = {pk for row in rows for pk in (row.last_change_id, row.standing_change_id)}
    return _by_id(StatusChange.objects.select_related("evidence"), ids)


def _assessments(rows: Sequence[TrackedFinding], changes: Iterable[StatusChange]) -> dict[Any, Assessment]:
    ids = {row.last_word_id for row in rows} | {change.assessment_id for change in changes}
    unread = ("quote", "gaps", "refers_to", "candidates", "reason")
    return _by_id(Assessment.objects.defer(*unread), ids)


def _people(
    rows: Sequence[TrackedFinding], changes: Iterable[StatusChange], said: Iterable[Assessment]
) -> dict[Any, User]:
    signed = {change.evidence.signed_off_by_id for change in changes if change.evidence}
    named = User.objects.only("username", "first_name", "last_name")
    held = {row.owner_id: row.owner for row in rows if "owner" in row._state.fields_cache and row.owner}
    needed = {row.owner_id for row in rows} | {one.decided_by_id for one in said} | signed
    return held | _by_id(named, needed - held.keys())


def _elements(rows: Sequence[TrackedFinding]) -> dict[int, QuerySet[TrackedElement]]:
    found: dict[int, list[TrackedElement]] = {}
    ids = [row.pk for row in rows]
    limbs = TrackedElement.objects.filter(tracked_finding__in=ids).select_related("element")
    for element in limbs.order_by("element__position", "id"):
        found.setdefault(element.tracked_finding_id, []).append(element)
    return {pk: _result(held) for pk, held in found.items()}


def _by_id(rows: QuerySet[Row], ids: set[Any]) -> dict[Any, Row]:
    known = ids - {None}
    return {row.pk: row for row in rows.filter(pk__in=known).order_by()} if known else {}


def _result(held: list[TrackedElement]) -> QuerySet[TrackedElement]:
    """A queryset that was evaluated already, as prefetch_related leaves it with a row."""
    rows = TrackedElement.objects.all()
    rows._result_cache = held
    rows._prefetch_done = True  # type: ignore[attr-defined]  # its stubs leave that out
    return rows
