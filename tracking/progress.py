"""The one writer of what the force itself says: position, lead, owner, target, plan. It never moves a status."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from tracking import access
from tracking.dates import check_date, record_target
from tracking.models import ProgressUpdate, TrackedFinding, User
from tracking.vocabulary import DateKind, Position
from tracking.workflow import Incomplete, Refused

FIELDS = ("position", "lead", "owner", "target_on", "closing_plan")
WITH_A_REASON = {Position.NO_ACTION, Position.DEPENDS_ON_ANOTHER_BODY}


def acts_for(values: Mapping[str, Any]) -> set[access.Act]:
    """What somebody must be allowed to do to write these values: a position of *signed off* is a sign-off."""
    signs_off = values.get("position") == Position.SIGNED_OFF
    recorded = set(values) - ({"position"} if signs_off else set())
    acts = {access.Act.SIGN_OFF} if signs_off else set()
    return acts | ({access.Act.RECORD} if recorded or not signs_off else set())


class Stale(Exception):
    """Somebody else wrote first: the version given is not the row's."""

    def __init__(self, version: int) -> None:
        super().__init__("The finding was changed by somebody else since it was read.")
        self.version = version


@transaction.atomic
def record_progress(
    tracked_id: int, values: Mapping[str, Any], by: User, comment: str = "", version: int | None = None
) -> TrackedFinding:
    """Writes those of `values` that differ, with one dated entry that keeps what was there before.

    Raises Stale where `version` is not the row's, Refused or Incomplete where a rule forbids it.
    """
    tracked = TrackedFinding.objects.select_for_update().get(pk=tracked_id)
    if version is not None and version != tracked.version:
        raise Stale(tracked.version)
    differing = check_progress(tracked, values, by, comment)
    if not differing and not comment.strip():
        return tracked
    if "target_on" in differing:
        record_target(tracked, differing["target_on"], comment, by)
    moved = {name: [_kept(getattr(tracked, name)), _kept(value)] for name, value in differing.items()}
    ProgressUpdate.objects.create(tracked_finding=tracked, comment=comment.strip(), moved=moved, recorded_by=by)
    for name, value in differing.items():
        setattr(tracked, name, value)
    tracked.version += 1
    tracked.save(update_fields=[*differing, "version", "changed_at"])
    return tracked


def check_progress(tracked: TrackedFinding, values: Mapping[str, Any], by: User, comment: str) -> dict[str, Any]:
    """Those of `values` that differ from the row's; raises Refused or Incomplete where a rule forbids them."""
    differing = {name: value for name, value in values.items() if getattr(tracked, name) != value}
    _check(tracked, differing, by, comment)
    return differing


def _check(tracked: TrackedFinding, differing: Mapping[str, Any], by: User, comment: str) -> None:
    owner = differing.get("owner")
    if owner and not (owner.is_active and tracked.force_id in access.force_ids(owner, access.Act.READ)):
        raise Incomplete("owner_unknown", "The owner must be a member of the force.")
    if "target_on" in differing and tracked.target_on is not None:
        check_date(tracked, DateKind.TARGET, differing["target_on"], comment)
    if "position" not in differing:
        return
    position = Position(differing["position"])
    if position in WITH_A_REASON and not comment.strip():
        raise Incomplete("reason_missing", f"Say why in the comment: “{position.label}” needs a reason.")
    if position is Position.SIGNED_OFF:
        _check_sign_off(tracked, by)


def _check_sign_off(tracked: TrackedFinding, by: User) -> None:
    """Sign-off takes a signatory, is asked for first, and never signed by the person who asked."""
    if not access.may(by, access.Act.SIGN_OFF, tracked.force_id):
        raise Refused("signatory_needed", "Only a signatory of the force may sign off.")
    asked = [
        u for u in tracked.updates.all() if u.moved.get("position", [None, None])[1] == Position.READY_FOR_SIGN_OFF
    ]
    if tracked.position != Position.READY_FOR_SIGN_OFF or not asked:
        raise Refused("sign_off_not_asked_for", "Somebody must first say that it is ready for sign-off.")
    if asked[-1].recorded_by_id == by.pk:
        raise Refused("second_person_needed", "Whoever asked for sign-off cannot sign off.")


def _kept(value: Any) -> Any:
    if isinstance(value, User):
        return value.username
    return value.isoformat() if isinstance(value, date) else value
