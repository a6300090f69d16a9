"""Two who pass a check at the same moment: one is served, the other is told, and nothing is a fault (T40)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

from tests.factories import AssessmentFactory, ReportFactory, member, tracked_finding
from tracking.models import StatutoryResponse, TrackedFinding
from tracking.vocabulary import Role


def at_once(force: Any, count: int, ask: Callable[[APIClient], Any]) -> list[int]:
    """What several officers of one force are answered who ask the same at one moment."""
    officers = [member(Role.OFFICER, force) for _ in range(count)]
    barrier, answers = threading.Barrier(count), []

    def one(officer: Any) -> None:
        client = APIClient()
        client.force_authenticate(officer)
        barrier.wait()
        answers.append(ask(client).status_code)
        connection.close()

    threads = [threading.Thread(target=one, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.fixture
def tracked(committed: None) -> TrackedFinding:
    return tracked_finding()


def test_the_same_file_is_kept_once(tracked: TrackedFinding) -> None:
    where = f"/api/v1/tracked-findings/{tracked.pk}/evidence/"

    def send(client: APIClient) -> Any:
        body = {"title": "Minutes", "file": SimpleUploadedFile("minutes.pdf", b"%PDF-1.7 minutes")}
        return client.post(where, body, format="multipart")

    assert at_once(tracked.force, 4, send) == [201, 409, 409, 409]
    assert tracked.evidence.count() == 1


def test_a_verdict_is_decided_once(tracked: TrackedFinding) -> None:
    where = f"/api/v1/assessments/{AssessmentFactory(tracked_finding=tracked).pk}/decision/"
    words = {"decision": "confirm", "reason": "Read."}
    assert at_once(tracked.force, 4, lambda client: client.post(where, words)) == [200, 409, 409, 409]


def test_the_comments_on_a_report_are_opened_once(tracked: TrackedFinding) -> None:
    report = ReportFactory(force=tracked.force, published_on=None, published_precision="")
    words = {"report": report.pk, "force": tracked.force.slug, "published_on": "2019-05-02"}
    answers = at_once(tracked.force, 4, lambda client: client.post("/api/v1/responses/", words))
    assert set(answers) <= {201, 409}  # whoever comes later enters the day anew, or is told of the first
    assert StatutoryResponse.objects.filter(report=report).count() == 1


def test_sign_off_is_asked_for_once(tracked: TrackedFinding) -> None:
    where = f"/api/v1/tracked-findings/{tracked.pk}/sign-offs/"
    assert at_once(tracked.force, 4, lambda client: client.post(where, {"comment": "Done."})) == [201, 409, 409, 409]
    assert tracked.sign_off_requests.count() == 1
