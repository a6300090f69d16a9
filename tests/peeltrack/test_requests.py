"""Each request has an id of its own: in its answer, in the log, and in every change that it made."""

import logging
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from peeltrack.requests import WithRequestId
from tests.factories import AssessmentFactory, member, tracked_finding
from tracking.history import verify_history
from tracking.models import User
from tracking.provenance import begin_request, end_request
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db


def test_a_change_names_the_request_that_it_came_by(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    assessment = AssessmentFactory(tracked_finding=tracked)
    client = api(member(Role.OFFICER, tracked.force))
    response = client.post(f"/api/v1/assessments/{assessment.pk}/decision/", {"decision": "confirm", "reason": "Read."})
    opened, confirmed = tracked.changes.all()
    assert confirmed.request_id == response["X-Request-ID"]
    assert opened.request_id is None  # came by no request
    assert response.json()["status_change"]["request_id"] == response["X-Request-ID"]
    assert [fault for fault in verify_history() if fault] == []
    call_command("verify_history")


def test_every_answer_has_an_id_and_a_clients_own_is_not_taken() -> None:
    first, second = (Client().get("/healthz", headers={"X-Request-ID": "mine"})["X-Request-ID"] for _ in range(2))
    assert len({first, second, "mine"}) == 3


def test_a_line_of_the_log_names_the_request() -> None:
    def line() -> logging.LogRecord:
        return logging.LogRecord("tracking", logging.INFO, "here", 1, "said", (), None)

    begun = begin_request("an-id")
    inside = line()
    WithRequestId().filter(inside)
    end_request(begun)
    outside = line()
    WithRequestId().filter(outside)
    assert (inside.request_id, outside.request_id) == ("an-id", "-")
