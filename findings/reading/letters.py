"""A letter about progress: it restates what an older report found, then says what has become of it."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from findings.reading.assessments import MAX_GAPS, assessed, read_assessments
from findings.reading.blocks import read_blocks
from findings.reading.cues import ELSEWHERE, LETTER_KIND, WHOSE, YEAR, kind_of
from findings.reading.naming import Named
from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import sentences, straight
from findings.reading.values import AssessmentRead, FindingRead, Reference
from findings.reading.verdicts import verdict_of
from findings.vocabulary import FindingKind, Scope

# The report that the letter follows: "in our 2021/22 PEEL inspection", "inspected the force in 2021".
FOLLOWS = re.compile(
    rf"\b{WHOSE} {YEAR} (?P<issued>(?:[\w-]+ ){{0,4}}?(?:inspection|report|assessment))\b"
    r"|\b(?:inspection|report|assessment)\b.{0,60}?\b(?:in|of|from) (?:\w+ )?(?P<on>20[012]\d)\b"
    r"|\b(?:inspected|identified)\b.{0,80}?\bin (?:\w+ )?(?P<in>20[012]\d)\b",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"(?:recommendation|cause of concern|area for improvement) (?P<number>\d{1,2})\b", re.IGNORECASE)
# A verdict stands below the heading that says what it is about; this many of its words must be the restated one's.
SHARED_WORDS = 2
MOST_RESTATED = 60  # no letter restates more


@dataclass(frozen=True, slots=True)
class _Old:
    """A finding that the letter restates, and the number that it gives it."""

    reference: Reference
    line: int
    number: int | None


def read_letter(body: Sequence[Paragraph]) -> list[AssessmentRead]:
    """The verdicts of a letter on what it restates, in order. It makes no findings of its own."""
    year, issued_in = _follows(body)
    findings, taken = read_blocks(body, None)
    lines = [p.line for p in body]
    above = [body[bisect_left(lines, f.line) - 1] for f in findings]
    old = [_Old(_reference(f, year, issued_in), f.line, _number(p)) for f, p in zip(findings, above, strict=True)]
    rest = [p for p in body if p.line not in taken]
    named = read_assessments(rest)
    quoted = {(a.line, a.quote) for a in named}
    found = [a for a in _verdicts(rest, old, year, issued_in) if (a.line, a.quote) not in quoted]
    return sorted([*named, *found], key=lambda a: a.line)


def _follows(body: Sequence[Paragraph]) -> tuple[str | None, str | None]:
    match = next((m for p in body if (m := FOLLOWS.search(straight(p.text)))), None)
    if match is None:
        return None, None
    return match["year"] or match["on"] or match["in"], match["issued"]


def _reference(finding: FindingRead, year: str | None, issued_in: str | None) -> Reference:
    return Reference(
        kind=finding.kind,
        year=year,
        issued_in=issued_in,
        scope=Scope.FORCE,
        text=" ".join(filter(None, (finding.heading, finding.text))),
        elements=finding.elements,
        deadline_text=finding.deadline_text,
    )


def _number(heading: Paragraph) -> int | None:
    match = NUMBERED.fullmatch(heading.text.rstrip(":"))
    return int(match["number"]) if match else None


def _verdicts(
    body: Sequence[Paragraph], old: Sequence[_Old], year: str | None, issued_in: str | None
) -> Iterator[AssessmentRead]:
    heading = ""
    for paragraph in body:
        spoken = sentences(paragraph.text)
        if not paragraph.bullet and len(spoken) == 1 and verdict_of(straight(paragraph.text)) is None:
            heading = paragraph.text if not paragraph.text.endswith(".") else heading
        for place, sentence in enumerate(spoken):
            plain = straight(sentence)
            match = LETTER_KIND.pattern.search(plain)
            if match is None or ELSEWHERE.search(plain):
                continue
            meant = _meant(match, f"{heading} {plain}", paragraph.line, old)
            reference = meant or _unnamed(match, sentence, year, issued_in)
            found = assessed(
                plain, sentence, spoken[place + 1 : place + 1 + MAX_GAPS], Named(LETTER_KIND, reference, 0)
            )
            if found:
                yield replace(found, line=paragraph.line)


def _meant(match: re.Match[str], said: str, line: int, old: Sequence[_Old]) -> Reference | None:
    """The restated finding that the words mean: by number, as the only one, by what the heading says; else none."""
    kind = kind_of(match["kind"])
    end = bisect_left(old, line, key=lambda o: o.line)
    above = [o for o in old[max(0, end - MOST_RESTATED) : end] if o.reference.kind is kind]
    if match["number"]:
        return next((o.reference for o in above if o.number == int(match["number"])), None)
    if len(above) <= 1:
        return above[0].reference if above else None
    shared = sorted(((len(_words(said) & _words(o.reference.text)), i) for i, o in enumerate(above)), reverse=True)
    if shared[0][0] >= SHARED_WORDS and shared[0][0] > shared[1][0]:
        return above[shared[0][1]].reference
    return None


def _unnamed(match: re.Match[str], sentence: str, year: str | None, issued_in: str | None) -> Reference:
    kind: FindingKind = kind_of(match["kind"])
    return Reference(kind=kind, year=year, issued_in=issued_in, scope=Scope.FORCE, text=sentence)


def _words(text: str) -> set[str]:
    plain = {"recommendation", "recommendations", "cause", "causes", "concern", "force", "should", "constabulary"}
    return set(re.findall(r"[a-z]{5,}", text.lower())) - plain
