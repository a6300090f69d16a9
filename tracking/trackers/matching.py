"""Which finding of the force a row means. It never leaves the findings it is given, and never chooses between two that fit."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from findings.similarity import ALIKE, Corpus
from findings.vocabulary import FindingKind
from tracking.trackers.rows import UnderstoodRow
from tracking.trackers.words import folded_words

# The share from which a row's words are sure to mean a finding, and by how much it must lead. Half of a finding's
# words, left as they are, come to some 0.55; two findings of one report seldom share 0.3.
SURE = 0.5
CLEAR_LEAD = 0.2
YEAR = re.compile(r"(?<!\d)20[012]\d(?!\d)")
OFFERED = 2


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that a row may mean: what it is told by (its words, its summary), and the years that name its report."""

    key: int
    reference: str
    kind: FindingKind
    texts: tuple[str, ...]
    years: frozenset[int]


@dataclass(frozen=True, slots=True)
class Match:
    """What a row means: `key` where it is sure, else the best that it may mean (`offered`), none where it is new."""

    key: int | None
    score: float
    offered: tuple[tuple[Known, float], ...] = ()
    by_reference: bool = False


class Matcher:
    """Finds what rows mean among the findings of one force."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._by_reference = {one.reference.casefold(): one for one in known}
        told = [(one, text) for one in known for text in one.texts]
        self._by_words: dict[str, dict[int, Known]] = defaultdict(dict)
        for one, text in told:
            self._by_words[folded_words(text)][one.key] = one
        self._told = [one for one, _ in told]
        self._corpus = Corpus({place: text for place, (_, text) in enumerate(told)})

    def match(self, row: UnderstoodRow) -> Match:
        """By our reference, where the row gives it; else by the very words; else by likeness of words."""
        named = self._by_reference.get(row.reference.casefold()) if row.reference else None
        if named:
            return Match(named.key, 1.0, by_reference=True)
        like = self._like(row)
        if not like:
            return Match(None, 0.0)
        fitting = _of_the_years(row, [one for one in like if row.kind in {None, one[0].kind}])
        if not fitting:
            return Match(None, like[0][1], tuple(like[:OFFERED]))
        best, score = fitting[0]
        lead = score - fitting[1][1] if len(fitting) > 1 else score
        if score >= SURE and lead >= CLEAR_LEAD:
            return Match(best.key, score)
        return Match(None, score, tuple(fitting[:OFFERED]))

    def _like(self, row: UnderstoodRow) -> list[tuple[Known, float]]:
        """The findings like the row, best first, each once; those that say the very same stand alone."""
        same = self._by_words.get(folded_words(row.text), {})
        if row.text and any(row.kind in {None, one.kind} for one in same.values()):
            return [(one, 1.0) for one in same.values()]
        found: dict[int, tuple[Known, float]] = {}
        for place, score in self._corpus.like(row.text, ALIKE):
            one = self._told[place]
            found.setdefault(one.key, (one, min(score, 1.0)))
        return list(found.values())


def _of_the_years(row: UnderstoodRow, found: list[tuple[Known, float]]) -> list[tuple[Known, float]]:
    """Those of a report of the years that the row names; all where it names none, or none fits."""
    years = {int(year) for year in YEAR.findall(row.report)}
    return [one for one in found if one[0].years & years] or found
