"""The one writer of checks: an obligation that comes round again is looked at, and due again after that.

One check never closes it for good: each moves the inspectors' date to the next round, counted from their first.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from tracking.dates import follow_due
from tracking.models import Check, Evidence, TrackedElement, TrackedFinding, User
from tracking.vocabulary import DateCause, Status
from tracking.workflow import Incomplete, Refused


@transaction.atomic
def record_check(
    tracked_id: int, checked_on: date, evidence: Evidence, by: User, comment: str = "", element: int | None = None
) -> Check:
    """Keeps that a recurring obligation (or one limb of it) was looked at and holds; moves its date to the next round.

    It must be achieved already: where a check finds that it does not hold, the status moves instead. Raises Refused or
    Incomplete where it does not recur, is not met, or the evidence is not signed off for this finding.
    """
    tracked = TrackedFinding.objects.select_for_update().get(pk=tracked_id)
    limb = _limb(tracked, element)
    _check(tracked, limb, checked_on, evidence)
    check = Check.objects.create(
        tracked_finding=tracked,
        element=limb,
        checked_on=checked_on,
        evidence=evidence,
        comment=comment.strip(),
        recorded_by=by,
    )
    follow_due(tracked, DateCause.RECURRENCE, f"Checked on {checked_on:%-d %B %Y}; it comes round again.")
    return check


def _limb(tracked: TrackedFinding, element: int | None) -> TrackedElement | None:
    if element is None:
        return None
    limb = tracked.elements.select_related("element").filter(pk=element).first()
    if limb is None:
        raise Incomplete("element_unknown", "The finding has no such element.")
    return limb


def _check(tracked: TrackedFinding, limb: TrackedElement | None, checked_on: date, evidence: Evidence) -> None:
    if not (limb.element if limb else tracked.finding).recurs_every:
        raise Refused("does_not_recur", "It does not come round again: change its status instead.")
    if (limb or tracked).status != Status.ACHIEVED:
        raise Refused("not_met_yet", "It is not achieved: change its status instead.")
    if evidence.tracked_finding_id != tracked.pk or evidence.signed_off_at is None:
        raise Refused("evidence_not_signed_off", "The evidence is not signed off by a second person.")
    if checked_on > timezone.localdate():
        raise Incomplete("checked_on_in_future", f"{checked_on:%-d %B %Y} is in the future.")
    first = tracked.finding.report.earliest
    if first and checked_on < first:
        raise Incomplete("checked_before_report", f"The report is not older than {first:%-d %B %Y}.")
    if tracked.checks.filter(element=limb, checked_on=checked_on).exists():
        raise Refused("checked_already", f"A check of {checked_on:%-d %B %Y} is recorded already.")
