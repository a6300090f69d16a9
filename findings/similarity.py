"""How alike findings are, so that an officer sees how other forces fared on the same one.

Likeness says that two texts ask for the same in much the same words. It says nothing of whether either was met.
"""

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import fsum, log, sqrt
from typing import Generic, TypeVar

from findings.reading.passages import TELLS_NOTHING, stem

Key = TypeVar("Key", bound=Hashable)
Pair = tuple[str, str]

# From this share on, two findings have more in common than the everyday words of policing.
ALIKE = 0.22
WORD = re.compile(r"[a-z]{3,}")
# What reports call by two names; the short ones may stand alone on a page.
ALSO_CALLED = {
    "acu": "counter corruption unit",
    "anti": "counter",
    "ccu": "counter corruption unit",
    "pdr": "performance development review",
    "pdrs": "performance development review",
    "psd": "professional standards department",
    "vcop": "victims code",
}


class Corpus(Generic[Key]):
    """Texts, weighed together: a word counts the more the fewer of the texts hold it, two neighbours as much again."""

    def __init__(self, texts: Mapping[Key, str]) -> None:
        """Takes the texts under the keys by which they are to be found, in the order in which equals are to stand."""
        self._told = {key: _told_by(text) for key, text in texts.items()}
        held = Counter(word for told in self._told.values() for word in told.words)
        self._weights = {word: log(1 + len(self._told) / count) for word, count in held.items()}
        self._weight_of_unknown = log(1 + len(self._told))

    def like(self, text: str, least: float = ALIKE) -> list[tuple[Key, float]]:
        """The texts like `text` and how like (a share of 1), best first; of equals the one given first.

        The share is that of a cosine: what both hold against what either holds, so that neither a short text nor a
        long one is like everything. `text` need not be in the corpus; where it is, it comes back like any other.
        """
        sought = _told_by(text)
        weight = self._weight(sought)
        found = []
        for key, told in self._told.items():
            shared = self._weight(sought & told)
            # The other text holds what is shared at the least: most need no weighing in full.
            if shared and shared >= least**2 * weight:
                score = shared / sqrt(weight * self._weight(told))
                if score >= least:
                    found.append((key, score))
        return sorted(found, key=lambda one: one[1], reverse=True)

    def _weight(self, told: "_Told") -> float:
        """An exact sum: sets come in any order, and equal texts must weigh the same to the last digit."""
        weights, unknown = self._weights, self._weight_of_unknown
        alone = [weights.get(word, unknown) for word in told.words]
        side_by_side = [(weights.get(one, unknown) + weights.get(other, unknown)) / 2 for one, other in told.pairs]
        return fsum(alone) + fsum(side_by_side)


@dataclass(frozen=True, slots=True)
class _Told:
    """The words of a text that tell something, without their endings, and its pairs of neighbours in either order."""

    words: frozenset[str]
    pairs: frozenset[Pair]

    def __and__(self, other: "_Told") -> "_Told":
        words = self.words & other.words
        return _Told(words, self.pairs & other.pairs if words else frozenset())


def _told_by(text: str) -> _Told:
    words = [told for word in WORD.findall(text.lower()) for told in _telling(word)]
    pairs = [(one, other) if one < other else (other, one) for one, other in pairwise(words)]
    return _Told(frozenset(words), frozenset(pairs))


# A corpus says the same few thousand words again and again.
@lru_cache(maxsize=50_000)
def _telling(word: str) -> tuple[str, ...]:
    """What `word` tells: its stem, the stems of what it stands for, or nothing."""
    return tuple(stem(one) for one in ALSO_CALLED.get(word, word).split() if one not in TELLS_NOTHING)
