"""A newer finding that asks again is linked with the older one: both are kept, neither moves the other, the chain tells all."""

from datetime import date

import pytest

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
from tracking.chains import chain_of
from tracking.changes import Move, change_status
from tracking.decisions import decide
from tracking.links import link_by_hand, link_repeats, withdraw_link
from tracking.models import FindingLink, TrackedFinding
from tracking.standing import status_sentence
from tracking.vocabulary import Basis, Decision, Role, Status
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db

LOCKERS = "The force should make sure that property lockers are audited every month by somebody outside the team."
LOCKERS_AGAIN = (
    "The force should make sure that its property lockers are audited each month by somebody outside the team."
)
BICYCLES = "The force should mark recovered bicycles and tell their owners within a week."


@pytest.fixture
def older() -> TrackedFinding:
    return tracked_finding(text=LOCKERS)


def newer_than(older: TrackedFinding, text: str) -> TrackedFinding:
    return tracked_finding(older.force, report=later_report(older.force), text=text)


def pairs() -> list[tuple[int, int]]:
    return list(FindingLink.objects.order_by("pk").values_list("newer", "older"))


def test_what_is_asked_again_in_much_the_same_words_is_linked_once(older: TrackedFinding) -> None:
    again, other = newer_than(older, LOCKERS_AGAIN), newer_than(older, BICYCLES)
    for _ in range(2):
        link_repeats(older.force, [again, other])
    assert pairs() == [(again.pk, older.pk)]
    older.refresh_from_db()
    again.refresh_from_db()
    assert (older.status, again.status) == ("open", "open")


def test_the_order_in_which_reports_come_in_does_not_matter(older: TrackedFinding) -> None:
    again = newer_than(older, LOCKERS_AGAIN)
    link_repeats(older.force, [older])
    assert pairs() == [(again.pk, older.pk)]


def test_near_copies_of_other_forces_and_of_one_report_are_never_linked(older: TrackedFinding) -> None:
    elsewhere = tracked_finding(ForceFactory(), report=later_report(ForceFactory()), text=LOCKERS)
    same_report = tracked_finding(older.force, report=older.finding.report, text=LOCKERS_AGAIN)
    link_repeats(older.force, [older, same_report])
    link_repeats(elsewhere.force, [elsewhere])
    assert pairs() == []


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Ensure that all staff who handle lockers have been vetted for the keys that they hold.", True),
        ("Find out whether decisions on vetting fall unequally on some groups of applicants.", False),
    ],
)
def test_a_national_recommendation_is_told_by_its_cues_and_by_how_it_is_restated(
    older: TrackedFinding, text: str, linked: bool
) -> None:
    report = ReportFactory(
        force=None, reference="national/2016", cycle=CycleFactory(code="2016"), published_on=date(2016, 12, 8)
    )
    cues = {"year": "2016", "phrases": ["vett"]}
    national = tracked_finding(
        older.force,
        report=report,
        scope="national",
        kind="recommendation",
        text="",
        summary="All staff have been vetted for what they handle and for the keys that they hold",
        cues=cues,
    )
    again = newer_than(older, text)
    link_repeats(older.force, [again])
    assert pairs() == ([(again.pk, national.pk)] if linked else [])


def test_a_withdrawn_link_stays_withdrawn_until_a_person_takes_it_up(older: TrackedFinding) -> None:
    officer = member(Role.OFFICER, older.force)
    again = newer_than(older, LOCKERS_AGAIN)
    link_repeats(older.force, [again])
    link = FindingLink.objects.get()
    with pytest.raises(Incomplete):
        withdraw_link(link.pk, " ", officer)
    withdraw_link(link.pk, "Other lockers.", officer)
    with pytest.raises(Refused):
        withdraw_link(link.pk, "Again.", officer)
    link_repeats(older.force, [again])
    assert [ring.tracked_finding.pk for ring in chain_of(older)] == [older.pk]
    link_by_hand(again, older, "The same lockers after all.", officer)
    link.refresh_from_db()
    assert (link.withdrawn_at, link.rule, link.reason) == (None, "person", "The same lockers after all.")
    assert [ring.tracked_finding.pk for ring in chain_of(older)] == [older.pk, again.pk]


def test_links_by_hand_join_a_newer_with_an_older_finding_of_one_force(older: TrackedFinding) -> None:
    officer = member(Role.OFFICER, older.force)
    again = newer_than(older, BICYCLES)
    theirs = tracked_finding()
    for newer, old, reason, error in (
        (again, older, "", Incomplete),
        (again, theirs, "Same.", Incomplete),
        (again, again, "Same.", Incomplete),
        (older, again, "Same.", Refused),
    ):
        with pytest.raises(error):
            link_by_hand(newer, old, reason, officer)
    link_by_hand(again, older, "Same.", officer)
    with pytest.raises(Refused):
        link_by_hand(again, older, "Same.", officer)
    assert FindingLink.objects.count() == 1


def test_achieved_and_found_again_shows_as_a_chain_across_cycles_with_both_verdicts(older: TrackedFinding) -> None:
    officer = member(Role.OFFICER, older.force)
    decide(AssessmentFactory(tracked_finding=older).pk, Decision.CONFIRM, officer, "Read.")
    third = ReportFactory(
        force=older.force, cycle=CycleFactory(code="2023-25"), pillar="", published_on=date(2024, 5, 9)
    )
    again = tracked_finding(older.force, report=third, text=LOCKERS_AGAIN)
    link_repeats(older.force, [again])
    fourth = ReportFactory(
        force=older.force, cycle=CycleFactory(code="2025-27"), pillar="", published_on=date(2026, 5, 9)
    )
    decide(
        AssessmentFactory(tracked_finding=again, outcome="not_achieved", report=fourth).pk,
        Decision.CONFIRM,
        officer,
        "Read.",
    )
    for asked in (older, again):
        rings = chain_of(asked)
        assert [(ring.tracked_finding.pk, ring.found_again) for ring in rings] == [(older.pk, True), (again.pk, False)]
        first, second = (status_sentence(ring.tracked_finding) for ring in rings)
        assert first.startswith("Achieved since 3 October 2022, on the word of")
        assert "not achieved, says" in second
        assert "(9 May 2026)" in second


def test_what_takes_over_belongs_to_the_chain_and_the_reopened_keeps_its_past(older: TrackedFinding) -> None:
    officer, signatory = member(Role.OFFICER, older.force), member(Role.SIGNATORY, older.force)
    evidence = signed_off_evidence(older)
    change_status(
        Move(older.pk, Status.ACHIEVED, Basis.EVIDENCE, "Done.", date(2020, 6, 1), evidence=evidence), officer
    )
    successor = newer_than(older, BICYCLES)
    change_status(
        Move(older.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Taken over.", date(2022, 10, 3), successor=successor),
        officer,
    )
    rings = chain_of(successor)
    assert [(ring.tracked_finding.pk, ring.found_again) for ring in rings] == [(older.pk, True), (successor.pk, False)]
    change_status(Move(older.pk, Status.OPEN, Basis.CORRECTION, "By mistake.", date(2022, 10, 4)), signatory)
    statuses = list(older.changes.values_list("to_status", flat=True))
    assert statuses == ["open", "achieved", "superseded", "open"]
    assert Finding.objects.count() == 2
