"""What would become of each row of a spreadsheet: shown before anything is stored, and then stored exactly so."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracking.trackers.rows import UnderstoodRow
from tracking.trackers.values import Field, RowState


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the force's own, as on a screen, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row and what becomes of it.

    `tracked` is the id of the tracked finding it means and `title` that finding's words, none where it is new or refused
    before it was matched; `score` is how surely it was matched, a share of 1. `values` and `comment` are what is stored.
    """

    row: UnderstoodRow
    state: RowState
    reason: str = ""
    tracked: int | None = None
    title: str = ""
    score: float | None = None
    by_reference: bool = False
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    is_stored: bool = False

    @property
    def sureness(self) -> str:
        """How it was matched, in words."""
        if self.by_reference:
            return "by its reference"
        return "" if self.score is None else f"{self.score:.0%} alike"


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of one file, in its order, under the headers it has and as its columns were understood."""

    headers: tuple[str, ...]
    columns: Mapping[Field, str]
    rows: tuple[PlannedRow, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are in each state, by its value."""
        counted = Counter(row.state for row in self.rows)
        return {state.value: counted[state] for state in RowState}

    @property
    def refused(self) -> list[PlannedRow]:
        return self.of(RowState.REFUSED)

    @property
    def to_store(self) -> list[PlannedRow]:
        """The rows that leave a trace: also those that change nothing, so that they never do later either."""
        return [row for row in self.rows if row.is_stored]

    @property
    def seal(self) -> str:
        """A digest of what the plan would do: the same only while it would do the same."""
        said = [
            (row.row.number, row.row.digest, row.state.value, row.tracked, row.changes, row.is_stored)
            for row in self.rows
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def of(self, state: RowState) -> list[PlannedRow]:
        """The rows in this state."""
        return [row for row in self.rows if row.state is state]
