"""Sign-off: asked for by one person, accepted or returned by another, shown as such until an inspection speaks."""

from datetime import date

import pytest
from django.utils import timezone

from tests.factories import AssessmentFactory, later_report, member, signed_off_evidence, tracked_finding
from tracking.decisions import decide
from tracking.evidence import record_evidence
from tracking.models import SignOffRequest, TrackedFinding, User
from tracking.progress import decide_sign_off, record_progress
from tracking.standing import colour_of, status_sentence
from tracking.vocabulary import Decision, Outcome, Rag, Role
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def tracked() -> TrackedFinding:
    return tracked_finding()


@pytest.fixture
def officer(tracked: TrackedFinding) -> User:
    return member(Role.OFFICER, tracked.force)


@pytest.fixture
def signatory(tracked: TrackedFinding) -> User:
    return member(Role.SIGNATORY, tracked.force)


def asked(tracked: TrackedFinding, by: User) -> SignOffRequest:
    evidence = record_evidence(tracked, "Audit", "https://force.example/audit", by)
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, by, "All done.", evidence=[evidence])
    return tracked.sign_off_requests.get(state="asked")


def test_accepting_signs_the_work_and_its_evidence_off(tracked: TrackedFinding, officer: User, signatory: User) -> None:
    request = asked(tracked, officer)
    decide_sign_off(request.pk, True, signatory)
    tracked.refresh_from_db()
    request.refresh_from_db()
    assert (tracked.position, tracked.status) == ("signed_off", "open")
    assert (request.state, request.decided_by) == ("accepted", signatory)
    assert tracked.evidence.get().signed_off_by == signatory


def test_returning_needs_a_reason_and_puts_the_work_back(
    tracked: TrackedFinding, officer: User, signatory: User
) -> None:
    request = asked(tracked, officer)
    with pytest.raises(Incomplete):
        decide_sign_off(request.pk, False, signatory, " ")
    tracked.refresh_from_db()
    assert tracked.position == "ready_for_sign_off"
    decide_sign_off(request.pk, False, signatory, "The audit covers half the force.")
    tracked.refresh_from_db()
    request.refresh_from_db()
    assert (tracked.position, request.state) == ("in_progress", "returned")
    assert request.reason == "The audit covers half the force."
    assert tracked.evidence.get().signed_off_by is None


def test_nobody_decides_on_their_own_request_and_nobody_twice(
    tracked: TrackedFinding, officer: User, signatory: User
) -> None:
    both = member(Role.SIGNATORY, tracked.force)
    request = asked(tracked, both)
    for accept in (True, False):
        with pytest.raises(Refused) as refused:
            decide_sign_off(request.pk, accept, both, "Fine.")
        assert refused.value.code == "second_person_needed"
    decide_sign_off(request.pk, True, signatory)
    with pytest.raises(Refused) as refused:
        decide_sign_off(request.pk, True, signatory)
    assert refused.value.code == "already_decided"


def test_an_officer_takes_the_request_back(tracked: TrackedFinding, officer: User) -> None:
    request = asked(tracked, officer)
    record_progress(tracked.pk, {"position": "in_progress"}, officer, "Not yet.")
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_evidence_that_the_signatory_recorded_is_not_signed_off_by_them(
    tracked: TrackedFinding, officer: User, signatory: User
) -> None:
    own = record_evidence(tracked, "Own audit", "https://force.example/own", signatory)
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer, "Done.", evidence=[own])
    with pytest.raises(Refused) as refused:
        decide_sign_off(tracked.sign_off_requests.get().pk, True, signatory)
    assert refused.value.code == "second_person_needed"
    tracked.refresh_from_db()
    assert tracked.position == "ready_for_sign_off"


def test_evidence_of_another_finding_goes_with_no_request(tracked: TrackedFinding, officer: User) -> None:
    other = signed_off_evidence(tracked_finding(tracked.force))
    with pytest.raises(Incomplete):
        record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer, "Done.", evidence=[other])
    assert not SignOffRequest.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "colour", "contradicted"),
    [
        (Outcome.ACHIEVED, Rag.GREEN, False),
        (Outcome.NOT_ACHIEVED, Rag.AMBER, True),
        (Outcome.PARTLY_COMPLIED, Rag.AMBER, True),
        (Outcome.IN_PROGRESS, Rag.GREEN, False),
    ],
)
def test_signed_off_is_green_until_inspectors_say_otherwise(
    tracked: TrackedFinding, officer: User, signatory: User, outcome: Outcome, colour: Rag, contradicted: bool
) -> None:
    decide_sign_off(asked(tracked, officer).pk, True, signatory)
    tracked.refresh_from_db()
    assert colour_of(tracked, timezone.localdate()) == (
        Rag.GREEN,
        "signed off by the force, not yet confirmed by an inspection",
    )
    report = later_report(tracked.force, published_on=timezone.localdate())
    verdict = AssessmentFactory(tracked_finding=tracked, report=report, outcome=outcome.value)
    decide(verdict.pk, Decision.CONFIRM, officer, "Read.")
    tracked.refresh_from_db()
    found, reason = colour_of(tracked, timezone.localdate())
    assert (found, tracked.contradicted, tracked.last_word) == (colour, contradicted, verdict)
    assert ("the inspectors say otherwise" in reason) is contradicted
    assert tracked.position == "signed_off"


def test_a_report_from_before_the_sign_off_contradicts_nothing(
    tracked: TrackedFinding, officer: User, signatory: User
) -> None:
    decide_sign_off(asked(tracked, officer).pk, True, signatory)
    old = AssessmentFactory(tracked_finding=tracked, outcome="not_achieved")
    assert old.report.published_on == date(2022, 10, 3)
    decide(old.pk, Decision.CONFIRM, officer, "Read.")
    tracked.refresh_from_db()
    assert not tracked.contradicted


def test_the_sentence_keeps_the_last_verdict_even_where_it_moved_nothing(
    tracked: TrackedFinding, officer: User
) -> None:
    verdict = AssessmentFactory(tracked_finding=tracked, outcome="not_achieved")
    decide(verdict.pk, Decision.CONFIRM, officer, "Read.")
    tracked.refresh_from_db()
    assert status_sentence(tracked) == (
        f"Open since 2 May 2019; not achieved, says {verdict.report} (3 October 2022), confirmed by {officer}."
    )
