"""The one writer of what the force itself says: position, lead, owner, target, plan, reasons. It never moves a status."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from tracking import access
from tracking.dates import check_date, record_target
from tracking.events import announce
from tracking.models import Evidence, ProgressUpdate, SignOffRequest, TrackedFinding, User
from tracking.sign_off import check_position, follow_position, open_request
from tracking.vocabulary import DateKind, EventKind, Position, SignOffState
from tracking.workflow import Incomplete, Refused, Stale, changed_meanwhile

FIELDS = ("position", "lead", "owner", "target_on", "closing_plan", "shortfall_reason")
WITH_A_REASON = {Position.NO_ACTION, Position.DEPENDS_ON_ANOTHER_BODY}


def acts_for(values: Mapping[str, Any]) -> set[access.Act]:
    """What somebody must be allowed to do to write these values: a position of *signed off* is a sign-off."""
    signs_off = values.get("position") == Position.SIGNED_OFF
    recorded = set(values) - ({"position"} if signs_off else set())
    acts = {access.Act.SIGN_OFF} if signs_off else set()
    return acts | ({access.Act.RECORD} if recorded or not signs_off else set())


@transaction.atomic
def record_progress(
    tracked_id: int,
    values: Mapping[str, Any],
    by: User,
    comment: str = "",
    version: int | None = None,
    evidence: Iterable[Evidence] = (),
) -> TrackedFinding:
    """Writes those of `values` that differ, with one dated entry that keeps what was there before.

    `evidence` goes with a request for sign-off (a position of *ready for sign-off*). Raises Stale where `version` is
    not the row's, Refused or Incomplete where a rule forbids it.
    """
    tracked = TrackedFinding.objects.select_for_update().get(pk=tracked_id)
    if version is not None and version != tracked.version:
        raise Stale(tracked.version)
    differing = check_progress(tracked, values, by, comment)
    if not differing and not comment.strip():
        return tracked
    if "target_on" in differing:
        record_target(tracked, differing["target_on"], comment, by)
    if "position" in differing:
        follow_position(tracked, Position(differing["position"]), by, comment, evidence)
        tracked.contradicted = False
    moved = {name: [_kept(getattr(tracked, name)), _kept(value)] for name, value in differing.items()}
    update = ProgressUpdate.objects.create(
        tracked_finding=tracked, comment=comment.strip(), moved=moved, recorded_by=by
    )
    announce(EventKind.PROGRESS_RECORDED, tracked, update.pk)
    for name, value in differing.items():
        setattr(tracked, name, value)
    tracked.version += 1
    tracked.save(update_fields=[*differing, "contradicted", "version", "changed_at"])
    return tracked


@transaction.atomic
def record_many(
    tracked_ids: Sequence[int],
    values: Mapping[str, Any],
    by: User,
    comment: str,
    versions: Mapping[int, int] | None = None,
) -> int:
    """Writes the same values to all of these findings or to none, with one reason; returns how many changed.

    With `versions`, those that the person saw, a finding that somebody else has changed since is refused. A refusal carries the place of the row that it is about, and the refusals of `others`.
    """
    # All rows first, in one order: two such requests wait for each other instead of failing.
    list(TrackedFinding.objects.select_for_update().filter(pk__in=tracked_ids).order_by("pk").values_list("pk"))
    changed, refusals = 0, []
    for row, tracked_id in enumerate(tracked_ids):
        before = TrackedFinding.objects.get(pk=tracked_id)
        if versions is not None and versions.get(tracked_id) != before.version:
            refusals.append(changed_meanwhile(row))
            continue
        if all(getattr(before, name) == value for name, value in values.items()):
            continue
        try:
            record_progress(tracked_id, values, by, comment)
            changed += 1
        except Refused as refused:
            refused.row = row
            refusals.append(refused)
    if refusals:
        refusals[0].others = tuple(refusals[1:])
        raise refusals[0]
    return changed


@transaction.atomic
def ask_sign_off(tracked_id: int, by: User, comment: str, evidence: Iterable[Evidence] = ()) -> SignOffRequest:
    """Says that a finding is dealt with, and asks a signatory to sign it off; raises Refused where that is asked already."""
    tracked = TrackedFinding.objects.select_for_update().get(pk=tracked_id)
    if open_request(tracked):
        raise Refused("asked_already", "Sign-off is asked for already, and waits for a signatory.")
    record_progress(tracked_id, {"position": Position.READY_FOR_SIGN_OFF.value}, by, comment, evidence=evidence)
    made = open_request(tracked)
    assert made is not None  # noqa: S101 - the position asked for it
    return made


@transaction.atomic
def decide_sign_off(request_id: int, accept: bool, by: User, reason: str = "") -> SignOffRequest:
    """Accepts or returns what was asked for, once, as a second person; a return needs its reason. Raises Refused otherwise."""
    tracked_id = SignOffRequest.objects.values_list("tracked_finding", flat=True).get(pk=request_id)
    # The finding first, as everybody else does: two orders would make both wait for each other.
    TrackedFinding.objects.select_for_update().get(pk=tracked_id)
    asked = SignOffRequest.objects.select_for_update().get(pk=request_id)
    if asked.state != SignOffState.ASKED:
        raise Refused("already_decided", f"The request is {asked.state} already.")
    if asked.asked_by_id == by.pk:
        raise Refused("second_person_needed", "Whoever asked for sign-off cannot decide on it.")
    position = Position.SIGNED_OFF if accept else Position.IN_PROGRESS
    record_progress(asked.tracked_finding_id, {"position": position.value}, by, reason)
    asked.refresh_from_db()
    return asked


def check_progress(tracked: TrackedFinding, values: Mapping[str, Any], by: User, comment: str) -> dict[str, Any]:
    """Those of `values` that differ from the row's, and what follows from them; raises Refused or Incomplete where a
    rule forbids them.
    """
    differing = {name: value for name, value in values.items() if getattr(tracked, name) != value}
    if "position" in differing and "shortfall_reason" not in differing:
        differing |= _reason_with(tracked, Position(differing["position"]), comment)
    _check(tracked, differing, by, comment)
    return differing


def _reason_with(tracked: TrackedFinding, position: Position, comment: str) -> dict[str, str]:
    """A position that needs a reason takes the comment for it; one that needs none drops what was given for another."""
    reason = comment.strip() if position in WITH_A_REASON else ""
    leaves = tracked.position in WITH_A_REASON or position in WITH_A_REASON
    return {"shortfall_reason": reason} if leaves and reason != tracked.shortfall_reason else {}


def _check(tracked: TrackedFinding, differing: Mapping[str, Any], by: User, comment: str) -> None:
    owner = differing.get("owner")
    if owner and not (owner.is_active and tracked.force_id in access.force_ids(owner, access.Act.READ)):
        raise Incomplete("owner_unknown", "The owner must be a member of the force.")
    if "target_on" in differing:
        reason = comment if tracked.target_on else comment.strip() or "The first target."
        check_date(tracked, DateKind.TARGET, differing["target_on"], reason)
    position = Position(differing.get("position", tracked.position))
    reason = differing.get("shortfall_reason", tracked.shortfall_reason)
    if position in WITH_A_REASON and {"position", "shortfall_reason"} & set(differing) and not reason.strip():
        raise Incomplete("reason_missing", f"Say why in the comment: “{position.label}” needs a reason.")
    if "position" in differing:
        check_position(tracked, position, by)


def _kept(value: Any) -> Any:
    if isinstance(value, User):
        return value.username
    return value.isoformat() if isinstance(value, date) else value
