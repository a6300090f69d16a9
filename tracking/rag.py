"""Red, amber, green, white, by the definitions of one force's real committee. Pure.

Green: implemented. Amber: being worked on, expected to be met. Red: past its deadline, or will not be met.
White: not this force's to do, or waiting on another body.
"""

from datetime import date

from tracking.vocabulary import Position, Rag, Status


def is_late(due_on: date | None, target_on: date | None, today: date) -> bool:
    """Whether the deadline is past: the inspectors' date, or the force's own target where they gave none."""
    deadline = due_on or target_on
    return deadline is not None and deadline < today


def rag(
    status: Status, position: Position, due_on: date | None, target_on: date | None, today: date
) -> tuple[Rag, str]:
    """The colour and the reason for it. The inspectors' date counts first, else the force's own target."""
    settled = _settled(status, position)
    if settled:
        return settled
    if is_late(due_on, target_on, today):
        deadline = due_on or target_on
        whose = "the inspectors' date" if due_on else "the force's own target"
        return Rag.RED, f"past {whose}, {deadline:%-d %B %Y}"
    if status is Status.PARTLY_COMPLIED:
        return Rag.AMBER, "partly complied by the inspectors' last word"
    return Rag.AMBER, "being worked on" if position is not Position.NOT_STARTED else "not started"


def _settled(status: Status, position: Position) -> tuple[Rag, str] | None:
    if status is Status.ACHIEVED:
        return Rag.GREEN, "achieved"
    if status is Status.SUPERSEDED:
        return Rag.WHITE, "taken over by a newer finding"
    if position is Position.SIGNED_OFF:
        return Rag.GREEN, "signed off by the force, not yet confirmed by an inspection"
    if position is Position.DEPENDS_ON_ANOTHER_BODY:
        return Rag.WHITE, "waiting on another body"
    if position is Position.NO_ACTION:
        return Rag.RED, "the force takes no action"
    return None
