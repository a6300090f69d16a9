"""No pattern of the reader takes more than its share of time on input made to hurt it (growth, never seconds)."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator

import pytest

import findings.deadlines
import findings.grades
import findings.reading
from tests.growth import LINEAR, cost, growth_of

MODULES = [
    *(
        importlib.import_module(f"findings.reading.{module.name}")
        for module in pkgutil.iter_modules(findings.reading.__path__)
    ),
    findings.deadlines,
    findings.grades,
]
# Matched at the start of a line or against the whole of it only, never searched for.
ANCHORED = {"FURNITURE", "GLUED", "BULLET", "CONTENTS_ENTRY"}
SIZES = (4_000, 32_000)
WORTH_MEASURING = 0.02  # seconds; below it there is nothing to grow


def patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from patterns_in(inner)
    elif isinstance(value, dict):
        for key in (*value.keys(), *value.values()):
            yield from patterns_in(key)
    elif isinstance(getattr(value, "pattern", None), re.Pattern):
        yield from patterns_in(getattr(value, "pattern"))  # noqa: B009 - a cue, whatever its class


PATTERNS = {
    f"{module.__name__.rsplit('.', 1)[-1]}.{name}.{place}": (name, pattern)
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper()
    for place, pattern in enumerate(patterns_in(value))
}


def seeds(pattern: re.Pattern[str]) -> Iterator[str]:
    """Pieces that the pattern may begin to match again and again: its own words, and what any text is made of."""
    words = re.findall(r"[A-Za-z]{2,}(?: [a-z]+)*", re.sub(r"\(\?P<\w+>|\\[a-zA-Z]|\{\d*,?\d*\}", " ", pattern.pattern))
    yield from (
        "a ",
        "A",
        "we ",
        "2016 ",
        "1",
        " ",
        "\t",
        "-",
        ". ",
        "our 2016 ",
        "has not ",
        " ".join(words[:30]) + " ",
    )
    yield from (f"{word} " for word in words[:12])


def work(pattern: re.Pattern[str], name: str) -> Callable[[str], None]:
    used = pattern.match if name in ANCHORED else pattern.search

    def run(text: str) -> None:
        used(text)
        pattern.fullmatch(text)

    return run


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_a_pattern_takes_time_by_the_length_of_its_input(pattern: str) -> None:
    name, compiled = PATTERNS[pattern]
    run = work(compiled, name)
    for seed in seeds(compiled):
        largest = seed * (SIZES[-1] // len(seed))
        if cost(lambda text=largest: run(text)) > WORTH_MEASURING:  # type: ignore[misc]  # bound on purpose
            assert growth_of(run, lambda size, seed=seed: seed * (size // len(seed)), SIZES) < LINEAR, seed  # type: ignore[misc]


def test_there_are_patterns_to_measure() -> None:
    assert len(PATTERNS) > 100
