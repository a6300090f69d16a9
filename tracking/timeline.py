"""What happened to one finding, in one line of time: verdicts, status, dates, evidence, and what the force said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from findings.models import Correction
from findings.reading.sentences import shortened
from findings.vocabulary import FindingKind
from tracking.models import (
    Assessment,
    DateChange,
    Evidence,
    ProgressUpdate,
    SignOffRequest,
    StatusChange,
    TrackedFinding,
)
from tracking.vocabulary import DateKind, Position

LONGEST_SAID = 160


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when it was recorded, in what words, by whom; `true_from` where another day counts."""

    at: datetime
    what: str
    by: str
    said: str = ""
    details: tuple[str, ...] = ()
    true_from: date | None = None
    seal: str = ""
    weighs: bool = field(default=False)


def timeline(
    changes: Iterable[StatusChange],
    assessments: Iterable[Assessment],
    dates: Iterable[DateChange],
    updates: Iterable[ProgressUpdate],
    evidence: Iterable[Evidence],
    sign_offs: Iterable[SignOffRequest],
    corrections: Iterable[Correction] = (),
) -> list[Entry]:
    """All of it, newest first; what was recorded in the same moment stays in the order of its kinds."""
    entries = [
        *(_of_change(change) for change in changes),
        *(_of_decision(one) for one in assessments if one.decided_at),
        *(_of_date(change) for change in dates),
        *(_of_update(update) for update in updates),
        *(entry for item in evidence for entry in _of_evidence(item)),
        *(entry for asked in sign_offs for entry in _of_sign_off(asked)),
        *(_of_correction(one) for one in corrections),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _of_change(change: StatusChange) -> Entry:
    before = f"{change.get_from_status_display()} → " if change.from_status else ""
    about = f"{change.element.element.text[:80]}: " if change.element else ""
    rests = f"Rests on {change.get_basis_display().lower()}" + (
        f" ({change.assessment.report})" if change.assessment else ""
    )
    return Entry(
        change.recorded_at,
        f"{about}{before}{change.get_to_status_display()}",
        change.recorded_by_name,
        change.reason,
        (rests,),
        change.effective_on,
        change.hash[:12],
        weighs=True,
    )


def _of_decision(one: Assessment) -> Entry:
    assert one.decided_at is not None  # noqa: S101 - the caller gives what is decided
    what = f"Verdict {one.get_state_display().lower()}: {one.get_outcome_display().lower()}, says {one.report}"
    return Entry(one.decided_at, what, str(one.decided_by), one.reason)


def _of_date(change: DateChange) -> Entry:
    whose = "Inspectors’ date" if change.kind == DateKind.DUE else "Target"
    return Entry(
        change.recorded_at,
        f"{whose}: {_day(change.from_on)} → {_day(change.to_on)}",
        change.recorded_by_name,
        change.reason,
        (change.get_cause_display(),),
    )


def _of_update(update: ProgressUpdate) -> Entry:
    moved = tuple(
        f"{field_name(name)}: {_worded(before)} → {_worded(after)}" for name, (before, after) in update.moved.items()
    )
    return Entry(update.recorded_at, "The force says", str(update.recorded_by), update.comment, moved)


def _of_evidence(item: Evidence) -> Iterator[Entry]:
    yield Entry(item.recorded_at, f"Evidence recorded: {item.title}", str(item.recorded_by))
    if item.signed_off_at:
        yield Entry(item.signed_off_at, f"Evidence signed off: {item.title}", str(item.signed_off_by))


def _of_sign_off(asked: SignOffRequest) -> Iterator[Entry]:
    yield Entry(asked.asked_at, "Sign-off asked for", str(asked.asked_by), asked.comment)
    if asked.decided_at:
        said = f"Sign-off {asked.get_state_display().lower()}"
        yield Entry(asked.decided_at, said, str(asked.decided_by), asked.reason)


def _of_correction(one: Correction) -> Entry:
    before, after = ("; ".join(map(_said, said)) or "none" for said in (one.before, one.after))
    what = f"Reading corrected: {one.get_kind_display().lower()}"
    return Entry(one.recorded_at, what, one.recorded_by_name, one.reason, (f"{before} → {after}",))


def _said(said: Any) -> str:
    """A finding as it was said, or a theme, in few words."""
    if isinstance(said, str):
        return said.replace("-", " ")
    return f"{FindingKind(said['kind']).label}: {shortened(said['heading'] or said['text'], LONGEST_SAID)}"


def field_name(name: str) -> str:
    """The name of one of the force's own fields as forms show it."""
    worded = str(getattr(TrackedFinding._meta.get_field(name), "verbose_name", name))
    return worded[:1].upper() + worded[1:]


def _worded(value: Any) -> str:
    return Position(value).label if value in set(Position) else str(value or "nothing")


def _day(day: date | None) -> str:
    return f"{day:%-d %B %Y}" if day else "none"
