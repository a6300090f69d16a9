"""The list that a force works from, and what it may change of its own."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.factories import CycleFactory, ReportFactory, member, tracked_finding
from tracking.models import TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
LIST = "/api/v1/tracked-findings/"


@pytest.fixture
def officer() -> User:
    return member(Role.OFFICER, tracked_finding(elements=2).force)


@pytest.fixture
def tracked(officer: User) -> TrackedFinding:
    return TrackedFinding.objects.get()


@pytest.fixture
def client(officer: User, api: Callable[[User], APIClient]) -> APIClient:
    return api(officer)


def test_a_tracked_finding_says_all_that_the_contract_names(client: APIClient, tracked: TrackedFinding) -> None:
    body = client.get(f"{LIST}{tracked.pk}/").json()
    named = "id force finding status status_sentence position rag rag_reason due_on due_precision target_on overdue lead owner elements version last_change"
    assert set(named.split()) <= set(body)
    assert {"id", "kind", "scope", "reference", "heading", "text", "summary", "report"} <= set(body["finding"])
    assert {"id", "title", "cycle", "pillar", "published_on", "updated_on"} <= set(body["finding"]["report"])
    assert [set(e) for e in body["elements"]] == [{"id", "position", "text", "status", "due_on"}] * 2
    assert (body["force"], body["due_precision"], body["owner"]) == (tracked.force.slug, None, None)


def test_one_call_answers_what_is_overdue_unowned_and_from_2018(
    client: APIClient, officer: User, tracked: TrackedFinding
) -> None:
    late = tracked_finding(tracked.force, text="The force should staff its counter-corruption unit.")
    owned, other_cycle = (
        tracked_finding(tracked.force),
        tracked_finding(tracked.force, report=ReportFactory(force=tracked.force, cycle=CycleFactory(code="2016"))),
    )
    TrackedFinding.objects.filter(pk__in=[late.pk, owned.pk, other_cycle.pk]).update(due_on=date(2020, 1, 1))
    TrackedFinding.objects.filter(pk=owned.pk).update(owner=officer)
    query = {
        "force": tracked.force.slug,
        "overdue": "true",
        "no_owner": "true",
        "cycle": "2018",
        "search": "counter-corruption",
        "rag": "red",
        "changed_since": "2020-01-01T00:00:00Z",
    }
    assert [row["id"] for row in client.get(LIST, query).json()["results"]] == [late.pk]


@pytest.mark.parametrize(
    "query",
    ["colour=red", "status=closed", "due_before=soon", "force=nowhere", "page_size=0", "page_size=-1", "page_size=1000000", "page_size=x", "page_size=0002000000",
     "ordering=secret", "overdue=perhaps", "changed_since=monday", "cycle=1066"],
)  # fmt: skip
def test_a_query_that_is_not_understood_is_named(client: APIClient, query: str) -> None:
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert query.split("=", maxsplit=1)[0] in response.json()["errors"]


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_depends_neither_on_page_nor_on_rows(
    client: APIClient, tracked: TrackedFinding, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        tracked_finding(tracked.force, elements=2)
    with django_assert_num_queries(6):  # memberships, count, rows, changes, reports, elements
        client.get(LIST)


def test_a_change_needs_the_version_it_was_made_from(client: APIClient, tracked: TrackedFinding) -> None:
    address = f"{LIST}{tracked.pk}/"
    body = {"lead": "Assistant chief constable", "comment": "Agreed at the board."}
    assert client.patch(address, body).status_code == 428
    assert client.patch(address, body, headers={"if-match": "*"}).status_code == 428
    tag = client.get(address)["ETag"]
    changed = client.patch(address, body, headers={"if-match": tag})
    assert (changed.status_code, changed.json()["lead"]) == (200, "Assistant chief constable")
    stale = client.patch(address, {"lead": "Another"}, headers={"if-match": tag})
    assert (stale.status_code, stale["ETag"]) == (412, changed["ETag"])
    tracked.refresh_from_db()
    assert (tracked.lead, tracked.updates.count()) == ("Assistant chief constable", 1)


@pytest.mark.parametrize("field", ["status", "force", "version", "id", "due_on", "finding"])
def test_what_is_not_the_forces_own_cannot_be_set(client: APIClient, tracked: TrackedFinding, field: str) -> None:
    before = TrackedFinding.objects.values().get()
    response = client.patch(f"{LIST}{tracked.pk}/", {field: "achieved"}, headers={"if-match": '"1"'})
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert TrackedFinding.objects.values().get() == before


def test_an_owner_of_another_force_is_as_unknown_as_nobody(client: APIClient, tracked: TrackedFinding) -> None:
    other = member(Role.OFFICER, "kent")
    answers = [
        client.patch(f"{LIST}{tracked.pk}/", {"owner": name}, headers={"if-match": '"1"'})
        for name in (other.username, "nobody-of-this-name")
    ]
    assert [a.status_code for a in answers] == [400, 400]
    sentences = [str(a.json().get("errors", a.json()["detail"])) for a in answers]
    assert all("member of the force" in sentence for sentence in sentences)


def test_overdue_turns_at_midnight_in_london(client: APIClient, tracked: TrackedFinding) -> None:
    TrackedFinding.objects.update(due_on=date(2026, 6, 30))
    for moment, overdue in (("2026-06-30T22:59:00Z", False), ("2026-06-30T23:01:00Z", True)):
        with time_machine.travel(moment, tick=False):
            body = client.get(f"{LIST}{tracked.pk}/").json()
            assert (body["overdue"], body["rag"]) == (overdue, "red" if overdue else "amber")
