"""Each known lay-out, in a sample written for it, against what a careful person reads there."""

import json
from pathlib import Path
from typing import Any

import pytest

from findings.reading.reader import read_report
from findings.reading.values import ReportReading

LAYOUTS = Path(__file__).resolve().parents[3] / "fixtures" / "reports" / "layouts"
SAMPLES = sorted(LAYOUTS.glob("*.txt"))


def said(reading: ReportReading) -> dict[str, Any]:
    return {
        "force": reading.force.slug,
        "cycle": reading.cycle,
        "pillar": reading.pillar,
        "updated_on": reading.updated_on and reading.updated_on.isoformat(),
        "published_on": reading.published_on and reading.published_on.isoformat(),
        "overall_grade": reading.overall_grade,
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_layout_is_read_as_a_careful_person_reads_it(sample: Path) -> None:
    gold = json.loads(sample.with_suffix(".json").read_text())
    reading = read_report(sample.read_text())
    assert said(reading) == {name: gold[name] for name in said(reading)}
    assert [
        {"number": j.number, "question": j.question, "grade": j.grade, "carried_over_from": j.carried_over_from}
        for j in reading.judgments
    ] == gold["judgments"]
    found = [(f.kind.value, f.question, len(f.elements), f.due_on and f.due_on.isoformat()) for f in reading.findings]
    assert found == [(f["kind"], f["question"], f["elements"], f["due_on"]) for f in gold["findings"]]
    for finding, expected in zip(reading.findings, gold["findings"], strict=True):
        text = " ".join(filter(None, (finding.heading, finding.text)))
        assert text.startswith(expected["starts"])
        assert text.endswith(expected["ends"])
    judged = [(a.outcome.value, a.refers_to.kind.value, a.refers_to.year) for a in reading.assessments]
    assert judged == [(a["outcome"], a["kind"], a["year"]) for a in gold["assessments"]]
    for assessment, expected in zip(reading.assessments, gold["assessments"], strict=True):
        assert assessment.quote.startswith(expected["starts"])
    assert reading.truncated is None


def test_there_is_a_gold_reading_for_each_sample() -> None:
    assert [path.stem for path in SAMPLES] == sorted(path.stem for path in LAYOUTS.glob("*.json"))
    assert SAMPLES
