"""A quoted sentence in its place: the lines around it in the document as read."""

from collections.abc import Iterable
from dataclasses import dataclass

from findings.models import Document
from tracking.models import Assessment

AROUND = 2
# Question numbers and lone grades around a quote tell nothing.
WORDS_WORTH_SHOWING = 3


@dataclass(frozen=True, slots=True)
class Quoted:
    """The quote, what stands before and after it in its paragraph, and the paragraphs around that."""

    above: list[str]
    before: str
    quote: str
    after: str
    below: list[str]


Lines = list[tuple[int, str]]


def lines_of_documents(assessments: Iterable[Assessment]) -> dict[int, Lines]:
    """The lines worth showing of each document that is quoted, each read once, by the document's id."""
    texts = Document.objects.filter(pk__in={a.document_id for a in assessments}).values_list("pk", "text")
    return {pk: _numbered(text) for pk, text in texts.iterator(chunk_size=1)}


def _numbered(text: str) -> Lines:
    lines = enumerate(text.split("\n"), 1)
    return [(number, line.strip()) for number, line in lines if len(line.split()) >= WORDS_WORTH_SHOWING]


def in_context(assessment: Assessment, lines: Lines) -> Quoted:
    """The quote of `assessment` with its surroundings; without them where the document words it differently."""
    place = next((i for i, (number, _) in enumerate(lines) if number == assessment.line), None)
    if place is None:
        return Quoted([], "", assessment.quote, "", [])
    before, found, after = lines[place][1].partition(assessment.quote)
    if not found:
        before, after = "", ""
    above = [text for _, text in lines[max(place - AROUND, 0) : place]]
    return Quoted(above, before, assessment.quote, after, [text for _, text in lines[place + 1 : place + 1 + AROUND]])
