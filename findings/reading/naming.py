"""Which earlier finding a sentence names: by the surest wording that fits, or by what it restates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Self

from findings.deadlines import read_deadline
from findings.reading.blocks import element
from findings.reading.cues import (
    EARLIER,
    ELSEWHERE,
    ISSUER,
    LOOSE,
    MADE_BY,
    NAMED_REPORT,
    NATIONAL,
    NO_FINDING,
    REFERENCES,
    RESTATED,
    RESTATED_LIST,
    THIS_KIND,
    WE_GAVE,
    WHAT,
    ReferenceCue,
    kind_of,
)
from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import straight
from findings.reading.values import Reference
from findings.vocabulary import FindingKind, Scope

MOST_BULLETS = 60  # no recommendation has more limbs, no list more findings
PLURAL = ("s", "S", "areas for improvement", "causes of concern", "causes for concern")
NEARBY = 30  # letters around a name within which whose it is would be said
DESCRIBES = re.compile(r"(?:It|This|The \w+) (?:has|have|now|was|is|concerned|asked|related)\b")


@dataclass(frozen=True, slots=True)
class Named:
    """An earlier finding named in running text without a verdict: where, and by which wording.

    `plural` names several at once, of which a `group`'s members are taken up one by one; `lists` is a lead-in whose bullets are they, one each.
    """

    cue: ReferenceCue
    reference: Reference
    index: int
    lists: bool = False
    plural: bool = False
    group: Self | None = None
    bullet: bool = False


def naming(
    body: Sequence[Paragraph],
    index: int,
    sentence: str,
    following: Sequence[str],
    cycle: str | None = None,
    year: str | None = None,
) -> Named | None:
    """The earlier finding that `sentence` names, by the surest wording that fits; None where it names none."""
    plain = straight(sentence)
    if not WHAT.search(plain):
        return None
    return (
        restated_in(body, index, sentence)
        or _named(plain, sentence, following, index)
        or _loosely(plain, sentence, following, index, cycle, year)
    )


def _named(plain: str, sentence: str, following: Sequence[str], index: int) -> Named | None:
    for cue in REFERENCES:
        if match := cue.pattern.search(plain):
            around = plain[max(0, match.start() - NEARBY) : match.end() + NEARBY]
            before = plain[: match.start()]
            if ELSEWHERE.search(around) or (MADE_BY.search(before) and not ISSUER.search(before)):
                return None
            plural = match["kind"].endswith(PLURAL)
            return Named(cue, _reference(match, sentence, following), index, plural and sentence.endswith(":"), plural)
    return None


def _loosely(
    plain: str, sentence: str, following: Sequence[str], index: int, cycle: str | None, year: str | None
) -> Named | None:
    """A sentence in which the inspectorate, an earlier time and a kind of finding meet, in whatever words."""
    what = WHAT.search(plain)
    if what is None or not ISSUER.search(plain) or ELSEWHERE.search(plain) or NO_FINDING.search(plain):
        return None
    earlier = EARLIER.search(plain) or (WE_GAVE.search(plain) if year else None)
    if earlier is None:
        return None
    year = _year_said(earlier.groupdict(), cycle, year)
    kind = _kind_said(what, following)
    report = NAMED_REPORT.search(plain)
    deadline = read_deadline(sentence)
    reference = Reference(
        kind=kind,
        year=year,
        issued_in=report["issued"] if report else None,
        scope=_scope(kind, sentence),
        text=sentence,
        deadline_text=deadline.wording if deadline else None,
        due_on=deadline.due_on if deadline else None,
        due_precision=deadline.precision if deadline else None,
        recurs_every=deadline.recurs_every if deadline else None,
    )
    plural = bool(what["kind"]) and what["kind"].endswith(PLURAL)
    return Named(LOOSE, reference, index, plural and sentence.endswith(":"), plural)


def _year_said(said: dict[str, str | None], cycle: str | None, before: str | None) -> str | None:
    """The year that a naming sentence means: its own, last year, or that of the inspection named before it."""
    ago = said.get("ago") or ""
    if ago and "two" not in ago.lower() and cycle and cycle.isdecimal():
        return str(int(cycle) - 1)
    return said.get("year") or (before if said.get("that") or not said else None)


def _kind_said(what: re.Match[str], following: Sequence[str]) -> FindingKind:
    """The kind that a naming sentence says, or that the next one gives to what was asked; else a recommendation."""
    if what["kind"]:
        return kind_of(what["kind"])
    next_kind = WHAT.search(straight(following[0])) if what["asked"] and following else None
    return kind_of(next_kind["kind"]) if next_kind and next_kind["kind"] else FindingKind.RECOMMENDATION


def _reference(match: re.Match[str], sentence: str, following: Sequence[str]) -> Reference:
    words = match.groupdict()
    kind = kind_of(words["kind"])
    text, subject = _named_text(match, sentence)
    if not subject and kind is not FindingKind.RECOMMENDATION and following and DESCRIBES.match(following[0]):
        text = f"{text}. {following[0]}"
    clause = re.search(r"\bthat,? (.*?)\.?$", text)
    deadline = read_deadline(text)
    return Reference(
        kind=kind,
        year=words.get("year"),
        issued_in=words.get("issued"),
        scope=_scope(kind, text),
        text=text,
        elements=(clause[1],) if clause and kind is FindingKind.RECOMMENDATION else (),
        deadline_text=deadline.wording if deadline else None,
        due_on=deadline.due_on if deadline else None,
        due_precision=deadline.precision if deadline else None,
        recurs_every=deadline.recurs_every if deadline else None,
    )


def _named_text(match: re.Match[str], sentence: str) -> tuple[str, str]:
    """The words that name the finding, as printed, and the part of them after the cue that says what it is about."""
    subject = sentence[match.end() :]
    if re.match(r" (?:that|to|about|regarding|concerning|on|relating to)\b", subject):
        end = re.search(r", (?:but|although|however|and it)\b", subject)
        subject = subject[: end.start()] if end else subject
    else:
        subject = ""
    return (sentence[match.start() : match.end()] + subject).rstrip("."), subject


def _scope(kind: FindingKind, text: str) -> Scope | None:
    """National where the words say so; areas for improvement are made to one force; else unknown."""
    if NATIONAL.search(text):
        return Scope.NATIONAL
    return Scope.FORCE if kind is not FindingKind.RECOMMENDATION else None


def restated_in(body: Sequence[Paragraph], index: int, sentence: str) -> Named | None:
    """The recommendation, or list of findings, that `sentence` restates from an older report; None where it restates none."""
    plain = straight(sentence)
    match = RESTATED.search(plain) or RESTATED_LIST.search(plain)
    if match is None:
        return None
    bullets: list[Paragraph] = []
    if sentence.endswith(":"):
        bullets = list(takewhile(lambda p: p.bullet, islice(body, index + 1, index + 1 + MOST_BULLETS)))
    listed = match.groupdict()
    kind = kind_of(listed["kind"]) if listed.get("kind") else FindingKind.RECOMMENDATION
    said = sentence[match.end() :].strip()
    lone = re.sub(r"^should (?:have )?", "", said).rstrip(".")
    elements = tuple(element(b.text) for b in bullets) or ((lone,) if lone else ())
    text = "\n".join([sentence, *(b.text for b in bullets)])
    deadline = read_deadline(text)
    whom = listed.get("whom") or ""
    national = NATIONAL.search(whom) or whom.lower() == "chief constables"
    reference = Reference(
        kind=kind,
        year=match["year"],
        issued_in=match["issued"],
        scope=Scope.NATIONAL if national else Scope.FORCE,
        text=text,
        elements=elements,
        deadline_text=deadline.wording if deadline else None,
        due_on=deadline.due_on if deadline else None,
        due_precision=deadline.precision if deadline else None,
        recurs_every=deadline.recurs_every if deadline else None,
    )
    lists = bool(bullets) and bool(listed.get("kind")) and listed["kind"].endswith(PLURAL)
    return Named(THIS_KIND, reference, index if lists else index + len(bullets), lists, lists)
