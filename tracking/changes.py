"""The one writer of statuses: of tracked findings and of their elements.

Every move locks the row, checks the workflow's table, and writes the status and its history together.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from findings.models import Element, Finding, Force, Report
from findings.vocabulary import FindingKind, Outcome
from tracking import access
from tracking.dates import SERVICE_NAME, follow_due, leading_due, recurs
from tracking.events import announce_changes
from tracking.evidence import is_set_aside
from tracking.models import Assessment, Evidence, StatusChange, TrackedElement, TrackedFinding, User
from tracking.provenance import request_id
from tracking.vocabulary import (
    STATUS_OF_OUTCOME,
    AssessmentState,
    Basis,
    DateCause,
    EventKind,
    Position,
    SignOffState,
    Status,
)
from tracking.workflow import Facts, Incomplete, Refused, check, roll_up

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody asks for: a finding (or one of its elements) to become `to` from a day on, on a basis."""

    tracked_finding: int
    to: Status
    basis: Basis
    reason: str
    effective_on: date | None = None
    assessment: Assessment | None = None
    evidence: Evidence | None = None
    successor: TrackedFinding | None = None
    element: int | None = None


@transaction.atomic
def change_status(move: Move, by: User) -> StatusChange:
    """Makes one move and returns its history row; raises Refused, and changes nothing, where the rules forbid it.

    `effective_on` may be left out where an assessment's report has a date. It is never in the future, and
    never before the change that it follows.
    """
    rows = _locked([move])
    tracked = rows[move.tracked_finding]
    if move.successor:
        move = replace(move, successor=rows[move.successor.pk])  # as it is now, and not as it was read
    _rests_on_its_basis_alone(move)
    element = _element(tracked, move)
    subject = element or tracked
    check(Status(subject.status), move.to, move.basis, _facts(tracked, move, by), move.reason)
    if element is None:
        _agrees_with_elements(tracked, move)
    change = _record(tracked, move, _effective_on(tracked, move), by, element)
    if element:
        _follow_elements(tracked, change, by)
        follow_due(tracked, DateCause.LIMB_MET, "The nearest limb that is not met leads.")
    elif tracked.recurs:
        follow_due(tracked, DateCause.RECURRENCE, "It comes round again.")
    return change


@transaction.atomic
def change_statuses(moves: Sequence[Move], by: User) -> list[StatusChange]:
    """Makes all moves or none. A refusal carries the place of the move that it is about, and the refusals of `others`.

    All rows are locked first, in one order, so that two such requests wait for each other instead of failing.
    """
    _locked(moves)
    made, refusals = [], []
    for row, move in enumerate(moves):
        try:
            made.append(change_status(move, by))
        except Refused as refused:
            refused.row = row
            refusals.append(refused)
    if refusals:
        refusals[0].others = tuple(refusals[1:])
        raise refusals[0]
    return made


def _locked(moves: Sequence[Move]) -> dict[int, TrackedFinding]:
    """The findings that move and those that take over, locked in one order; one that gives way takes over nothing."""
    ids = {move.tracked_finding for move in moves} | {move.successor.pk for move in moves if move.successor}
    rows = TrackedFinding.objects.select_for_update(of=("self",)).select_related("finding__report__cycle")
    return {row.pk: row for row in rows.filter(pk__in=ids).order_by("pk")}


@transaction.atomic
def open_findings(finding: Finding, forces: Iterable[Force]) -> list[TrackedFinding]:
    """Opens `finding` for each of `forces` that does not track it yet; innovative practice is never opened."""
    if not FindingKind(finding.kind).has_status:
        return []
    due = leading_due(finding)
    tracking = set(TrackedFinding.objects.filter(finding=finding).values_list("force_id", flat=True))
    opened = TrackedFinding.objects.bulk_create(
        TrackedFinding(
            finding=finding,
            force=force,
            due_on=due.on,
            due_precision=due.precision,
            stands_from=finding.report.known_from,
            recurs=recurs(finding),
        )
        for force in forces
        if force.pk not in tracking
    )
    _record_openings(finding, opened)
    elements = list(finding.elements.all())
    TrackedElement.objects.bulk_create(
        TrackedElement(tracked_finding=tracked, element=element) for tracked in opened for element in elements
    )
    return opened


@transaction.atomic
def follow_published(finding: Finding, but_not: Iterable[TrackedFinding] = ()) -> int:
    """Brings the inspectors' date and the elements of a corrected finding to all who track it; returns how many moved.

    `but_not` names those that were opened just now, as it is published.

    Statuses stay: a correction of the record is no verdict.
    """
    moved, fresh = 0, [tracked.pk for tracked in but_not]
    following = TrackedFinding.objects.select_for_update().filter(finding=finding).exclude(pk__in=fresh)
    for tracked in following.order_by("pk"):
        known = set(tracked.elements.values_list("element_id", flat=True))
        missing: list[Element] = [element for element in finding.elements.all() if element.pk not in known]
        TrackedElement.objects.bulk_create(TrackedElement(tracked_finding=tracked, element=e) for e in missing)
        moved += follow_due(tracked, DateCause.CORRECTION, "The published record was corrected.")
        tracked.stands_from, tracked.recurs = finding.report.known_from, recurs(finding)
        tracked.save(update_fields=["stands_from", "recurs"])
    return moved


def keep_last_word(assessment: Assessment) -> None:
    """Keeps a confirmed assessment as what the inspectors last said of its finding, unless a later report has spoken.

    Where the force had signed the finding off before that report, and the report says otherwise, that is kept too.
    The caller holds the finding's lock.
    """
    assert assessment.tracked_finding_id is not None  # noqa: S101 - confirmed assessments name their finding
    tracked = TrackedFinding.objects.select_for_update().get(pk=assessment.tracked_finding_id)
    if tracked.last_word and is_later(tracked.last_word.report, assessment.report):
        return
    tracked.last_word = assessment
    verdict = STATUS_OF_OUTCOME.get(Outcome(assessment.outcome))
    if verdict is Status.ACHIEVED:
        tracked.contradicted = False
    elif verdict and tracked.position == Position.SIGNED_OFF and _signed_off_before(tracked, assessment.report):
        tracked.contradicted = True
    tracked.version += 1
    tracked.save(update_fields=["last_word", "contradicted", "version", "changed_at"])


def _signed_off_before(tracked: TrackedFinding, report: Report) -> bool:
    """Whether the report came after the sign-off; one without a date is taken to have, as it was confirmed after."""
    accepted = tracked.sign_off_requests.filter(state=SignOffState.ACCEPTED.value).last()
    if accepted is None or accepted.decided_at is None or report.dated_on is None:
        return True
    return report.dated_on >= timezone.localdate(accepted.decided_at)


def is_later(report: Report, own: Report) -> bool:
    """Whether `report` is newer than `own`: by cycle where the cycles differ, else by date.

    A page's update date may be years after its inspection, so cycles go first. Without both dates the years that
    the reports are named by decide; where those are the same or unknown: not later. What a force brought over from its
    tracker was published before that; which report it was nobody knows, so a report counts as later, and a person says so.
    """
    if own.is_brought_over:
        return not report.is_brought_over
    if report.cycle and own.cycle and report.cycle.order != own.cycle.order:
        return report.cycle.order > own.cycle.order
    if report.published_on and own.published_on:
        return report.published_on > own.published_on
    # An update date tells earlier from later only among pages of one cycle.
    if report.cycle and own.cycle and report.dated_on and own.dated_on:
        return report.dated_on > own.dated_on
    return bool(report.year and own.year and report.year > own.year)


def overtaken(tracked: TrackedFinding, report: Report, day: date | None) -> bool:
    """Whether the status stands on something later than this report: a later report's word, or a later day."""
    last = tracked.changes.filter(element__isnull=True).select_related("assessment__report__cycle").last()
    if last is None:
        return False
    if last.assessment and is_later(last.assessment.report, report):
        return True
    return bool(last.effective_on and day and day < last.effective_on)


def _facts(tracked: TrackedFinding, move: Move, by: User) -> Facts:
    assessment, evidence, successor = move.assessment, move.evidence, move.successor
    return Facts(
        assessment_confirmed=assessment is not None
        and assessment.state == AssessmentState.CONFIRMED
        and assessment.tracked_finding_id == tracked.pk,
        assessment_is_later=assessment is not None and is_later(assessment.report, tracked.finding.report),
        assessment_overtaken=assessment is not None and overtaken(tracked, assessment.report, _day_of(move)),
        assessment_set_aside=assessment is not None and _set_aside(tracked, assessment),
        assessment_says=STATUS_OF_OUTCOME.get(Outcome(assessment.outcome)) if assessment else None,
        evidence_signed_off=_signed_off(tracked, evidence),
        by_signatory=access.may(by, access.Act.SIGN_OFF, tracked.force_id),
        has_successor=successor is not None,
        successor_same_force=successor is not None
        and successor.force_id == tracked.force_id
        and successor.pk != tracked.pk,
        successor_is_newer=successor is not None and not is_later(tracked.finding.report, successor.finding.report),
        successor_stands=successor is not None and successor.status != Status.SUPERSEDED,
    )


def _set_aside(tracked: TrackedFinding, assessment: Assessment) -> bool:
    """Whether a correction came after this verdict was confirmed: one person must not undo it with the same verdict."""
    if assessment.decided_at is None:
        return False
    corrected = tracked.changes.filter(basis=Basis.CORRECTION.value, recorded_at__gte=assessment.decided_at)
    return corrected.exists()


def _day_of(move: Move) -> date | None:
    """The day from which the move is true: an assessing report's own date, else the one given."""
    return (move.assessment.report.dated_on if move.assessment else None) or move.effective_on


def _rests_on_its_basis_alone(move: Move) -> None:
    """What a move does not rest on was not checked, and must not enter the history with it."""
    named = {Basis.ASSESSMENT: move.assessment, Basis.EVIDENCE: move.evidence, Basis.SUCCESSOR: move.successor}
    foreign = [basis.value for basis, given in named.items() if given is not None and basis is not move.basis]
    if foreign:
        raise Incomplete("not_of_this_basis", f"A move that rests on {move.basis} names no {' or '.join(foreign)}.")


def _signed_off(tracked: TrackedFinding, evidence: Evidence | None) -> bool:
    """Whether this evidence of this finding is signed off, and no correction has set it aside since."""
    if evidence is None or evidence.tracked_finding_id != tracked.pk or evidence.signed_off_at is None:
        return False
    return not is_set_aside(evidence)


def _element(tracked: TrackedFinding, move: Move) -> TrackedElement | None:
    if move.element is None:
        return None
    element = tracked.elements.filter(pk=move.element).first()
    if element is None:
        raise Incomplete("element_unknown", "The finding has no such element.")
    return element


def _effective_on(tracked: TrackedFinding, move: Move) -> date:
    day = _day_of(move)
    if move.effective_on and day != move.effective_on:
        raise Incomplete("effective_on_is_the_reports", f"The report's own date counts: {day:%-d %B %Y}.")
    if day is None:
        raise Incomplete("effective_on_missing", "Say from which day this was true: the report has no date.")
    if day > timezone.localdate():
        raise Incomplete("effective_on_in_future", f"{day:%-d %B %Y} is in the future.")
    for report in _bounding(tracked, move):
        if report.earliest and day < report.earliest:
            raise Incomplete("earlier_than_report", f"{report} is not older than {report.earliest:%-d %B %Y}.")
    last = tracked.last_change
    if last and last.effective_on and day < last.effective_on:
        raise Refused(
            "earlier_than_last_change",
            f"The last change took effect on {last.effective_on:%-d %B %Y}, after {day:%-d %B %Y}.",
        )
    return day


def _bounding(tracked: TrackedFinding, move: Move) -> list[Report]:
    """The reports before which the move cannot be true: the finding's own, the assessing one, the one that takes over."""
    other = move.assessment.report if move.assessment else move.successor.finding.report if move.successor else None
    return [tracked.finding.report, *([other] if other else [])]


def _agrees_with_elements(tracked: TrackedFinding, move: Move) -> None:
    """The overall status must be what the elements add up to, unless an inspection stated it itself."""
    elements = [Status(status) for status in tracked.elements.values_list("status", flat=True)]
    if not elements or tracked.status == Status.SUPERSEDED or move.basis not in {Basis.EVIDENCE, Basis.CORRECTION}:
        return
    added_up = roll_up(elements)
    if added_up is not move.to:
        message = f"Its {len(elements)} elements add up to {added_up.label.lower()}: change the elements instead."
        raise Refused("disagrees_with_elements", message)


def _follow_elements(tracked: TrackedFinding, change: StatusChange, by: User) -> None:
    """Moves the overall status with its elements; an inspection's own overall verdict stands."""
    added_up = roll_up([Status(status) for status in tracked.elements.values_list("status", flat=True)])
    stated = tracked.changes.filter(element__isnull=True).last()
    if Status.SUPERSEDED in {added_up, Status(tracked.status)} or added_up == tracked.status:
        return
    if stated and stated.basis == Basis.ASSESSMENT:
        return
    follow = Move(tracked.pk, added_up, Basis.ELEMENTS, f"Follows its elements. {change.reason}")
    _record(tracked, follow, change.effective_on, by, None)


def _record(
    tracked: TrackedFinding, move: Move, effective_on: date | None, by: User, element: TrackedElement | None
) -> StatusChange:
    subject = element or tracked
    change = StatusChange(
        tracked_finding=tracked,
        element=element,
        from_status=subject.status,
        to_status=move.to.value,
        effective_on=effective_on,
        recorded_at=timezone.now(),
        recorded_by=by,
        recorded_by_name=str(by)[:200],
        basis=move.basis.value,
        assessment=move.assessment,
        evidence=move.evidence,
        successor=move.successor,
        reason=move.reason.strip(),
        request_id=request_id(),
        previous_hash=tracked.last_change.hash if tracked.last_change else "",
    )
    change.hash = change.sealed()
    change.save()
    announce_changes(EventKind.STATUS_CHANGED, [change])
    subject.status = move.to.value
    if element:
        element.save(update_fields=["status"])
    else:
        tracked.successor = move.successor
        tracked.standing_change = change
        if move.basis is Basis.CORRECTION:
            tracked.last_word = None  # what was corrected no longer counts as what the inspectors said
    tracked.last_change = change
    tracked.version += 1
    tracked.save(
        update_fields=["status", "successor", "last_change", "standing_change", "last_word", "version", "changed_at"]
    )
    log.info("status change %s: finding %s to %s by user %s", change.pk, tracked.pk, change.to_status, by.pk)
    return change


def _opened_by(report: Report) -> str:
    return "Brought over from the force's own tracker." if report.is_brought_over else f"Published in {report}"[:500]


def _record_openings(finding: Finding, opened: Sequence[TrackedFinding]) -> None:
    """Every record opens on publication; where the report gives no date, the day stays unknown."""
    now = timezone.now()
    changes = [
        StatusChange(
            tracked_finding=tracked,
            to_status=Status.OPEN.value,
            effective_on=finding.report.published_on,
            recorded_at=now,
            recorded_by_name=SERVICE_NAME,
            basis=Basis.PUBLICATION.value,
            reason=_opened_by(finding.report),
            request_id=request_id(),
        )
        for tracked in opened
    ]
    for change in changes:
        change.hash = change.sealed()
    announce_changes(EventKind.FINDING_OPENED, StatusChange.objects.bulk_create(changes))
    for tracked, change in zip(opened, changes, strict=True):
        tracked.last_change = tracked.standing_change = change
    TrackedFinding.objects.bulk_update(opened, ["last_change", "standing_change"])
