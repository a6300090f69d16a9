"""What a document is and whom it is about, told by its title: an inspection, a letter, a national report."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from findings.reading.gazetteer import Gazetteer, KnownForce
from findings.reading.paragraphs import END_OF_SENTENCE, Paragraph
from findings.reading.values import NotReadable
from findings.vocabulary import CYCLE_ALIASES, DocumentKind, Pillar

CYCLE = r"(?P<cycle>20\d\d(?:\s?/\s?(?:20)?\d\d|\s?[–-]\s?(?:20)?\d\d)?)"
FORCE = r"(?P<force>[A-Z][\w&,' -]{2,60}?)"
RESIDUE = r"(?:\s*[(|–-].{0,60})?"
NAMED_PILLAR = r"(?:[Pp]olice (?P<pillar>\w+) )?"
FORCE_TITLE = re.compile(rf"{FORCE}:? PEEL {CYCLE}{RESIDUE}")
ONE_LINE_TITLE = re.compile(
    rf"PEEL:? {NAMED_PILLAR}{CYCLE}\s?[–:-] ?(?P<of>An inspection of (?:the )?)?{FORCE}{RESIDUE}"
)
CYCLE_TITLE = re.compile(rf"PEEL:? {NAMED_PILLAR}{CYCLE}{RESIDUE}")
INSPECTION_OF = re.compile(rf"An inspection of (?:the )?{FORCE}{RESIDUE}")
NAMED_CYCLE = re.compile(rf"\bPEEL {CYCLE}")
# Letters have no title of a fixed form; a page that publishes one says "Letter information" above it.
LETTER_TITLE = re.compile(
    r".{0,120}\b(?:letter|revisit|progress on (?:the )?causes? of concern|causes? of concern (?:update|progress))\b.{0,80}",
    re.IGNORECASE,
)
LETTER_LABEL = re.compile(r"Letter information|Dear (?:Chief Constable|Commissioner)\b.{0,60}", re.IGNORECASE)
INSPECTED = re.compile(
    r"\b(?:we|HMIC(?:FRS)?) (?:re)?(?:inspected|visited|identified|found|made|set out|came back|returned|raised|reported)\b|\bour (?:[\w/-]+ ){0,4}(?:inspection|revisit)\b",
    re.I,
)
NATIONAL_OVERVIEW = re.compile(rf"PEEL:? {NAMED_PILLAR}{CYCLE}\s?[–:-] ?A national overview{RESIDUE}", re.IGNORECASE)
THEMATIC_TITLE = re.compile(
    r"(?:.{0,100}: )?An? (?:(?:joint|thematic|national|rapid|short) )*(?:inspection|review|spotlight|overview|report)"
    r" (?:of|into|on)\b.{3,160}",
    re.IGNORECASE,
)
# Writings about reports, by whoever answers or announces them.
ABOUT_REPORTS = re.compile(
    r"\b(?:press releases?|response to|responds? to|committee|panel|agenda item|police and crime commissioner|how we inspect"
    r"|news(?: feed)?|frequently asked)\b",
    re.IGNORECASE,
)
TITLE_PLACES = 30  # paragraphs within which a letter or a national report says what it is
FIRST_PLACES = 8


@dataclass(frozen=True, slots=True)
class Title:
    """The title as printed and its line (0 where the text has lost it), and what it says."""

    kind: DocumentKind
    text: str
    line: int
    force: str | None
    cycle: str | None
    pillar: Pillar | None = None


def find_title(body: Sequence[Paragraph], forces: Gazetteer) -> Title:
    """The title of the document in `body`; raises NotReadable, with the reason, where it is no inspection report."""
    titles = list(_inspections(body, forces))
    # A banner may look like a title; it does not name a force.
    known = next((t for t in titles if t.force and forces.find(t.force)), None)
    letter = _letter(body, forces)
    # A report links to letters and a letter to reports: what stands first is the title.
    if letter and (known is None or letter.line < known.line):
        return letter
    if found := known or _national(body, forces) or next(iter(titles), None) or _from_text(body, forces):
        return found
    line = body[0].line if body else 0
    raise NotReadable(
        "no report title found; expected a line such as “Exampleshire PEEL 2018”, or “PEEL 2021/22” with"
        " “An inspection of Exampleshire Police” below it, a letter of the inspectorate or a national report",
        line,
    )


def cycle_code(printed: str) -> str:
    """The cycle's code for a cycle as a title prints it: "2018/19" is "2018", "2023–2025" is "2023-25"."""
    code = re.sub(r"\s", "", printed).replace("–", "-")
    code = re.sub(r"(?<=[-/])20(?=\d\d$)", "", code)
    return CYCLE_ALIASES.get(code, code)


def pillar_named(word: str | None) -> Pillar | None:
    """The pillar that `word` is, in any case of letters; None where it is none."""
    return Pillar(word.lower()) if word and word.lower() in set(Pillar) else None


def _inspections(body: Sequence[Paragraph], forces: Gazetteer) -> Iterator[Title]:
    for index, paragraph in enumerate(body):
        text = paragraph.text
        if match := FORCE_TITLE.fullmatch(text):
            yield _inspection(match, paragraph, match["force"])
        elif (match := ONE_LINE_TITLE.fullmatch(text)) and (match["of"] or forces.find(match["force"])):
            yield _inspection(match, paragraph, match["force"], match["pillar"])
        elif match := CYCLE_TITLE.fullmatch(text):
            below = islice(body, index + 1, index + 6)
            named = next((m for p in below if (m := INSPECTION_OF.fullmatch(p.text))), None)
            if named:
                yield _inspection(match, paragraph, named["force"], match["pillar"])


def _inspection(match: re.Match[str], paragraph: Paragraph, force: str, pillar: str | None = None) -> Title:
    cycle = cycle_code(match["cycle"])
    return Title(DocumentKind.INSPECTION, paragraph.text, paragraph.line, force, cycle, pillar_named(pillar))


def _letter(body: Sequence[Paragraph], forces: Gazetteer) -> Title | None:
    first = body[:TITLE_PLACES]
    title = next((p for p in first[:FIRST_PLACES] if _is_letter_title(p, forces)), None)
    labelled = any(LETTER_LABEL.fullmatch(p.text) for p in first)
    if not (title or labelled) or _is_about_reports(body) or not any(INSPECTED.search(p.text) for p in body):
        return None
    title = title or body[0]
    force = _force_of_letter(title, first, body, forces)
    cycle = NAMED_CYCLE.search(title.text)
    return Title(
        kind=DocumentKind.LETTER,
        text=title.text,
        line=title.line,
        force=force.name if force else None,
        cycle=cycle_code(cycle["cycle"]) if cycle else None,
    )


def _is_letter_title(paragraph: Paragraph, forces: Gazetteer) -> bool:
    return (
        not paragraph.text.endswith(END_OF_SENTENCE)
        and LETTER_TITLE.fullmatch(paragraph.text) is not None
        and forces.named_in(paragraph.text) is not None
    )


def _force_of_letter(
    title: Paragraph, first: Sequence[Paragraph], body: Sequence[Paragraph], forces: Gazetteer
) -> KnownForce | None:
    in_title = forces.named_in(title.text)
    return (
        in_title
        or next((f for p in first if (f := forces.named_in(p.text))), None)
        or forces.named_most(p.text for p in body)
    )


def _national(body: Sequence[Paragraph], forces: Gazetteer) -> Title | None:
    if _is_about_reports(body):
        return None
    for paragraph in body[:TITLE_PLACES]:
        if match := NATIONAL_OVERVIEW.fullmatch(paragraph.text):
            pillar = pillar_named(match["pillar"])
            cycle = cycle_code(match["cycle"])
            return Title(DocumentKind.NATIONAL, paragraph.text, paragraph.line, None, cycle, pillar)
        if _is_thematic(paragraph.text, forces):
            return Title(DocumentKind.NATIONAL, paragraph.text, paragraph.line, None, None)
    return None


def _is_thematic(text: str, forces: Gazetteer) -> bool:
    """A title that speaks of an inspection, but of no one force's."""
    named = INSPECTION_OF.fullmatch(text)
    of_a_force = forces.named_in(text) is not None or (
        named is not None and named["force"].endswith(("Police", "Constabulary", "Police Service"))
    )
    return not (of_a_force or text.endswith(END_OF_SENTENCE)) and THEMATIC_TITLE.fullmatch(text) is not None


def _is_about_reports(body: Sequence[Paragraph]) -> bool:
    headings = (p for p in body[:FIRST_PLACES] if not p.text.endswith(END_OF_SENTENCE))
    return any(ABOUT_REPORTS.search(p.text) for p in headings)


def _from_text(body: Sequence[Paragraph], forces: Gazetteer) -> Title | None:
    """Copied text may have lost its title: the cycle that it names first, and the force that it names most."""
    if _is_about_reports(body):
        return None
    cycle = next((m["cycle"] for p in body if (m := NAMED_CYCLE.search(p.text))), None)
    force = forces.named_most(p.text for p in body)
    return Title(DocumentKind.INSPECTION, "", 0, force.name, cycle_code(cycle)) if cycle and force else None
