"""The grades table of a whole-force report: which name stands under which grade."""

import re
from collections.abc import Sequence
from dataclasses import replace

from findings.grades import Grade, grade_of
from findings.reading.paragraphs import Paragraph
from findings.reading.values import JudgmentRead

SMALLEST_HEADER = 4
MOST_LABELS = 60  # no report assesses more areas
STOP_WORDS = frozenset({"and", "the", "of", "to", "a", "with", "for", "in"})


def named_in_table(judgments: Sequence[JudgmentRead], body: Sequence[Paragraph]) -> list[JudgmentRead]:
    """The judgments with the names that the grades table has for them, where the pairing is beyond doubt.

    A table name belongs to a judgment of the same grade that is the only one sharing a word with it, or
    the only one with that grade. The table prints no key, so a name that fits two is left out.
    """
    names: dict[int, list[str]] = {}
    for grade, label in _labels(body):
        fitting = [i for i, j in enumerate(judgments) if j.grade is grade]
        sharing = [i for i in fitting if _words(label) & _words(judgments[i].question)]
        chosen = fitting if len(fitting) == 1 else sharing
        if len(chosen) == 1 and label != judgments[chosen[0]].question:
            names.setdefault(chosen[0], []).append(label)
    return [replace(j, also_called=tuple(names.get(i, ()))) for i, j in enumerate(judgments)]


def _labels(body: Sequence[Paragraph]) -> list[tuple[Grade, str]]:
    header: list[Grade | None] = []
    found: list[tuple[Grade, str]] = []
    for paragraph in body:
        if not paragraph.row:
            header = []
            continue
        cells = [cell.strip() for cell in paragraph.text.split("\t")]
        grades = [grade_of(cell) for cell in cells]
        if sum(grade is not None for grade in grades) >= SMALLEST_HEADER:
            header = grades
            continue
        if len(found) > MOST_LABELS:
            break
        found += [(grade, cell) for grade, cell in zip(header, cells, strict=False) if grade and cell]
    return found


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if word not in STOP_WORDS}
