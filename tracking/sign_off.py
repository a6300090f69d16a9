"""The one writer of requests for sign-off: each follows the position that the force takes.

*Ready for sign-off* asks; *signed off* accepts, by a signatory who is not the one who asked; any other position returns
the work, where a signatory takes it, or withdraws the request.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from tracking import access
from tracking.events import announce
from tracking.evidence import sign_off
from tracking.models import Evidence, SignOffRequest, TrackedFinding, User
from tracking.querysets import set_aside
from tracking.vocabulary import EventKind, Position, SignOffState
from tracking.workflow import Incomplete, Refused


def open_request(tracked: TrackedFinding) -> SignOffRequest | None:
    """The request that waits for a signatory, None where none does."""
    return tracked.sign_off_requests.filter(state=SignOffState.ASKED.value).first()


def check_position(tracked: TrackedFinding, after: Position, by: User) -> None:
    """Raises Refused where `by` may not sign off: no signatory, nobody asked, or the one who asked."""
    if after is not Position.SIGNED_OFF:
        return
    if not access.may(by, access.Act.SIGN_OFF, tracked.force_id):
        raise Refused("signatory_needed", "Only a signatory of the force may sign off.")
    request = open_request(tracked)
    if request is None:
        raise Refused("sign_off_not_asked_for", "Somebody must first say that it is ready for sign-off.")
    if request.asked_by_id == by.pk:
        raise Refused("second_person_needed", "Whoever asked for sign-off cannot sign off.")


def follow_position(
    tracked: TrackedFinding, after: Position, by: User, comment: str, evidence: Iterable[Evidence] = ()
) -> None:
    """Asks, accepts, returns or withdraws, as `after` says. The caller holds the finding's lock and has checked it."""
    request = open_request(tracked)
    if request is not None:
        _settle(request, after, by, comment)
    if after is Position.READY_FOR_SIGN_OFF:
        made = SignOffRequest.objects.create(tracked_finding=tracked, comment=comment.strip(), asked_by=by)
        made.evidence.set(_of(tracked, evidence))
        announce(EventKind.SIGN_OFF_ASKED, tracked, made.pk)


def _of(tracked: TrackedFinding, evidence: Iterable[Evidence]) -> list[Evidence]:
    shown = list(evidence)
    if any(item.tracked_finding_id != tracked.pk for item in shown):
        raise Incomplete("evidence_of_another_finding", "Name evidence of this finding.")
    return shown


def _settle(request: SignOffRequest, after: Position, by: User, comment: str) -> None:
    request.state = _outcome(request, after, by).value
    request.decided_by, request.decided_at, request.reason = by, timezone.now(), comment.strip()
    if request.state == SignOffState.RETURNED and not request.reason:
        raise Incomplete("reason_missing", "Say why it is returned.")
    request.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    announce(EventKind.SIGN_OFF_DECIDED, request.tracked_finding, request.pk)
    if request.state == SignOffState.ACCEPTED:
        for item in request.evidence.filter(Q(signed_off_by__isnull=True) | Q(set_aside())):
            sign_off(item.pk, by)


def _outcome(request: SignOffRequest, after: Position, by: User) -> SignOffState:
    if after is Position.SIGNED_OFF:
        return SignOffState.ACCEPTED
    signatory = access.may(by, access.Act.SIGN_OFF, request.tracked_finding.force_id)
    return SignOffState.RETURNED if signatory and by.pk != request.asked_by_id else SignOffState.WITHDRAWN
