"""A reading as people corrected it: the same document, or another copy of it, never undoes what a person put right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from findings.models import Correction, Finding
from findings.reading.values import FindingRead
from findings.vocabulary import CorrectionKind, FindingKind
from findings.wording import SAME_FINDING, Worded, share, stems, telling_words, words_of


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as it was read or corrected: what tells it from others of its report."""

    kind: str
    question: int | str | None
    heading: str
    text: str

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "question": self.question, "heading": self.heading, "text": self.text}


def said_of(finding: Finding) -> Said:
    """A recorded finding as it stands."""
    judgment = finding.judgment
    question = (judgment.number if judgment.number is not None else judgment.question) if judgment else None
    return Said(finding.kind, question, finding.heading, finding.text)


def corrected(
    reads: Sequence[FindingRead], corrections: Iterable[Correction], known: Sequence[Finding]
) -> list[FindingRead]:
    """`reads` with each of `corrections` made again, oldest first; one whose finding this copy does not hold is left out.

    A finding that another copy words a little differently is told by the words that it shares, unless those are the
    words of a finding recorded as it stands (`known`).
    """
    listed = list(reads)
    recorded = {(finding.kind, tuple(words_of(finding))) for finding in known}
    for correction in corrections:
        if correction.kind == CorrectionKind.THEMES:
            continue
        before = [Said(**said) for said in correction.before]
        places = [_place(said, listed, recorded) for said in before]
        if None in places or len(set(places)) < len(places):
            continue
        found = sorted(place for place in places if place is not None)
        made = _remade([listed[place] for place in found], [Said(**said) for said in correction.after])
        listed = [read for place, read in enumerate(listed) if place not in found[1:]]
        listed[found[0] : found[0] + 1] = made
    return listed


def _place(said: Said, reads: Sequence[FindingRead], recorded: set[tuple[str, tuple[str, ...]]]) -> int | None:
    """Where among `reads` the finding stands that was `said`."""
    there = [
        (place, read) for place, read in enumerate(reads) if (read.kind, read.question) == (said.kind, said.question)
    ]
    exact = next((place for place, read in there if words_of(read) == words_of(said)), None)
    if exact is not None:
        return exact
    others = [(place, read) for place, read in there if (read.kind.value, tuple(words_of(read))) not in recorded]
    every: list[Worded] = [*reads, said]
    telling = telling_words(every)
    shares = [(share(stems(said) & telling, stems(read) & telling), place) for place, read in others]
    best = max(shares, key=lambda one: one[0], default=None)
    return best[1] if best and best[0] >= SAME_FINDING else None


def _remade(reads: Sequence[FindingRead], after: Sequence[Said]) -> list[FindingRead]:
    """What `reads` become: one that holds all they held, or the parts of one, of which the first keeps what is not in words."""
    first = reads[0]
    dated = next((read for read in reads if read.due_on), first)
    whole = replace(
        first,
        elements=tuple(element for read in reads for element in read.elements),
        limbs_due=tuple(due for read in reads for due in read.limbs_due),
        deadline_text=dated.deadline_text,
        due_on=dated.due_on,
        due_precision=dated.due_precision,
        recurs_every=dated.recurs_every,
    )
    bare = replace(
        whole, elements=(), limbs_due=(), deadline_text=None, due_on=None, due_precision=None, recurs_every=None
    )
    parts = [whole, *(bare for _ in after[1:])]
    return [
        replace(part, kind=FindingKind(said.kind), heading=said.heading or None, text=said.text)
        for part, said in zip(parts, after, strict=True)
    ]
