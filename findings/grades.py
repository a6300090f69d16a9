"""The inspectorate's grades and the two scales they belong to. Standard library only.

Grades of the two scales must not be compared with each other (the 2021/22 reports say so).
"""

import re

from findings.vocabulary import Vocabulary


class Grade(Vocabulary):
    OUTSTANDING = "outstanding"
    GOOD = "good"
    ADEQUATE = "adequate"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"


class Scale(Vocabulary):
    FOUR_TIER = "four_tier"
    FIVE_TIER = "five_tier"

    @property
    def grades(self) -> tuple[Grade, ...]:
        """The grades of this scale, best first. *Adequate* exists in the five-tier scale only."""
        return tuple(g for g in Grade if self is Scale.FIVE_TIER or g is not Grade.ADEQUATE)


UNGRADED_LINE = re.compile(r"(?:ungraded|not graded|to be graded)\.?", re.IGNORECASE)


def grade_of(text: str) -> Grade | None:
    """The grade that `text` is, as printed on a line or in a table cell; None where it is no grade."""
    folded = "_".join(text.lower().split()).rstrip(".")
    return Grade(folded) if folded in set(Grade) else None
