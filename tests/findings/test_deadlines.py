"""Wordings of deadlines against days counted by hand."""

from datetime import date

import pytest

from findings.deadlines import read_deadline
from findings.vocabulary import Precision

AUGUST = date(2018, 8, 31)


@pytest.mark.parametrize(
    ("text", "published_on", "due_on", "precision"),
    [
        ("publish it by July 2018", None, date(2018, 7, 31), Precision.MONTH),
        ("by February 2020, forces should", None, date(2020, 2, 29), Precision.MONTH),
        ("By 31 March 2023, chief constables should", None, date(2023, 3, 31), Precision.DAY),
        ("not later than 1 May 2019", None, date(2019, 5, 1), Precision.DAY),
        ("within six months, the force should", AUGUST, date(2019, 2, 28), Precision.DAY),
        ("within six months, the force should", date(2019, 8, 31), date(2020, 2, 29), Precision.DAY),
        ("within 3 months", date(2019, 11, 30), date(2020, 2, 29), Precision.DAY),
        ("within two years", date(2016, 12, 8), date(2018, 12, 8), Precision.DAY),
        ("within two years", None, None, None),
        ("immediately review its cells", AUGUST, AUGUST, Precision.DAY),
        ("immediately review its cells", None, None, None),
        ("by 31 June 2023", None, None, None),
    ],
)
def test_a_wording_means_its_day(
    text: str, published_on: date | None, due_on: date | None, precision: Precision | None
) -> None:
    deadline = read_deadline(text, published_on)
    assert deadline is not None
    assert (deadline.due_on, deadline.precision) == (due_on, precision)
    assert deadline.wording.lower() in text.lower()


@pytest.mark.parametrize(
    "text",
    ["answer within 24 hours of receipt", "arrive within one hour", "check each month", "by the end of the shift"],
)
def test_what_is_content_is_no_deadline(text: str) -> None:
    assert read_deadline(text, AUGUST) is None
