"""Passages of a report that cover the subject of an earlier finding without naming it.

They say nothing of whether it was met: a careful person reads them beside the finding, no more.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import folded

# A passage is offered from this share of the finding's weight on, with at least one pair of words in common.
ENOUGH = 0.35
MOST = 3
SHORTEST_PASSAGE = 60  # letters; shorter ones are headings
ENDINGS = ("ings", "ing", "ments", "ment", "ies", "ed", "es", "ly", "s")
SHORTEST_STEM = 4
# Words that any finding and any passage may hold.
TELLS_NOTHING = frozenset(
    [
        "about",
        "all",
        "and",
        "any",
        "are",
        "been",
        "can",
        "constabulary",
        "does",
        "ensure",
        "ensuring",
        "for",
        "force",
        "forces",
        "from",
        "had",
        "has",
        "have",
        "improve",
        "improved",
        "improvement",
        "improvements",
        "inspection",
        "into",
        "its",
        "made",
        "make",
        "must",
        "need",
        "needs",
        "not",
        "our",
        "police",
        "recommendation",
        "recommendations",
        "report",
        "should",
        "sure",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "these",
        "those",
        "through",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "within",
        "would",
    ]
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, verbatim, with its line and how much of the finding's subject it shares (a share of 1)."""

    line: int
    text: str
    score: float


class Subjects:
    """The paragraphs of one report, weighed: a word counts the more the fewer paragraphs hold it."""

    def __init__(self, body: Iterable[Paragraph]) -> None:
        said = [p for p in body if not p.row and len(p.text) >= SHORTEST_PASSAGE]
        self._passages = [(p, _words_and_pairs(p.text)) for p in said]
        self._held = Counter(word for _, words in self._passages for word in words)

    def about(self, text: str, phrases: Sequence[str] = ()) -> list[Passage]:
        """The passages about the same subject as `text`, best first, at most three.

        `phrases`, where given, tell the subject alone: passages that say all of them.
        """
        sought = _words_and_pairs(text)
        weight = sum(self._weight(word) for word in sought if " " not in word)
        found = []
        for paragraph, words in self._passages:
            shared = sought & words
            score = min(1.0, sum(self._weight(word) for word in shared) / weight) if weight else 0.0
            told = bool(phrases) and all(phrase in folded(paragraph.text) for phrase in phrases)
            if told or (not phrases and score >= ENOUGH and any(" " in word for word in shared)):
                found.append(Passage(paragraph.line, paragraph.text, round(score, 2)))
        return sorted(found, key=lambda passage: (-passage.score, passage.line))[:MOST]

    def _weight(self, word: str) -> float:
        return log((len(self._passages) + 1) / (self._held[word] + 1))


def _words_and_pairs(text: str) -> set[str]:
    words = [stem(word) for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in TELLS_NOTHING]
    return {*words, *(f"{one} {other}" for one, other in pairwise(words))}


def stem(word: str) -> str:
    """`word` without its ending, so that "monitoring" and "monitor" are one."""
    ending = next((e for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= SHORTEST_STEM), "")
    return word.removesuffix(ending)
