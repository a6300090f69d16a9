"""Every way to a status leaves exactly one row of history that names who took it, and there is no way past the writers."""

import ast
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from findings.reference import load_forces
from tests.factories import AssessmentFactory, member, signed_off_evidence, tracked_finding
from tests.test_repository import WRITERS, sources
from tracking.changes import Move, change_status
from tracking.dates import SERVICE_NAME
from tracking.decisions import decide
from tracking.history import verify_history
from tracking.intake import take_in
from tracking.models import Assessment, StatusChange, TrackedFinding, User
from tracking.progress import record_progress
from tracking.vocabulary import Basis, Decision, Role, Status
from tracking.workflow import Refused

Api = Callable[[User], APIClient]
Browser = Callable[[User], Client]
WORDS = {"to_status": "achieved", "basis": "evidence", "effective_on": "2020-06-01", "reason": "The audit shows it."}
READ = {"decision": "confirm", "reason": "I read it."}


def on_evidence(tracked: TrackedFinding, **values: Any) -> dict[str, Any]:
    return {**WORDS, "tracked_finding": tracked.pk, "evidence": signed_off_evidence(tracked).pk, **values}


def new_changes(known: int) -> list[StatusChange]:
    return list(StatusChange.objects.filter(pk__gt=known).order_by("pk"))


def newest() -> int:
    return max(StatusChange.objects.values_list("pk", flat=True), default=0)


def by_api(tracked: TrackedFinding, by: User, api: Api, browser: Browser) -> None:
    assert api(by).post("/api/v1/status-changes/", on_evidence(tracked)).status_code == 201


def by_a_list_over_the_api(tracked: TrackedFinding, by: User, api: Api, browser: Browser) -> None:
    assert api(by).post("/api/v1/status-changes/", [on_evidence(tracked)]).status_code == 201


def by_a_decision_over_the_api(tracked: TrackedFinding, by: User, api: Api, browser: Browser) -> None:
    verdict = AssessmentFactory(tracked_finding=tracked)
    assert api(by).post(f"/api/v1/assessments/{verdict.pk}/decision/", READ).status_code == 200


def by_its_page(tracked: TrackedFinding, by: User, api: Api, browser: Browser) -> None:
    address = reverse("admin:tracking_status", args=[tracked.pk])
    assert browser(by).post(address, on_evidence(tracked)).status_code == 302


def by_a_decision_on_its_page(tracked: TrackedFinding, by: User, api: Api, browser: Browser) -> None:
    address = reverse("admin:tracking_assessment_decide", args=[AssessmentFactory(tracked_finding=tracked).pk])
    assert browser(by).post(address, READ).status_code == 302


def by_the_writer(tracked: TrackedFinding, by: User, api: Api, browser: Browser) -> None:
    day = tracked.finding.report.published_on
    move = Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", day, evidence=signed_off_evidence(tracked))
    change_status(move, by)


def by_the_writer_of_decisions(tracked: TrackedFinding, by: User, api: Api, browser: Browser) -> None:
    decide(AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, by, "Read.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "door",
    [
        by_api,
        by_a_list_over_the_api,
        by_a_decision_over_the_api,
        by_its_page,
        by_a_decision_on_its_page,
        by_the_writer,
        by_the_writer_of_decisions,
    ],
)
def test_every_door_leaves_one_change_with_who_used_it(door: Callable[..., None], api: Api, browser: Browser) -> None:
    tracked = tracked_finding()
    bystander = tracked_finding(tracked.force)
    officer = member(Role.OFFICER, tracked.force)
    known = newest()
    door(tracked, officer, api, browser)
    (change,) = new_changes(known)
    assert (change.tracked_finding, change.from_status, change.to_status) == (tracked, "open", "achieved")
    assert (change.recorded_by, change.recorded_by_name) == (officer, str(officer))
    tracked.refresh_from_db()
    bystander.refresh_from_db()
    assert (tracked.status, tracked.last_change, tracked.standing_change) == ("achieved", change, change)
    assert (bystander.status, bystander.version) == ("open", 1)


@pytest.mark.django_db
def test_a_list_leaves_one_change_for_each_finding_that_it_names(api: Api) -> None:
    first = tracked_finding()
    findings = [first, *(tracked_finding(first.force) for _ in range(4))]
    officer = member(Role.OFFICER, first.force)
    known = newest()
    api(officer).post("/api/v1/status-changes/", [on_evidence(tracked) for tracked in findings])
    changes = new_changes(known)
    assert [change.tracked_finding for change in changes] == findings
    assert {change.recorded_by for change in changes} == {officer}


@pytest.mark.django_db
def test_a_limb_leaves_its_own_change_and_that_of_the_whole_both_by_the_same_person(api: Api) -> None:
    tracked = tracked_finding(elements=2)
    officer = member(Role.OFFICER, tracked.force)
    limb = tracked.elements.first()
    known = newest()
    api(officer).post("/api/v1/status-changes/", on_evidence(tracked, element=limb.pk))
    changes = new_changes(known)
    assert [(c.element, c.to_status, c.basis) for c in changes] == [
        (limb, "achieved", "evidence"),
        (None, "partly_complied", "elements"),
    ]
    assert {change.recorded_by for change in changes} == {officer}


@pytest.mark.django_db
@pytest.mark.parametrize("decision", ["reject", "confirm"])
def test_a_verdict_that_moves_nothing_leaves_no_change(decision: str, api: Api) -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    verdict = AssessmentFactory(tracked_finding=tracked, outcome="achieved" if decision == "reject" else "in_progress")
    known = newest()
    answer = api(officer).post(f"/api/v1/assessments/{verdict.pk}/decision/", {"decision": decision, "reason": "Read."})
    assert answer.json()["status_change"] is None
    assert new_changes(known) == []


def opened_by_intake(samples: Path) -> None:
    document = samples / "exampleshire-2016-legitimacy.txt"
    take_in(document.name, document.read_bytes(), member(Role.OFFICER, "exampleshire"))


def opened_by_a_command(samples: Path) -> None:
    call_command("import_reports", str(samples / "exampleshire-2016-legitimacy.txt"), stdout=StringIO())


def opened_by_the_demo(samples: Path) -> None:
    call_command("load_demo", stdout=StringIO())


@pytest.mark.parametrize("door", [opened_by_intake, opened_by_a_command, opened_by_the_demo])
def test_every_finding_opened_has_one_change_by_the_service_itself(
    door: Callable[[Path], None], reference: None, samples: Path
) -> None:
    load_forces("example_force.json")
    known = set(TrackedFinding.objects.values_list("pk", flat=True))
    door(samples)
    opened = TrackedFinding.objects.exclude(pk__in=known)
    assert len(opened) >= 5
    for tracked in opened:
        (change,) = tracked.changes.all()
        assert (tracked.last_change, tracked.standing_change) == (change, change)
        assert (change.from_status, change.to_status, change.basis) == ("", "open", "publication")
        assert (change.recorded_by, change.recorded_by_name) == (None, SERVICE_NAME)
    before = newest()
    door_again = StatusChange.objects.count()
    if door is not opened_by_intake:
        door(samples)
    assert (newest(), StatusChange.objects.count()) == (before, door_again)
    assert not any(verify_history())


@pytest.mark.django_db
def test_what_the_force_says_of_itself_leaves_no_change(api: Api, browser: Browser) -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    known = newest()
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer, "All done.")
    record_progress(tracked.pk, {"position": "signed_off"}, member(Role.SIGNATORY, tracked.force))
    api(officer).patch(f"/api/v1/tracked-findings/{tracked.pk}/", {"lead": "Head"}, headers={"if-match": '"3"'})
    tracked.refresh_from_db()
    assert (tracked.position, tracked.lead, tracked.status) == ("signed_off", "Head", "open")
    assert new_changes(known) == []


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", ["achieved", "partly_complied"])
def test_a_refused_change_leaves_none(outcome: str) -> None:
    tracked = tracked_finding()
    verdict: Assessment = AssessmentFactory(tracked_finding=tracked, outcome=outcome)
    known = newest()
    with pytest.raises(Refused):
        decide(verdict.pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), " ")
    assert new_changes(known) == []


# What writes to rows past a model's own `save`, or is a `save`; `delete` takes history's ground away.
WRITING = {"save", "update", "bulk_update", "bulk_create", "delete", "raw", "aupdate", "abulk_update", "abulk_create"}
# Where such a word means no tracked row, by file and what it is said of.
NO_TRACKED_ROW = {
    ("peeltrack/settings.py", "vars()"),
    ("tracking/models/history.py", "super()"),
    ("tracking/admin/people.py", "formset"),  # with commit=False: only tells which roles were added and taken
}
ONE_WRITER = "tracking/changes.py"
# Rows shown as they stood on a past day: set for showing, in a module that may save nothing.
FOR_SHOWING = "tracking/past.py"


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str, str]]:
    """Each call of a method, with its name and what it is said of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr, ast.unparse(node.func.value)


def writes_past_the_writers(name: str, tree: ast.Module) -> list[str]:
    return [
        f"{name}:{node.lineno} {owner}.{word}"
        for node, word, owner in calls(tree)
        if word in WRITING and (name, owner) not in NO_TRACKED_ROW
    ]


def sets_a_status(name: str, tree: ast.Module) -> list[str]:
    """Places that set a status: an attribute, a column in a write, a name among the fields to save."""
    found = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            attributes = [part for target in targets if target for part in ast.walk(target)]
            found += [node.lineno for part in attributes if isinstance(part, ast.Attribute) and part.attr == "status"]
        if isinstance(node, ast.Call) and _writes_rows(node):
            found += [node.lineno for word in node.keywords if word.arg == "status"]
            found += [
                node.lineno
                for word in node.keywords
                if word.arg in {"update_fields", "defaults"}
                for part in ast.walk(word.value)
                if isinstance(part, ast.Constant) and part.value == "status"
            ]
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
            found += [node.lineno for part in node.args if isinstance(part, ast.Constant) and part.value == "status"]
    return [f"{name}:{line}" for line in sorted(set(found))]


def _writes_rows(node: ast.Call) -> bool:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in WRITING | {"create", "get_or_create", "update_or_create"}
    return isinstance(node.func, ast.Name) and node.func.id in {"TrackedFinding", "TrackedElement"}


def test_nothing_but_a_writer_saves_updates_or_deletes_a_row() -> None:
    found = [
        place
        for name, tree in sources()
        if name not in WRITERS and "/reading/" not in name  # what reads documents knows no database
        for place in writes_past_the_writers(name, tree)
    ]
    assert found == []


def test_every_exception_is_still_needed() -> None:
    used = {
        (name, owner) for name, tree in sources() for _, word, owner in calls(tree) if word in WRITING
    } & NO_TRACKED_ROW
    assert used == NO_TRACKED_ROW


def test_a_status_is_set_in_one_place() -> None:
    by_file = {name: places for name, tree in sources() if (places := sets_a_status(name, tree))}
    assert set(by_file) == {ONE_WRITER, FOR_SHOWING}
    assert FOR_SHOWING not in WRITERS
    (trees,) = [tree for name, tree in sources() if name == ONE_WRITER]
    functions = {
        function.name
        for function in trees.body
        if isinstance(function, ast.FunctionDef)
        and sets_a_status(ONE_WRITER, ast.Module(body=[function], type_ignores=[]))
    }
    assert functions == {"_record"}  # which writes the change as well


def test_bulk_writes_of_tracked_rows_open_findings_and_no_more() -> None:
    """A writer may open rows many at once; it never moves them so: what moves has its own row of history."""
    bulk = {
        (name, owner, word)
        for name, tree in sources()
        for _, word, owner in calls(tree)
        if word in {"bulk_create", "bulk_update"} and owner.partition(".")[0] in TRACKED
    }
    assert bulk == {
        (ONE_WRITER, "TrackedFinding.objects", "bulk_create"),
        (ONE_WRITER, "TrackedElement.objects", "bulk_create"),
        (ONE_WRITER, "StatusChange.objects", "bulk_create"),
        (ONE_WRITER, "TrackedFinding.objects", "bulk_update"),
    }


TRACKED = {"TrackedFinding", "TrackedElement", "StatusChange", "Assessment", "Evidence"}


@pytest.mark.parametrize(
    "line",
    [
        "TrackedFinding.objects.filter(pk=1).update(status='achieved')",
        "TrackedElement.objects.bulk_update(rows, ['status'])",
        "tracked.elements.all().delete()",
        "tracked.save(update_fields=['status'])",
        "StatusChange.objects.bulk_create(rows)",
    ],
)
def test_a_write_past_the_writers_would_be_found(line: str) -> None:
    assert writes_past_the_writers("tracking/api/views.py", ast.parse(line)) != []


@pytest.mark.parametrize(
    "line",
    [
        "tracked.status = 'achieved'",
        "tracked.status, tracked.lead = 'achieved', ''",
        "rows.update(status='achieved')",
        "element.save(update_fields=['status'])",
        "TrackedElement(status='achieved')",
        "setattr(tracked, 'status', 'achieved')",
    ],
)
def test_a_status_set_elsewhere_would_be_found(line: str) -> None:
    assert sets_a_status("tracking/intake.py", ast.parse(line)) == ["tracking/intake.py:1"]


def test_reading_and_answering_are_not_taken_for_writing() -> None:
    lines = "rows.filter(status='open')\nResponse(body, status=200)\nif row.status == 'open':\n    pass\n"
    assert sets_a_status("tracking/api/views.py", ast.parse(lines)) == []
    assert writes_past_the_writers("tracking/api/views.py", ast.parse(lines)) == []
