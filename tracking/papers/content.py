"""What a paper says, whatever form it goes out in. Standard library only."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any


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


def spoken(value: Any) -> str:
    """A value as a person reads it: days as 21 January 2020, nothing as nothing."""
    if value is None:
        return ""
    return f"{value:%-d %B %Y}" if isinstance(value, date) else str(value)
