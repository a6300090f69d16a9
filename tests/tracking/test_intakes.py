"""Several documents at once: each is taken in on its own, and none is lost for another's fault."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from findings.models import Document, Finding
from tests.factories import member
from tracking import intakes
from tracking.intake import NotYours
from tracking.intakes import MOST_AT_ONCE, announce, open_intake, read_item
from tracking.models import Intake, IntakeItem, User
from tracking.vocabulary import IntakeState, Role
from tracking.workflow import Refused

PICTURE = b"\xff\xd8\xff\xe0JFIF"


@pytest.fixture
def officer(reference: None) -> User:
    return member(Role.OFFICER, "kent")


@pytest.fixture
def kent(samples: Path) -> bytes:
    return (samples / "exampleshire-2016-legitimacy.txt").read_text().replace("Exampleshire", "Kent").encode()


def read(intake: Intake, name: str, content: bytes) -> IntakeItem:
    read_item(announce(intake, name), content)
    return intake.items.get(name=name)


def test_each_document_says_what_came_of_it(officer: User, kent: bytes) -> None:
    item = read(open_intake(officer), "kent.txt", kent)
    assert (item.state, item.message, item.line) == (IntakeState.TAKEN_IN, "", 0)
    assert item.report is not None
    assert str(item.report) == "Kent Police, PEEL 2016, legitimacy"
    assert (item.counts["created"], item.counts["tracked_findings"]) == (5, Finding.objects.filter(report=item.report).exclude(kind="innovative_practice").count())  # fmt: skip


def test_a_document_at_fault_is_named_with_its_place_and_leaves_the_others(officer: User, kent: bytes) -> None:
    intake = open_intake(officer)
    rows = [announce(intake, name) for name in ("cat.txt", "broken.txt", "kent.txt")]
    for row, content in zip(rows, (PICTURE, b"one\ntwo\n\xff\n", kent), strict=True):
        read_item(row, content)
    told = list(intake.items.values_list("name", "state", "line"))
    assert told == [("cat.txt", "refused", 0), ("broken.txt", "refused", 3), ("kent.txt", "taken_in", 0)]
    assert "JPEG picture" in intake.items.get(name="cat.txt").message
    assert Document.objects.count() == 1


def test_a_report_of_another_force_is_refused_and_says_so(officer: User, kent: bytes) -> None:
    item = read(open_intake(officer), "essex.txt", kent.replace(b"Kent", b"Essex"))
    assert (item.state, item.report) == ("refused", None)
    assert "Essex Police, which is not your force" in item.message
    assert Document.objects.count() == 0


def test_the_same_document_again_is_already_in_and_names_its_report(officer: User, kent: bytes) -> None:
    first = read(open_intake(officer), "kent.txt", kent)
    again = read(open_intake(officer), "kent-copy.txt", kent)
    assert (again.state, again.report, again.counts["created"]) == ("already_in", first.report, 0)
    assert Document.objects.count() == 1


def test_a_fault_of_the_service_is_logged_and_leaves_the_other_documents(
    officer: User, kent: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taking_in = intakes.take_in

    def failing(name: str, content: bytes, by: User) -> object:
        if name == "bad.txt":
            raise ZeroDivisionError("secret inside")
        return taking_in(name, content, by)

    monkeypatch.setattr(intakes, "take_in", failing)
    intake = open_intake(officer)
    bad, good = read(intake, "bad.txt", kent), read(intake, "good.txt", kent)
    assert (bad.state, good.state) == ("refused", "taken_in")
    assert "The service failed on this document" in bad.message
    assert "secret inside" not in bad.message
    assert "ZeroDivisionError" in caplog.text


def test_how_many_documents_one_intake_holds_is_bounded(officer: User) -> None:
    intake = open_intake(officer)
    for number in range(MOST_AT_ONCE):
        announce(intake, f"{number}.txt")
    with pytest.raises(Refused, match="At most 50 documents at once"):
        announce(intake, "one-more.txt")
    assert intake.items.count() == MOST_AT_ONCE


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SIGNATORY, Role.NATIONAL])
def test_who_takes_nothing_in_opens_no_intake(role: Role, db: None) -> None:
    with pytest.raises(NotYours):
        open_intake(member(role, "kent" if role.is_of_a_force else None))
    assert Intake.objects.count() == 0


def test_names_are_for_showing_alone(officer: User) -> None:
    item = announce(open_intake(officer), "../../etc/evil\u202e\r\nname.txt")
    assert item.name == "evilname.txt"


def test_a_reading_that_ended_without_a_word_is_told_as_broken_off(officer: User) -> None:
    item = announce(open_intake(officer), "a.txt")
    assert not item.broke_off
    IntakeItem.objects.update(state="reading", changed_at=timezone.now() - timedelta(minutes=6))
    item.refresh_from_db()
    assert item.broke_off
    IntakeItem.objects.update(state="refused")
    item.refresh_from_db()
    assert not item.broke_off
