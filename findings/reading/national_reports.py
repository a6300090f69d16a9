"""A national report: recommendations that name whom they are addressed to, made to no force alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from findings.reading.blocks import read_blocks
from findings.reading.paragraphs import Paragraph
from findings.reading.values import FindingRead
from findings.vocabulary import Scope

# "By 31 March 2023, chief constables should …": whom, between the date and the demand.
ADDRESSED = re.compile(r"(?:we (?:also )?recommend that )?(?P<who>[^:.]{3,240}?) (?:should|must)\b", re.IGNORECASE)
OPENING = re.compile(
    r"(?:By|Within|With|To|In|From|For|After|Until|Where|When|If|As|Not later|No later|Immediately)\b[^,]{0,200}, ",
    re.I,
)
FORCES = re.compile(
    r"\b(?:forces|(?:every|each|all) (?:police )?forces?|chief constables|chief officers|constabularies)\b",
    re.IGNORECASE,
)


def binds_forces(addressed_to: str | None) -> bool:
    """Whether a recommendation with this addressee is for every force to answer; an unnamed addressee is."""
    return addressed_to is None or FORCES.search(addressed_to) is not None


def national_findings(body: Sequence[Paragraph], published_on: date | None) -> tuple[list[FindingRead], set[int]]:
    """The findings of a national report, each once though summary and chapter both print it, and their lines."""
    found, taken = read_blocks(body, None, published_on)
    once: dict[str, FindingRead] = {}
    for finding in found:
        once.setdefault(_folded(finding), finding)
    first = {finding.line for finding in once.values()}
    return [_national(finding, first) for finding in once.values()], taken


def _national(finding: FindingRead, lines: set[int]) -> FindingRead:
    parent = finding.parent if finding.parent in lines else None
    return replace(finding, scope=Scope.NATIONAL, addressed_to=_addressee(finding.text), parent=parent)


def _addressee(text: str) -> str | None:
    """Whom the words before "should" name, without the clauses that say when or why."""
    match = ADDRESSED.match(text)
    if match is None:
        return None
    who = match["who"]
    while opening := OPENING.match(who):
        who = who[opening.end() :]
    return who or None


def _folded(finding: FindingRead) -> str:
    return " ".join(re.findall(r"\w+", f"{finding.kind} {finding.text}".lower()))
