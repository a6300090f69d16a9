"""The API keeps to its own schema, whatever it is asked: by people of two forces, over every operation (T38)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.two_forces import Work, work_of
from tracking.tokens import issue_token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 12


@pytest.fixture
def application() -> Iterator[Any]:
    """The service as a web server calls it; the test's connection stays open between the requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    service = get_wsgi_application()

    def answering(environ: Any, start_response: Any) -> Iterator[bytes]:
        answer = service(environ, start_response)
        try:
            yield from answer
        finally:
            answer.close()  # as a server does, and the attacking client does not

    yield answering
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def schema(application: Any, db: None) -> Any:
    """The schema as the service gives it out, with the ids of real rows where an address takes one."""
    return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        yield found.ok()


def ids_of(work: Work) -> dict[str, Any]:
    """A row of this force for each kind of address."""
    return {
        "forces": work.force.slug,
        "reports": work.tracked.finding.report_id,
        "findings": work.tracked.finding_id,
        "judgments": work.judgment.pk,
        "tracked-findings": work.tracked.pk,
        "status-changes": work.change.pk,
        "assessments": work.assessment.pk,
        "evidence-notes": work.note.pk,
        "responses": work.response.pk,
        "evidence": work.unsigned.pk,
        "sign-offs": work.request.pk,
        "links": work.link.pk,
        "webhooks": work.webhook.pk,
        "tokens": work.token.pk,
    }


def test_every_operation_answers_as_its_schema_says(schema: Any) -> None:
    mine, theirs = work_of(), work_of()
    keys = [issue_token(work.officer)[1] for work in (mine, theirs)]
    rows = [ids_of(mine), ids_of(theirs)]
    faults: dict[str, str] = {}
    asked = set()
    for operation in operations(schema):
        asked.add(operation.label)
        try:
            _attack(operation, keys, rows)
        except FailureGroup as found:
            faults[operation.label] = str(found.exceptions)[:2_000]
    assert faults == {}
    assert len(asked) > 60


def _attack(operation: Any, keys: list[str], rows: list[dict[str, Any]]) -> None:
    kind = operation.path.split("/")[3]
    turn = iter(range(10_000))

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def answers(case: Any) -> None:
        place = next(turn)
        # Every other request is about a row that is there, of one's own force or of the other.
        if case.path_parameters and place % 2 and kind in rows[0]:
            name = next(iter(case.path_parameters))
            case.path_parameters[name] = rows[place // 2 % 2][kind]
        # The token that asks must not be the one that is revoked.
        if operation.label == "DELETE /api/v1/tokens/current/":
            return
        response = case.call(headers={"Authorization": f"Token {keys[place % 2]}"})
        case.validate_response(response, checks=CHECKS)

    answers()


def test_the_schema_names_every_status_as_a_problem(schema: Any) -> None:
    for operation in operations(schema):
        for code, answer in operation.definition.raw["responses"].items():
            if code[0] == "4":
                assert "application/problem+json" in answer["content"], (operation.label, code)
    assert json.dumps(schema.raw_schema).count("Idempotency-Key") > 10
