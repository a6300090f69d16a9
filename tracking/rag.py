"""Red, amber, green, white, by the definitions of one force's real committee. Pure.

Green: implemented. Amber: being worked on, expected to be met. Red: past its deadline, or will not be met.
White: not this force's to do, or waiting on another body.
"""

from dataclasses import dataclass
from datetime import date

from findings.deadlines import spoken_day
from tracking.vocabulary import UNMET, Position, Rag, Status

_BY_THEM = "by the inspectors' last word"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the colour of a finding follows from.

    `recurs`: it is due again after each check. `contradicted`: inspectors have said otherwise since the force signed it
    off. `on_own_evidence`: the status rests on the force's evidence, and no inspection has confirmed it.
    """

    status: Status
    position: Position
    due_on: date | None = None
    target_on: date | None = None
    recurs: bool = False
    contradicted: bool = False
    on_own_evidence: bool = False
    due_precision: str = ""

    @property
    def is_owed(self) -> bool:
        """Whether something is still to be done, or to be done again."""
        return self.status in UNMET or (self.status is Status.ACHIEVED and self.recurs)

    @property
    def deadline(self) -> date | None:
        """The inspectors' date, or the force's own target where they gave none."""
        return self.due_on or self.target_on

    @property
    def spoken_deadline(self) -> str:
        """The deadline in words, by its month alone where the inspectors gave no more."""
        assert self.deadline is not None  # noqa: S101 - asked of what is late
        return spoken_day(self.deadline, self.due_precision if self.due_on else "")

    def is_late(self, today: date) -> bool:
        """Whether the deadline of what is still owed is past."""
        return self.is_owed and self.deadline is not None and self.deadline < today


def rag(standing: Standing, today: date) -> tuple[Rag, str]:
    """The colour on this day, and the reason for it."""
    return _settled(standing, today) or _open(standing, today)


def _settled(standing: Standing, today: date) -> tuple[Rag, str] | None:
    if standing.status is Status.ACHIEVED:
        return _achieved(standing, today)
    if standing.status is Status.SUPERSEDED:
        return Rag.WHITE, "taken over by a newer finding"
    if standing.position is Position.SIGNED_OFF and not standing.contradicted:
        return Rag.GREEN, "signed off by the force, not yet confirmed by an inspection"
    if standing.position is Position.DEPENDS_ON_ANOTHER_BODY:
        return Rag.WHITE, "waiting on another body"
    if standing.position is Position.NO_ACTION:
        return Rag.RED, "the force takes no action"
    return None


def _achieved(standing: Standing, today: date) -> tuple[Rag, str]:
    if standing.is_late(today):
        return Rag.RED, f"achieved, and due again since {standing.spoken_deadline}"
    unconfirmed = standing.on_own_evidence
    return (
        Rag.GREEN,
        "achieved on the force's evidence, not yet confirmed by an inspection" if unconfirmed else "achieved",
    )


def _open(standing: Standing, today: date) -> tuple[Rag, str]:
    otherwise = "signed off by the force, but the inspectors say otherwise"
    signed_off = standing.position is Position.SIGNED_OFF
    if standing.is_late(today):
        whose = "the inspectors' date" if standing.due_on else "the force's own target"
        late = f"past {whose}, {standing.spoken_deadline}"
        return Rag.RED, f"{late}; {otherwise}" if signed_off else late
    if signed_off:
        return Rag.AMBER, otherwise
    if standing.status is Status.PARTLY_COMPLIED:
        shown = "on the force's evidence, not yet confirmed by an inspection"
        return Rag.AMBER, f"partly complied {shown if standing.on_own_evidence else _BY_THEM}"
    return Rag.AMBER, "not started" if standing.position is Position.NOT_STARTED else "being worked on"
