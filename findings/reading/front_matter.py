"""What stands before the judgments: what the document is, force, cycle, pillar, dates, inspector."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, zip_longest

from findings.deadlines import MONTHS
from findings.reading.gazetteer import Gazetteer
from findings.reading.paragraphs import Paragraph
from findings.reading.titles import find_title, pillar_named
from findings.reading.values import ForceRead, NotReadable
from findings.vocabulary import DocumentKind, Pillar, Precision

# The question that a whole pillar answers, as the cycles have worded it.
OVERALL_QUESTIONS = {
    Pillar.EFFECTIVENESS: (
        "how effective is the force at keeping people safe",
        "how effective is the force at reducing crime and keeping",
        "how effectively does the force reduce crime",
        "how well the force tackles crime",
    ),
    Pillar.EFFICIENCY: (
        "how efficient is the force at keeping people safe",
        "how efficiently does the force operate",
        "how well the force delivers value for money",
        "how well the force provides value for money",
    ),
    Pillar.LEGITIMACY: (
        "how legitimate is the force at keeping people safe",
        "how legitimately does the force treat",
        "does the force act with integrity and provide a service",
        "how well the force acts with integrity",
    ),
    Pillar.LEADERSHIP: ("how well led is the force", "how well is the force led"),
}
MONTH = "(?P<month>" + "|".join(MONTHS) + ")"
DATE = (
    rf"(?:(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>20\d\d)|(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {MONTH} (?P<year>20\d\d))"
)
FLAGS = re.IGNORECASE | re.ASCII
DATE_LINE = re.compile(DATE, FLAGS)
UPDATE_LABEL = re.compile(r"(?:Last updated|This page was (?:last )?updated on|Updated(?: on)?):?\s*", FLAGS)
PUBLISHED_LABEL = re.compile(
    r"(?:Published(?: on)?|Publication date|Date of publication|First published(?: on)?|Sent(?: on)?):?\s*", FLAGS
)
SENT_LABEL = re.compile(r"Sent(?: on)?:?\s*", FLAGS)
# "October 2022 | © HMICFRS 2022", on one line or with the owner on the next.
IMPRINT = re.compile(rf"{MONTH} (?P<year>20\d\d)(?P<owner>\s*(?:\||©).{{0,80}})?", FLAGS)
INSPECTOR_TITLE = re.compile(r"(?:HM|His Majesty's|Her Majesty's) (?:Chief )?Inspector of Constabulary.{0,60}", FLAGS)

PREFACE = 12  # paragraphs above the pillar's name, where a page says first what it is
LONGEST_NAME = 5  # words
LONGEST_INSPECTOR = 100  # letters


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`title_line` is where the title stands; everything before it is banners. A national report has no force."""

    kind: DocumentKind
    title: str
    title_line: int
    force: ForceRead | None
    cycle: str | None
    pillar: Pillar | None
    updated_on: date | None
    published_on: date | None
    published_precision: Precision | None
    inspector: str | None
    sent_on: date | None = None


def read_front_matter(body: Sequence[Paragraph], forces: Gazetteer) -> FrontMatter:
    """The front matter of the document in `body`; raises NotReadable where it is no report that can be read.

    Dates above the title belong to banners; they count only where none stands below it.
    """
    title = find_title(body, forces)
    known = forces.find(title.force) if title.force else None
    below = [p for p in body if p.line > title.line]
    published_on, precision = _published(below)
    updated_on = max(_days(below, UPDATE_LABEL), default=None) or max(_days(body, UPDATE_LABEL), default=None)
    force = ForceRead(known.name if known else title.force, known.slug if known else None) if title.force else None
    return FrontMatter(
        kind=title.kind,
        title=title.text,
        title_line=title.line,
        force=force,
        cycle=title.cycle,
        pillar=title.pillar or (_pillar(below) if title.kind is DocumentKind.INSPECTION else None),
        updated_on=updated_on,
        published_on=published_on,
        published_precision=precision,
        inspector=_inspector(body),
        sent_on=min(_days(below, SENT_LABEL), default=None),
    )


def overall_pillar(question: str) -> Pillar | None:
    """The pillar whose overall question this is, None where it is a question of its own."""
    folded = question.lower()
    return next((p for p, openings in OVERALL_QUESTIONS.items() if folded.startswith(openings)), None)


def _pillar(below: Sequence[Paragraph]) -> Pillar | None:
    """The pillar named on one of the first lines. A page that names several is about none of them alone."""
    if len({p for paragraph in below if (p := overall_pillar(paragraph.text))}) > 1:
        return None
    named = next((p for paragraph in below[:PREFACE] if (p := pillar_named(paragraph.text))), None)
    if named and len({p for paragraph in below if (p := pillar_named(paragraph.text))}) == 1:
        return named
    return next((p for paragraph in below[:6] if (p := overall_pillar(paragraph.text))), None)


def _published(body: Sequence[Paragraph]) -> tuple[date | None, Precision | None]:
    if days := _days(body, PUBLISHED_LABEL):
        return max(days), Precision.DAY
    for paragraph, after in zip_longest(body, body[1:]):
        match = IMPRINT.fullmatch(paragraph.text)
        if match and (match["owner"] or (after and "©" in after.text)):
            return date(int(match["year"]), MONTHS.index(match["month"].lower()) + 1, 1), Precision.MONTH
    return None, None


def _days(body: Sequence[Paragraph], label: re.Pattern[str]) -> list[date]:
    """The days that stand behind `label`, on its line or alone on the next."""
    found = []
    for paragraph, after in zip_longest(body, body[1:]):
        if not (match := label.match(paragraph.text)):
            continue
        said = paragraph if match.end() < len(paragraph.text) else after
        day = said and DATE_LINE.fullmatch(said.text[match.end() :] if said is paragraph else said.text)
        if day:
            found.append(_day(day, said))
    return found


def _day(match: re.Match[str], paragraph: Paragraph) -> date:
    try:
        if match["d"]:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
        return date(int(match["year"]), MONTHS.index(match["month"].lower()) + 1, int(match["day"]))
    except ValueError as error:
        raise NotReadable(f"no such day: “{paragraph.text}”; expected day/month/year", paragraph.line) from error


def _inspector(body: Sequence[Paragraph]) -> str | None:
    for before, paragraph in pairwise(body):
        if INSPECTOR_TITLE.fullmatch(paragraph.text) and len(before.text.split()) <= LONGEST_NAME:
            return before.text[:LONGEST_INSPECTOR]
    return None
