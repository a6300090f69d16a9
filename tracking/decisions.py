"""The one writer of decisions: a person confirms or rejects what a report was read to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from findings.vocabulary import FindingKind, Outcome
from tracking.changes import Move, change_status, is_later, keep_last_word, overtaken
from tracking.events import announce_assessment
from tracking.models import Assessment, StatusChange, TrackedFinding, User
from tracking.vocabulary import STATUS_OF_OUTCOME, AssessmentState, Basis, Decision, EventKind, Status
from tracking.workflow import Incomplete, Refused, changed_meanwhile


@dataclass(frozen=True, slots=True)
class Decided:
    """The decided assessment, and the status change that it brought, where it brought one."""

    assessment: Assessment
    change: StatusChange | None


@transaction.atomic
def decide(
    assessment_id: int,
    decision: Decision,
    by: User,
    reason: str,
    tracked_finding: TrackedFinding | None = None,
    effective_on: date | None = None,
) -> Decided:
    """Confirms or rejects an assessment, once. Confirming moves the finding to what the verdict says.

    `tracked_finding` says which finding is meant where none, or another, is linked. Nothing moves where the
    verdict gives no status, where the finding stands there already, where a newer finding took over, or where
    something later has been said since; the assessment is then kept as evidence. Raises Refused otherwise.
    """
    assessment = Assessment.objects.select_for_update().get(pk=assessment_id)
    if assessment.state != AssessmentState.PROPOSED:
        raise Refused("already_decided", f"The assessment is {assessment.state} already.")
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why: every decision carries a reason.")
    if decision is Decision.REJECT:
        _settle(assessment, AssessmentState.REJECTED, by, reason)
        return Decided(assessment, None)
    assessment.tracked_finding = meant = _meant(assessment, tracked_finding)
    _settle(assessment, AssessmentState.CONFIRMED, by, reason)
    change = _move(assessment, meant, by, reason, effective_on)
    keep_last_word(assessment)
    return Decided(assessment, change)


@transaction.atomic
def confirm_many(
    assessment_ids: Sequence[int], by: User, reason: str, linked: Mapping[int, int | None] | None = None
) -> list[Decided]:
    """Confirms all of these assessments as they are linked, or none, each with the same reason.

    With `linked`, the findings that the person saw, one that is linked otherwise by now is refused.

    What stands in an earlier report is confirmed first, so that the later word has the last one. A refusal carries the
    place of the row that it is about, and the refusals of `others`.
    """
    rows = _locked(assessment_ids)
    days = {row.pk: row.report.known_from or date.max for row in rows.values()}
    done, refusals = {}, []
    for pk in sorted(assessment_ids, key=lambda pk: (days[pk], pk)):
        if linked is not None and linked.get(pk) != rows[pk].tracked_finding_id:
            refusals.append(changed_meanwhile(assessment_ids.index(pk)))
            continue
        try:
            done[pk] = decide(pk, Decision.CONFIRM, by, reason)
        except Refused as refused:
            refused.row = assessment_ids.index(pk)
            refusals.append(refused)
    if refusals:
        refusals[0].others = tuple(refusals[1:])
        raise refusals[0]
    return [done[pk] for pk in assessment_ids]


def _locked(assessment_ids: Sequence[int]) -> dict[int, Assessment]:
    """The verdicts, and the findings that they mean, locked in the order in which everybody locks them."""
    locking = Assessment.objects.select_for_update(of=("self",)).select_related("report")
    rows = {row.pk: row for row in locking.filter(pk__in=assessment_ids).order_by("pk")}
    meant = TrackedFinding.objects.select_for_update().filter(pk__in=[row.tracked_finding_id for row in rows.values()])
    list(meant.order_by("pk").values_list("pk"))
    return rows


def _meant(assessment: Assessment, chosen: TrackedFinding | None) -> TrackedFinding:
    tracked = chosen or assessment.tracked_finding
    if tracked is None:
        raise Incomplete("tracked_finding_missing", "Say which earlier finding the report means.")
    if tracked.force_id != assessment.force_id:
        raise Incomplete("finding_of_another_force", "The finding belongs to another force.")
    kind = assessment.refers_to.get("kind")
    if kind and tracked.finding.kind != kind:
        raise Incomplete(
            "finding_of_another_kind",
            f"The report speaks of a finding of another kind: {FindingKind(kind).label.lower()}.",
        )
    if not is_later(assessment.report, tracked.finding.report) and Outcome(assessment.outcome) in STATUS_OF_OUTCOME:
        raise Refused("assessment_not_later", "The assessing report is not later than the finding's own.")
    return tracked


def _settle(assessment: Assessment, state: AssessmentState, by: User, reason: str) -> None:
    assessment.state = state.value
    assessment.decided_by = by
    assessment.decided_at = timezone.now()
    assessment.reason = reason.strip()
    assessment.save()
    announce_assessment(EventKind.ASSESSMENT_DECIDED, assessment.pk, assessment.force_id, assessment.tracked_finding_id)


def _move(
    assessment: Assessment, meant: TrackedFinding, by: User, reason: str, effective_on: date | None
) -> StatusChange | None:
    tracked = TrackedFinding.objects.select_for_update().get(pk=meant.pk)
    to = STATUS_OF_OUTCOME.get(Outcome(assessment.outcome))
    day = assessment.report.dated_on or effective_on
    if to is None or tracked.status in {to, Status.SUPERSEDED} or overtaken(tracked, assessment.report, day):
        return None
    move = Move(tracked.pk, to, Basis.ASSESSMENT, reason=reason, effective_on=effective_on, assessment=assessment)
    return change_status(move, by)
