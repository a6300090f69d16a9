"""Where in the lines of a document a quoted sentence stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# A sentence that the document breaks over more lines than these is marked by its first line alone.
MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line: `line` is 1-based, `start` and `end` count letters of the line."""

    line: int
    start: int
    end: int


def places_of(quote: str, line: int, lines: Sequence[str]) -> list[Place]:
    """The stretches that `quote` takes from `line` on; the whole line where the document words it differently, none
    where there is no such line. White space and line ends count as one blank.
    """
    if not 0 < line <= len(lines):
        return []
    sought = " ".join(quote.split())
    letters = list(_letters(line, lines))
    found = "".join(letter for letter, _, _ in letters).find(sought) if sought else -1
    if found < 0:
        return [Place(line, 0, len(lines[line - 1]))]
    taken: dict[int, list[int]] = {}
    for letter, number, place in letters[found : found + len(sought)]:
        if letter != " ":
            taken.setdefault(number, []).append(place)
    return [Place(number, min(places), max(places) + 1) for number, places in taken.items()]


def _letters(line: int, lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Each letter from `line` on with its line and its place there, runs of white space as one blank."""
    blank = True
    for number in range(line, min(line + MOST_LINES, len(lines) + 1)):
        for place, letter in enumerate([*lines[number - 1], " "]):
            if not letter.isspace():
                yield letter, number, place
            elif not blank:
                yield " ", number, place
            blank = letter.isspace()
