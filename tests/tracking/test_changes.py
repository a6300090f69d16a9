"""The one writer of statuses: locked, checked, written with its history, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from findings.models import Finding
from tests.factories import (
    AssessmentFactory,
    CycleFactory,
    ForceFactory,
    ReportFactory,
    later_report,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.changes import Move, change_status, change_statuses, follow_published, is_later, open_findings
from tracking.decisions import decide
from tracking.models import StatusChange, TrackedFinding
from tracking.vocabulary import Basis, Decision, Role, Status
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db
DAY = date(2020, 6, 1)


def on_evidence(tracked: TrackedFinding, to: Status = Status.ACHIEVED, **values: object) -> Move:
    named = {"effective_on": DAY, "evidence": signed_off_evidence(tracked), **values}
    return Move(tracked.pk, to, Basis.EVIDENCE, "The audit shows it.", **named)


def test_every_record_opens_on_publication_with_a_history_of_one() -> None:
    tracked = tracked_finding()
    (change,) = tracked.changes.all()
    assert (change.from_status, change.to_status, change.basis) == ("", "open", "publication")
    assert change.effective_on == tracked.finding.report.published_on
    assert tracked.last_change == change


def test_a_move_writes_status_and_history_together() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force, first_name="Officer", last_name="One")
    change = change_status(on_evidence(tracked), officer)
    tracked.refresh_from_db()
    assert (tracked.status, tracked.version, tracked.last_change) == ("achieved", 2, change)
    assert (change.from_status, change.to_status, change.effective_on) == ("open", "achieved", DAY)
    assert (change.recorded_by, change.recorded_by_name) == (officer, "Officer One")
    assert change.previous_hash == tracked.changes.first().hash
    assert change.hash == change.sealed()


def test_evidence_that_nobody_else_signed_off_moves_nothing() -> None:
    tracked = tracked_finding()
    evidence = signed_off_evidence(tracked)
    evidence.signed_off_by = evidence.signed_off_at = None
    evidence.save()
    with pytest.raises(Refused) as refused:
        change_status(on_evidence(tracked, evidence=evidence), member(Role.OFFICER, tracked.force))
    assert refused.value.code == "evidence_not_signed_off"
    tracked.refresh_from_db()
    assert (tracked.status, tracked.changes.count()) == ("open", 1)


def test_evidence_of_another_finding_is_no_basis() -> None:
    tracked, other = tracked_finding(), tracked_finding()
    with pytest.raises(Refused):
        change_status(on_evidence(tracked, evidence=signed_off_evidence(other)), member(Role.OFFICER, tracked.force))


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (None, "effective_on_missing"),
        (date(2999, 1, 1), "effective_on_in_future"),
        (date(2019, 5, 1), "earlier_than_report"),
    ],
)
def test_a_move_is_true_from_a_day_that_can_be(day: date | None, code: str) -> None:
    tracked = tracked_finding()
    with pytest.raises(Refused) as refused:
        change_status(on_evidence(tracked, effective_on=day), member(Role.OFFICER, tracked.force))
    assert refused.value.code == code


def test_only_a_signatory_of_the_force_corrects() -> None:
    tracked = tracked_finding()
    change_status(on_evidence(tracked), member(Role.OFFICER, tracked.force))
    back = Move(tracked.pk, Status.OPEN, Basis.CORRECTION, "Entered for the wrong finding.", DAY)
    for other in (member(Role.OFFICER, tracked.force), member(Role.SIGNATORY, ForceFactory())):
        with pytest.raises(Refused) as refused:
            change_status(back, other)
        assert refused.value.code == "signatory_needed"
    assert change_status(back, member(Role.SIGNATORY, tracked.force)).to_status == "open"


def test_superseding_names_another_finding_of_the_same_force() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    for successor, code in (
        (None, "successor_missing"),
        (tracked_finding(), "successor_of_another_force"),
        (tracked, "successor_of_another_force"),
    ):
        with pytest.raises(Refused) as refused:
            change_status(
                Move(tracked.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Newer.", DAY, successor=successor), officer
            )
        assert refused.value.code == code
    newer = tracked_finding(tracked.force)
    change_status(Move(tracked.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Newer.", DAY, successor=newer), officer)
    tracked.refresh_from_db()
    assert (tracked.status, tracked.successor) == ("superseded", newer)


def test_several_moves_are_all_or_none() -> None:
    tracked, other = tracked_finding(), tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    impossible = Move(other.pk, Status.ACHIEVED, Basis.CORRECTION, "No basis.", DAY)
    with pytest.raises(Refused):
        change_statuses([on_evidence(tracked), impossible], officer)
    tracked.refresh_from_db()
    assert (tracked.status, tracked.changes.count()) == ("open", 1)


def test_a_move_whose_history_cannot_be_written_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    tracked = tracked_finding()
    move, officer = on_evidence(tracked), member(Role.OFFICER, tracked.force)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(TrackedFinding, "save", broken)
    with pytest.raises(RuntimeError):
        change_status(move, officer)
    tracked.refresh_from_db()
    assert (tracked.status, tracked.changes.count()) == ("open", 1)


def test_the_overall_status_follows_its_elements() -> None:
    tracked = tracked_finding(elements=2)
    officer = member(Role.OFFICER, tracked.force)
    first, second = tracked.elements.all()
    change_status(on_evidence(tracked, element=first.pk), officer)
    tracked.refresh_from_db()
    assert tracked.status == "partly_complied"
    change_status(on_evidence(tracked, element=second.pk), officer)
    tracked.refresh_from_db()
    assert tracked.status == "achieved"
    assert [c.basis for c in tracked.changes.all()] == ["publication", "evidence", "elements", "evidence", "elements"]


def test_evidence_cannot_say_more_than_the_elements_add_up_to() -> None:
    tracked = tracked_finding(elements=2)
    with pytest.raises(Refused) as refused:
        change_status(on_evidence(tracked), member(Role.OFFICER, tracked.force))
    assert refused.value.code == "disagrees_with_elements"


def test_an_inspections_own_overall_verdict_stands_over_the_elements() -> None:
    tracked = tracked_finding(elements=2)
    officer = member(Role.OFFICER, tracked.force)
    decide(AssessmentFactory(tracked_finding=tracked, outcome="achieved").pk, Decision.CONFIRM, officer, "Read it.")
    tracked.refresh_from_db()
    assert tracked.status == "achieved"
    change_status(on_evidence(tracked, element=tracked.elements.first().pk, effective_on=date(2023, 1, 1)), officer)
    tracked.refresh_from_db()
    assert tracked.status == "achieved"


def test_an_element_of_another_finding_is_unknown() -> None:
    tracked, other = tracked_finding(elements=1), tracked_finding(elements=1)
    with pytest.raises(Incomplete, match="no such element"):
        change_status(on_evidence(tracked, element=other.elements.get().pk), member(Role.OFFICER, tracked.force))


@pytest.mark.parametrize(
    ("own", "other", "later"),
    [
        (("2016", None), ("2018", None), True),
        (("2018", date(2020, 1, 1)), ("2016", date(2021, 1, 1)), False),
        (("2018", date(2019, 1, 1)), ("2018", date(2019, 6, 1)), True),
        (("2018", date(2019, 1, 1)), ("2018", date(2019, 1, 1)), False),
        (("2018", None), ("2018", date(2019, 6, 1)), False),
    ],
)
def test_later_goes_by_cycle_then_by_date(own: tuple, other: tuple, later: bool) -> None:
    reports = [
        ReportFactory(cycle=CycleFactory(code=cycle), published_on=day, published_precision="day" if day else "")
        for cycle, day in (own, other)
    ]
    assert is_later(reports[1], reports[0]) is later


def test_a_finding_is_opened_once_per_force() -> None:
    tracked = tracked_finding()
    assert open_findings(tracked.finding, [tracked.force]) == []
    assert TrackedFinding.objects.count() == 1


def test_innovative_practice_has_no_status() -> None:
    practice = Finding.objects.create(
        report=later_report(ForceFactory()), reference="x", kind="innovative_practice", number=1
    )
    assert open_findings(practice, [practice.report.force]) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_moves_and_one_is_told(committed: None) -> None:
    tracked = tracked_finding()
    people = [member(Role.OFFICER, tracked.force) for _ in range(8)]
    move = on_evidence(tracked)
    start = Barrier(len(people))

    def attempt(index: int) -> str:
        start.wait()
        try:
            change_status(move, people[index])
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(len(people)) as pool:
        outcomes = sorted(pool.map(attempt, range(len(people))))
    assert outcomes == ["moved", *["no_change"] * 7]
    assert StatusChange.objects.filter(tracked_finding=tracked).count() == 2


def test_an_old_verdict_does_not_come_back_by_another_door() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    newest = ReportFactory(force=tracked.force, cycle=CycleFactory(code="2023-25"), published_on=date(2024, 2, 1))
    met = AssessmentFactory(tracked_finding=tracked)
    decide(met.pk, Decision.CONFIRM, officer, "Met.")
    again = AssessmentFactory(tracked_finding=tracked, report=newest, outcome="not_achieved")
    decide(again.pk, Decision.CONFIRM, officer, "Found again.")
    met.refresh_from_db()
    with pytest.raises(Refused) as refused:
        change_status(Move(tracked.pk, Status.ACHIEVED, Basis.ASSESSMENT, "Surely.", assessment=met), officer)
    assert refused.value.code == "assessment_overtaken"


def test_an_assessment_is_true_from_its_reports_own_day() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    confirmed = AssessmentFactory(tracked_finding=tracked)
    confirmed.state, confirmed.decided_by, confirmed.decided_at = "confirmed", officer, "2022-11-01T10:00:00Z"
    confirmed.save()
    move = Move(tracked.pk, Status.ACHIEVED, Basis.ASSESSMENT, "Met.", date(2025, 1, 1), assessment=confirmed)
    with pytest.raises(Incomplete) as refused:
        change_status(move, officer)
    assert refused.value.code == "effective_on_is_the_reports"


def test_elements_do_not_wake_a_superseded_finding() -> None:
    tracked = tracked_finding(elements=1)
    newer = tracked_finding(tracked.force)
    officer = member(Role.OFFICER, tracked.force)
    change_status(Move(tracked.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Newer.", DAY, successor=newer), officer)
    change_status(on_evidence(tracked, element=tracked.elements.get().pk), officer)
    tracked.refresh_from_db()
    assert (tracked.status, tracked.successor) == ("superseded", newer)


def test_two_findings_cannot_supersede_each_other() -> None:
    first = tracked_finding()
    second = tracked_finding(first.force)
    officer = member(Role.OFFICER, first.force)
    change_status(Move(first.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Newer.", DAY, successor=second), officer)
    first.refresh_from_db()
    with pytest.raises(Refused) as refused:
        change_status(Move(second.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Newer.", DAY, successor=first), officer)
    assert refused.value.code == "successor_superseded"


def test_a_correction_agrees_with_the_elements() -> None:
    tracked = tracked_finding(elements=1)
    change_status(on_evidence(tracked, element=tracked.elements.get().pk), member(Role.OFFICER, tracked.force))
    with pytest.raises(Refused) as refused:
        change_status(
            Move(tracked.pk, Status.OPEN, Basis.CORRECTION, "Wrong.", DAY), member(Role.SIGNATORY, tracked.force)
        )
    assert refused.value.code == "disagrees_with_elements"


def test_requests_in_opposite_order_wait_for_each_other(committed: None) -> None:
    first = tracked_finding()
    second = tracked_finding(first.force)
    people = [member(Role.OFFICER, first.force) for _ in range(2)]
    moves = [on_evidence(first), on_evidence(second)]
    start = Barrier(2)

    def attempt(index: int) -> str:
        start.wait()
        try:
            change_statuses(moves if index else moves[::-1], people[index])
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["moved", "no_change"]


def test_a_corrected_date_reaches_everybody_who_tracks_it() -> None:
    tracked = tracked_finding()
    Finding.objects.filter(pk=tracked.finding_id).update(due_on=date(2027, 1, 31), due_precision="month")
    assert follow_published(Finding.objects.get()) == 1
    assert follow_published(Finding.objects.get()) == 0
    tracked.refresh_from_db()
    assert (tracked.due_on, tracked.due_precision, tracked.version) == (date(2027, 1, 31), "month", 2)
