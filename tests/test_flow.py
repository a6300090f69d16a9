"""The whole story in one test: reports in, a verdict confirmed, the status moved with its evidence, people reminded."""

from datetime import date
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command

from findings.reference import load_forces
from tests.factories import member
from tracking.decisions import decide
from tracking.history import verify_history
from tracking.intake import take_in
from tracking.models import Assessment, TrackedFinding
from tracking.progress import record_progress
from tracking.reminders import remind
from tracking.standing import status_sentence
from tracking.vocabulary import Decision, Role

pytestmark = pytest.mark.django_db


def test_from_published_report_to_closed_finding(reference: None, samples: Path) -> None:
    # The service knows the forces; a fictional one is among them for this story.
    load_forces("example_force.json")
    officer = member(Role.OFFICER, "exampleshire")

    # In 2016 the inspectors found five areas for improvement. All five are open from then on.
    first = samples / "exampleshire-2016-legitimacy.txt"
    result = take_in(first.name, first.read_bytes())
    assert (result.created, result.tracked_findings, result.assessments) == (5, 5, 0)

    # In 2018 they came back, found three more, and said how four earlier findings stand.
    second = samples / "exampleshire-2018-legitimacy.txt"
    result = take_in(second.name, second.read_bytes())
    assert (result.created, result.assessments, result.linked, result.unlinked) == (3, 4, 4, 0)

    # One verdict is on the signing of enquiry logs. It is proposed; nothing has moved.
    proposed = Assessment.objects.get(report=result.report, outcome="achieved")
    finding = proposed.tracked_finding
    assert finding is not None
    assert "sign each enquiry log" in finding.finding.text
    assert (proposed.state, finding.status) == ("proposed", "open")
    assert proposed.caveat.startswith("However, two of the logs")

    # The officer reads the sentence and confirms it. The status moves, from the day of the report's words.
    decided = decide(proposed.pk, Decision.CONFIRM, officer, "The logs were read by the inspectors themselves.")
    finding.refresh_from_db()
    assert decided.change is not None
    assert (decided.change.from_status, decided.change.to_status) == ("open", "achieved")
    assert decided.change.effective_on == date(2019, 5, 14)
    assert decided.change.assessment == proposed
    assert status_sentence(finding) == (
        "Achieved since 14 May 2019, with a caveat, on the word of Exampleshire Police, PEEL 2018, legitimacy,"
        f" confirmed by {officer}."
    )

    # Taking both documents in again changes nothing: no finding twice, no decision undone.
    for document in (first, second):
        again = take_in(document.name, document.read_bytes())
        assert (again.created, again.changed, again.tracked_findings, again.assessments) == (0, 0, 0, 0)
    finding.refresh_from_db()
    assert finding.status == "achieved"

    # The force sets itself a target for the appraisals, and is reminded once when it comes near.
    appraisals = TrackedFinding.objects.get(
        finding__text__contains="yearly appraisal", finding__report__cycle__code="2016"
    )
    record_progress(appraisals.pk, {"target_on": date(2019, 9, 30), "owner": officer}, officer, "Agreed at the board.")
    assert remind(date(2019, 9, 10)).sent == 1
    assert "yearly appraisal" in mail.outbox[0].body
    assert remind(date(2019, 9, 10)).sent == 0
    assert len(mail.outbox) == 1

    # And the history proves itself.
    assert [fault for fault in verify_history() if fault] == []
    call_command("verify_history")
