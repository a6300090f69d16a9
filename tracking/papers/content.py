"""What a paper says, whatever form it goes out in. Without Django."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from findings.deadlines import spoken_day
from findings.vocabulary import Precision


class Holds(Enum):
    """What the cells of a column hold."""

    TEXT = auto()
    DAY = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    holds: Holds = Holds.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its heading, a line above it, and rows of one value for each column (None where there is none)."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    line: str = ""
    when_empty: str = "Nothing."


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: what it is, for whom, as things stood on which day, its figures, and its tables."""

    kind: str
    title: str
    about: str
    marking: str
    as_of: date
    lead: tuple[str, ...]
    figures: tuple[tuple[str, int], ...]
    tables: tuple[Table, ...]

    @property
    def name(self) -> str:
        """What its file is called, without an ending."""
        return f"{self.kind}-{self.as_of:%Y-%m-%d}"


class Month(date):
    """The last day of a month that is all that the inspectors gave: programs read the day, people the month."""


def as_given(day: date | None, precision: str) -> date | None:
    """The day as a cell of a paper, by its month alone where no more was given."""
    return Month(day.year, day.month, day.day) if day and precision == Precision.MONTH else day


def spoken(value: Any) -> str:
    """A value as a person reads it: days as 21 January 2020, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, Month):
        return spoken_day(value, Precision.MONTH)
    return spoken_day(value) if isinstance(value, date) else str(value)
