"""A request that comes again with its key is answered as the first time, and nothing is done twice (T58)."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import ForceFactory, member, signed_off_evidence, tracked_finding
from tests.tracking.api.test_routes import routes
from tracking.api.urls import router
from tracking.kept_answers import KEPT_FOR, forget_answers
from tracking.models import Evidence, KeptAnswer, Membership, ProgressUpdate, StatusChange, TrackedFinding, User
from tracking.vocabulary import Role

Api = Callable[[User], APIClient]
CHANGES = "/api/v1/status-changes/"
KEY = {"Idempotency-Key": "3f1c2f0e-change-1"}
# Each is told apart by what it holds (a document's hash), or answers with a secret that is never stored.
WITHOUT_KEY = {"POST reports/", "POST tokens/", "POST calendar/", "POST webhooks/"}


def move(tracked: TrackedFinding, evidence: Evidence | None = None) -> dict[str, Any]:
    evidence = evidence or signed_off_evidence(tracked)
    return {
        "tracked_finding": tracked.pk,
        "to_status": "achieved",
        "basis": "evidence",
        "evidence": evidence.pk,
        "effective_on": "2024-05-01",
        "reason": "The audit shows it.",
    }


@pytest.mark.django_db
def test_every_post_takes_a_key() -> None:
    without = set()
    for pattern in router.urls:
        actions: dict[str, str] = getattr(pattern.callback, "actions", {})
        if "post" in actions and not hasattr(getattr(pattern.callback.cls, actions["post"]), "takes_key"):
            without.add(pattern.callback.cls.__name__)
    assert routes() > WITHOUT_KEY
    assert without == {"ReportIntakeViewSet", "TokenViewSet", "CalendarViewSet", "WebhookViewSet"}


@pytest.mark.django_db
def test_a_replay_gets_the_first_answer_and_does_nothing(api: Api) -> None:
    tracked = tracked_finding()
    body, officer = move(tracked), api(member(Role.OFFICER, tracked.force))
    first, second = (officer.post(CHANGES, body, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert (first.headers.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
    assert StatusChange.objects.filter(tracked_finding=tracked).count() == 2


@pytest.mark.django_db
def test_a_key_with_another_body_or_address_is_refused(api: Api) -> None:
    tracked, other = tracked_finding(), tracked_finding()
    officer = api(member(Role.OFFICER, tracked.force))
    assert officer.post(CHANGES, move(tracked), headers=KEY).status_code == 201
    for where, body in ((CHANGES, {**move(tracked), "reason": "Another."}), (f"/api/v1/tracked-findings/{tracked.pk}/updates/", {"comment": "x"})):  # fmt: skip
        answer = officer.post(where, body, headers=KEY)
        assert (answer.status_code, answer.json()["code"]) == (409, "key_used_before")
    assert not ProgressUpdate.objects.exists()
    assert other.status == "open"


@pytest.mark.django_db
def test_the_same_key_of_another_person_is_another_key(api: Api) -> None:
    tracked = tracked_finding()
    where = f"/api/v1/tracked-findings/{tracked.pk}/updates/"
    for person in (member(Role.OFFICER, tracked.force), member(Role.OFFICER, tracked.force)):
        answer = api(person).post(where, {"comment": "Done."}, headers=KEY)
        assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (201, None)
    assert ProgressUpdate.objects.count() == 2


@pytest.mark.django_db
def test_a_refusal_leaves_the_key_free(api: Api) -> None:
    tracked = tracked_finding()
    evidence, officer = signed_off_evidence(tracked), api(member(Role.OFFICER, tracked.force))
    wrong = {**move(tracked, evidence), "to_status": "open"}
    assert officer.post(CHANGES, wrong, headers=KEY).status_code == 409
    assert officer.post(CHANGES, {}, headers=KEY).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert officer.post(CHANGES, move(tracked, evidence), headers=KEY).status_code == 201


@pytest.mark.django_db
def test_a_file_sent_again_is_the_same_request(api: Api) -> None:
    tracked = tracked_finding()
    officer = api(member(Role.OFFICER, tracked.force))

    def send(content: bytes) -> Any:
        body = {"title": "Minutes", "file": SimpleUploadedFile("minutes.pdf", content)}
        where = f"/api/v1/tracked-findings/{tracked.pk}/evidence/"
        return officer.post(where, body, format="multipart", headers=KEY)

    first, again, other = send(b"%PDF-1.7 a"), send(b"%PDF-1.7 a"), send(b"%PDF-1.7 b")
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert again.json() == first.json()
    assert Evidence.objects.count() == 1


@pytest.mark.django_db
def test_who_lost_the_force_gets_no_answer_of_before(api: Api) -> None:
    tracked = tracked_finding()
    user = member(Role.OFFICER, tracked.force)
    body = move(tracked)
    assert api(user).post(CHANGES, body, headers=KEY).status_code == 201
    Membership.objects.filter(user=user).update(force=ForceFactory())
    answer = api(User.objects.get(pk=user.pk)).post(CHANGES, body, headers=KEY)
    assert answer.json()["code"] == "answer_withheld"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256])
def test_a_key_that_is_none_is_a_400(key: str, api: Api) -> None:
    answer = api(member(Role.OFFICER, "kent")).post(CHANGES, {}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["errors"]


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_week(api: Api) -> None:
    tracked = tracked_finding()
    where = f"/api/v1/tracked-findings/{tracked.pk}/updates/"
    api(member(Role.OFFICER, tracked.force)).post(where, {"comment": "Done."}, headers=KEY)
    assert forget_answers() == 0
    KeptAnswer.objects.update(made_at=timezone.now() - KEPT_FOR)
    assert forget_answers() == 1


@pytest.fixture
def at_once() -> Iterator[Callable[[Callable[[], Any], int], list[Any]]]:
    """Runs the same in several threads that start together."""

    def run(work: Callable[[], Any], count: int) -> list[Any]:
        barrier, done = threading.Barrier(count), []

        def one() -> None:
            barrier.wait()
            done.append(work())
            connection.close()

        threads = [threading.Thread(target=one) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done

    return run


def test_five_at_once_with_one_key_make_one_change(committed: None, at_once: Any) -> None:
    tracked = tracked_finding()
    body, officer = move(tracked), member(Role.OFFICER, tracked.force)

    def send() -> Any:
        client = APIClient()
        client.force_authenticate(officer)
        return client.post(CHANGES, body, headers=KEY)

    answers = at_once(send, 5)
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 4
    assert StatusChange.objects.filter(tracked_finding=tracked).count() == 2


@pytest.mark.django_db
def test_a_bulk_change_says_what_is_wrong_with_each_row_and_changes_none(api: Api) -> None:
    force = ForceFactory()
    rows = [tracked_finding(force) for _ in range(4)]
    good, same, bare, late = (move(row) for row in rows)
    same["to_status"], bare["evidence"], late["effective_on"] = "open", None, "2999-01-01"
    answer = api(member(Role.OFFICER, force)).post(CHANGES, [good, same, bare, late])
    said = answer.json()
    assert answer.status_code == 409
    assert [(row["row"], row["code"]) for row in said["rows"]] == [
        (1, "no_change"),
        (2, "evidence_not_signed_off"),
        (3, "effective_on_in_future"),
    ]
    assert (said["row"], said["code"]) == (1, "no_change")
    assert said["rows"][0]["allowed"] == ["partly_complied", "achieved", "superseded"]
    assert set(TrackedFinding.objects.values_list("status", flat=True)) == {"open"}
    assert StatusChange.objects.count() == 4


@pytest.mark.django_db
def test_a_bulk_change_that_cannot_be_read_names_the_rows(api: Api) -> None:
    force = ForceFactory()
    good, bad = move(tracked_finding(force)), {"to_status": "closed"}
    answer = api(member(Role.OFFICER, force)).post(CHANGES, [good, bad])
    (row,) = answer.json()["rows"]
    assert answer.status_code == 400
    assert row["row"] == 1
    assert {"to_status", "tracked_finding", "basis", "reason"} <= set(row["errors"])
