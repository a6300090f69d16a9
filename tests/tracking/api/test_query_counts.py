"""What each list and each row costs in queries: pinned, and the same for one row and for many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from findings.models import Theme
from tests.two_forces import Work, work_of
from tracking.api.urls import router
from tracking.models import ApiToken, Reminder, TrackedFinding, User, Webhook

pytestmark = pytest.mark.django_db
# Roles and tokens apart: the person is signed in, and known already.
LISTS = {
    "assessments": 2, "contradictions": 3, "cycles": 2, "deliveries": 2, "events": 2, "evidence": 2, "evidence-notes": 2, "findings": 4, "forces": 2,
    "judgments": 2, "reminders": 2, "reports": 2, "responses": 6, "sign-offs": 3, "status-changes": 2, "themes": 2, "tokens": 2, "tracked-findings": 6,
    "webhooks": 2,
}  # fmt: skip
ROWS = {
    "assessments": 1, "evidence": 1, "evidence-notes": 1, "findings": 3, "forces": 1, "judgments": 1, "reports": 1, "responses": 5, "sign-offs": 2,
    "status-changes": 1, "tracked-findings": 5, "webhooks": 1,
}  # fmt: skip


def cost(client: APIClient, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/api/v1/{address}")
        assert answer.status_code == 200, answer.json()
    return len(queries)


@pytest.fixture
def mine() -> Work:
    work = work_of()
    Theme.objects.create(slug="vetting", name="Vetting")
    TrackedFinding.objects.filter(pk=work.tracked.pk).update(owner=None)
    return work


@pytest.fixture
def reader(mine: Work) -> User:
    """Somebody who reads all forces, and to whom what is a person's own belongs."""
    return mine.people["national"]


def more(reader: User) -> Work:
    """Another force's work, whose keys, webhooks and reminders are the reader's."""
    work = work_of()
    ApiToken.objects.update(user=reader)
    Webhook.objects.update(user=reader)
    Reminder.objects.update(recipient=reader)
    return work


@pytest.fixture
def client(reader: User, api: Callable[[User], APIClient]) -> APIClient:
    more(reader)
    signed_in = api(reader)
    for name in ("cycles", "events"):  # the roles are read once, and what has happened is numbered once
        signed_in.get(f"/api/v1/{name}/")
    return signed_in


def ids_of(work: Work) -> dict[str, Any]:
    return {
        "assessments": work.confirmed.pk,
        "evidence": work.signed.pk,
        "evidence-notes": work.note.pk,
        "findings": work.tracked.finding_id,
        "forces": work.force.slug,
        "judgments": work.judgment.pk,
        "reports": work.tracked.finding.report_id,
        "responses": work.response.pk,
        "sign-offs": work.request.pk,
        "status-changes": work.change.pk,
        "tracked-findings": work.tracked.pk,
        "webhooks": work.webhook.pk,
    }


def test_every_list_and_row_is_pinned() -> None:
    lists = {prefix for prefix, viewset, _ in router.registry if hasattr(viewset, "in_table_order")}
    rows = {prefix for prefix, viewset, _ in router.registry if hasattr(viewset, "retrieve")}
    assert (set(LISTS), set(ROWS)) == (lists, rows)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_costs_the_same_for_few_and_for_many(name: str, reader: User, client: APIClient) -> None:
    few = cost(client, f"{name}/?page_size=200")
    for _ in range(2):
        more(reader)
    client.get("/api/v1/events/")
    many = cost(client, f"{name}/?page_size=200")
    assert (few, many, cost(client, f"{name}/?page_size=1")) == (LISTS[name],) * 3


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_costs_the_same_however_many_there_are(name: str, mine: Work, reader: User, client: APIClient) -> None:
    address = f"{name}/{ids_of(mine)[name]}/"
    few = cost(client, address)
    more(reader)
    assert (few, cost(client, address)) == (ROWS[name],) * 2
