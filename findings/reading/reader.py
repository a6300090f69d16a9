"""Reads one report: text in, a frozen ReportReading out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from findings.grades import Grade
from findings.reading.assessments import read_assessments
from findings.reading.blocks import read_blocks
from findings.reading.completeness import incomplete_text, not_understood
from findings.reading.front_matter import FrontMatter, read_front_matter
from findings.reading.gazetteer import Gazetteer, known_forces
from findings.reading.grade_table import named_in_table
from findings.reading.letters import read_letter
from findings.reading.national_reports import national_findings
from findings.reading.overviews import overview_judgments, stated_grades
from findings.reading.paragraphs import Paragraph, Text, split_text
from findings.reading.sections import Section, area_sections, overall_grade_lines, pillar_sections
from findings.reading.values import (
    AssessmentRead,
    FindingRead,
    JudgmentRead,
    NotReadable,
    ReadingWarning,
    ReportReading,
)
from findings.vocabulary import QUESTIONS_ASKED, DocumentKind, Precision


def read_report(text: str, forces: Gazetteer | None = None) -> ReportReading:
    """What the report in `text` says; the same text always gives the same reading.

    Raises NotReadable, with the line and what was expected, where the text is no inspection report.
    """
    split = split_text(text)
    front = read_front_matter(split.body, forces or known_forces())
    body = [p for p in split.body if p.line > front.title_line]
    said = READERS[front.kind](body, front)
    return ReportReading(
        kind=said.kind or front.kind,
        layout=_layout(split, front),
        force=front.force,
        programme="PEEL" if front.cycle or front.kind is not DocumentKind.NATIONAL else "national",
        cycle=front.cycle,
        pillar=front.pillar,
        title=front.title,
        updated_on=front.updated_on,
        published_on=front.published_on,
        published_precision=front.published_precision,
        inspector=front.inspector,
        overall_grade=said.overall_grade,
        judgments=tuple(said.judgments),
        findings=tuple(said.findings),
        assessments=tuple(said.assessments),
        warnings=tuple(_warnings(split, body, front, said)),
        sent_on=front.sent_on,
    )


@dataclass(slots=True)
class Said:
    """What the body of a document says; `taken` are the lines that its findings fill."""

    kind: DocumentKind | None = None
    sections: Sequence[Section] = ()
    judgments: Sequence[JudgmentRead] = ()
    findings: Sequence[FindingRead] = ()
    assessments: Sequence[AssessmentRead] = ()
    overall_grade: Grade | None = None
    taken: set[int] = field(default_factory=set)
    warnings: Sequence[ReadingWarning] = ()


def _inspection(body: Sequence[Paragraph], front: FrontMatter) -> Said:
    sections = _sections(body, front)
    if not sections and front.pillar is None and (judgments := overview_judgments(body)):
        return Said(DocumentKind.OVERVIEW, judgments=judgments, assessments=read_assessments(body, front.cycle))
    if not sections:
        raise NotReadable("no question or area of policing found below the title", front.title_line)
    blocks = [read_blocks(section.body, section.key, _day(front)) for section in sections]
    taken = {line for _, lines in blocks for line in lines}
    return Said(
        sections=sections,
        judgments=named_in_table([section.judgment for section in sections], body),
        findings=[finding for found, _ in blocks for finding in found],
        assessments=read_assessments(body, front.cycle),
        overall_grade=_overall_grade(body, sections, front),
        taken=taken,
    )


def _sections(body: Sequence[Paragraph], front: FrontMatter) -> Sequence[Section]:
    """The questions of a pillar page, or the areas of a later report; an overview of the older cycles has neither."""
    if front.pillar:
        return pillar_sections(body, front.cycle)
    if front.cycle and front.cycle.isdecimal():
        return [] if overview_judgments(body) else pillar_sections(body, front.cycle)
    return area_sections(body)


def _letter(body: Sequence[Paragraph], front: FrontMatter) -> Said:
    if front.force is None:
        raise NotReadable("the letter names no force", front.title_line)
    assessments = read_letter(body)
    warning = ReadingWarning(
        front.title_line, "no_verdict", "the letter says nothing of earlier findings that could be read"
    )
    return Said(assessments=assessments, warnings=[] if assessments else [warning])


def _national(body: Sequence[Paragraph], front: FrontMatter) -> Said:
    findings, taken = national_findings(body, _day(front))
    if not any(finding.addressed_to for finding in findings):
        message = (
            "no recommendation with an addressee found; expected such as “By 31 March 2023, chief constables should …”"
        )
        raise NotReadable(message, front.title_line)
    return Said(findings=findings, taken=taken)


READERS: dict[DocumentKind, Callable[[Sequence[Paragraph], FrontMatter], Said]] = {
    DocumentKind.INSPECTION: _inspection,
    DocumentKind.LETTER: _letter,
    DocumentKind.NATIONAL: _national,
}


def _day(front: FrontMatter) -> date | None:
    """The day that terms run from; a month of publication is too coarse to count from."""
    return front.published_on if front.published_precision is Precision.DAY else None


def _layout(split: Text, front: FrontMatter) -> str:
    if split.contents:
        return "pdf"
    return "web" if front.updated_on else "plain"


def _overall_grade(body: Sequence[Paragraph], sections: Sequence[Section], front: FrontMatter) -> Grade | None:
    if front.pillar is None:
        return None
    first = sections[0].judgment.line
    stated = (g for p in body if p.line < first for pillar, g in stated_grades(p) if pillar is front.pillar and g)
    return next(overall_grade_lines(body, first), None) or next(stated, None)


def _warnings(split: Text, body: Sequence[Paragraph], front: FrontMatter, said: Said) -> list[ReadingWarning]:
    asked = QUESTIONS_ASKED.get((front.cycle, front.pillar)) if front.cycle and front.pillar else None
    broken_off = incomplete_text(split, said.sections, asked)
    warnings = [broken_off] if broken_off else []
    if front.force and front.force.slug is None:
        message = f"“{front.force.name}” is none of the 43 forces of England and Wales"
        warnings.append(ReadingWarning(front.title_line, "unknown_force", message))
    return [*warnings, *said.warnings, *not_understood(body, said.sections, said.findings, said.taken)]
