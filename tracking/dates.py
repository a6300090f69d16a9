"""The one writer of the dates that a finding is held to: the inspectors' and the force's own target.

Each move leaves a row that says from what, to what, why and by whom. A recommendation whose limbs have dates of
their own is led by the nearest limb that is not met.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from findings.deadlines import next_round
from findings.models import Element, Finding
from findings.vocabulary import Precision
from tracking.events import announce
from tracking.models import DateChange, TrackedFinding, User
from tracking.vocabulary import UNMET, DateCause, DateKind, EventKind, Position, Status
from tracking.workflow import Incomplete, Refused

SERVICE_NAME = "peeltrack"
# A date beyond this is a slip of the pen.
FARTHEST = relativedelta(years=20)
# A force that does nothing, or waits for another, may have no target of its own.
WITHOUT_TARGET = {Position.NO_ACTION, Position.DEPENDS_ON_ANOTHER_BODY}


@dataclass(frozen=True, slots=True)
class Due:
    """The inspectors' date that counts now, and how exactly they gave it."""

    on: date | None
    precision: str


# What was met, by the element's id (None: the finding itself), with the day on which it was last looked at.
Met = Mapping[int | None, date]


def leading_due(finding: Finding, met: Met = MappingProxyType({})) -> Due:
    """The nearest date that counts: of the finding, of each limb that is not met, and the next round of what recurs."""
    parts: list[Finding | Element] = [*finding.elements.all(), finding]
    return min(
        (due for part in parts if (due := _due_of(part, met))),
        key=lambda due: due.on or date.max,
        default=Due(None, ""),
    )


def recurs(finding: Finding) -> bool:
    """Whether the finding, or one of its limbs, is due again after each check."""
    return bool(finding.recurs_every) or any(element.recurs_every for element in finding.elements.all())


def _due_of(part: Finding | Element, met: Met) -> Due | None:
    """The date of one part: its own while it is not met, the next round where it recurs, none for a limb met for good.

    A finding that was met keeps its own date: it says by when that was owed.
    """
    if part.due_on is None:
        return None
    limb = part.pk if isinstance(part, Element) else None
    if limb not in met:
        return Due(part.due_on, part.due_precision)
    if part.recurs_every:
        return Due(next_round(part.due_on, part.due_precision, part.recurs_every, met[limb]), part.due_precision)
    return Due(part.due_on, part.due_precision) if limb is None else None


def _met(tracked: TrackedFinding) -> Met:
    """What of the finding is met, and when each part was last looked at: the change that says so, or a later check."""
    looked: dict[int | None, list[date]] = {}
    elements = {element.pk: element for element in tracked.elements.all()}
    for change in tracked.changes.filter(to_status=Status.ACHIEVED.value, effective_on__isnull=False):
        looked.setdefault(change.element_id, []).append(change.effective_on)  # type: ignore[arg-type]  # filtered
    for check in tracked.checks.all():
        looked.setdefault(check.element_id, []).append(check.checked_on)
    whole = max(looked.get(None, []), default=None) if tracked.status == Status.ACHIEVED else None
    met: dict[int | None, date] = {None: whole} if whole else {}
    for pk, element in elements.items():
        own = max(looked.get(pk, []), default=None) if element.status not in UNMET else None
        day = max(filter(None, [own, whole]), default=None)
        if day or element.status not in UNMET:
            met[element.element_id] = day or date.min
    return met


def follow_due(tracked: TrackedFinding, cause: DateCause, reason: str) -> bool:
    """Brings the date that counts to `tracked`, which the caller has locked; says whether it moved.

    A date that the inspectors set in a letter stands until somebody changes it, or until the next round of what recurs.
    """
    last = tracked.date_changes.filter(kind=DateKind.DUE.value).last()
    if last and last.cause == DateCause.LETTER and cause is not DateCause.RECURRENCE:
        return False
    due = leading_due(tracked.finding, _met(tracked))
    if (tracked.due_on, tracked.due_precision) == (due.on, due.precision):
        return False
    if tracked.due_on != due.on:
        _record(tracked, DateKind.DUE, cause, due.on, reason, None)
    _write(tracked, due_on=due.on, due_precision=due.precision)
    return True


@transaction.atomic
def change_date(tracked_id: int, kind: DateKind, to: date | None, reason: str, by: User) -> DateChange:
    """Moves a date by hand, with a reason. A moved target always ends on a day, and is never in the past.

    The inspectors' date moves only because they said so, in a letter: the reason names it, and the day may be past. Going
    back to what the report says takes a letter's date back. Raises Refused or Incomplete where a rule forbids it.
    """
    tracked = TrackedFinding.objects.select_for_update().get(pk=tracked_id)
    before = tracked.due_on if kind is DateKind.DUE else tracked.target_on
    check_date(tracked, kind, to, reason)
    published = leading_due(tracked.finding, _met(tracked))
    taken_back = kind is DateKind.DUE and to == published.on
    by_letter = DateCause.CORRECTION if taken_back else DateCause.LETTER
    cause = by_letter if kind is DateKind.DUE else cause_of(before, to)
    change = _record(tracked, kind, cause, to, reason, by)
    if kind is DateKind.DUE:
        _write(tracked, due_on=to, due_precision=published.precision if taken_back else Precision.DAY.value)
    else:
        _write(tracked, target_on=to)
    return change


def check_date(tracked: TrackedFinding, kind: DateKind, to: date | None, reason: str) -> None:
    """Raises Refused or Incomplete where this date may not become `to`, or not without a reason."""
    before = tracked.due_on if kind is DateKind.DUE else tracked.target_on
    if to == before:
        raise Refused("date_unchanged", "That is the date already." if to else "There is no date yet: say which.")
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why: a date that was set moves only with a reason.")
    if to and to > timezone.localdate() + FARTHEST:
        raise Incomplete("date_too_far", f"{to:%-d %B %Y} is more than {FARTHEST.years} years from now.")
    first = tracked.finding.report.earliest
    if to and first and to < first:
        raise Incomplete("date_before_report", f"The report is not older than {first:%-d %B %Y}.")
    if kind is DateKind.DUE:
        _check_due(tracked, to)
    else:
        _check_target(tracked, to)


def _check_due(tracked: TrackedFinding, to: date | None) -> None:
    """The inspectors' date: a letter of theirs may name a day that is past, never one before their report."""
    if tracked.status not in UNMET and not tracked.recurs:
        raise Refused("nothing_left_to_do", f"The finding is {Status(tracked.status).label.lower()}.")
    if to is None and leading_due(tracked.finding, _met(tracked)).on:
        raise Incomplete("date_without_end", "The report gives a date: where a letter moves it, it ends on a day.")


def _check_target(tracked: TrackedFinding, to: date | None) -> None:
    """The force's own target: of what is not met yet. The first may be past, as a force had it before it came here."""
    if tracked.status not in UNMET:
        raise Refused("nothing_left_to_do", f"The finding is {Status(tracked.status).label.lower()}.")
    if to is None and tracked.position not in WITHOUT_TARGET:
        raise Incomplete("date_without_end", "An extension ends on a day: say which.")
    if to and tracked.target_on and to < timezone.localdate():
        raise Incomplete("date_in_past", f"{to:%-d %B %Y} is in the past.")


def record_target(tracked: TrackedFinding, to: date | None, reason: str, by: User) -> None:
    """Keeps the move of a target that the caller writes with other fields of the force's own."""
    _record(tracked, DateKind.TARGET, cause_of(tracked.target_on, to), to, reason.strip() or "First target.", by)


def cause_of(before: date | None, to: date | None) -> DateCause:
    """What a move of a target is: the first one, an extension, or one brought forward or dropped."""
    if before is None:
        return DateCause.FIRST
    return DateCause.EXTENSION if to and to > before else DateCause.BROUGHT_FORWARD


def _record(
    tracked: TrackedFinding, kind: DateKind, cause: DateCause, to: date | None, reason: str, by: User | None
) -> DateChange:
    change = DateChange.objects.create(
        tracked_finding=tracked,
        kind=kind.value,
        cause=cause.value,
        from_on=tracked.due_on if kind is DateKind.DUE else tracked.target_on,
        to_on=to,
        reason=reason.strip(),
        recorded_by=by,
        recorded_by_name=str(by)[:200] if by else SERVICE_NAME,
    )
    announce(EventKind.DATE_CHANGED, tracked, change.pk)
    return change


def _write(tracked: TrackedFinding, **values: object) -> None:
    TrackedFinding.objects.filter(pk=tracked.pk).update(**values, version=F("version") + 1, changed_at=timezone.now())
    tracked.refresh_from_db(fields=[*values, "version", "changed_at"])
