"""Which status may follow which, and what each move needs. Pure: one table, looked up by one function."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracking.vocabulary import Basis, Status

RAISED = frozenset({Basis.ASSESSMENT, Basis.EVIDENCE})
LOWERED = frozenset({Basis.ASSESSMENT, Basis.CORRECTION})

MOVES: dict[tuple[Status, Status], frozenset[Basis]] = {
    (Status.OPEN, Status.PARTLY_COMPLIED): RAISED,
    (Status.OPEN, Status.ACHIEVED): RAISED,
    (Status.PARTLY_COMPLIED, Status.ACHIEVED): RAISED,
    (Status.PARTLY_COMPLIED, Status.OPEN): LOWERED,
    (Status.ACHIEVED, Status.OPEN): LOWERED,
    (Status.ACHIEVED, Status.PARTLY_COMPLIED): LOWERED,
    (Status.OPEN, Status.SUPERSEDED): frozenset({Basis.SUCCESSOR}),
    (Status.PARTLY_COMPLIED, Status.SUPERSEDED): frozenset({Basis.SUCCESSOR}),
    (Status.ACHIEVED, Status.SUPERSEDED): frozenset({Basis.SUCCESSOR}),
    (Status.SUPERSEDED, Status.OPEN): frozenset({Basis.CORRECTION}),
}


class Refused(Exception):
    """A move that the rules do not allow: a sentence for a person, a code for a program, the moves that are allowed."""

    row: int | None = None  # which of several moves, counted from 0
    others: tuple["Refused", ...] = ()  # what else of several moves was refused

    def __init__(self, code: str, message: str, allowed: Sequence[Status] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.allowed = tuple(allowed)


class Incomplete(Refused):
    """Something is missing from, or wrong in, what was asked for; nothing is wrong with the finding's state."""


def changed_meanwhile(row: int) -> Refused:
    """The refusal of a row that is not any more what the person saw."""
    refused = Refused("changed_meanwhile", "It has changed since you looked: look at it again before you go on.")
    refused.row = row
    return refused


class Stale(Exception):
    """Somebody else wrote first: the version given is not the row's."""

    def __init__(self, version: int) -> None:
        super().__init__("It was changed by somebody else since it was read.")
        self.version = version


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the thing a move rests on. Only the facts of the move's own basis are looked at."""

    assessment_confirmed: bool = False
    assessment_is_later: bool = False
    assessment_overtaken: bool = False
    assessment_set_aside: bool = False
    assessment_says: Status | None = None
    evidence_signed_off: bool = False
    by_signatory: bool = False
    has_successor: bool = False
    successor_same_force: bool = False
    successor_is_newer: bool = False
    successor_stands: bool = False


def allowed_from(status: Status) -> list[Status]:
    """The statuses that may follow this one, on the right basis."""
    return [after for before, after in MOVES if before is status]


def check(before: Status, after: Status, basis: Basis, facts: Facts, reason: str) -> None:
    """Raises Refused unless the move is in the table, on a basis that holds, with a reason."""
    allowed = allowed_from(before)
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why: every change of status carries a reason.", allowed)
    if before is after:
        raise Refused("no_change", f"The finding is {_spoken(after)} already.", allowed)
    bases = MOVES.get((before, after))
    if bases is None:
        raise Refused(
            "move_not_allowed", f"A finding that is {_spoken(before)} cannot become {_spoken(after)}.", allowed
        )
    if basis not in bases:
        needed = " or ".join(NEEDS[b] for b in Basis if b in bases)
        raise Refused("basis_not_allowed", f"From {_spoken(before)} to {_spoken(after)} takes {needed}.", allowed)
    _check_basis(after, basis, facts, allowed)


NEEDS = {
    Basis.ASSESSMENT: "a confirmed assessment of a later report",
    Basis.EVIDENCE: "evidence signed off by a second person",
    Basis.CORRECTION: "a correction by someone who may sign off",
    Basis.SUCCESSOR: "the finding that takes over",
}


def _check_basis(after: Status, basis: Basis, facts: Facts, allowed: Sequence[Status]) -> None:
    conditions = {
        Basis.ASSESSMENT: (
            (facts.assessment_confirmed, "assessment_not_confirmed", "The assessment is not confirmed for this finding."),
            (facts.assessment_is_later, "assessment_not_later", "The assessing report is not later than the finding's own."),
            (facts.by_signatory or not facts.assessment_set_aside, "assessment_set_aside", "A correction has set this verdict aside: a signatory may let it count again."),
            (not facts.assessment_overtaken, "assessment_overtaken", "Something later has been said of the finding since."),
            (facts.assessment_says is after, "assessment_says_otherwise", "The assessment's verdict leads to another status."),
        ),
        Basis.EVIDENCE: (
            (facts.evidence_signed_off, "evidence_not_signed_off", "The evidence is not signed off by a second person."),
        ),
        Basis.CORRECTION: ((facts.by_signatory, "signatory_needed", "Only a signatory of the force may correct a status."),),
        Basis.SUCCESSOR: (
            (facts.has_successor, "successor_missing", "Name the finding that takes over."),
            (facts.successor_same_force, "successor_of_another_force", "The successor must be another finding of the same force."),
            (facts.successor_is_newer, "successor_older", "The successor is older than the finding itself."),
            (facts.successor_stands, "successor_superseded", "The successor is itself superseded."),
        ),
    }  # fmt: skip
    for holds, code, message in conditions[basis]:
        if not holds:
            raise (Incomplete if code.endswith("_missing") else Refused)(code, message, allowed)


def roll_up(elements: Sequence[Status]) -> Status:
    """The overall status that elements add up to: all achieved, none, or something between.

    Superseded elements count for nothing, unless all are.
    """
    counted = [status for status in elements if status is not Status.SUPERSEDED]
    if not counted:
        return Status.SUPERSEDED
    if all(status is Status.ACHIEVED for status in counted):
        return Status.ACHIEVED
    return Status.OPEN if all(status is Status.OPEN for status in counted) else Status.PARTLY_COMPLIED


def _spoken(status: Status) -> str:
    return status.label.lower()
