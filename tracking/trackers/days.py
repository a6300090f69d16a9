"""The day that a cell names. Always the British way round: 3/4/2024 is the third of April."""

import calendar
import re
from datetime import date

EXPECTED_DATE = "expected such as 31/03/2024, 2024-03-31, 31 March 2024 or Mar 2024"
EARLIEST, LATEST = 2010, 2099
CENTURY = 2000
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
NUMBERS = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4}|\d{2})")
NAMED = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ \-](?P<name>[a-z]{3,9})\.?,?[ \-](?P<year>\d{4}|\d{2})", re.I)
MONTH = re.compile(r"(?P<name>[a-z]{3,9})\.?[ \-](?P<year>\d{4}|\d{2})", re.IGNORECASE)
TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
MONTHS = {
    name: number
    for number in range(1, 13)
    for name in (calendar.month_name[number].lower(), calendar.month_abbr[number].lower())
} | {"sept": 9}


def day_named(text: str) -> date:
    """The day that `text` names; the last one of a month that it names alone. Raises ValueError where it names none."""
    plain = TIME.sub("", " ".join(text.split()))
    for pattern in (ISO, NUMBERS, NAMED, MONTH):
        found = pattern.fullmatch(plain)
        if found:
            return _day(found.groupdict())
    raise ValueError(text)


def _day(parts: dict[str, str]) -> date:
    year = int(parts["year"]) + (CENTURY if len(parts["year"]) == 2 else 0)  # noqa: PLR2004 - two digits of a year
    if not EARLIEST <= year <= LATEST:
        raise ValueError(year)
    month = int(parts["month"]) if "month" in parts else MONTHS.get(parts["name"].lower(), 0)
    if "day" not in parts and month:
        return date(year, month, calendar.monthrange(year, month)[1])
    return date(year, month, int(parts.get("day", 0)))
