"""Wordings of deadlines against days counted by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.deadlines import last_day_of_month, read_deadline
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
        ("By 31st March 2023, chief constables should", None, date(2023, 3, 31), Precision.DAY),
        ("by the end of April 2024", None, date(2024, 4, 30), Precision.MONTH),
        ("no later than September 2021", None, date(2021, 9, 30), Precision.MONTH),
        ("before 1 January 2020", None, date(2020, 1, 1), Precision.DAY),
        ("within the next six months", date(2018, 8, 28), date(2019, 2, 28), Precision.DAY),
        ("within six months", date(2018, 8, 29), date(2019, 2, 28), Precision.DAY),
        ("within six months", date(2018, 8, 30), date(2019, 2, 28), Precision.DAY),
        ("within six months", date(2019, 8, 29), date(2020, 2, 29), Precision.DAY),
        ("within one month", date(2020, 12, 31), date(2021, 1, 31), Precision.DAY),
        ("within one month", date(2021, 1, 31), date(2021, 2, 28), Precision.DAY),
        ("within three months", date(2021, 3, 31), date(2021, 6, 30), Precision.DAY),
        ("within one year", date(2020, 2, 29), date(2021, 2, 28), Precision.DAY),
        ("within four years", date(2020, 2, 29), date(2024, 2, 29), Precision.DAY),
        ("within 12 months", date(2019, 12, 31), date(2020, 12, 31), Precision.DAY),
        ("Within 28 days, the force should", date(2021, 2, 1), date(2021, 3, 1), Precision.DAY),
        ("Within two weeks, the force should", date(2020, 2, 20), date(2020, 3, 5), Precision.DAY),
        ("should publish, at least annually from July 2018, what it found", None, date(2018, 7, 31), Precision.MONTH),
        ("with immediate effect, forces should", AUGUST, AUGUST, Precision.DAY),
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
    [
        "answer within 24 hours of receipt",
        "arrive within one hour",
        "check each month",
        "by the end of the shift",
        "visit victims within 28 days of a report",
        "from July to August",
        "records from July 2018 show it",
        "should respond immediately to calls",
    ],
)
def test_what_is_content_is_no_deadline(text: str) -> None:
    assert read_deadline(text, AUGUST) is None


@pytest.mark.parametrize(
    ("text", "recurring"),
    [
        ("publish at least annually from July 2018", True),
        ("by July 2018 and ongoing", True),
        ("by July 2018, and every six months after that", True),
        ("publish by July 2018", False),
        ("publish its annual report by July 2018", False),
    ],
)
def test_what_comes_round_again_is_told_from_what_is_done_once(text: str, recurring: bool) -> None:
    deadline = read_deadline(text)
    assert deadline is not None
    assert (deadline.due_on, deadline.recurring) == (date(2018, 7, 31), recurring)


DAYS = st.dates(date(1970, 1, 1), date(2100, 12, 31))


def after(start: date, months: int) -> date:
    deadline = read_deadline(f"within {months} months", start)
    assert deadline is not None
    assert deadline.due_on is not None
    return deadline.due_on


@given(DAYS, st.integers(1, 99))
def test_a_term_ends_on_the_same_day_of_its_month_or_on_the_last(start: date, months: int) -> None:
    end = after(start, months)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    assert (end.year, end.month) == (year, month + 1)
    assert end.day == min(start.day, last_day_of_month(end.year, end.month).day)


@given(DAYS, DAYS, st.integers(1, 99))
def test_a_later_start_never_ends_earlier(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert after(first, months) <= after(second, months)


def test_months_are_counted_from_the_start_never_month_by_month() -> None:
    assert after(date(2021, 1, 31), 2) == date(2021, 3, 31)
    assert after(after(date(2021, 1, 31), 1), 1) == date(2021, 3, 28)
