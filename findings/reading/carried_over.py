"""Judgments that a report keeps from an older one, as the cycles have said it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import sentences, straight
from findings.reading.values import JudgmentRead

JUDGMENT_WORD = re.compile(r"\b(?:grad(?:e|es|ed|ing|ings)|judge?ments?)\b", re.IGNORECASE)
KEPT = re.compile(
    r"\b(?<!not )(?<!not been )(?<!no longer )(?:carried (?:over|forward)|(?:still )?stands?|remains? (?:in place|unchanged|valid|current)|still appl(?:y|ies)"
    r"|is (?:the one (?:that |which )?we|unchanged|the same as))\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<![/\d])20[012]\d\b")
LAST_YEAR = re.compile(r"\b(?:last|previous) year's\b|\bfrom last year\b|\blast year\b", re.IGNORECASE)
NUMBERS = re.compile(r"\bquestions? (?P<numbers>\d{1,2}(?:(?:, | and |, and )\d{1,2}){0,9})\b", re.IGNORECASE)
# Words that every question holds tell none from another.
TELLS_NOTHING = frozenset(
    {"effective", "effectively", "well", "extent", "does", "force", "what", "this", "that", "they", "with", "their"}
)
ENOUGH = 0.6


def carried_over_from(body: Sequence[Paragraph], cycle: str | None) -> str | None:
    """The year whose judgment the paragraphs of a section say was kept, None where they say no such thing."""
    return next((said.year for said in _said(body, cycle)), None)


def carried_over_above(
    judgments: Sequence[JudgmentRead], summary: Sequence[Paragraph], cycle: str | None
) -> list[JudgmentRead]:
    """The judgments with what only the summary above the questions says about their being carried over."""
    found = list(judgments)
    for said in _said(summary, cycle):
        for index, judgment in enumerate(found):
            if judgment.carried_over_from is None and said.means(judgment):
                found[index] = replace(judgment, carried_over_from=said.year)
    return found


@dataclass(frozen=True, slots=True)
class _Kept:
    """A sentence that keeps an older judgment, with the one before it, and the year that it names."""

    year: str
    words: str

    def means(self, judgment: JudgmentRead) -> bool:
        """Whether the sentence names this question, by its number or by most of its words."""
        numbers = {int(n) for m in NUMBERS.finditer(self.words) for n in re.findall(r"\d+", m["numbers"])}
        if numbers:
            return judgment.number in numbers
        asked = _tells(judgment.question)
        return bool(asked) and len(asked & _tells(self.words)) / len(asked) >= ENOUGH


def _said(body: Sequence[Paragraph], cycle: str | None) -> Iterator[_Kept]:
    for paragraph in body:
        before, year = "", None
        for sentence in sentences(paragraph.text):
            plain = straight(sentence)
            kept = KEPT.search(plain)
            if kept and JUDGMENT_WORD.search(plain) and (said := _year(plain, kept.start(), cycle) or year):
                yield _Kept(said, f"{before} {plain}")
            before, year = plain, next((m[0] for m in YEAR.finditer(plain)), year)


def _year(sentence: str, place: int, cycle: str | None) -> str | None:
    """The year nearest before the words that keep the judgment, else the first one after them, else last year."""
    years = [(m.start(), m[0]) for m in YEAR.finditer(sentence)]
    if LAST_YEAR.search(sentence[:place]) and cycle and cycle.isdecimal():
        return str(int(cycle) - 1)
    before = [year for start, year in years if start < place]
    after = [year for start, year in years if start > place]
    return (before[-1] if before else None) or (after[0] if after else None)


def _tells(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in TELLS_NOTHING}
