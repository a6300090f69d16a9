"""Where a quoted sentence stands in the lines of its document."""

import pytest

from findings.reading.places import MOST_LINES, Place, places_of

LINES = ["Good", "The force has met it.  It did so", "  in full. It is done.", "", "The end"]


def words(places: list[Place]) -> list[str]:
    return [LINES[place.line - 1][place.start : place.end] for place in places]


@pytest.mark.parametrize(
    ("quote", "line", "marked"),
    [
        ("The force has met it.", 2, ["The force has met it."]),
        ("It did so in full.", 2, ["It did so", "in full."]),
        ("met it. It did so\nin full.", 2, ["met it.  It did so", "in full."]),
        ("It is done. The end", 3, ["It is done.", "The end"]),
        ("Other words altogether", 2, ["The force has met it.  It did so"]),
        ("", 1, ["Good"]),
        ("Good", 2, ["The force has met it.  It did so"]),
    ],
)
def test_a_quote_is_found_from_its_line_on(quote: str, line: int, marked: list[str]) -> None:
    assert words(places_of(quote, line, LINES)) == marked


@pytest.mark.parametrize("line", [0, -1, 6, 10**9])
def test_a_line_that_is_not_there_holds_nothing(line: int) -> None:
    assert places_of("Good", line, LINES) == []


def test_a_quote_is_not_sought_in_the_whole_document() -> None:
    lines = ["first", *[""] * MOST_LINES, "far away"]
    assert places_of("far away", 1, lines) == [Place(1, 0, 5)]
