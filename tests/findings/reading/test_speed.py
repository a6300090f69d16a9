"""Reading is linear in the length of the document, whatever the document is made of (growth, never seconds)."""

import contextlib
from collections.abc import Callable

import pytest

from findings.reading.reader import read_report
from findings.reading.register import read_register
from findings.reading.values import NotReadable
from tests.growth import LINEAR, exponent, growth_of

PAGE = "Exampleshire PEEL 2015\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\n"
AREAS = "PEEL 2021/22\nAn inspection of Exampleshire Police\n"
OVERVIEW = "Exampleshire PEEL 2017\n"
LETTER = "Exampleshire Police: revisit letter\nIn our 2021/22 inspection we inspected it.\n"
NATIONAL = "An inspection of how forces lend bicycles\n"
WORST: dict[str, Callable[[int], str]] = {
    "words after a year": lambda n: PAGE + "our 2016 " + "a " * (n // 2),
    "now": lambda n: PAGE + "Our 2017 recommendation has " + "now " * (n // 4),
    "fully": lambda n: PAGE + "Our 2017 recommendation has " + "fully " * (n // 6),
    "abbreviations": lambda n: PAGE + "e.g. A " * (n // 7),
    "findings": lambda n: PAGE + "Recommendations\n- x.\n" * (n // 21),
    "open lines": lambda n: PAGE + "a b\n" * (n // 4),
    "years": lambda n: PAGE + "our 2016 " * (n // 9),
    "kinds": lambda n: PAGE + "recommendation that we made " * (n // 28),
    "progress": lambda n: PAGE + "good progress " * (n // 14) + " our 2016 recommendation",
    "negations": lambda n: PAGE + "our 2016 recommendation " + "has not " * (n // 8),
    "sentences": lambda n: PAGE + "Our 2016 recommendation. " * (n // 25),
    "years carried over": lambda n: PAGE + "2017 " * (n // 5) + "carried over",
    "tabs": lambda n: PAGE + "a" + "\t" * n,
    "titles": lambda n: "A a" * (n // 3) + ": PEEL",
    "lines": lambda n: PAGE + "a\n" * (n // 2),
    "bullets": lambda n: PAGE + "Areas for improvement\n" + "- a:\n" * (n // 5),
    "headings": lambda n: PAGE + "Areas for improvement\n" * (n // 22),
    "recommendations": lambda n: PAGE + "Recommendations\n" + "- a\n" * (n // 4),
    "restated": lambda n: PAGE + "In our 2017 legitimacy report, we recommended that all forces should:\n" * (n // 70),
    "areas": lambda n: AREAS + "Investigating crime\nGood\n" * (n // 25),
    "glued": lambda n: PAGE + "GoodGood" * (n // 8),
    "glued lines": lambda n: PAGE + "GoodThe a\n" * (n // 10),
    "extents": lambda n: OVERVIEW + "extent to which effective " * (n // 26),
    "pillars": lambda n: OVERVIEW + "How effective is the force at keeping people safe\n" * (n // 50),
    "kept": lambda n: PAGE + "the judgment of 2016 still stands. " * (n // 35),
    "kept in the summary": lambda n: PAGE.replace(
        "How well", "Question 1 keeps its 2016 judgment, which stands. " * (n // 51) + "\nHow well"
    ),
    "numbered headlines": lambda n: PAGE + "1\nBetter days\n" * (n // 14),
    "points back": lambda n: PAGE + "Our 2016 recommendation asked. It met with this " * (n // 48),
    "elsewhere": lambda n: PAGE + "our 2016 recommendation of the auditors " * (n // 40),
    "named loosely": lambda n: PAGE + "In 2016 we recommended that. Still not met. " * (n // 44),
    "one of several": lambda n: PAGE + "We made two recommendations in 2016. " + "The first was is has " * (n // 21),
    "taken up": lambda n: PAGE + "We made two recommendations in 2016. " + "On the first, it has not. " * (n // 26),
    "old lists": lambda n: PAGE + "The following recommendations from 2016 remain:\n" + "- a\n" * (n // 4),
    "old lists again": lambda n: PAGE + "The following recommendations from 2016 remain:\n- a\n" * (n // 52),
    "restating": lambda n: PAGE + "In 2016 we identified a recommendation" + " and x" * (n // 6),
    "conditions": lambda n: PAGE + "Our 2016 recommendation " + "once " * (n // 5) + "has met",
    "many causes": lambda n: PAGE + "Cause of concern\n" + "It is another cause of concern.\n- do it\n" * (n // 40),
    "lists in bullets": lambda n: (
        PAGE + "- The force has met the following recommendations from our 2016 report:\n" * (n // 75)
    ),
    "grades table": lambda n: (
        AREAS
        + "Outstanding\tGood\tAdequate\tRequires improvement\tInadequate\n"
        + "\tInvestigating\n" * (n // 15)
        + "Investigating crime\nGood\n"
    ),
    "letter": lambda n: LETTER + "The recommendation on the recommendation " * (n // 41),
    "letter causes": lambda n: LETTER + "Cause of concern\nPoor it is.\nThis cause of concern remains.\n" * (n // 60),
    "national": lambda n: NATIONAL + "Recommendation 1\nBy now, chief constables should act.\n" * (n // 54),
    "addressees": lambda n: NATIONAL + "Recommendations\n" + "By now, " * (n // 8) + "forces should act.",
    "titles of letters": lambda n: "letter revisit " * (n // 15),
    "contents": lambda n: AREAS + "Investigating crime\t1\n" * (n // 22),
}


SIZES = (16_000, 64_000, 256_000)


def read(text: str) -> None:
    with contextlib.suppress(NotReadable):
        read_report(text)


@pytest.mark.parametrize("made", WORST.values(), ids=WORST)
def test_twice_the_text_takes_about_twice_the_time(made: Callable[[int], str]) -> None:
    assert growth_of(read, made, SIZES) < LINEAR


@pytest.mark.parametrize(
    "entry", ["[on]9th May 2017 [status]open[/status][/on]", "[on]", "[comment]", "[on]9th May 2017 [comment]"]
)
def test_a_page_of_the_register_takes_time_by_its_length(entry: str) -> None:
    def made(size: int) -> str:
        return "An inspection of cells (1)\nAct.\n" + entry * (size // len(entry))

    assert growth_of(read_register, made, SIZES) < LINEAR


def test_the_growth_of_quadratic_work_would_show() -> None:
    assert exponent(SIZES, [size**2 / 1e9 for size in SIZES]) == pytest.approx(2)
