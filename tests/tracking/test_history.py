"""The history can be neither altered nor removed, and proves it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tests.factories import AssessmentFactory, member, tracked_finding
from tracking.decisions import decide
from tracking.history import verify_history
from tracking.models import StatusChange, TrackedFinding
from tracking.models.history import AppendOnly
from tracking.standing import status_sentence
from tracking.vocabulary import Decision, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved() -> TrackedFinding:
    """A finding opened and achieved: two changes."""
    tracked = tracked_finding()
    decide(AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), "Met.")
    tracked.refresh_from_db()
    return tracked


def faults() -> list[str]:
    return [str(fault) for fault in verify_history() if fault]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tracking_statuschange SET reason = 'another'",
        "UPDATE tracking_statuschange SET hash = hash",
        "DELETE FROM tracking_statuschange",
    ],
)
def test_the_database_refuses_to_alter_or_delete(moved: TrackedFinding, statement: str) -> None:
    before = list(StatusChange.objects.values())
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(StatusChange.objects.values()) == before


def test_the_database_refuses_to_empty_the_table(moved: TrackedFinding) -> None:
    statements = ["DELETE FROM tracking_statuschange"]  # SQLite's only way
    if connection.vendor == "postgresql":
        statements = ["SET CONSTRAINTS ALL IMMEDIATE", "TRUNCATE tracking_statuschange CASCADE"]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements[:-1]:
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements[-1])


def test_the_models_refuse_as_well(moved: TrackedFinding) -> None:
    change = moved.changes.first()
    for act in (change.save, change.delete, moved.changes.all().delete, lambda: moved.changes.update(reason="another")):
        with pytest.raises(AppendOnly):
            act()


def test_an_untouched_history_holds(moved: TrackedFinding) -> None:
    assert faults() == []
    call_command("verify_history")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE tracking_statuschange SET reason = 'another' WHERE from_status = 'open'", "does not match its hash"),
        (
            "UPDATE tracking_statuschange SET effective_on = '2001-01-01' WHERE from_status = ''",
            "does not match its hash",
        ),
        ("DELETE FROM tracking_statuschange WHERE from_status = ''", "missing or out of order"),
        ("UPDATE tracking_statuschange SET id = id + 900 WHERE from_status = ''", "missing or out of order"),
        ("UPDATE tracking_trackedfinding SET status = 'open'", "its history ends at achieved"),
    ],
    ids=["a reason altered", "a date altered", "a change removed", "changes reordered", "a status altered"],
)
def test_tampering_past_the_triggers_is_found(
    moved: TrackedFinding, tampering: Callable[[str], None], statement: str, fault: str
) -> None:
    tampering("DELETE FROM tracking_event")
    tampering(statement)
    (found,) = faults()
    assert fault in found
    with pytest.raises(CommandError, match="do not hold") as error:
        call_command("verify_history")
    assert error.value.returncode == 1


def test_removing_the_newest_change_is_found(moved: TrackedFinding, tampering: Callable[[str], None]) -> None:
    first = moved.changes.first()
    TrackedFinding.objects.filter(pk=moved.pk).update(last_change=None, standing_change=None, status="open")
    tampering("DELETE FROM tracking_event")
    tampering(f"DELETE FROM tracking_statuschange WHERE id <> {first.pk}")
    assert "the newest change is missing" in faults()[0]


def test_the_sentence_says_since_when_and_on_whose_word(moved: TrackedFinding) -> None:
    report = moved.assessments.get().report
    assert status_sentence(moved) == (
        f"Achieved since 3 October 2022, on the word of {report}, confirmed by {moved.last_change.recorded_by_name}."
    )


def test_a_finding_that_nobody_spoke_of_again_says_so() -> None:
    tracked = tracked_finding()
    assert tracked.finding.report.published_on == date(2019, 5, 2)
    assert status_sentence(tracked) == "Open since 2 May 2019: no verdict of a later report is confirmed yet."
