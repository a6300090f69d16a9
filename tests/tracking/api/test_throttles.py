"""How many requests are answered in a minute, and what happens to the limit when its store is away."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.test import APIClient

from tests.factories import member
from tracking.api import throttles
from tracking.api.throttles import LEFT_ALONE, Fair
from tracking.models import User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
CYCLES, TOKENS = "/api/v1/cycles/", "/api/v1/tokens/"


@pytest.fixture(autouse=True)
def few(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three requests a minute, counted for this test alone."""
    settings.API_REQUESTS_PER_MINUTE = settings.API_SIGN_INS_PER_MINUTE = 3
    monkeypatch.setattr(Fair, "_store_failed_at", -LEFT_ALONE)
    monkeypatch.setattr(caches["throttles"], "key_prefix", uuid4().hex)


@pytest.fixture
def noon() -> Iterator[Any]:
    with time_machine.travel("2024-05-01T12:00:20Z", tick=False) as clock:
        yield clock


def test_a_person_is_told_what_is_left_and_refused_beyond_it(api: Api, noon: Any) -> None:
    client = api(member(Role.OFFICER, "kent"))
    answers = [client.get(CYCLES) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit"] for answer in answers] == [
        '"minute";r=2;t=40', '"minute";r=1;t=40', '"minute";r=0;t=40', '"minute";r=0;t=40',
    ]  # fmt: skip
    assert answers[0]["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert answers[-1]["Retry-After"] == "40"
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert answers[-1].json()["code"] == "throttled"
    noon.shift(40)
    assert client.get(CYCLES).status_code == 200


def test_one_persons_requests_are_not_anothers(api: Api, noon: Any) -> None:
    first, second = api(member(Role.OFFICER, "kent")), api(member(Role.OFFICER, "kent"))
    for _ in range(4):
        first.get(CYCLES)
    assert second.get(CYCLES).status_code == 200


def test_an_address_cannot_change_its_name_by_a_header(noon: Any) -> None:
    codes = [
        APIClient().post(TOKENS, {}, headers={"X-Forwarded-For": f"203.0.113.{place}"}).status_code
        for place in range(5)
    ]
    assert codes == [400, 400, 400, 429, 429]


def test_without_its_store_everybody_is_answered(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def away(*_: Any, **__: Any) -> Any:
        asked.append(1)
        raise OSError("no space left")

    monkeypatch.setattr(type(caches["throttles"]), "add", away)
    client = api(member(Role.OFFICER, "kent"))
    assert {client.get(CYCLES).status_code for _ in range(6)} == {200}
    assert len(asked) == 1  # and is then left alone for a while


def test_a_store_that_is_frozen_is_asked_once_and_left_alone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and never answers, as a stopped Redis does."""
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen(8)
        options = {"socket_timeout": 0.05, "socket_connect_timeout": 0.05, "retry": Retry(NoBackoff(), 0)}
        store = RedisCache(f"redis://127.0.0.1:{frozen.getsockname()[1]}/0", {"OPTIONS": options})
        monkeypatch.setattr(throttles, "caches", {"throttles": store})
        client = api(member(Role.OFFICER, "kent"))
        assert {client.get(CYCLES).status_code for _ in range(6)} == {200}
        frozen.setblocking(False)
        taken = [frozen.accept()[0]]
        with pytest.raises(BlockingIOError):
            frozen.accept()
        taken[0].close()
        store.close()


def test_with_redis_the_settings_let_nobody_wait_for_it() -> None:
    environment = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0", "DJANGO_SETTINGS_MODULE": "peeltrack.settings"}
    asking = "from django.conf import settings; o = settings.CACHES['throttles']['OPTIONS']; print(o['socket_timeout'], o['retry'].get_retries())"
    said = subprocess.run([sys.executable, "-c", asking], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["0.25", "0"]


def test_no_page_of_another_origin_may_call_the_api(api: Api, settings: Any) -> None:
    client = api(member(Role.OFFICER, "kent"))
    origin = {"Origin": "https://dashboard.force.example"}
    assert "Access-Control-Allow-Origin" not in client.get(CYCLES, headers=origin).headers
    settings.CORS_ALLOWED_ORIGINS = ["https://dashboard.force.example"]
    assert client.get(CYCLES, headers=origin)["Access-Control-Allow-Origin"] == origin["Origin"]
