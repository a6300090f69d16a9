"""Health, errors, schedule and schema of the service as a whole."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from peeltrack.celery import app
from tests.factories import member, tracked_finding
from tests.two_forces import work_of
from tracking.jobs import run
from tracking.models import ApiToken, Delivery, Digest, KeptAnswer, Reminder, TrackedFinding, User
from tracking.tasks import clean_up, remind_people, tell_webhooks
from tracking.tokens import issue_token
from tracking.vocabulary import JobName, Role

pytestmark = pytest.mark.django_db


def test_it_says_that_it_lives_and_that_it_can_serve(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    for name in JobName:
        run(name)
    said = client.get("/readyz").json()
    assert (said["status"], said["database"], said["broker"], said["alarms"]) == ("ready", "up", "up", [])
    assert set(said["jobs"]) == {name.value for name in JobName}


def test_it_says_of_each_job_when_it_last_ran_and_that_the_sweep_is_late(client: Client) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        for name in JobName:
            run(name)
        clock.shift(timedelta(minutes=15))
        assert client.get("/readyz").json()["status"] == "ready"
        clock.shift(timedelta(seconds=1))
        run(JobName.TELL)
        response = client.get("/readyz")
    said = response.json()
    assert (response.status_code, said["status"]) == (200, "degraded")
    assert said["alarms"] == ["Remind people of what is due: it last did its work 15 minutes ago."]
    assert said["jobs"]["remind"] == {
        "last_started": "2026-07-01T12:00:00Z",
        "last_finished": "2026-07-01T12:00:00Z",
        "outcome": "done",
        "lag_seconds": 901,
        "late": True,
        "failed": False,
    }


def test_a_service_whose_jobs_nobody_runs_says_so(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert "Remind people of what is due: it has not done its work yet." in response.json()["alarms"]


@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [
        ("", "", 404),
        ("", "Bearer ", 404),
        ("a token", "", 401),
        ("a token", "Bearer another", 401),
        ("a token", "Bearer a tökén", 401),
        ("a token", "Bearer a token", 200),
    ],
)
def test_the_figures_are_for_who_has_the_token_alone(
    token: str, sent: str, status: int, client: Client, settings: Any
) -> None:
    settings.METRICS_TOKEN = token
    response = client.get("/metrics", headers={"authorization": sent})
    assert response.status_code == status
    assert (b"peeltrack_" in response.content) == (status == 200)


def test_the_figures_are_counted_as_prometheus_reads_them(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a token"
    work = work_of()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        run(JobName.VERIFY_HISTORY)
        sent = {"authorization": "Bearer a token"}
        response = client.get("/metrics", headers=sent)
        Digest.objects.filter(pk=work.digest.pk).update(state="refused", address="before@force.example")
        TrackedFinding.objects.filter(pk=work.tracked.pk).update(due_on="2020-01-01")
        Delivery.objects.all().delete()
        later = client.get("/metrics", headers=sent)
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.content.decode().splitlines() == [
        'peeltrack_job_lag_seconds{job="verify_history"} 0',
        "peeltrack_reminders_waiting_for_mail 0",
        "peeltrack_digests_uncertain 1",
        "peeltrack_digests_refused 0",
        "peeltrack_webhook_deliveries_waiting 1",
        "peeltrack_history_holds 1",
    ]
    assert later.content.decode().splitlines()[1:5] == [
        "peeltrack_reminders_waiting_for_mail 1",
        "peeltrack_digests_uncertain 0",
        "peeltrack_digests_refused 1",
        "peeltrack_webhook_deliveries_waiting 0",
    ]


def test_without_its_database_it_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("peeltrack.health.connection.cursor", broken)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "down")


def test_without_its_broker_it_serves_and_says_so(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (200, "down")


@pytest.mark.parametrize("path", ["/api/v1/nowhere/", "/api/nowhere"])
def test_an_api_address_that_nothing_serves_is_a_problem_in_json(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not_found"


def test_a_page_that_is_not_there_says_so_plainly(browser: Callable[[User], Client]) -> None:
    response = browser(member(Role.VIEWER, "kent")).get("/admin/tracking/trackedfinding/999/status/")
    assert response.status_code == 404
    assert "There is nothing here that you can see." in response.content.decode()


def test_a_fault_of_ours_shows_nothing_of_its_inside(
    monkeypatch: pytest.MonkeyPatch, browser: Callable[[User], Client]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("SECRET of the inside")

    client = browser(member(Role.OFFICER, "kent"))
    client.raise_request_exception = False
    monkeypatch.setattr("tracking.api.views.TrackedFindingViewSet.get_queryset", broken)
    for address in ("/api/v1/tracked-findings/",):
        response = client.get(address)
        assert response.status_code == 500
        assert "SECRET" not in response.content.decode()
        assert response.json()["code"] == "fault"


def test_the_schedule_sweeps_every_five_minutes_of_the_day_and_expires() -> None:
    entry = app.conf.beat_schedule["remind-people-of-what-is-due"]
    assert entry["task"] == remind_people.name
    assert entry["schedule"] == crontab(minute="*/5")
    assert entry["options"]["expires"] == 300
    assert str(app.conf.timezone) == "Europe/London"


def test_webhooks_are_told_every_minute() -> None:
    entry = app.conf.beat_schedule["tell-webhooks-of-what-happened"]
    assert (entry["task"], entry["schedule"], entry["options"]) == (tell_webhooks.name, crontab(), {"expires": 60})


def test_what_is_over_is_dropped_every_night() -> None:
    assert app.conf.beat_schedule["drop-what-is-over"]["schedule"] == crontab(hour="3", minute="20")
    user = member(Role.OFFICER, "kent")
    (old, _), (ended, _), (living, _) = (issue_token(user) for _ in range(3))
    for token, days in ((old, 31), (ended, 29)):
        ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(days=days))
    for days in (8, 6):
        kept = KeptAnswer.objects.create(user=user, key=f"k{days}", fingerprint="f")
        KeptAnswer.objects.filter(pk=kept.pk).update(made_at=timezone.now() - timedelta(days=days))
    clean_up()
    assert set(ApiToken.objects.all()) == {ended, living}
    assert [kept.key for kept in KeptAnswer.objects.all()] == ["k6"]


def test_sessions_that_are_over_are_dropped_every_night() -> None:
    for key, days in (("over", -1), ("living", 1)):
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=days))
    clean_up()
    assert [session.session_key for session in Session.objects.all()] == ["living"]


def test_the_task_does_what_the_command_does() -> None:
    tracked = tracked_finding()
    member(Role.OFFICER, tracked.force)
    TrackedFinding.objects.update(due_on="2020-01-01")
    remind_people()
    assert Reminder.objects.count() == 1


def test_the_schema_is_whole_and_without_warnings(tmp_path: Any) -> None:
    path = tmp_path / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(path))
    schema = json.loads(path.read_text())
    assert schema["openapi"].startswith("3.1")
    assert "409" in schema["paths"]["/api/v1/assessments/{id}/decision/"]["post"]["responses"]


def test_the_docs_page_loads_nothing_from_elsewhere(client: Client) -> None:
    body = client.get("/api/v1/docs/").content.decode()
    assert "swagger-ui" in body
    assert "http://" not in body.replace("http://testserver", "")
    assert "https://" not in body


@pytest.mark.parametrize("address", ["/admin/login/", "/api/v1/docs/", "/api/v1/schema/", "/nowhere", "/healthz"])
def test_every_page_takes_scripts_and_styles_from_here_alone(address: str, client: Client) -> None:
    policy = client.get(address)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_health_checks_answer_by_this_machines_own_name_whatever_names_are_set() -> None:
    script = (
        "import django; django.setup(); from django.test import Client;"
        "c = Client(HTTP_HOST='127.0.0.1:8000'); print(c.get('/healthz').status_code, c.get('/admin/').status_code)"
    )
    environment = {
        **os.environ,
        "ALLOWED_HOSTS": "peeltrack.example",
        "HTTPS": "true",
        "DJANGO_SETTINGS_MODULE": "peeltrack.settings",
    }
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["200", "301"]


def test_what_a_database_address_asks_for_stands() -> None:
    script = "from peeltrack.settings import DATABASES; print(DATABASES['default']['OPTIONS']['sslmode'])"
    environment = {**os.environ, "DATABASE_URL": "postgres://a:b@c/d?sslmode=require"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "require"
