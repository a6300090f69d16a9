"""The demo's published record: the facts of five real reports, with summaries in this service's words.

Stored under the same references that taking the documents in gives, so that a document joins its records.
"""

from datetime import date
from typing import Any

from findings.grades import Grade
from findings.importing import ImportedReport, import_reading, report_reference
from findings.models import Finding, Report
from findings.reading.gazetteer import known_forces
from findings.reading.values import FindingRead, ForceRead, JudgmentRead, ReportReading
from findings.reference import load_forces, rows
from findings.themes import correct_themes
from findings.vocabulary import DocumentKind, FindingKind, Pillar, Precision


def load_demo_record() -> list[ImportedReport]:
    """Stores the example force and the demo's reports; those that are there already are left as they are."""
    load_forces("example_force.json")
    readings = [(entry, _reading(entry)) for entry in rows("demo.json")]
    return [
        _store(entry, reading)
        for entry, reading in readings
        if not Report.objects.filter(reference=report_reference(reading)).exists()
    ]


def _store(entry: dict[str, Any], reading: ReportReading) -> ImportedReport:
    imported = import_reading(None, reading)
    for finding, facts in zip(imported.created, entry["findings"], strict=True):
        Finding.objects.filter(pk=finding.pk).update(summary=facts["summary"])
        correct_themes(finding, facts["themes"])  # a careful person gave them
    return imported


def _reading(entry: dict[str, Any]) -> ReportReading:
    force = known_forces().find(entry["force"].replace("-", " "))
    if force is None:
        raise LookupError(entry["force"])
    return ReportReading(
        layout="demo",
        kind=DocumentKind.INSPECTION,
        force=ForceRead(force.name, force.slug),
        programme="PEEL",
        cycle=entry["cycle"],
        pillar=Pillar(entry["pillar"]) if entry["pillar"] else None,
        title="",
        updated_on=_day(entry["updated_on"]),
        published_on=_day(entry["published_on"]),
        published_precision=Precision(entry["published_precision"]) if entry["published_precision"] else None,
        inspector=entry["inspector"],
        overall_grade=_grade(entry["overall_grade"]),
        judgments=tuple(_judgment(row) for row in entry["judgments"]),
        findings=tuple(_finding(row) for row in entry["findings"]),
        assessments=(),
        warnings=(),
    )


def _judgment(row: dict[str, Any]) -> JudgmentRead:
    return JudgmentRead(**{**row, "also_called": tuple(row["also_called"]), "grade": _grade(row["grade"])})


def _finding(row: dict[str, Any]) -> FindingRead:
    return FindingRead(
        kind=FindingKind(row["kind"]),
        question=row["question"],
        heading=None,
        text="",
        elements=(),
        deadline_text=None,
        due_on=None,
        due_precision=None,
        line=row["line"],
        end_line=row["end_line"],
        parent=None,
    )


def _grade(value: str | None) -> Grade | None:
    return Grade(value) if value else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
