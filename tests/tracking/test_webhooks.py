"""Webhooks: who is told what, signed, again until it arrives, and never to where it must not go."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient
from standardwebhooks import Webhook as Signature
from standardwebhooks import WebhookVerificationError

from findings.vocabulary import FindingKind
from tests.factories import ForceFactory, member, tracked_finding
from tracking.api.filters import DeliveryFilters
from tracking.models import Delivery, Event, Membership, User, Webhook
from tracking.progress import record_progress
from tracking.vocabulary import DeliveryState, EventKind, Role
from tracking.webhooks import PAUSES, check_address, make_deliveries, secret_of, send_deliveries, subscribe, tell
from tracking.workflow import Incomplete

Api = Callable[[User], APIClient]
HOOKS, DELIVERIES = "/api/v1/webhooks/", "/api/v1/deliveries/"
ADDRESS = "https://hooks.example/peeltrack"


class Receiver:
    """Takes what is posted, in place of the network; answers as it is told to."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, address: str, body: bytes, headers: dict[str, str]) -> int:
        self.got.append((address, body, headers))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, BaseException):
            raise answer
        return int(answer)


def hook(force: Any, **values: Any) -> Webhook:
    return subscribe(member(Role.OFFICER, force), force, ADDRESS, **values)


@pytest.mark.django_db
def test_a_webhook_is_told_once_of_what_happens_from_then_on() -> None:
    before = tracked_finding()
    made = hook(before.force)
    after = tracked_finding(before.force)
    tracked_finding()
    receiver = Receiver()
    now = timezone.now()
    assert tell(now, receiver).delivered == 1
    assert tell(now, receiver).delivered == 0
    ((address, body, headers),) = receiver.got
    assert address == ADDRESS
    told = Signature(secret_of(made)).verify(body, headers)
    assert told["type"] == "finding_opened"
    assert told["data"] == {
        "force": before.force.slug,
        "tracked_finding": after.pk,
        "subject": after.last_change_id,
        "from_status": None,
        "to_status": "open",
        "effective_on": "2019-05-02",
    }


@pytest.mark.django_db
def test_a_forged_or_old_delivery_is_told_apart() -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    receiver = Receiver()
    tell(timezone.now(), receiver)
    ((_, body, headers),) = receiver.got
    for wrong in (body.replace(b"open", b"shut"), body + b" "):
        with pytest.raises(WebhookVerificationError):
            Signature(secret_of(made)).verify(wrong, headers)
    old = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 600)}
    with pytest.raises(WebhookVerificationError):
        Signature(secret_of(made)).verify(body, old)
    with pytest.raises(WebhookVerificationError):
        Signature(secret_of(hook(made.force))).verify(body, headers)


@pytest.mark.django_db
def test_only_the_events_and_kinds_named_are_told() -> None:
    force = ForceFactory()
    changes = hook(force, events=[EventKind.PROGRESS_RECORDED])
    recommendations = subscribe(changes.user, force, ADDRESS, kinds=[FindingKind.RECOMMENDATION])
    tracked = tracked_finding(force)
    record_progress(tracked.pk, {}, changes.user, "Work has begun.")
    tracked_finding(force, kind="recommendation")
    make_deliveries(timezone.now())
    assert [d.event.kind for d in changes.deliveries.all()] == ["progress_recorded"]
    assert [d.event.kind for d in recommendations.deliveries.all()] == ["finding_opened"]


@pytest.mark.django_db
def test_what_fails_is_tried_again_with_growing_pauses_and_given_up_in_the_end() -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    now = timezone.now()
    receiver = Receiver(500, requests.ConnectionError("refused by 10.0.0.5"), 302, *[503] * 20)
    waits: list[timedelta] = []
    while True:
        tell(now, receiver)
        delivery = Delivery.objects.get()
        if delivery.state != DeliveryState.WAITING:
            break
        assert tell(delivery.next_try_at - timedelta(seconds=1), receiver).failed == 0
        waits.append(delivery.next_try_at - now)
        now = delivery.next_try_at
    assert tuple(waits) == PAUSES
    assert (delivery.state, delivery.attempts, delivery.answer) == ("given_up", len(PAUSES) + 1, 503)
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 1
    assert len(receiver.got) == len(PAUSES) + 1


@pytest.mark.django_db
def test_an_error_tells_nothing_of_the_network_behind() -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    tell(timezone.now(), Receiver(requests.ConnectionError("refused by 10.0.0.5:5432")))
    assert Delivery.objects.get().error == "No connection."


@pytest.mark.django_db
def test_a_receiver_that_is_gone_stops_its_webhook() -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    tell(timezone.now(), Receiver(410))
    made.refresh_from_db()
    assert made.stopped_at is not None
    tracked_finding(made.force)
    assert tell(timezone.now(), Receiver()).delivered == 0


@pytest.mark.django_db
@pytest.mark.parametrize("lost", ["role", "account"])
def test_who_lost_the_force_is_told_nothing_more(lost: str) -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    make_deliveries(timezone.now())
    if lost == "role":
        Membership.objects.filter(user=made.user).update(force=ForceFactory())
    else:
        User.objects.filter(pk=made.user_id).update(is_active=False)
    receiver = Receiver()
    tell(timezone.now(), receiver)
    assert receiver.got == []
    assert Delivery.objects.get().state == "withheld"


@pytest.mark.django_db
def test_a_delivery_whose_sender_died_is_sent_again_with_the_same_id() -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    now = timezone.now()
    receiver = Receiver(SystemExit("killed"))
    with pytest.raises(SystemExit):
        tell(now, receiver)
    assert tell(now, receiver) == tell(now + timedelta(minutes=4), receiver)
    assert tell(now + timedelta(minutes=5), receiver).delivered == 1
    first, second = receiver.got
    assert first[2]["webhook-id"] == second[2]["webhook-id"]


def test_several_senders_at_once_send_each_delivery_once(committed: None) -> None:
    made = hook(tracked_finding().force)
    for _ in range(12):
        tracked_finding(made.force)
    receiver, now = Receiver(), timezone.now()

    def work() -> None:
        make_deliveries(now)
        list(send_deliveries(now, receiver))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.got) == 12
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 12


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/x", "https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.1.2.3/x", "https://192.168.1.1/",
        "https://169.254.169.254/latest", "https://100.64.0.1/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/",
        "https://x.localhost/", "https://db.internal/", "https://user:pass@hooks.example/", "ftp://hooks.example/", "file:///etc/passwd", "nonsense", "",
    ],
)  # fmt: skip
def test_an_address_of_this_machine_or_a_private_network_is_refused(address: str) -> None:
    with pytest.raises(Incomplete):
        check_address(address)


@pytest.mark.django_db
@pytest.mark.parametrize("stands_for", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "100.64.0.1"])
def test_a_name_that_stands_for_a_private_address_is_never_called(
    stands_for: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    family = socket.AF_INET6 if ":" in stands_for else socket.AF_INET
    place = (stands_for, 443, 0, 0) if ":" in stands_for else (stands_for, 443)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", place)])
    tell(timezone.now())
    assert Delivery.objects.get().error == "The address leads to this machine or to a private network."


@pytest.fixture
def server() -> Iterator[tuple[str, list[tuple[bytes, dict[str, str]]]]]:
    """A real receiver on this machine: its address, and what it got. At /redirect it sends callers elsewhere."""
    got: list[tuple[bytes, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
            self.send_response(302 if self.path == "/redirect" else 204)
            if self.path == "/redirect":
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    serving = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=serving.serve_forever).start()
    yield f"http://127.0.0.1:{serving.server_port}", got
    serving.shutdown()
    serving.server_close()


@pytest.mark.django_db
def test_over_a_real_connection_where_the_settings_allow_it(server: Any, settings: Any) -> None:
    address, got = server
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    force = tracked_finding().force
    made = subscribe(member(Role.OFFICER, force), force, f"{address}/hook")
    tracked_finding(force)
    assert tell(timezone.now()).delivered == 1
    ((body, headers),) = got
    assert Signature(secret_of(made)).verify(body, headers)["data"]["force"] == force.slug
    subscribe(made.user, force, f"{address}/redirect")
    tracked_finding(force)
    assert tell(timezone.now()).failed == 1
    assert len(got) == 3


@pytest.mark.django_db
def test_subscribing_over_the_api_shows_the_secret_once(api: Api) -> None:
    tracked = tracked_finding()
    client = api(member(Role.OFFICER, tracked.force))
    asked = {"force": tracked.force.slug, "address": ADDRESS, "events": ["status_changed"], "kinds": ["afi"]}
    made = client.post(HOOKS, asked)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    where = f"{HOOKS}{made.json()['id']}/"
    assert "secret" not in client.get(where).json()
    assert client.delete(where).status_code == 204
    assert not Webhook.objects.exists()


@pytest.mark.django_db
def test_a_webhook_of_another_forces_work_is_refused(api: Api) -> None:
    theirs = tracked_finding()
    client = api(member(Role.OFFICER, ForceFactory()))
    answer = client.post(HOOKS, {"force": theirs.force.slug, "address": ADDRESS})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_your_force")
    for wrong, field in (({"events": ["all"]}, "events"), ({"address": ""}, "address"), ({"secret": "x"}, "secret")):
        answer = client.post(HOOKS, {"force": theirs.force.slug, "address": ADDRESS, **wrong})
        assert field in answer.json()["errors"]


@pytest.mark.django_db
def test_nobody_sees_or_ends_anothers_webhook(api: Api) -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    tell(timezone.now(), Receiver())
    colleague = api(member(Role.OFFICER, made.force))
    assert colleague.get(f"{HOOKS}{made.pk}/").status_code == 404
    assert colleague.delete(f"{HOOKS}{made.pk}/").status_code == 404
    assert colleague.get(HOOKS).json()["results"] == colleague.get(DELIVERIES).json()["results"] == []


@pytest.mark.django_db
def test_the_log_of_deliveries_says_how_each_went(api: Api) -> None:
    made = hook(tracked_finding().force)
    tracked_finding(made.force)
    tell(timezone.now(), Receiver(500))
    (row,) = api(made.user).get(f"{DELIVERIES}?state=waiting&webhook={made.pk}").json()["results"]
    assert (row["event"], row["answer"], row["attempts"]) == ("finding_opened", 500, 1)
    assert row["error"] == "The receiver answered 500."
    assert "state" in DeliveryFilters.base_filters


@pytest.mark.django_db
def test_the_feed_of_events_tells_what_webhooks_tell(api: Api) -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    record_progress(tracked.pk, {}, officer, "Work has begun.")
    page = api(officer).get("/api/v1/events/?kind=progress_recorded").json()
    (row,) = page["results"]
    assert (row["force"], row["tracked_finding"]) == (tracked.force.slug, tracked.pk)
    assert datetime.fromisoformat(row["happened_at"]) <= timezone.now()
    assert api(officer).get(page["resume"]).json()["results"] == []
    assert Event.objects.count() == 2
