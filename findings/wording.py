"""How alike the wordings of two findings are, read or recorded."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from findings.reading.passages import stem

# Two wordings at one place that share fewer of their words than this are two findings, not one corrected.
SAME_FINDING = 0.5


class Worded(Protocol):
    """What has a heading, or none, and a text."""

    @property
    def heading(self) -> str | None: ...
    @property
    def text(self) -> str: ...


def words_of(worded: Worded) -> list[str]:
    """Its words in order, without case and points."""
    return re.findall(r"\w+", f"{worded.heading or ''} {worded.text}".lower())


def stems(worded: Worded) -> set[str]:
    """The stems of its words."""
    return {stem(word) for word in words_of(worded)}


def telling_words(worded: Sequence[Worded]) -> set[str]:
    """The words that tell findings of one report apart: those that not every second of them holds."""
    held = Counter(word for one in worded for word in stems(one))
    return {word for word, count in held.items() if count <= max(2, len(worded) // 2)}


def share(one: set[str], other: set[str]) -> float:
    """How much two sets of words have in common, a share of 1."""
    return len(one & other) / max(len(one | other), 1)


BREAKS = re.compile(r"(?<=[.;:?!])\s+(?=\S)|\n+(?=\S)")


def places_to_split(text: str) -> list[int]:
    """Where in `text` a second finding may begin: after the end of a sentence, a clause or a line."""
    return [found.end() for found in BREAKS.finditer(text)]
