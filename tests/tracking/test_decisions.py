"""A person confirms or rejects what a report was read to say: once, with a reason, on the finding that is meant."""

from datetime import date

import pytest

from tests.factories import AssessmentFactory, CycleFactory, ReportFactory, member, signed_off_evidence, tracked_finding
from tracking.changes import Move, change_status
from tracking.decisions import decide
from tracking.models import TrackedFinding
from tracking.vocabulary import AssessmentState, Basis, Decision, Role, Status
from tracking.workflow import Refused

pytestmark = pytest.mark.django_db


def test_confirming_moves_the_status_on_the_day_of_the_report() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    assessment = AssessmentFactory(tracked_finding=tracked, outcome="partly_complied")
    decided = decide(assessment.pk, Decision.CONFIRM, officer, "I read the page.")
    assert decided.change is not None
    assert (decided.change.to_status, decided.change.basis) == ("partly_complied", "assessment")
    assert decided.change.effective_on == date(2022, 10, 3)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.decided_by, assessment.reason) == ("confirmed", officer, "I read the page.")


def test_rejecting_moves_nothing() -> None:
    tracked = tracked_finding()
    assessment = AssessmentFactory(tracked_finding=tracked)
    decided = decide(assessment.pk, Decision.REJECT, member(Role.OFFICER, tracked.force), "It means another one.")
    assert (decided.change, decided.assessment.state) == (None, AssessmentState.REJECTED)
    tracked.refresh_from_db()
    assert tracked.status == "open"


@pytest.mark.parametrize("first", list(Decision))
@pytest.mark.parametrize("second", list(Decision))
def test_nothing_is_decided_twice(first: Decision, second: Decision) -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    assessment = AssessmentFactory(tracked_finding=tracked)
    decide(assessment.pk, first, officer, "First.")
    with pytest.raises(Refused) as refused:
        decide(assessment.pk, second, officer, "Second.")
    assert refused.value.code == "already_decided"


def test_every_decision_has_a_reason() -> None:
    tracked = tracked_finding()
    assessment = AssessmentFactory(tracked_finding=tracked)
    with pytest.raises(Refused) as refused:
        decide(assessment.pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), " ")
    assert refused.value.code == "reason_missing"


@pytest.mark.parametrize("outcome", ["in_progress", "no_outcome"])
def test_a_verdict_without_a_status_is_kept_as_evidence(outcome: str) -> None:
    tracked = tracked_finding()
    assessment = AssessmentFactory(tracked_finding=tracked, outcome=outcome)
    assert decide(assessment.pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), "Noted.").change is None
    tracked.refresh_from_db()
    assert (tracked.status, tracked.changes.count()) == ("open", 1)


def test_a_verdict_that_says_what_stands_already_is_kept_as_evidence() -> None:
    tracked = tracked_finding()
    assessment = AssessmentFactory(tracked_finding=tracked, outcome="not_achieved")
    assert decide(assessment.pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), "Still open.").change is None


def test_found_again_after_achieved_is_a_regression_with_both_verdicts_kept() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    newest = ReportFactory(force=tracked.force, cycle=CycleFactory(code="2023-25"), published_on=date(2024, 2, 1))
    decide(AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, officer, "Met.")
    decide(
        AssessmentFactory(tracked_finding=tracked, report=newest, outcome="not_achieved").pk,
        Decision.CONFIRM,
        officer,
        "Found again.",
    )
    assert [change.to_status for change in tracked.changes.all()] == ["open", "achieved", "open"]


def test_an_older_report_read_later_does_not_undo_a_newer_word() -> None:
    tracked = tracked_finding(report=ReportFactory(cycle=CycleFactory(code="2016"), published_on=date(2017, 1, 1)))
    officer = member(Role.OFFICER, tracked.force)
    older = ReportFactory(force=tracked.force, cycle=CycleFactory(code="2018"))
    decide(AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, officer, "Met in 2022.")
    decided = decide(
        AssessmentFactory(tracked_finding=tracked, report=older, outcome="not_achieved").pk,
        Decision.CONFIRM,
        officer,
        "Not in 2019.",
    )
    assert decided.change is None
    tracked.refresh_from_db()
    assert tracked.status == "achieved"


def test_a_report_says_nothing_of_findings_newer_than_itself() -> None:
    tracked = tracked_finding()
    older = ReportFactory(force=tracked.force, cycle=CycleFactory(code="2016"), published_on=date(2016, 12, 1))
    with pytest.raises(Refused) as refused:
        decide(
            AssessmentFactory(tracked_finding=tracked, report=older).pk,
            Decision.CONFIRM,
            member(Role.OFFICER, tracked.force),
            "Surely.",
        )
    assert refused.value.code == "assessment_not_later"


def test_an_unlinked_verdict_needs_the_finding_that_is_meant() -> None:
    tracked, other = tracked_finding(), tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    assessment = AssessmentFactory(tracked_finding=None, force=tracked.force)
    for chosen, code in ((None, "tracked_finding_missing"), (other, "finding_of_another_force")):
        with pytest.raises(Refused) as refused:
            decide(assessment.pk, Decision.CONFIRM, officer, "This one.", chosen)
        assert refused.value.code == code
    assert decide(assessment.pk, Decision.CONFIRM, officer, "This one.", tracked).change is not None


def test_a_report_without_a_date_needs_the_day_from_the_officer() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    undated = ReportFactory(
        force=tracked.force, cycle=CycleFactory(code="2021/22"), published_on=None, published_precision=""
    )
    assessment = AssessmentFactory(tracked_finding=tracked, report=undated)
    with pytest.raises(Refused) as refused:
        decide(assessment.pk, Decision.CONFIRM, officer, "Met.")
    assert refused.value.code == "effective_on_missing"
    assessment.refresh_from_db()
    assert assessment.state == "proposed"
    assert decide(assessment.pk, Decision.CONFIRM, officer, "Met.", effective_on=date(2022, 5, 1)).change is not None
    assert TrackedFinding.objects.get(pk=tracked.pk).status == "achieved"


def test_a_page_updated_late_does_not_block_a_later_cycles_verdict() -> None:
    page = ReportFactory(
        cycle=CycleFactory(code="2016"), published_on=None, published_precision="", updated_on=date(2021, 3, 1)
    )
    tracked = tracked_finding(page.force, report=page)
    report = ReportFactory(force=page.force, cycle=CycleFactory(code="2018"), published_on=date(2019, 5, 2))
    assessment = AssessmentFactory(tracked_finding=tracked, report=report)
    decided = decide(assessment.pk, Decision.CONFIRM, member(Role.OFFICER, page.force), "Met.")
    assert decided.change is not None
    assert decided.change.effective_on == date(2019, 5, 2)


def test_a_verdict_older_than_the_evidence_that_it_meets_is_kept_as_evidence() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    move = Move(
        tracked.pk,
        Status.PARTLY_COMPLIED,
        Basis.EVIDENCE,
        "Audit.",
        date(2023, 6, 1),
        evidence=signed_off_evidence(tracked),
    )
    change_status(move, officer)
    decided = decide(AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, officer, "Said in 2022.")
    assert (decided.change, decided.assessment.state) == (None, "confirmed")
