"""Moves a force in from its own spreadsheet: reads it, plans what becomes of each row, and stores exactly that.

A file brings what the force itself says (position, target, owner, comment) to the findings its rows mean, and makes
findings of what nothing here matches. It never moves a status, and never leaves the force. Each row that was stored is
remembered by what it says, so that the same row again changes nothing, whatever people did since.
"""

import hashlib
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from findings.brought_over import record_brought_over
from findings.importing import shown_name
from findings.models import Force
from tracking import access
from tracking.changes import open_findings
from tracking.models import TrackedFinding, TrackerColumns, TrackerFile, TrackerRow, User
from tracking.progress import record_progress
from tracking.row_plans import Planner
from tracking.trackers.columns import chosen_columns, folded_header, guessed, headers_digest
from tracking.trackers.plan import Plan, PlannedRow
from tracking.trackers.reading import read_table
from tracking.trackers.rows import first_of_each, understood_rows
from tracking.trackers.values import RowState, Table, TableRow
from tracking.workflow import Refused


def give(force: Force, name: str, content: bytes, by: User) -> TrackerFile:
    """Keeps a spreadsheet for its columns to be chosen and its rows to be looked at; a draft of the same file is taken up again.

    Raises Refused where `by` may not record for the force, NotATracker where the file is no spreadsheet; nothing is kept then.
    """
    return _kept(_read(force, name, content, by))


@transaction.atomic
def choose_columns(file_id: int, columns: Mapping[str, str], by: User) -> TrackerFile:
    """Says which header stands for which field, and remembers it for the force's next file with these headers.

    Raises Incomplete for columns that cannot be used, Refused where `by` may not or the file is stored already.
    """
    file = _locked(file_id, by)
    file.columns = {field.value: header for field, header in chosen_columns(columns, file.headers).items()}
    file.save(update_fields=["columns"])
    TrackerColumns.objects.update_or_create(
        force=file.force, headers_digest=headers_digest(file.headers), defaults={"columns": file.columns}
    )
    return file


def plan(file: TrackerFile, by: User) -> Plan:
    """What `store` would do with `file` now, row by row; stores nothing. Raises Incomplete where its columns do not do."""
    columns = chosen_columns(file.columns, file.headers)
    table = Table(tuple(file.headers), tuple(TableRow(number, tuple(cells)) for number, *cells in file.rows))
    planner = Planner(file.force, by)
    rows = tuple(planner.planned(row, earlier) for row, earlier in first_of_each(understood_rows(table, columns)))
    return Plan(table.headers, columns, rows)


@transaction.atomic
def store(file_id: int, by: User, seal: str = "") -> Plan:
    """Stores what `plan` shows, all or nothing, and returns it; refused rows are left out.

    `seal` is that of the plan that a person has seen: Refused is raised where another would be stored by now, where the
    file is stored already, and where a writer refuses what the plan did not foresee (naming the row).
    """
    file = _locked(file_id, by)
    # Another file of the force waits until this one is stored; nobody moves its findings meanwhile.
    Force.objects.select_for_update(no_key=True).get(pk=file.force_id)
    list(TrackedFinding.objects.select_for_update().filter(force=file.force).order_by("pk").values_list("pk"))
    planned = plan(file, by)
    if seal and seal != planned.seal:
        raise Refused(
            "changed_since", "Something was changed since you looked. Look at the rows again, then store them."
        )
    _store_rows(file, planned.to_store, by)
    file.stored_at, file.outcome = timezone.now(), planned.counts
    file.save(update_fields=["stored_at", "outcome"])
    return planned


def move_in(
    force: Force, name: str, content: bytes, by: User, columns: Mapping[str, str], *, dry_run: bool = False
) -> Plan:
    """All steps at once, without a look in between: `columns` go before what is remembered or guessed.

    Raises as the steps do. With `dry_run` nothing is stored or remembered.
    """
    file = _read(force, name, content, by)
    if dry_run:
        file.columns = _with(file.columns, columns)
        return plan(file, by)
    with transaction.atomic():
        file = _kept(file)
        choose_columns(file.pk, _with(file.columns, columns), by)
        return store(file.pk, by)


def _read(force: Force, name: str, content: bytes, by: User) -> TrackerFile:
    _check_may(by, force)
    table = read_table(content)
    return TrackerFile(
        force=force,
        original_name=shown_name(name),
        sha256=hashlib.sha256(content).hexdigest(),
        headers=list(table.headers),
        rows=[[row.number, *row.cells] for row in table.rows],
        columns=_remembered(force, table.headers) or {f.value: header for f, header in guessed(table.headers).items()},
        given_by=by,
    )


def _kept(file: TrackerFile) -> TrackerFile:
    known = TrackerFile.objects.filter(force=file.force, sha256=file.sha256, given_by=file.given_by, stored_at=None)
    draft = known.first()
    if draft is None:
        file.save()
    return draft or file


def _remembered(force: Force, headers: Sequence[str]) -> dict[str, str]:
    known = TrackerColumns.objects.filter(force=force, headers_digest=headers_digest(headers)).first()
    written = {folded_header(header): header for header in reversed(headers)}
    columns = known.columns if known else {}
    return {
        field: written[folded_header(header)] for field, header in columns.items() if folded_header(header) in written
    }


def _with(known: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """`known` columns, but for the fields and headers that `asked` settles otherwise."""
    return {field: header for field, header in known.items() if header not in asked.values()} | dict(asked)


def _check_may(by: User, force: Force) -> None:
    if not access.may(by, access.Act.RECORD, force.pk):
        raise Refused("officer_needed", f"Only an officer of {force} brings its tracker over.")


def _locked(file_id: int, by: User) -> TrackerFile:
    file = TrackerFile.objects.select_for_update(of=("self",)).select_related("force").get(pk=file_id)
    _check_may(by, file.force)
    if file.stored_at:
        raise Refused(
            "stored_already", "This file is stored already. Bring it over again to see what would change now."
        )
    return file


def _store_rows(file: TrackerFile, rows: Sequence[PlannedRow], by: User) -> None:
    opened = _opened(file.force, [row for row in rows if row.state is RowState.NEW])
    stored = []
    for planned in rows:
        tracked = planned.tracked or opened[planned.row.number]
        try:
            _record(file, tracked, planned, by)
        except Refused as refused:
            message = f"Row {planned.row.number}: {refused.message} Nothing was stored."
            raise Refused(refused.code, message) from refused
        stored.append(TrackerRow(force=file.force, digest=planned.row.digest, tracked_finding_id=tracked, file=file))
    TrackerRow.objects.bulk_create(stored)


def _record(file: TrackerFile, tracked: int, planned: PlannedRow, by: User) -> None:
    if planned.values or planned.comment:
        source = f"(From the tracker “{file.original_name}”, row {planned.row.number}.)"
        record_progress(tracked, planned.values, by, f"{planned.comment}\n{source}".strip())


def _opened(force: Force, rows: Sequence[PlannedRow]) -> dict[int, int]:
    """The tracked finding's id of each new row, by the row's number."""
    if not rows:
        return {}
    findings = record_brought_over(force, [(row.row.kind_if_new, row.row.text) for row in rows])
    for finding in findings:
        open_findings(finding, [force])
    tracked = dict(TrackedFinding.objects.filter(force=force, finding__in=findings).values_list("finding", "pk"))
    return {row.row.number: tracked[finding.pk] for row, finding in zip(rows, findings, strict=True)}
