"""Clients that others would generate of the schema, in Python and in TypeScript, used against the running service."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.factories import member, signed_off_evidence, tracked_finding
from tracking.models import Evidence, TrackedFinding
from tracking.tokens import issue_token
from tracking.vocabulary import Role

CLIENTS = Path(__file__).parent / "clients"
SECONDS = 300


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    """The service's schema, as a file."""
    path = tmp_path / "schema.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(path))
    return path


@pytest.fixture
def served(committed: None, live_server: Any) -> tuple[str, str, Evidence]:
    """The address of the running service, an officer's token, and evidence for an open finding of theirs."""
    tracked = tracked_finding()
    tracked_finding()
    token = issue_token(member(Role.OFFICER, tracked.force), "client")[1]
    return live_server.url, token, signed_off_evidence(tracked)


@pytest.fixture
def generated(schema: Path, tmp_path: Path) -> Iterator[Any]:
    """A Python client of the schema, made anew, as a package."""
    tool = Path(sys.executable).parent / "openapi-python-client"
    made = tmp_path / "peeltrack_client"
    run([str(tool), "generate", "--path", str(schema), "--output-path", str(made), "--meta", "none"], tmp_path)
    sys.path.insert(0, str(tmp_path))
    yield importlib.import_module("peeltrack_client")
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("peeltrack_client")]:
        del sys.modules[name]


def run(command: list[str], where: Path, **environment: str) -> str:
    """Runs a tool; its own words are the failure's."""
    done = subprocess.run(
        command,
        cwd=where,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_generated_python_client_reads_and_writes(served: tuple[str, str, Evidence], generated: Any) -> None:
    address, token, evidence = served
    api = "peeltrack_client.api"
    listing = importlib.import_module(f"{api}.tracked_findings.tracked_findings_list")
    changing = importlib.import_module(f"{api}.status_changes.status_changes_create")
    feed = importlib.import_module(f"{api}.status_changes.status_changes_list")
    models = importlib.import_module("peeltrack_client.models")
    with generated.AuthenticatedClient(base_url=address, token=token, prefix="Token") as client:
        (row,) = listing.sync(client=client, status=[models.Status.OPEN]).results
        assert (row.id, row.finding.report.published_on) == (evidence.tracked_finding_id, date(2019, 5, 2))
        move = models.Move(
            tracked_finding=row.id,
            to_status=models.Status.ACHIEVED,
            basis=models.MoveBasis("evidence") if hasattr(models, "MoveBasis") else models.MoveBasisEnum("evidence"),
            evidence=evidence.pk,
            effective_on=date(2024, 5, 1),
            reason="The audit shows it.",
        )
        first, again = (changing.sync(client=client, body=[move], idempotency_key="night-1") for _ in range(2))
        assert first[0].id == again[0].id
        assert listing.sync(client=client, status=[models.Status.OPEN]).results == []
        assert [str(change.to_status) for change in feed.sync(client=client).results] == ["open", "achieved"]
        refused = changing.sync(client=client, body=[move])
        assert (refused.code, refused.rows[0].row) == ("no_change", 0)


@pytest.mark.skipif(shutil.which("npm") is None, reason="no Node.js on this machine")
def test_a_typed_typescript_client_compiles_reads_and_writes(
    served: tuple[str, str, Evidence], schema: Path, tmp_path: Path
) -> None:
    address, token, evidence = served
    place = tmp_path / "client"
    shutil.copytree(CLIENTS, place)
    run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], place)
    run(["npx", "--no-install", "openapi-typescript", str(schema), "--output", "api.ts"], place)
    run(["npx", "--no-install", "tsc"], place)
    said = run(["node", "made/use.js"], place, PEELTRACK_URL=address, PEELTRACK_TOKEN=token, EVIDENCE=str(evidence.pk))
    tracked = TrackedFinding.objects.get(pk=evidence.tracked_finding_id)
    assert json.loads(said) == {
        "listed": 1,
        "heading": tracked.finding.report.title,
        "status": "achieved",
        "refused": "no_change",
        "allowed": ["open", "partly_complied", "superseded"],
    }
    assert tracked.status == "achieved"
