"""Each known lay-out, in a sample written for it, against what a careful person reads there."""

import json
from pathlib import Path
from typing import Any

import pytest

from findings.reading.reader import read_report
from findings.reading.register import RegisterReading, read_register
from findings.reading.values import FindingRead, NotReadable, ReportReading

SAMPLES = Path(__file__).resolve().parents[3] / "fixtures" / "reports"
LAYOUTS = sorted((SAMPLES / "layouts").glob("*.txt"))
REGISTER = sorted((SAMPLES / "register").glob("*.txt"))
NO_REPORTS = sorted((SAMPLES / "not-reports").glob("*.txt"))
LEAST = 30
SURE = 0.9
SURE_ONES = 30


def name_of(path: Path) -> str:
    return path.stem


def gold_of(sample: Path) -> dict[str, Any]:
    """What a careful person reads in the sample: made by reading, never by running the reader."""
    gold: dict[str, Any] = json.loads(sample.with_suffix(".json").read_text())
    return gold


def said(reading: ReportReading) -> dict[str, Any]:
    return {
        "force": reading.force.slug if reading.force else None,
        "cycle": reading.cycle,
        "pillar": reading.pillar,
        "updated_on": reading.updated_on and reading.updated_on.isoformat(),
        "published_on": reading.published_on and reading.published_on.isoformat(),
        "overall_grade": reading.overall_grade,
    }


def words(finding: FindingRead) -> str:
    return " ".join(filter(None, (finding.heading, finding.text)))


@pytest.mark.parametrize("sample", LAYOUTS, ids=name_of)
def test_a_layout_is_read_as_a_careful_person_reads_it(sample: Path) -> None:
    gold = gold_of(sample)
    reading = read_report(sample.read_text())
    assert said(reading) == {name: gold[name] for name in said(reading)}
    assert reading.kind == gold.get("document_kind", "inspection")
    assert [
        {"number": j.number, "question": j.question, "grade": j.grade, "carried_over_from": j.carried_over_from}
        for j in reading.judgments
    ] == gold["judgments"]
    found = [(f.kind.value, f.question, len(f.elements), f.due_on and f.due_on.isoformat()) for f in reading.findings]
    assert found == [(f["kind"], f["question"], f["elements"], f["due_on"]) for f in gold["findings"]]
    for finding, expected in zip(reading.findings, gold["findings"], strict=True):
        assert words(finding).startswith(expected["starts"])
        assert words(finding).endswith(expected["ends"])
        assert finding.scope == expected.get("scope", "force")
        assert finding.addressed_to == expected.get("addressed_to")
    judged = [(a.outcome.value, a.refers_to.kind.value, a.refers_to.year) for a in reading.assessments]
    assert judged == [(a["outcome"], a["kind"], a["year"]) for a in gold["assessments"]]
    for assessment, expected in zip(reading.assessments, gold["assessments"], strict=True):
        assert assessment.quote.startswith(expected["starts"])
    assert reading.truncated is None


def test_a_proposal_that_is_sure_of_itself_is_right() -> None:
    """At least 98 of 100 proposals with a confidence of 0.9 or more stand in the gold, with their outcome."""
    right = sure = 0
    for sample in LAYOUTS:
        gold = {(a["outcome"], a["kind"], a["year"], a["starts"]) for a in gold_of(sample)["assessments"]}
        for said in read_report(sample.read_text()).assessments:
            if said.confidence >= SURE:
                sure += 1
                meant = said.refers_to
                right += any(
                    (said.outcome, meant.kind, meant.year) == row[:3] and said.quote.startswith(row[3]) for row in gold
                )
    assert sure >= SURE_ONES
    assert right / sure >= 0.98


@pytest.mark.parametrize("sample", NO_REPORTS, ids=name_of)
def test_what_only_speaks_of_reports_is_refused_with_the_reason(sample: Path) -> None:
    with pytest.raises(NotReadable, match=r"expected|found|names"):
        read_report(sample.read_text())


@pytest.mark.parametrize("sample", REGISTER, ids=name_of)
def test_a_page_of_the_register_is_read_as_history(sample: Path) -> None:
    gold = gold_of(sample)
    reading = read_register(sample.read_text())
    assert (reading.title, reading.number, reading.status) == (gold["title"], gold["number"], gold["status"])
    assert reading.text.startswith(gold["text_starts"])
    assert reading.text.endswith(gold["text_ends"])
    assert (len(reading.elements), reading.deadline_text) == (gold["elements"], gold["deadline_text"])
    assert entries(reading) == gold["entries"]


def entries(reading: RegisterReading) -> list[dict[str, str | None]]:
    return [{"on": e.on.isoformat(), "status": e.status, "comment": e.comment} for e in reading.entries]


def test_each_sample_has_its_gold_and_none_is_left_out() -> None:
    for folder, samples in (("layouts", LAYOUTS), ("register", REGISTER)):
        assert [path.stem for path in samples] == sorted(path.stem for path in (SAMPLES / folder).glob("*.json"))
    assert len(LAYOUTS) >= LEAST
    assert REGISTER
    assert NO_REPORTS
