"""A page of the inspectorate's register: one recommendation with its dated entries of status and comment.

The register writes its history as tags in brackets: an "on" with a date holds a status, a comment or both. Entries
may stand out of order, several on one day, and a closing tag may be missing; the order by date, then as printed, is
the order in which things happened.
"""

import re
from dataclasses import dataclass
from datetime import date

from findings.deadlines import MONTHS, read_deadline
from findings.reading.blocks import element
from findings.reading.paragraphs import split_text
from findings.reading.values import NotReadable

ON = re.compile(
    r"\[on\]\s*(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>" + "|".join(MONTHS) + r") (?P<year>20\d\d)", re.I | re.A
)
STATUS = re.compile(r"\[status\]\s*(?P<status>[\w-]{2,40})", re.I | re.A)
COMMENT = re.compile(r"\[comment\]")
TAG = re.compile(r"\[/?(?:on|status|comment)\]", re.IGNORECASE)
NUMBERED_TITLE = re.compile(r"(?P<title>.{5,250}?) ?\((?P<number>\d{1,6})\)")


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the register says was so, or was said, on one day; a comment's white space is folded."""

    on: date
    status: str | None
    comment: str | None
    line: int


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """One recommendation of the register. `status` is the latest one by date, in the register's own word."""

    title: str | None
    number: int | None
    text: str
    elements: tuple[str, ...]
    deadline_text: str | None
    status: str | None
    entries: tuple[RegisterEntry, ...]


def read_register(text: str) -> RegisterReading:
    """The recommendation and its history in `text`; raises NotReadable where there is no recommendation."""
    start = match.start() if (match := ON.search(text)) else len(text)
    body = split_text(text[:start]).body
    title = next((m for p in body[:3] if (m := NUMBERED_TITLE.fullmatch(p.text))), None)
    said = [p for p in body if title is None or p.text != title[0]]
    if not said or not (title or match):
        raise NotReadable(
            "no page of the register; expected a recommendation and dated entries such as “[on]9th February 2017”"
        )
    entries = _entries(text)
    ordered = tuple(sorted(entries, key=lambda entry: entry.on))
    words = "\n".join(p.text for p in said)
    deadline = read_deadline(words)
    return RegisterReading(
        title=title["title"] if title else None,
        number=int(title["number"]) if title else None,
        text=words,
        elements=tuple(element(p.text) for p in said if p.bullet),
        deadline_text=deadline.wording if deadline else None,
        status=next((entry.status for entry in reversed(ordered) if entry.status), None),
        entries=ordered,
    )


def _entries(text: str) -> list[RegisterEntry]:
    """The entries as printed. Each reaches to the next date, so that a missing closing tag loses nothing."""
    starts = list(ON.finditer(text))
    ends = [*(match.start() for match in starts[1:]), len(text)][: len(starts)]
    line, counted, found = 1, 0, []
    for match, end in zip(starts, ends, strict=True):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        inner = text[match.end() : end]
        status = STATUS.search(inner)
        comment = COMMENT.split(inner, maxsplit=1)
        words = " ".join(TAG.sub(" ", STATUS.sub(" ", comment[1])).split()) if len(comment) > 1 else ""
        found.append(
            RegisterEntry(_day(match, line), status["status"].lower() if status else None, words or None, line)
        )
    return found


def _day(match: re.Match[str], line: int) -> date:
    try:
        return date(int(match["year"]), MONTHS.index(match["month"].lower()) + 1, int(match["day"]))
    except ValueError as error:
        raise NotReadable(f"no such day: “{match[0]}”; expected a day, month and year", line) from error
