"""What the repository must hold to: no word of the reports, no late import, one writer for each kind of change."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUN = 12
WORD = re.compile(r"[a-z0-9]+")
WRITERS = {
    "tracking/changes.py",
    "tracking/correcting.py",
    "tracking/dates.py",
    "tracking/decisions.py",
    "tracking/digests.py",
    "tracking/evidence.py",
    "tracking/intake.py",
    "tracking/intakes.py",
    "tracking/links.py",
    "tracking/moving_in.py",
    "tracking/people.py",
    "tracking/notes.py",
    "tracking/own_lists.py",
    "tracking/preferences.py",
    "tracking/progress.py",
    "tracking/recurrence.py",
    "tracking/sign_off.py",
    "tracking/reminders.py",
    "tracking/reviewing.py",
    "tracking/reminder_settings.py",
    "tracking/snoozes.py",
    "tracking/statutory.py",
    "tracking/demo.py",
    "tracking/events.py",
    "tracking/jobs.py",
    "tracking/kept_answers.py",
    "tracking/tokens.py",
    "tracking/webhooks.py",
    "findings/brought_over.py",
    "findings/corrections.py",
    "findings/importing.py",
    "findings/national.py",
    "findings/reference.py",
    "findings/themes.py",
    "findings/demo.py",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in ("findings", "tracking", "peeltrack"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def runs(text: str) -> set[str]:
    words = WORD.findall(text.lower().replace("’", "").replace("'", ""))
    return {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def test_no_sentence_of_the_real_reports_stands_in_the_repository(real_reports: Path) -> None:
    known: set[str] = set()
    for report in real_reports.glob("*.txt"):
        for line in report.read_text().splitlines():
            if not line.rstrip().endswith("?"):  # the official questions are names
                known |= runs(line)
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listing.stdout.splitlines():
        try:
            text = (ROOT / name).read_text()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        assert not runs(text) & known, name


def test_nothing_is_queued_with_a_delay_or_outside_the_schedule() -> None:
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"delay", "apply_async", "send_task"}, (name, node.lineno)
                assert not {"countdown", "eta"} & {word.arg for word in node.keywords}, (name, node.lineno)


def test_only_writers_write() -> None:
    writing = {"create", "get_or_create", "update_or_create", "bulk_create", "bulk_update"}
    for name, tree in sources():
        if name in WRITERS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing:
                owner = ast.unparse(node.func.value)
                assert owner == "super()", (name, node.lineno, owner)


@pytest.mark.parametrize("package", ["findings", "tracking", "peeltrack"])
def test_every_public_function_and_class_of_a_writer_or_reader_is_described(package: str) -> None:
    undescribed = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in sources()
        if name.startswith(package) and ("/reading/" in name or name in WRITERS or name.count("/") == 1)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert undescribed == []
