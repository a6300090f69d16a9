"""Deciding and moving over the API: what is refused, how, and that nothing moves then."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories import AssessmentFactory, member, signed_off_evidence, tracked_finding
from tracking.models import Assessment, StatusChange, TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
MOVES = "/api/v1/status-changes/"


@pytest.fixture
def tracked() -> TrackedFinding:
    return tracked_finding()


@pytest.fixture
def assessment(tracked: TrackedFinding) -> Assessment:
    return AssessmentFactory(tracked_finding=tracked, outcome="partly_complied")


@pytest.fixture
def client(tracked: TrackedFinding, api: Callable[[User], APIClient]) -> APIClient:
    return api(member(Role.OFFICER, tracked.force))


def decision(assessment: Assessment) -> str:
    return f"/api/v1/assessments/{assessment.pk}/decision/"


def test_confirming_answers_with_the_status_change(
    client: APIClient, assessment: Assessment, tracked: TrackedFinding
) -> None:
    response = client.post(decision(assessment), {"decision": "confirm", "reason": "I read it."})
    body = response.json()
    assert response.status_code == 200
    assert (body["state"], body["reason"]) == ("confirmed", "I read it.")
    change = body["status_change"]
    assert (change["to_status"], change["effective_on"], change["assessment"]) == (
        "partly_complied",
        "2022-10-03",
        assessment.pk,
    )


def test_confirming_twice_is_a_409(client: APIClient, assessment: Assessment) -> None:
    client.post(decision(assessment), {"decision": "confirm", "reason": "I read it."})
    again = client.post(decision(assessment), {"decision": "confirm", "reason": "I read it."})
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    assert again["Content-Type"] == "application/problem+json"


def test_an_officer_of_another_force_gets_a_404(assessment: Assessment, api: Callable[[User], APIClient]) -> None:
    stranger = api(member(Role.OFFICER, "kent"))
    refused = stranger.post(decision(assessment), {"decision": "confirm", "reason": "Mine."})
    missing = stranger.post("/api/v1/assessments/999999/decision/", {"decision": "confirm", "reason": "Mine."})
    assert refused.status_code == missing.status_code == 404
    assert refused.json() == missing.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "confirm"}, "reason"),
        ({"decision": "confirm", "reason": ""}, "reason"),
        ({"decision": "confirm", "reason": " "}, "reason"),
        ({"decision": "perhaps", "reason": "x"}, "decision"),
        ({"reason": "x"}, "decision"),
        ({"decision": "confirm", "reason": "x\u0000y"}, "reason"),
        ({"decision": "confirm", "reason": "x", "tracked_finding": 2**70}, "tracked_finding"),
        ({"decision": "confirm", "reason": "x", "tracked_finding": "one"}, "tracked_finding"),
        ({"decision": "confirm", "reason": "x", "effective_on": "yesterday"}, "effective_on"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named_and_nothing_is_decided(
    client: APIClient, assessment: Assessment, body: dict[str, Any], field: str
) -> None:
    response = client.post(decision(assessment), body)
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assessment.refresh_from_db()
    assert assessment.state == "proposed"


def test_a_finding_of_another_force_is_as_unknown_as_none(client: APIClient, assessment: Assessment) -> None:
    theirs = tracked_finding()
    foreign = client.post(decision(assessment), {"decision": "confirm", "reason": "x", "tracked_finding": theirs.pk})
    missing = client.post(decision(assessment), {"decision": "confirm", "reason": "x", "tracked_finding": 999999})
    assert foreign.status_code == missing.status_code == 400
    told = [answer.json() for answer in (foreign, missing)]
    named = [str(told[0]).replace(f'"{theirs.pk}"', "N"), str(told[1]).replace('"999999"', "N")]
    assert named[0] == named[1]
    assert "N" in named[0]


def on_evidence(tracked: TrackedFinding, **values: Any) -> dict[str, Any]:
    body = {
        "tracked_finding": tracked.pk,
        "to_status": "achieved",
        "effective_on": "2020-06-01",
        "basis": "evidence",
        "reason": "The audit shows it.",
    }
    return {**body, "evidence": signed_off_evidence(tracked).pk, **values}


def test_a_status_is_changed_on_signed_off_evidence(client: APIClient, tracked: TrackedFinding) -> None:
    response = client.post(MOVES, on_evidence(tracked))
    assert response.status_code == 201
    assert {
        "id",
        "tracked_finding",
        "element",
        "from_status",
        "to_status",
        "effective_on",
        "recorded_at",
        "recorded_by",
        "basis",
        "assessment",
        "reason",
        "hash",
    } <= set(response.json())
    tracked.refresh_from_db()
    assert tracked.status == "achieved"


@pytest.mark.parametrize(
    ("values", "status", "named"),
    [
        ({"to_status": "finished"}, 400, "to_status"),
        ({"reason": ""}, 400, "reason"),
        ({"reason": None}, 400, "reason"),
        ({"basis": "publication"}, 400, "basis"),
        ({"basis": "elements"}, 400, "basis"),
        ({"evidence": None}, 409, "evidence_not_signed_off"),
        ({"to_status": "open"}, 409, "no_change"),
        ({"to_status": "superseded", "basis": "successor", "evidence": None}, 400, "successor_missing"),
        ({"basis": "correction", "evidence": None}, 409, "basis_not_allowed"),
        ({"basis": "correction"}, 400, "not_of_this_basis"),
        ({"effective_on": "2999-01-01"}, 400, "effective_on_in_future"),
    ],
)
def test_a_move_that_the_rules_refuse_is_refused_with_a_code(
    client: APIClient, tracked: TrackedFinding, values: dict[str, Any], status: int, named: str
) -> None:
    response = client.post(MOVES, on_evidence(tracked, **values))
    body = response.json()
    assert response.status_code == status
    assert named in body.get("errors", {}) or body["code"] == named
    if status == 409:
        assert body["allowed"] == ["partly_complied", "achieved", "superseded"]
    assert StatusChange.objects.filter(tracked_finding=tracked).count() == 1


def test_many_moves_are_all_or_none_with_an_error_per_row(client: APIClient, tracked: TrackedFinding) -> None:
    second = tracked_finding(tracked.force)
    bad = {**on_evidence(second), "to_status": "finished"}
    response = client.post(MOVES, [on_evidence(tracked), bad])
    assert response.status_code == 400
    assert set(response.json()["errors"]) == {"1"}
    assert "to_status" in response.json()["errors"]["1"]
    refused = client.post(MOVES, [on_evidence(tracked), {**on_evidence(second), "to_status": "open"}])
    assert refused.status_code == 409
    assert StatusChange.objects.exclude(basis="publication").count() == 0
    done = client.post(MOVES, [on_evidence(tracked), on_evidence(second)])
    assert (done.status_code, len(done.json())) == (201, 2)


def test_one_foreign_finding_among_own_refuses_the_whole(client: APIClient, tracked: TrackedFinding) -> None:
    theirs = tracked_finding()
    response = client.post(MOVES, [on_evidence(tracked), on_evidence(theirs)])
    assert response.status_code == 400
    assert StatusChange.objects.exclude(basis="publication").count() == 0


def test_a_viewer_sees_and_cannot_change(tracked: TrackedFinding, api: Callable[[User], APIClient]) -> None:
    response = api(member(Role.VIEWER, tracked.force)).post(MOVES, on_evidence(tracked))
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


def test_the_feed_is_followed_by_cursor(client: APIClient, tracked: TrackedFinding) -> None:
    for _ in range(4):
        tracked_finding(tracked.force)
    seen, address = [], f"{MOVES}?page_size=2"
    while address:
        page = client.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == sorted(StatusChange.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "[[]]", "[1]", "{}"])
def test_a_body_that_is_no_move_is_a_400(client: APIClient, body: str) -> None:
    response = client.post(MOVES, body, content_type="application/json")
    assert response.status_code == 400, response.content


def test_a_refused_move_among_many_is_named_by_its_row(client: APIClient, tracked: TrackedFinding) -> None:
    second = tracked_finding(tracked.force)
    refused = client.post(MOVES, [on_evidence(tracked), on_evidence(second, to_status="open")])
    assert (refused.status_code, refused.json()["row"]) == (409, 1)


@pytest.mark.parametrize("address", [MOVES, "/api/v1/tokens/"])
def test_json_nested_without_end_is_a_bad_request(client: APIClient, address: str) -> None:
    response = client.post(address, "[" * 100_000, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("value", ["2" * 30, "0", "-1", "one"])
def test_an_id_that_no_row_can_have_is_a_400(client: APIClient, value: str) -> None:
    for listing in (MOVES, "/api/v1/assessments/"):
        assert client.get(listing, {"tracked_finding": value}).status_code == 400
