"""Deadlines: from the inspectors' wording to a date. Standard library and dateutil only.

The rules are those of the inspectorate's own register: "by July 2018" is the last day of that month,
"within N months" runs in calendar months from the day of publication.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from dateutil.relativedelta import relativedelta

from findings.vocabulary import Precision

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
MONTH_NAME = "(?P<month>" + "|".join(MONTHS) + ")"
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

BY = r"\b(?:by|not later than|no later than|before)"
ON_DAY = re.compile(rf"{BY} (?P<day>\d{{1,2}})(?:st|nd|rd|th)? {MONTH_NAME} (?P<year>20\d\d)\b", re.I | re.A)
IN_MONTH = re.compile(rf"{BY} (?:the end of )?{MONTH_NAME} (?P<year>20\d\d)\b", re.I | re.A)
FROM_MONTH = re.compile(rf"\bfrom {MONTH_NAME} (?P<year>20\d\d)\b", re.I | re.A)  # of what comes round again only
COUNT = rf"(?:the next )?(?P<count>{'|'.join(NUMBERS)}|\d{{1,3}})"
WITHIN = re.compile(rf"\bwithin {COUNT} (?P<unit>month|year)s?\b(?! of receipt)", re.I | re.A)
# Days and weeks inside a sentence say how work is done ("within 28 days of a report"); at its head they are a term.
WITHIN_DAYS = re.compile(
    rf"^(?:we recommend that )?within {COUNT} (?P<unit>day|week)s?\b(?! of (?:receipt|a|an|the)\b)", re.I | re.A
)
RECURRING = re.compile(
    r"\b(?:at least )?(?:annually|yearly|every year|each year|quarterly|every (?:three|six) months)\b|\band (?:then )?(?:ongoing|on an ongoing basis|thereafter)\b",
    re.IGNORECASE,
)
# How often it comes round; where the wording gives no period ("and ongoing"), once a year.
YEARLY = 12
PERIODS = {"quarterly": 3, "three months": 3, "six months": 6}
# "should immediately …" sets a date; "send somebody immediately" says how the work is done.
AT_ONCE = re.compile(r"^immediately\b|(?<=should )immediately\b|\bwith immediate effect\b", re.I | re.A)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The wording as printed, and the day it means; `due_on` is None where the start of the term is unknown.

    One that is `recurring` ("at least annually from July 2018") is never done for good: `due_on` is its first day, and it
    is due again every `recurs_every` months.
    """

    wording: str
    due_on: date | None
    precision: Precision | None
    recurs_every: int | None = None

    @property
    def recurring(self) -> bool:
        return self.recurs_every is not None


def spoken_day(day: date, precision: str = "") -> str:
    """A day as people say it: 21 January 2020, or July 2018 where its month alone is known."""
    return f"{day:%B %Y}" if precision == Precision.MONTH else f"{day:%-d %B %Y}"


def last_day_of_month(year: int, month: int) -> date:
    """The last calendar day of that month."""
    return date(year, month, monthrange(year, month)[1])


def read_deadline(text: str, published_on: date | None = None) -> Deadline | None:
    """The first deadline worded in `text`, or None. A day goes before a month, a month before a term.

    A term ("within six months") needs `published_on`, the day it runs from; without it the wording is
    kept and the date stays unknown. Days that no calendar has ("31 June") are kept as wording only.
    """
    found = _worded(text, published_on)
    recurring = RECURRING.search(text)
    if not recurring:
        return found
    first = found or ((match := FROM_MONTH.search(text)) and _in_month(match))
    return replace(first, recurs_every=_months(recurring[0].lower())) if first else None


def next_round(first: date, precision: str | None, every: int, checked_on: date) -> date:
    """The first day after `checked_on` on which an obligation due from `first` on, every so many months, is due again.

    Counted from `first`, never from the check: one that comes early or late moves no later round. A date known by its
    month stays the month's last day.
    """
    passed = (checked_on.year - first.year) * 12 + checked_on.month - first.month
    rounds = max(passed // every, 0)
    while (due := _round(first, precision, every * rounds)) <= checked_on:
        rounds += 1
    return due


def _round(first: date, precision: str | None, months: int) -> date:
    due = first + relativedelta(months=months)
    return last_day_of_month(due.year, due.month) if precision == Precision.MONTH else due


def _months(wording: str) -> int:
    return next((months for word, months in PERIODS.items() if word in wording), YEARLY)


def _worded(text: str, published_on: date | None) -> Deadline | None:
    if match := ON_DAY.search(text):
        return _on_day(match)
    if match := IN_MONTH.search(text):
        return _in_month(match)
    if match := WITHIN.search(text) or WITHIN_DAYS.search(text):
        return _within(match, published_on)
    if match := AT_ONCE.search(text):
        return Deadline(match[0], published_on, Precision.DAY if published_on else None)
    return None


def _on_day(match: re.Match[str]) -> Deadline:
    try:
        day = date(int(match["year"]), MONTHS.index(match["month"].lower()) + 1, int(match["day"]))
    except ValueError:
        return Deadline(match[0], None, None)
    return Deadline(match[0], day, Precision.DAY)


def _in_month(match: re.Match[str]) -> Deadline:
    last = last_day_of_month(int(match["year"]), MONTHS.index(match["month"].lower()) + 1)
    return Deadline(match[0], last, Precision.MONTH)


def _within(match: re.Match[str], published_on: date | None) -> Deadline:
    if published_on is None:
        return Deadline(match[0], None, None)
    word = match["count"].lower()
    count = int(word) if word.isdigit() else NUMBERS.index(word) + 1
    return Deadline(match[0], published_on + relativedelta(**{f"{match['unit'].lower()}s": count}), Precision.DAY)  # type: ignore[arg-type]  # days, weeks, months or years
