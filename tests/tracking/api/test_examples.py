"""The examples in the schema are answers of the service itself, about the fictional force. With DRAW_EXAMPLES=1 they are drawn anew."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from rest_framework.test import APIClient

from findings.reference import load_forces
from tests.factories import member
from tracking.api.documented import EXAMPLES
from tracking.intake import take_in
from tracking.models import Assessment, TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
API = "/api/v1/"
# What differs from run to run: numbers that a database gives, and seals over them.
RUNNING = {
    "id", "hash", "request_id", "tracked_finding", "report", "assessment", "evidence", "successor", "subject", "status_change", "position",
    "next", "previous", "resume", "last_word", "newer", "older", "parent", "begins_with", "secret", "token", "address", "sha256",
}  # fmt: skip


@pytest.fixture
def world(reference: None, samples: Path) -> Iterator[tuple[User, User]]:
    """The fictional force's three reports, taken in on a fixed day; its officer and its signatory."""
    with time_machine.travel("2026-06-01T09:00:00Z", tick=False):
        load_forces("example_force.json")
        for name in ("2016-legitimacy", "2018-legitimacy", "2021-22"):
            page = samples / f"exampleshire-{name}.txt"
            take_in(page.name, page.read_bytes())
        people = [
            member(role, "exampleshire", first_name="Exampleshire", last_name=role.value)
            for role in (Role.OFFICER, Role.SIGNATORY)
        ]
        yield people[0], people[1]


def drawn(officer: APIClient, signatory: APIClient) -> dict[str, Any]:
    """What each operation was asked and answered, one after the other as an officer would go."""
    told: dict[str, Any] = {}

    def ask(operation: str, client: APIClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = getattr(client, method)(f"{API}{path}", body, headers=headers)
        assert answer.status_code in {200, 201}, (operation, answer.json())
        told[operation] = {**({"request": body} if body is not None else {}), "status": str(answer.status_code), "answer": _short(answer.json())}  # fmt: skip
        return answer

    verdict = Assessment.objects.filter(outcome="achieved", tracked_finding__isnull=False).order_by("pk")[0]
    other = TrackedFinding.objects.filter(force__slug="exampleshire", status="open").exclude(pk=verdict.tracked_finding_id).order_by("pk")[0]  # fmt: skip
    ask("assessments_list", officer, "get", "assessments/?state=proposed&page_size=1")
    ask("assessments_decision_create", officer, "post", f"assessments/{verdict.pk}/decision/", {"decision": "confirm", "reason": "I read the page."})  # fmt: skip
    ask("tracked_findings_list", officer, "get", "tracked-findings/?status=achieved")
    got = ask("tracked_findings_retrieve", officer, "get", f"tracked-findings/{other.pk}/")
    words = {
        "position": "in_progress",
        "lead": "Assistant chief constable",
        "target_on": "2026-12-31",
        "comment": "Agreed at the board.",
    }
    ask(
        "tracked_findings_partial_update",
        officer,
        "patch",
        f"tracked-findings/{other.pk}/",
        words,
        **{"If-Match": got["ETag"]},
    )
    shown = ask("tracked_findings_evidence_create", officer, "post", f"tracked-findings/{other.pk}/evidence/", {"title": "Audit of case files", "link": "https://exampleshire.example/audit"})  # fmt: skip
    asked = ask("tracked_findings_sign_offs_create", officer, "post", f"tracked-findings/{other.pk}/sign-offs/", {"comment": "The board has closed it.", "evidence": [shown.json()["id"]]})  # fmt: skip
    ask(
        "sign_offs_decision_create",
        signatory,
        "post",
        f"sign-offs/{asked.json()['id']}/decision/",
        {"decision": "accept"},
    )
    move = {
        "tracked_finding": other.pk, "to_status": "achieved", "basis": "evidence", "evidence": shown.json()["id"], "effective_on": "2026-06-01",
        "reason": "The audit shows it.",
    }  # fmt: skip
    ask("status_changes_create", officer, "post", "status-changes/", move)
    ask("status_changes_list", officer, "get", "status-changes/?basis=evidence")
    ask("events_list", officer, "get", "events/?kind=sign_off_asked")
    ask("findings_list", officer, "get", "findings/?force=exampleshire&page_size=1")
    ask("reports_list", officer, "get", "reports/?force=exampleshire&page_size=1")
    ask("responses_list", officer, "get", "responses/?page_size=1")
    ask("statistics_counts_retrieve", officer, "get", "statistics/counts/?by=status")
    ask("statistics_series_retrieve", officer, "get", "statistics/series/?every=year&since=2018-01-01")
    ask("statistics_time_to_achieve_retrieve", officer, "get", "statistics/time-to-achieve/?by=cycle")
    ask("forces_summary_retrieve", officer, "get", "forces/exampleshire/summary/")
    return told


def _short(answer: Any) -> Any:
    """The answer, with one row of what it lists."""
    if isinstance(answer, dict) and isinstance(answer.get("results"), list):
        return {**answer, "results": answer["results"][:1]}
    return answer


def _compared(told: Any, name: str = "") -> Any:
    if isinstance(told, dict):
        return {key: _compared(value, key) for key, value in told.items()}
    if isinstance(told, list):
        return [_compared(value, name) for value in told]
    return "…" if name in RUNNING and told is not None else told


def test_the_examples_are_what_the_service_answers(world: tuple[User, User], api: Callable[[User], APIClient]) -> None:
    told = drawn(*(api(person) for person in world))
    if os.environ.get("DRAW_EXAMPLES"):
        EXAMPLES.write_text(json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    assert _compared(json.loads(EXAMPLES.read_text(encoding="utf-8"))) == _compared(told)


def test_the_schema_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(path))
    paths = json.loads(path.read_text())["paths"]
    shown = {
        operation["operationId"]
        for operations in paths.values()
        for operation in operations.values()
        for answer in operation["responses"].values()
        if "examples" in answer.get("content", {}).get("application/json", {})
    }
    assert shown == set(json.loads(EXAMPLES.read_text(encoding="utf-8")))
    moving = paths["/api/v1/status-changes/"]["post"]["requestBody"]["content"]["application/json"]
    assert moving["examples"]["exampleshire"]["value"]["to_status"] == "achieved"
