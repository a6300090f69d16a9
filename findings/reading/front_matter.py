"""What stands before the judgments: force, cycle, pillar, dates, inspector."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, zip_longest

from findings.deadlines import MONTHS
from findings.reading.gazetteer import Gazetteer
from findings.reading.paragraphs import Paragraph
from findings.reading.values import ForceRead, NotReadable
from findings.vocabulary import CYCLE_ALIASES, Pillar, Precision

CYCLE = r"(?P<cycle>20\d\d(?:\s?/\s?(?:20)?\d\d|\s?[–-]\s?(?:20)?\d\d)?)"
FORCE = r"(?P<force>[A-Z][\w&,' -]{2,60}?)"
RESIDUE = r"(?:\s*[(|–-].{0,60})?"
FORCE_TITLE = re.compile(rf"{FORCE}:? PEEL {CYCLE}{RESIDUE}")
ONE_LINE_TITLE = re.compile(rf"PEEL:? (?:Police (?P<pillar>\w+) )?{CYCLE}\s?[–:-] ?An inspection of {FORCE}{RESIDUE}")
CYCLE_TITLE = re.compile(rf"PEEL:? (?:Police (?P<pillar>\w+) )?{CYCLE}{RESIDUE}")
INSPECTION_OF = re.compile(rf"An inspection of {FORCE}{RESIDUE}")
NAMED_CYCLE = re.compile(rf"\bPEEL {CYCLE}")
# The question that a whole pillar answers, as the cycles have worded it.
OVERALL_QUESTIONS = {
    Pillar.EFFECTIVENESS: (
        "how effective is the force at keeping people safe",
        "how effectively does the force reduce crime",
    ),
    Pillar.EFFICIENCY: ("how efficient is the force at keeping people safe", "how efficiently does the force operate"),
    Pillar.LEGITIMACY: ("how legitimate is the force at keeping people safe", "how legitimately does the force treat"),
    Pillar.LEADERSHIP: ("how well led is the force",),
}
MONTH = "(?P<month>" + "|".join(MONTHS) + ")"
DATE = rf"(?:(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>20\d\d)|(?P<day>\d{{1,2}}) {MONTH} (?P<year>20\d\d))"
UPDATED = re.compile(rf"(?:Last updated|This page was updated on|Updated on):?\s*{DATE}", re.IGNORECASE | re.ASCII)
PUBLISHED = re.compile(rf"(?:Published on|Published|Publication date|Sent on):?\s*{DATE}", re.IGNORECASE | re.ASCII)
# "October 2022 | © HMICFRS 2022", on one line or with the owner on the next.
IMPRINT = re.compile(rf"{MONTH} (?P<year>20\d\d)(?P<owner>\s*(?:\||©).{{0,80}})?", re.IGNORECASE | re.ASCII)
INSPECTOR_TITLE = re.compile(
    r"(?:HM|His Majesty's|Her Majesty's) (?:Chief )?Inspector of Constabulary.{0,60}", re.IGNORECASE | re.ASCII
)


LONGEST_NAME = 5  # words
LONGEST_INSPECTOR = 100  # letters


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`title_line` is where the title stands; everything before it is banners."""

    title: str
    title_line: int
    force: ForceRead
    cycle: str
    pillar: Pillar | None
    updated_on: date | None
    published_on: date | None
    published_precision: Precision | None
    inspector: str | None


def read_front_matter(body: Sequence[Paragraph], forces: Gazetteer) -> FrontMatter:
    """The front matter of the report in `body`; raises NotReadable where force or cycle is named nowhere.

    Dates above the title belong to banners; they count only where none stands below it.
    """
    titles = list(_titles(body))
    # A banner may look like a title; it does not name a force.
    known_title = next((t for t in titles if forces.find(t.force)), None)
    title = known_title or next(iter(titles), None) or _title_from_text(body, forces)
    if title is None:
        line = body[0].line if body else 0
        raise NotReadable(
            "no report title found; expected a line such as “Exampleshire PEEL 2018”, or “PEEL 2021/22” with"
            " “An inspection of Exampleshire Police” below it",
            line,
        )
    known = forces.find(title.force)
    below = [p for p in body if p.line > title.line]
    published_on, precision = _published(below)
    updated_on = max(_days(below, UPDATED), default=None) or max(_days(body, UPDATED), default=None)
    return FrontMatter(
        title=title.text,
        title_line=title.line,
        force=ForceRead(known.name if known else title.force, known.slug if known else None),
        cycle=_cycle(title.cycle),
        pillar=title.pillar or _pillar(below),
        updated_on=updated_on,
        published_on=published_on,
        published_precision=precision,
        inspector=_inspector(body),
    )


def overall_pillar(question: str) -> Pillar | None:
    """The pillar whose overall question this is, None where it is a question of its own."""
    folded = question.lower()
    return next((p for p, openings in OVERALL_QUESTIONS.items() if folded.startswith(openings)), None)


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    line: int
    force: str
    cycle: str
    pillar: Pillar | None = None


def _titles(body: Sequence[Paragraph]) -> Iterator[_Title]:
    for index, paragraph in enumerate(body):
        text, line = paragraph.text, paragraph.line
        if match := FORCE_TITLE.fullmatch(text):
            yield _Title(text, line, match["force"], match["cycle"])
        elif match := ONE_LINE_TITLE.fullmatch(text):
            yield _Title(text, line, match["force"], match["cycle"], _pillar_named(match["pillar"]))
        elif match := CYCLE_TITLE.fullmatch(text):
            named = next((m for p in body[index + 1 : index + 6] if (m := INSPECTION_OF.fullmatch(p.text))), None)
            if named:
                yield _Title(text, line, named["force"], match["cycle"], _pillar_named(match["pillar"]))


def _title_from_text(body: Sequence[Paragraph], forces: Gazetteer) -> _Title | None:
    """Copied text may have lost its title: the cycle that it names first, and the force that it names most."""
    cycle = next((m["cycle"] for p in body if (m := NAMED_CYCLE.search(p.text))), None)
    force = forces.named_most(p.text for p in body)
    return _Title("", 0, force.name, cycle) if cycle and force else None


def _cycle(printed: str) -> str:
    code = re.sub(r"\s", "", printed).replace("–", "-")
    code = re.sub(r"(?<=[-/])20(?=\d\d$)", "", code)
    return CYCLE_ALIASES.get(code, code)


def _pillar_named(word: str | None) -> Pillar | None:
    return Pillar(word.lower()) if word and word.lower() in set(Pillar) else None


def _pillar(below: Sequence[Paragraph]) -> Pillar | None:
    named = next((p for paragraph in below[:4] if (p := _pillar_named(paragraph.text))), None)
    return named or next((p for paragraph in below[:6] if (p := overall_pillar(paragraph.text))), None)


def _published(body: Sequence[Paragraph]) -> tuple[date | None, Precision | None]:
    if days := _days(body, PUBLISHED):
        return max(days), Precision.DAY
    for paragraph, after in zip_longest(body, body[1:]):
        match = IMPRINT.fullmatch(paragraph.text)
        if match and (match["owner"] or (after and "©" in after.text)):
            return date(int(match["year"]), MONTHS.index(match["month"].lower()) + 1, 1), Precision.MONTH
    return None, None


def _days(body: Sequence[Paragraph], label: re.Pattern[str]) -> list[date]:
    found = (_day(m, p) for p in body if (m := label.fullmatch(p.text)))
    return list(found)


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
