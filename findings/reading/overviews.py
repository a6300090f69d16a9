"""An overview page: a force's grade for each pillar, on a line below its question or in a sentence."""

import re
from collections.abc import Iterator, Sequence

from findings.grades import Grade, grade_of
from findings.reading.front_matter import overall_pillar
from findings.reading.paragraphs import Paragraph
from findings.reading.sentences import sentences, straight
from findings.reading.titles import pillar_named
from findings.reading.values import JudgmentRead
from findings.vocabulary import Pillar

GRADE = r"(?P<grade>outstanding|good|requires improvement|inadequate)"
PILLAR_WORD = r"(?P<pillar>effective|efficien|legitima)\w*"
STATED = (
    re.compile(rf"\bextent to which\b.{{3,120}}?\b{PILLAR_WORD}\b.{{0,200}}?\b(?:(?:is|was|as|be|remains) )?['\"]?{GRADE}['\"]?[.,;]?$", re.I),
    re.compile(rf"\b(?:graded|judged|assessed|rated)\b(?: as| to be)? ['\"]?{GRADE}['\"]?\b.{{3,80}}?\b{PILLAR_WORD}\b", re.I),
    re.compile(rf"\b(?:overall|its|force's|constabulary's) {PILLAR_WORD}(?: .{{3,80}}?)? (?:is|was) (?:graded |judged |assessed |rated )?(?:as |to be )?['\"]?{GRADE}\b", re.I),
)  # fmt: skip
PILLARS = {"effective": Pillar.EFFECTIVENESS, "efficien": Pillar.EFFICIENCY, "legitima": Pillar.LEGITIMACY}


def overview_judgments(body: Sequence[Paragraph]) -> list[JudgmentRead]:
    """A judgment for each pillar that the page grades, in order; each pillar once.

    The question is the overall one where the page prints it, else the pillar's name.
    """
    found: dict[Pillar, JudgmentRead] = {}
    for pillar, judgment in _judged(body):
        if pillar not in found or (found[pillar].grade is None and judgment.grade):
            found[pillar] = judgment
    return sorted(found.values(), key=lambda judgment: judgment.line)


def _judged(body: Sequence[Paragraph]) -> Iterator[tuple[Pillar, JudgmentRead]]:
    for index, paragraph in enumerate(body):
        if (pillar := overall_pillar(paragraph.text)) and not paragraph.bullet:
            yield pillar, _judgment(paragraph.text, _grade_below(body, index), paragraph)
            continue
        if (named := pillar_named(paragraph.text)) and (grade := _grade_below(body, index)):
            yield named, _judgment(paragraph.text, grade, paragraph)
            continue
        for pillar, grade in stated_grades(paragraph):
            yield pillar, _judgment(pillar.label, grade, paragraph)


def _grade_below(body: Sequence[Paragraph], index: int) -> Grade | None:
    return grade_of(body[index + 1].text) if index + 1 < len(body) else None


def stated_grades(paragraph: Paragraph) -> Iterator[tuple[Pillar, Grade | None]]:
    """The pillars whose grade the sentences of a paragraph state, with the grade."""
    for sentence in sentences(paragraph.text):
        plain = straight(sentence)
        if match := next((m for pattern in STATED if (m := pattern.search(plain))), None):
            yield PILLARS[match["pillar"].lower()], grade_of(match["grade"])


def _judgment(question: str, grade: Grade | None, paragraph: Paragraph) -> JudgmentRead:
    return JudgmentRead(
        number=None,
        question=question,
        also_called=(),
        grade=grade,
        carried_over_from=None,
        ungraded_reason=None,
        line=paragraph.line,
    )
