"""Many people at one finding at the same moment, and a process that dies in the middle of a change.

Real transactions on the database that is set: nothing is lost, nothing is half there, and whoever comes second is told.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, connections
from rest_framework.test import APIClient

from tests.factories import AssessmentFactory, ForceFactory, member, signed_off_evidence, tracked_finding
from tracking.api import views
from tracking.changes import Move, change_status, change_statuses
from tracking.decisions import decide
from tracking.evidence import record_evidence, record_file, sign_off
from tracking.history import verify_history
from tracking.models import Evidence, TrackedFinding, User
from tracking.progress import decide_sign_off, record_progress
from tracking.vocabulary import Basis, Decision, Role, Status
from tracking.workflow import Refused, Stale

pytestmark = pytest.mark.usefixtures("committed")

ROOT = Path(__file__).resolve().parents[2]
MANY = 8
DAY = date(2020, 6, 1)
PDF = b"%PDF-1.7\n1 0 obj\n"
Act = Callable[[], Any]


def at_once(acts: list[Act]) -> list[str]:
    """Does all of it at the same moment; says of each what came of it: done, or the code of the refusal.

    Any other error than a refusal goes on, and fails the test.
    """
    start = Barrier(len(acts))

    def attempt(act: Act) -> str:
        start.wait()
        try:
            act()
        except Refused as refused:
            return refused.code
        except Stale:
            return "stale"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


def people(tracked: TrackedFinding, role: Role = Role.OFFICER, count: int = MANY) -> list[User]:
    return [member(role, tracked.force) for _ in range(count)]


def on_evidence(tracked: TrackedFinding, to: Status, **values: Any) -> Move:
    evidence = signed_off_evidence(tracked)
    return Move(tracked.pk, to, Basis.EVIDENCE, "The audit shows it.", DAY, evidence=evidence, **values)


def histories_hold() -> bool:
    return [str(fault) for fault in verify_history() if fault] == []


def test_of_many_moves_of_one_finding_each_is_made_whole_or_refused() -> None:
    """Four ask for partly complied and four for achieved; the second step is open to one more at most."""
    tracked = tracked_finding()
    moves = [on_evidence(tracked, to) for to in [Status.PARTLY_COMPLIED, Status.ACHIEVED] * 4]
    acts = [lambda move=move, by=by: change_status(move, by) for move, by in zip(moves, people(tracked), strict=True)]
    outcomes = at_once(acts)
    tracked.refresh_from_db()
    changes = list(tracked.changes.order_by("id"))
    assert outcomes.count("done") == len(changes) - 1
    assert set(outcomes) <= {"done", "no_change", "move_not_allowed", "basis_not_allowed"}
    assert tracked.status == changes[-1].to_status == "achieved"
    assert tracked.version == 1 + outcomes.count("done")
    assert histories_hold()


def test_of_many_moves_of_all_limbs_none_is_lost() -> None:
    """Each of four limbs is met by two people at once: one of them is told, and the whole follows."""
    tracked = tracked_finding(elements=4)
    limbs = list(tracked.elements.all()) * 2
    moves = [on_evidence(tracked, Status.ACHIEVED, element=limb.pk) for limb in limbs]
    acts = [lambda move=move, by=by: change_status(move, by) for move, by in zip(moves, people(tracked), strict=True)]
    outcomes = at_once(acts)
    assert sorted(outcomes) == ["done"] * 4 + ["no_change"] * 4
    tracked.refresh_from_db()
    assert tracked.status == "achieved"
    assert set(tracked.elements.values_list("status", flat=True)) == {"achieved"}
    bases = sorted(tracked.changes.values_list("basis", flat=True))
    assert bases == ["elements"] * 2 + ["evidence"] * 4 + ["publication"]
    assert histories_hold()


def test_status_limbs_and_progress_at_once_lose_nothing() -> None:
    tracked = tracked_finding(elements=2)
    officers = people(tracked)
    moves = [on_evidence(tracked, Status.ACHIEVED, element=limb.pk) for limb in tracked.elements.all()]
    fields: list[dict[str, Any]] = [{"lead": "Head"}, {"closing_plan": "By spring."}, {"position": "in_progress"}]
    acts: list[Act] = [
        *[lambda move=move, by=by: change_status(move, by) for move, by in zip(moves, officers, strict=False)],
        *[
            lambda values=values, by=by: record_progress(tracked.pk, values, by, "Said.")
            for values, by in zip(fields, officers[2:], strict=False)
        ],
        *[lambda by=by: record_progress(tracked.pk, {"lead": "Late"}, by, version=1) for by in officers[5:]],
    ]
    outcomes = at_once(acts)
    assert outcomes[:5] == ["done"] * 5
    # Of three who all read version 1, one at most came before everybody else.
    late = outcomes[5:].count("done")
    assert late <= 1
    assert set(outcomes[5:]) <= {"done", "stale"}
    tracked.refresh_from_db()
    assert (tracked.lead, tracked.closing_plan) == ("Head", "By spring.")
    assert (tracked.position, tracked.status) == ("in_progress", "achieved")
    assert tracked.updates.count() == 3 + late
    assert tracked.changes.count() == 1 + 2 + 2
    assert histories_hold()


def test_of_two_patches_from_one_reading_one_is_told_and_no_field_is_lost(
    monkeypatch: pytest.MonkeyPatch, api: Callable[[User], APIClient]
) -> None:
    """Both have read, checked and named version 1 before either writes, and they write different fields."""
    tracked = tracked_finding()
    before = TrackedFinding.objects.values("lead", "closing_plan").get()
    address = f"/api/v1/tracked-findings/{tracked.pk}/"
    both_have_read = Barrier(2, timeout=60)

    def written_together(*arguments: Any, **named: Any) -> TrackedFinding:
        both_have_read.wait()
        return record_progress(*arguments, **named)

    monkeypatch.setattr(views, "record_progress", written_together)
    bodies = [{"lead": "Head of crime"}, {"closing_plan": "By spring."}]
    clients = [api(person) for person in people(tracked, count=2)]

    def patch(place: int) -> Any:
        try:
            return clients[place].patch(address, bodies[place], headers={"if-match": '"1"'})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(patch, range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    winner = 0 if answers[0].status_code == 200 else 1
    loser = 1 - winner
    assert TrackedFinding.objects.values("lead", "closing_plan").get() == before | bodies[winner]
    assert tracked.updates.count() == 1
    monkeypatch.undo()
    again = clients[loser].patch(address, bodies[loser], headers={"if-match": answers[loser]["ETag"]})
    assert again.status_code == 200
    tracked.refresh_from_db()
    assert (tracked.lead, tracked.closing_plan) == ("Head of crime", "By spring.")


def test_of_many_who_decide_on_one_verdict_one_decides() -> None:
    tracked = tracked_finding()
    verdict = AssessmentFactory(tracked_finding=tracked)
    decisions = [Decision.CONFIRM, Decision.REJECT] * 4
    officers = people(tracked)
    acts = [
        lambda decision=decision, by=by: decide(verdict.pk, decision, by, f"Read by {by}.")
        for decision, by in zip(decisions, officers, strict=True)
    ]
    outcomes = at_once(acts)
    assert sorted(outcomes) == ["already_decided"] * 7 + ["done"]
    won = outcomes.index("done")
    verdict.refresh_from_db()
    tracked.refresh_from_db()
    assert (verdict.decided_by, verdict.reason) == (officers[won], f"Read by {officers[won]}.")
    confirmed = decisions[won] is Decision.CONFIRM
    assert (verdict.state, tracked.status) == (("confirmed", "achieved") if confirmed else ("rejected", "open"))
    assert tracked.changes.count() == 1 + confirmed
    assert histories_hold()


def ready(tracked: TrackedFinding, by: User) -> int:
    """Asks for sign-off, showing one piece of evidence; the request's id."""
    evidence = record_evidence(tracked, "Audit", "https://force.example/audit", by)
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, by, "Done.", evidence=[evidence])
    return tracked.sign_off_requests.get(state="asked").pk


def test_of_many_who_accept_or_return_one_request_one_decides() -> None:
    tracked = tracked_finding()
    request = ready(tracked, member(Role.OFFICER, tracked.force))
    signatories = people(tracked, Role.SIGNATORY)
    acts = [
        lambda accept=place % 2 == 0, by=by: decide_sign_off(request, accept, by, f"Seen by {by}.")
        for place, by in enumerate(signatories)
    ]
    outcomes = at_once(acts)
    assert sorted(outcomes) == ["already_decided"] * 7 + ["done"]
    won = outcomes.index("done")
    accepted = won % 2 == 0
    decided = tracked.sign_off_requests.get()
    tracked.refresh_from_db()
    assert (decided.decided_by, decided.state) == (signatories[won], "accepted" if accepted else "returned")
    assert tracked.position == ("signed_off" if accepted else "in_progress")
    assert tracked.evidence.get().signed_off_by == (signatories[won] if accepted else None)
    assert tracked.updates.count() == 2
    assert (tracked.status, tracked.changes.count()) == ("open", 1)


@pytest.mark.parametrize("time", range(5))
def test_a_request_is_decided_while_others_move_the_position(time: int) -> None:
    """A decision reaches the finding by its request, a position the request by its finding: neither blocks the other."""
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    request = ready(tracked, officer)
    signatories = people(tracked, Role.SIGNATORY, 4)
    acts: list[Act] = [
        *[lambda by=by: decide_sign_off(request, True, by, "Seen.") for by in signatories],
        *[
            lambda position=position: record_progress(tracked.pk, {"position": position}, officer, "Not yet.")
            for position in ("in_progress", "not_started", "in_progress", "not_started")
        ],
    ]
    outcomes = at_once(acts)
    assert outcomes[:4].count("done") <= 1
    assert set(outcomes[:4]) <= {"done", "already_decided", "sign_off_not_asked_for"}
    assert outcomes[4:] == ["done"] * 4
    assert tracked.sign_off_requests.get().state == ("accepted" if "done" in outcomes[:4] else "withdrawn")


def test_of_many_who_sign_one_piece_of_evidence_off_one_does() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    evidence = record_evidence(tracked, "Audit", "https://force.example/audit", officer)
    signatories = people(tracked, Role.SIGNATORY)
    outcomes = at_once([lambda by=by: sign_off(evidence.pk, by) for by in signatories])
    assert sorted(outcomes) == ["already_signed_off"] * 7 + ["done"]
    evidence.refresh_from_db()
    assert evidence.signed_off_by == signatories[outcomes.index("done")]


def test_of_many_who_record_the_same_file_one_row_and_one_file_stay() -> None:
    tracked = tracked_finding()
    acts = [lambda by=by: record_file(tracked, "Audit", "audit.pdf", PDF, by) for by in people(tracked)]
    outcomes = at_once(acts)
    assert sorted(outcomes) == ["done"] + ["file_known"] * 7
    kept = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [PDF]
    assert Evidence.objects.get().file.path == str(kept[0])


def test_two_findings_do_not_supersede_each_other_at_once() -> None:
    """Each is asked to give way to the other; whoever asks second is told, on whatever the first one left."""
    first = tracked_finding()
    second = tracked_finding(first.force)
    acts: list[Act] = [
        lambda gone=gone, taker=taker, by=by: change_status(
            Move(gone.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Newer.", DAY, successor=taker), by
        )
        for gone, taker, by in zip([first, second], [second, first], people(first, count=2), strict=True)
    ]
    assert sorted(at_once(acts)) == ["done", "successor_superseded"]
    assert TrackedFinding.objects.filter(status="superseded").count() == 1
    assert histories_hold()


def test_nothing_gives_way_to_a_finding_that_gave_way_in_the_same_list() -> None:
    first = tracked_finding()
    second = tracked_finding(first.force)
    moves = [
        Move(gone.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Newer.", DAY, successor=taker)
        for gone, taker in ((first, second), (second, first))
    ]
    with pytest.raises(Refused) as refused:
        change_statuses(moves, member(Role.OFFICER, first.force))
    assert (refused.value.code, refused.value.row) == ("successor_superseded", 1)
    assert not TrackedFinding.objects.filter(status="superseded").exists()


# The child makes the change as the service does, but dies, as from kill -9, once it has written a row of the named model.
DYING = """
import os, signal, sys
import django
django.setup()
from datetime import date
from tracking import models
from tracking.changes import Move, change_status
from tracking.vocabulary import Basis, Status

model, tracked, evidence, by, limb = sys.argv[1:]
written = getattr(models, model).save

def save_and_die(self, *arguments, **named):
    written(self, *arguments, **named)
    rows = models.StatusChange.objects.filter(tracked_finding=tracked).values_list("to_status", flat=True)
    standing = models.TrackedFinding.objects.values_list("status", flat=True).get(pk=tracked)
    print(",".join(rows.order_by("id")), standing, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

getattr(models, model).save = save_and_die
move = Move(
    int(tracked), Status.ACHIEVED, Basis.EVIDENCE, "The audit shows it.", date(2020, 6, 1),
    evidence=models.Evidence.objects.get(pk=evidence), element=int(limb) or None,
)
change_status(move, models.User.objects.get(pk=by))
"""


def this_database() -> str:
    """The address of the test's own database, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@pytest.mark.parametrize(
    ("model", "limbs", "seen"),
    [
        ("StatusChange", 0, "open,achieved open"),  # the change is written, the row is not
        ("TrackedFinding", 0, "open,achieved achieved"),  # both are written, nothing is committed
        ("TrackedElement", 1, "open,achieved open"),  # the limb is written, the finding is not
    ],
)
def test_a_process_that_dies_in_the_middle_of_a_change_leaves_nothing_of_it(model: str, limbs: int, seen: str) -> None:
    tracked = tracked_finding(ForceFactory(), elements=limbs)
    limb = tracked.elements.get().pk if limbs else None
    officer = member(Role.OFFICER, tracked.force)
    move = on_evidence(tracked, Status.ACHIEVED, element=limb)
    assert move.evidence is not None
    before = TrackedFinding.objects.values().get()
    named = [model, *(str(pk or 0) for pk in (tracked.pk, move.evidence.pk, officer.pk, limb))]
    child = subprocess.run(
        [sys.executable, "-c", DYING, *named],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": this_database(), "DJANGO_SETTINGS_MODULE": "peeltrack.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (child.returncode, child.stdout.strip()) == (-signal.SIGKILL, seen), child.stderr
    assert TrackedFinding.objects.values().get() == before
    assert [change.to_status for change in tracked.changes.all()] == ["open"]
    assert set(tracked.elements.values_list("status", flat=True)) <= {"open"}
    assert histories_hold()
    change_status(move, officer)
    tracked.refresh_from_db()
    assert (tracked.status, histories_hold()) == ("achieved", True)
