"""The recipes do what they say: what stands in their boxes is run against the service."""

import csv
import json
import os
import re
import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from openpyxl import load_workbook
from rest_framework.test import APIClient

from findings.models import Force
from tests.factories import ForceFactory, member, signed_off_evidence, tracked_finding
from tracking.changes import Move, change_status
from tracking.models import TrackedFinding
from tracking.tokens import issue_token
from tracking.vocabulary import Basis, Role, Status, TokenScope

RECIPES = Path(__file__).resolve().parents[1] / "docs" / "recipes"
HERE = "http://127.0.0.1:8000"


def boxes(recipe: str, kind: str = "") -> list[str]:
    """The boxes of one kind in a recipe."""
    text = (RECIPES / f"{recipe}.md").read_text(encoding="utf-8")
    return [box for named, box in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE) if named == kind]


@pytest.fixture
def force(committed: None) -> Force:
    return ForceFactory(slug="kent", name="Kent Police")


@pytest.fixture
def program(force: Force, live_server: Any) -> dict[str, str]:
    """The environment of a script: the address of the running service, and an officer's token."""
    token = issue_token(member(Role.OFFICER, force), "script")[1]
    return {**os.environ, "PEELTRACK_URL": live_server.url, "PEELTRACK_TOKEN": token}


def run(path: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(path), *arguments]
    return subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def achieve(tracked: TrackedFinding) -> None:
    evidence = signed_off_evidence(tracked)
    move = Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", date(2024, 5, 1), evidence=evidence)
    change_status(move, member(Role.OFFICER, tracked.force))


def test_everything_open_comes_as_a_table(force: Force, live_server: Any) -> None:
    still, done = tracked_finding(force), tracked_finding(force)
    achieve(done)
    token = issue_token(member(Role.VIEWER, force), "Power BI", TokenScope.READ, 366)[1]
    (query,) = boxes("excel-and-power-bi", "powerquery")
    (address,) = re.findall(r'"(http[^"]+)"', query)
    assert 'Authorization = "Token …"' in query

    def fetch(where: str) -> bytes:
        address, headers = where.replace(HERE, live_server.url), {"Authorization": f"Token {token}"}
        return requests.get(address, headers=headers, timeout=60).content

    (row,) = csv.DictReader(fetch(address).decode("utf-8-sig").splitlines())
    assert int(row["id"]) == still.pk
    typed = re.findall(r'\{"(\w+)", type', query)
    assert typed
    assert set(typed) <= set(row)
    (download,) = [box for box in boxes("excel-and-power-bi") if "open.xlsx" in box]
    (sheet,) = re.findall(r"'(http[^']+)'", download)
    assert load_workbook(BytesIO(fetch(sheet))).active.max_row == 2
    assert load_workbook(BytesIO(fetch(f"{sheet}&as_of=2023-12-31"))).active.max_row == 3


def test_the_nightly_sync_brings_each_change_once(force: Force, program: dict[str, str], tmp_path: Path) -> None:
    (script,) = boxes("nightly-sync", "python")
    path = tmp_path / "sync.py"
    path.write_text(script)

    def night() -> list[int]:
        done = run(path, program)
        assert done.returncode == 0, done.stderr
        return [json.loads(line)["id"] for line in (tmp_path / "changes.jsonl").read_text().splitlines()]

    first = tracked_finding(force)
    assert night() == [first.last_change_id]
    assert night() == [first.last_change_id]
    achieve(first)
    second = tracked_finding(force)
    first.refresh_from_db()
    assert night() == night()
    assert night()[1:] == [first.last_change_id, second.last_change_id]


def test_a_script_closes_a_finding_with_its_evidence(force: Force, program: dict[str, str], tmp_path: Path) -> None:
    (script,) = boxes("change-with-evidence", "python")
    path, minutes = tmp_path / "close.py", tmp_path / "minutes.pdf"
    path.write_text(script)
    minutes.write_bytes(b"%PDF-1.7 the board has closed it")
    tracked = tracked_finding(force)
    assert "Nobody has signed" in run(path, program, "move", str(tracked.pk)).stderr
    for _ in range(2):  # a second run asks for nothing twice
        asked = run(path, program, "ask", str(tracked.pk), str(minutes))
        assert asked.stdout.startswith("Asked."), asked.stderr
    request = tracked.sign_off_requests.get()
    signatory = APIClient()
    signatory.force_authenticate(member(Role.SIGNATORY, force))
    accepted = signatory.post(f"/api/v1/sign-offs/{request.pk}/decision/", {"decision": "accept"})
    assert accepted.status_code == 200
    for _ in range(2):
        moved = run(path, program, "move", str(tracked.pk))
        assert moved.stdout.startswith("open → achieved, seal "), moved.stderr
    tracked.refresh_from_db()
    assert (tracked.status, tracked.changes.count()) == ("achieved", 2)
    refused = run(path, program, "ask", "999999", str(minutes))
    assert "not_found" in refused.stderr
