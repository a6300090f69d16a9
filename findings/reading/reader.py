"""Reads one report: text in, a frozen ReportReading out."""

from collections.abc import Sequence

from findings.grades import Grade
from findings.reading.assessments import read_assessments
from findings.reading.blocks import read_blocks
from findings.reading.completeness import incomplete_text, unread_headings
from findings.reading.front_matter import FrontMatter, read_front_matter
from findings.reading.gazetteer import Gazetteer, known_forces
from findings.reading.grade_table import named_in_table
from findings.reading.paragraphs import Paragraph, Text, split_text
from findings.reading.sections import Section, area_sections, overall_grade_lines, pillar_sections
from findings.reading.values import FindingRead, NotReadable, ReadingWarning, ReportReading
from findings.vocabulary import QUESTIONS_ASKED, Precision


def read_report(text: str, forces: Gazetteer | None = None) -> ReportReading:
    """What the report in `text` says; the same text always gives the same reading.

    Raises NotReadable, with the line and what was expected, where the text is no inspection report.
    """
    split = split_text(text)
    front = read_front_matter(split.body, forces or known_forces())
    body = [p for p in split.body if p.line > front.title_line]
    sections = pillar_sections(body) if front.pillar else area_sections(body)
    if not sections:
        raise NotReadable("no question or area of policing found below the title", front.title_line)
    # Terms run from a day; a month of publication is too coarse to count from.
    day = front.published_on if front.published_precision is Precision.DAY else None
    blocks = [read_blocks(section.body, section.key, day) for section in sections]
    findings = tuple(finding for found, _ in blocks for finding in found)
    taken = {line for _, lines in blocks for line in lines}
    judgments = [section.judgment for section in sections]
    return ReportReading(
        layout=_layout(split, front),
        force=front.force,
        programme="PEEL",
        cycle=front.cycle,
        pillar=front.pillar,
        title=front.title,
        updated_on=front.updated_on,
        published_on=front.published_on,
        published_precision=front.published_precision,
        inspector=front.inspector,
        overall_grade=_overall_grade(body, sections, front),
        judgments=tuple(named_in_table(judgments, body)),
        findings=findings,
        assessments=tuple(read_assessments([p for p in body if p.line not in taken])),
        warnings=tuple(_warnings(split, sections, findings, front)),
    )


def _layout(split: Text, front: FrontMatter) -> str:
    if split.contents:
        return "pdf"
    return "web" if front.updated_on else "plain"


def _overall_grade(body: Sequence[Paragraph], sections: Sequence[Section], front: FrontMatter) -> Grade | None:
    if front.pillar is None:
        return None
    return next(overall_grade_lines(body, sections[0].judgment.line), None)


def _warnings(
    split: Text, sections: Sequence[Section], findings: Sequence[FindingRead], front: FrontMatter
) -> list[ReadingWarning]:
    asked = QUESTIONS_ASKED.get((front.cycle, front.pillar)) if front.pillar else None
    broken_off = incomplete_text(split, sections, asked)
    warnings = [broken_off] if broken_off else []
    if front.force.slug is None:
        message = f"“{front.force.name}” is none of the 43 forces of England and Wales"
        warnings.append(ReadingWarning(front.title_line, "unknown_force", message))
    return warnings + unread_headings(sections, findings)
