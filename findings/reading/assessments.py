"""Progress assessments: sentences that name an earlier finding and give a verdict on it.

A sentence counts only with both: a wording that names an earlier recommendation, area for improvement or
cause of concern (or points back to one restated just above), and a wording that gives a verdict.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from findings.deadlines import read_deadline
from findings.reading.blocks import element
from findings.reading.cues import (
    ELSEWHERE,
    NATIONAL,
    POINTS_BACK,
    REFERENCES,
    RESTATED,
    RESTATED_LIST,
    THIS_KIND,
    ReferenceCue,
    kind_of,
    verdict_of,
)
from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import sentences, straight
from findings.reading.values import AssessmentRead, Reference
from findings.vocabulary import FindingKind, Outcome, Scope

# How many paragraphs below a restated recommendation "this recommendation" still means it.
REACH = 8
CAVEAT = re.compile(r"(?:However|But|Although|Nevertheless|That said|Despite this)\b")
GAP = re.compile(r"\b(?:but|however|although|additionally|also|not|isn't|doesn't|no|only|lacks?)\b", re.IGNORECASE)
CONTENT_CLAUSE = re.compile(r"(?<=recommendation)s? that\b.*|(?<=improvement) that\b(?! we).*", re.IGNORECASE)
# What a sentence that restates goes on to say of the finding, up to the clause that judges it.
RESTATED_CLAUSE = re.compile(
    r"^[^,;]*?(?=(?:, |; | and | but )(?:and |but |which )?(?:the|it|this|we)\b|$)", re.IGNORECASE
)
POINTING_BACK = 0.85
NEARBY = 30  # letters around a name within which whose it is would be said
DESCRIBES = re.compile(r"(?:It|This|The \w+) (?:has|have|now|was|is|concerned|asked|related)\b")
MAX_GAPS = 4


@dataclass(frozen=True, slots=True)
class Named:
    """An earlier finding named in running text without a verdict: where, and by which wording."""

    cue: ReferenceCue
    reference: Reference
    index: int


def read_assessments(body: Sequence[Paragraph]) -> Iterator[AssessmentRead]:
    """The assessments in `body`, in order.

    Terms ("within two years") stay undated: they ran from the older report, whose date this one does not give.
    """
    named: Named | None = None
    for index, paragraph in enumerate(body):
        if paragraph.row:
            continue
        spoken = sentences(paragraph.text)
        for place, sentence in enumerate(spoken):
            plain = straight(sentence)
            if restated := restated_in(body, index, sentence):
                named = restated
                continue
            near = named if named and index - named.index <= REACH else None
            reference = _named(plain, sentence, spoken[place + 1 :]) or _pointed_at(plain, near, index)
            if reference is None:
                continue
            if found := assessed(plain, sentence, spoken[place + 1 : place + 1 + MAX_GAPS], reference):
                yield replace(found, line=paragraph.line, refers_to=_with_bullets(found, islice(body, index + 1, None)))
            elif reference is not near:
                named = replace(reference, index=index)


def assessed(plain: str, sentence: str, following: Sequence[str], named: Named) -> AssessmentRead | None:
    """The verdict that `sentence` gives on what it names, None where it gives none."""
    verdict = verdict_of(_judging_part(plain, named.cue))
    if verdict is None:
        return None
    caveat = following[0] if following and CAVEAT.match(following[0]) else None
    achieved = verdict.outcome is Outcome.ACHIEVED
    return AssessmentRead(
        outcome=verdict.outcome,
        quote=sentence,
        line=0,
        refers_to=named.reference,
        caveat=caveat if achieved else None,
        gaps=() if achieved else _gaps(following),
        confidence=named.cue.confidence,
        rule=f"{named.cue.name}/{verdict.name}",
    )


def _judging_part(plain: str, cue: ReferenceCue) -> str:
    """The sentence without what the earlier finding said; after "in 2016 we identified …" only the rest judges."""
    if cue.restates and (match := cue.pattern.search(plain)):
        plain = plain[match.end() :]
        return CONTENT_CLAUSE.sub("", RESTATED_CLAUSE.sub("", plain))
    return CONTENT_CLAUSE.sub("", plain)


def _with_bullets(found: AssessmentRead, below: Iterable[Paragraph]) -> Reference:
    """What the assessment names; a sentence that ends in a colon is completed by the bullets below it."""
    if not found.quote.endswith(":"):
        return found.refers_to
    bullets = [paragraph.text for paragraph in takewhile(lambda p: p.bullet, below)]
    text = "\n".join([found.refers_to.text, *bullets])
    return replace(found.refers_to, text=text, elements=tuple(element(bullet) for bullet in bullets))


def _named(plain: str, sentence: str, following: Sequence[str]) -> Named | None:
    for cue in REFERENCES:
        if match := cue.pattern.search(plain):
            around = plain[max(0, match.start() - NEARBY) : match.end() + NEARBY]
            return None if ELSEWHERE.search(around) else Named(cue, _reference(match, sentence, following), 0)
    return None


def _pointed_at(plain: str, near: Named | None, index: int) -> Named | None:
    """What was named above, where the sentence points back to it: as "this recommendation", or right after it."""
    if near is None:
        return None
    match = THIS_KIND.pattern.search(plain)
    if match:
        return replace(near, cue=THIS_KIND) if kind_of(match["kind"]) is near.reference.kind else None
    if index - near.index <= 1 and POINTS_BACK.search(plain):
        cue = replace(near.cue, name=f"{near.cue.name}+back", confidence=POINTING_BACK, restates=False)
        return replace(near, cue=cue)
    return None


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
        bullets = list(takewhile(lambda p: p.bullet, islice(body, index + 1, None)))
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
    )
    return Named(THIS_KIND, reference, index + len(bullets))


def _gaps(following: Sequence[str]) -> tuple[str, ...]:
    """What the sentences right after the verdict name as still missing."""
    return tuple(sentence for sentence in following[:MAX_GAPS] if GAP.search(straight(sentence)))
