"""What does not go together in a force's record is listed, each thing once, and nothing else is."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import AssessmentFactory, ForceFactory, member, signed_off_evidence, tracked_finding
from tracking.changes import Move, change_status
from tracking.contradictions import SAID, contradictions_of, with_contradictions
from tracking.decisions import decide
from tracking.evidence import record_evidence
from tracking.models import TrackedElement, TrackedFinding, User
from tracking.progress import decide_sign_off, record_progress
from tracking.standing import elements_add_up_to
from tracking.vocabulary import Basis, Contradiction, Decision, Role, Status

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def found_in(tracked: TrackedFinding) -> set[str]:
    row = with_contradictions(TrackedFinding.objects.filter(pk=tracked.pk), TODAY()).get()
    return {code.value for code in contradictions_of(row)}


@pytest.fixture
def owned() -> TrackedFinding:
    """An open finding with an owner: nothing is wrong with it."""
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    record_progress(tracked.pk, {"owner": officer}, officer)
    return tracked


def officer_of(tracked: TrackedFinding) -> User:
    return member(Role.OFFICER, tracked.force)


def verdict(tracked: TrackedFinding, outcome: str, **values: object) -> None:
    decide(
        AssessmentFactory(tracked_finding=tracked, outcome=outcome, **values).pk,
        Decision.CONFIRM,
        officer_of(tracked),
        "Read.",
    )


def sign_off(tracked: TrackedFinding, *, with_evidence: bool) -> None:
    officer = officer_of(tracked)
    shown = [record_evidence(tracked, "Audit", "https://force.example/audit", officer)] if with_evidence else []
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer, "Done.", evidence=shown)
    decide_sign_off(tracked.sign_off_requests.get(state="asked").pk, True, member(Role.SIGNATORY, tracked.force))


def test_a_finding_in_order_contradicts_nothing(owned: TrackedFinding) -> None:
    assert found_in(owned) == set()


def test_nobody_owns_it() -> None:
    tracked = tracked_finding()
    assert found_in(tracked) == {"no_owner"}
    verdict(tracked, "achieved")
    assert found_in(tracked) == set()


def test_achieved_with_a_caveat(owned: TrackedFinding) -> None:
    verdict(owned, "achieved", caveat="However, two of them were not.")
    assert found_in(owned) == {"achieved_with_caveat"}


def test_signed_off_while_the_inspectors_say_otherwise(owned: TrackedFinding) -> None:
    sign_off(owned, with_evidence=True)
    assert found_in(owned) == set()
    TrackedFinding.objects.filter(pk=owned.pk).update(contradicted=True)
    assert found_in(owned) == {"inspectors_say_otherwise"}


def test_said_to_be_done_with_nothing_to_show(owned: TrackedFinding) -> None:
    sign_off(owned, with_evidence=False)
    assert found_in(owned) == {"status_without_evidence"}


def test_a_correction_leaves_a_status_without_evidence(owned: TrackedFinding) -> None:
    verdict(owned, "achieved")
    signatory = member(Role.SIGNATORY, owned.force)
    change_status(
        Move(owned.pk, Status.PARTLY_COMPLIED, Basis.CORRECTION, "Not in full.", date(2022, 10, 3)), signatory
    )
    assert found_in(owned) == {"status_without_evidence"}


def test_a_target_after_the_inspectors_date(owned: TrackedFinding) -> None:
    coming = TODAY() + timedelta(days=30)
    TrackedFinding.objects.filter(pk=owned.pk).update(due_on=coming, target_on=coming)
    assert found_in(owned) == set()
    TrackedFinding.objects.filter(pk=owned.pk).update(target_on=coming + timedelta(days=1))
    assert found_in(owned) == {"target_after_deadline"}


def test_a_date_that_passed_without_a_reason(owned: TrackedFinding) -> None:
    TrackedFinding.objects.filter(pk=owned.pk).update(due_on=TODAY())
    assert found_in(owned) == set()
    TrackedFinding.objects.filter(pk=owned.pk).update(due_on=TODAY() - timedelta(days=1))
    assert found_in(owned) == {"late_without_reason"}
    record_progress(owned.pk, {"shortfall_reason": "The supplier failed."}, officer_of(owned))
    assert found_in(owned) == set()


def test_a_colour_that_needs_a_reason_and_has_none(owned: TrackedFinding) -> None:
    record_progress(owned.pk, {"position": "no_action"}, officer_of(owned), "We disagree.")
    assert found_in(owned) == set()
    TrackedFinding.objects.filter(pk=owned.pk).update(shortfall_reason="")
    assert found_in(owned) == {"colour_without_reason"}


@pytest.mark.parametrize("overall", list(Status))
@pytest.mark.parametrize("first", list(Status))
@pytest.mark.parametrize("second", list(Status))
def test_lists_and_pages_agree_on_what_elements_add_up_to(overall: Status, first: Status, second: Status) -> None:
    tracked = tracked_finding(elements=2)
    successor = tracked_finding(tracked.force)
    TrackedFinding.objects.filter(pk=tracked.pk).update(
        status=overall.value, successor=successor if overall is Status.SUPERSEDED else None
    )
    for element, status in zip(tracked.elements.order_by("pk"), (first, second), strict=True):
        TrackedElement.objects.filter(pk=element.pk).update(status=status.value)
    tracked.refresh_from_db()
    assert ("elements_disagree" in found_in(tracked)) is (elements_add_up_to(tracked) is not None)


def test_an_inspections_verdict_stands_over_its_elements_and_the_disagreement_shows(
    api: Callable[[User], APIClient],
) -> None:
    tracked = tracked_finding(elements=2)
    verdict(tracked, "achieved")
    body = api(officer_of(tracked)).get(f"/api/v1/tracked-findings/{tracked.pk}/").json()
    assert (body["status"], body["elements_add_up_to"]) == ("achieved", "open")
    assert "elements_disagree" in found_in(tracked)


def test_every_contradiction_has_a_sentence() -> None:
    assert set(SAID) == set(Contradiction)


def test_the_list_over_the_api(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    signed_off_evidence(tracked)
    late = tracked_finding(tracked.force, due_on=date(2020, 1, 1), due_precision="day")
    client = api(officer_of(tracked))
    rows = {row["tracked_finding"]: row for row in client.get("/api/v1/contradictions/?ordering=id").json()["results"]}
    assert [c["code"] for c in rows[tracked.pk]["contradictions"]] == ["no_owner"]
    assert rows[late.pk]["contradictions"][1] == {
        "code": "late_without_reason",
        "message": "Its date has passed, and no reason is given.",
    }
    filtered = client.get("/api/v1/contradictions/?code=late_without_reason").json()["results"]
    assert [row["tracked_finding"] for row in filtered] == [late.pk]
    assert client.get("/api/v1/contradictions/?code=nonsense").status_code == 400
    stranger = api(member(Role.OFFICER, ForceFactory()))
    assert stranger.get("/api/v1/contradictions/").json()["results"] == []


def test_the_cost_of_the_list_does_not_grow_with_it(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding(elements=1)
    client = api(officer_of(tracked))
    costs = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/contradictions/").status_code == 200
        costs.append(len(queries))
        for _ in range(5):
            tracked_finding(tracked.force, elements=1)
    assert costs[1:] == [3, 3]
