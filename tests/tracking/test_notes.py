"""Inferred follow-ups are notes beside a finding: offered once, decided once, and they move no status."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from findings.reference import load_forces
from tests.factories import EvidenceNoteFactory, member, tracked_finding
from tracking.intake import take_in
from tracking.models import Assessment, EvidenceNote, StatusChange, TrackedFinding, User
from tracking.notes import decide_note
from tracking.vocabulary import Role
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db

OLD = """Exampleshire PEEL 2014
Legitimacy
How fair is it to all people?
How well does it treat people?
Areas for improvement
- The force should give its sergeants honest and fair appraisals, and deal with poor performance.
It is fair.
"""
ABOUT = "Sergeants say that their appraisals are honest and fair now, and that poor performance is dealt with."
NEW = (
    OLD.replace("2014", "2015").replace("- The force should give its sergeants honest and fair appraisals, and deal with poor performance.", "- The force should answer its letters.")
    + f"{ABOUT}\nCall handlers answer within ten seconds, and callers think well of them on the whole, as we saw.\n"
)  # fmt: skip


@pytest.fixture(autouse=True)
def example_force(reference: None) -> None:
    load_forces("example_force.json")


def test_a_passage_is_offered_once_and_moves_nothing() -> None:
    take_in("old.txt", OLD.encode())
    result = take_in("new.txt", NEW.encode())
    assert (result.notes, result.assessments) == (1, 0)
    note = EvidenceNote.objects.get()
    assert (note.quote, note.line, note.state) == (ABOUT, 8, "offered")
    assert note.tracked_finding.finding.reference == "exampleshire/2014/legitimacy/q1/afi/1"
    assert note.tracked_finding.status == "open"
    decide_note(note.pk, keep=False, by=member(Role.OFFICER, "exampleshire"), reason="It is about constables.")
    assert take_in("new.txt", NEW.encode()).notes == 0
    assert EvidenceNote.objects.get().state == "dismissed"


def test_an_older_report_offers_nothing_about_a_newer_finding() -> None:
    take_in("new.txt", NEW.replace("The force should answer its letters", ABOUT).encode())
    assert take_in("old.txt", (OLD + ABOUT).encode()).notes == 0


def test_what_the_report_names_it_judges_itself() -> None:
    take_in("old.txt", OLD.encode())
    named = "It has met the 2014 area for improvement on honest and fair appraisals of sergeants and poor performance."
    result = take_in("new.txt", (NEW + named).encode())
    assert (result.linked, result.notes) == (1, 0)


def test_nothing_crosses_to_another_force() -> None:
    take_in("old.txt", OLD.encode())
    assert take_in("new.txt", NEW.replace("Exampleshire", "Kent").encode()).notes == 0


def test_a_note_is_decided_once_with_a_reason_and_moves_no_status() -> None:
    note = EvidenceNoteFactory(tracked_finding=tracked_finding())
    officer = member(Role.OFFICER, note.tracked_finding.force)
    changes = StatusChange.objects.count()
    with pytest.raises(Incomplete):
        decide_note(note.pk, keep=True, by=officer, reason=" ")
    assert decide_note(note.pk, keep=True, by=officer, reason="It shows the board.").state == "kept"
    with pytest.raises(Refused):
        decide_note(note.pk, keep=False, by=officer, reason="No.")
    assert StatusChange.objects.count() == changes
    assert TrackedFinding.objects.get(pk=note.tracked_finding_id).status == "open"


def test_a_note_is_decided_over_the_api_once(api: Callable[[User], APIClient]) -> None:
    note = EvidenceNoteFactory(tracked_finding=tracked_finding())
    client = api(member(Role.OFFICER, note.tracked_finding.force))
    address = f"/api/v1/evidence-notes/{note.pk}/decision/"
    assert client.post(address, {"decision": "perhaps", "reason": "x"}).status_code == 400
    answer = client.post(address, {"decision": "keep", "reason": "It shows the board."})
    assert (answer.status_code, answer.json()["state"]) == (200, "kept")
    assert client.post(address, {"decision": "dismiss", "reason": "x"}).status_code == 409


def test_what_the_later_lancashire_report_covers_is_noted_and_proposed_nowhere(real_reports: Path) -> None:
    for path in sorted(real_reports.glob("00[01]_*.txt")):
        take_in(path.name, path.read_bytes())
    noted = {(n.tracked_finding.finding.reference.split("/", 1)[1], n.line) for n in EvidenceNote.objects.all()}
    assert {
        ("2018/legitimacy/q3/afi/1", 489),
        ("2018/legitimacy/q3/afi/1", 485),
        ("2018/legitimacy/q2/afi/1", 457),
    } <= noted
    assert ("2018/legitimacy/q2/afi/4", 499) in noted  # not inspected yet: a reason to show, no outcome
    assert any(reference == "2017/legitimacy/recommendation/1" for reference, _ in noted)
    assert not any(reference == "2018/legitimacy/q2/afi/2" for reference, _ in noted)
    assert not Assessment.objects.filter(report__cycle__code="2021/22").exists()
    assert not TrackedFinding.objects.filter(force__slug="lancashire").exclude(status="open").exists()
