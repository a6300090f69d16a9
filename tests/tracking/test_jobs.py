"""The work that a schedule does: each run is kept, each job has a task and a command, what is late or failed is told."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery.schedules import crontab
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from peeltrack.celery import app
from tests.factories import member, tracked_finding
from tracking import jobs, tasks
from tracking.jobs import JOBS, due_jobs, run, run_due
from tracking.models import JobRun, Reminder, StatusChange, TrackedFinding, User
from tracking.vocabulary import JobName, JobOutcome, Role
from tracking.watching import jobs_standing

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 7, 1, 12, tzinfo=LONDON)


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing catches it."""


def works(monkeypatch: pytest.MonkeyPatch, name: JobName, work: Callable[[], object]) -> None:
    job = JOBS[name]
    monkeypatch.setitem(jobs.JOBS, name, jobs.Job(name, work, job.every, job.late_after))


def broken() -> None:
    raise RuntimeError("the disk is full")


def killed() -> None:
    raise Killed


@pytest.mark.django_db
def test_a_run_is_kept_with_when_and_how_it_ended() -> None:
    with time_machine.travel(NOON, tick=False):
        row = run(JobName.TELL)
    assert (row.name, row.outcome, row.error) == ("tell", "done", "")
    assert (row.started_at, row.finished_at, row.succeeded_at) == (NOON, NOON, NOON)
    run(JobName.TELL)
    assert JobRun.objects.count() == 1


@pytest.mark.django_db
def test_a_job_that_fails_is_logged_and_keeps_when_it_last_did_its_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with time_machine.travel(NOON, tick=False):
        run(JobName.TELL)
    works(monkeypatch, JobName.TELL, broken)
    row = run(JobName.TELL)
    assert (row.outcome, row.error, row.succeeded_at) == ("failed", "RuntimeError: the disk is full", NOON)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.django_db
def test_a_run_that_was_killed_stays_running_and_what_was_said_before_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    works(monkeypatch, JobName.TELL, broken)
    run(JobName.TELL)
    works(monkeypatch, JobName.TELL, killed)
    with pytest.raises(Killed):
        run(JobName.TELL)
    row = JobRun.objects.get()
    assert (row.outcome, row.failed_last) == ("running", True)


def test_each_job_is_on_the_schedule_once_and_the_schedule_holds_nothing_else() -> None:
    planned = sorted(entry["task"] for entry in app.conf.beat_schedule.values())
    assert planned == sorted(f"tracking.{name.value}" for name in JobName)
    assert set(JOBS) == set(JobName)


@pytest.mark.parametrize("entry", app.conf.beat_schedule.values(), ids=lambda entry: str(entry["task"]))
def test_celery_and_the_command_agree_how_often_a_job_runs(entry: dict[str, Any]) -> None:
    planned: crontab = entry["schedule"]
    a_day = len(planned.hour) * len(planned.minute)
    assert timedelta(days=1) / a_day == JOBS[JobName(entry["task"].removeprefix("tracking."))].every


@pytest.mark.django_db
@pytest.mark.parametrize("name", JobName)
def test_each_scheduled_job_can_be_run_by_command_and_by_task(name: JobName) -> None:
    out = StringIO()
    call_command("run_jobs", name.value, stdout=out)
    assert f"{name.label}: done." in out.getvalue()
    by_command = JobRun.objects.get(name=name.value)
    (task,) = [one for one in vars(tasks).values() if getattr(one, "name", "") == f"tracking.{name.value}"]
    task()
    by_task = JobRun.objects.get(name=name.value)
    assert (by_command.outcome, by_task.outcome) == ("done", "done")
    assert by_task.started_at > by_command.started_at


@pytest.mark.django_db
def test_the_command_without_a_name_does_what_is_due(db: None) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert {JobName(row.name) for row in run_due(timezone.now())} == set(JobName)
        out = StringIO()
        call_command("run_jobs", stdout=out)
        assert out.getvalue() == "No job is due.\n"
        clock.shift(timedelta(minutes=4, seconds=59))
        assert set(due_jobs(timezone.now())) == {JobName.REMIND, JobName.TELL}
        clock.shift(timedelta(days=1))
        assert set(due_jobs(timezone.now())) == set(JobName)


@pytest.mark.django_db
def test_reminders_sent_by_hand_or_by_any_cron_count_as_a_run() -> None:
    call_command("send_reminders", "--on", "2026-01-05", stdout=StringIO())
    assert not JobRun.objects.exists()  # of another day: it says nothing about today
    call_command("send_reminders", stdout=StringIO())
    assert JobRun.objects.get().outcome == JobOutcome.DONE
    (remind, *_) = jobs_standing(timezone.now())
    assert (remind.name, remind.late) == (JobName.REMIND, False)


@pytest.mark.django_db
def test_administrators_and_nobody_else_see_how_the_service_runs(browser: Callable[[User], Client]) -> None:
    run(JobName.CLEAN_UP)
    shown = browser(member(Role.ADMINISTRATOR)).get("/admin/").content.decode()
    assert JobName.CLEAN_UP.label in shown
    assert shown.count("In time") == 1
    assert shown.count("Late") == len(JOBS) - 1
    assert "How the service runs" not in browser(member(Role.OFFICER, "kent")).get("/admin/").content.decode()


@pytest.mark.django_db
def test_the_command_says_what_failed_and_does_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    works(monkeypatch, JobName.REMIND, broken)
    out = StringIO()
    with pytest.raises(CommandError, match=r"Failed: remind\."):
        call_command("run_jobs", stdout=out)
    assert "Remind people of what is due: failed. RuntimeError: the disk is full" in out.getvalue()
    assert JobRun.objects.filter(outcome="done").count() == len(JobName) - 1


def test_a_job_that_is_none_is_refused_without_a_traceback() -> None:
    with pytest.raises(CommandError, match="“sweep” is no job; expected one of: remind, tell"):
        call_command("run_jobs", "sweep")


@pytest.mark.django_db
def test_a_history_that_does_not_hold_is_an_alarm_until_it_is_proved_again(
    tampering: Callable[[str], None], client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.METRICS_TOKEN = "a token"
    tracked = tracked_finding()
    hash_ = StatusChange.objects.get(tracked_finding=tracked).hash
    for job in JobName:
        run(job)
    assert client.get("/readyz").json()["status"] == "ready"
    assert "peeltrack_history_holds 1\n" in measured(client)
    tampering(f"UPDATE tracking_statuschange SET hash = 'x' WHERE tracked_finding_id = {tracked.pk}")
    row = run(JobName.VERIFY_HISTORY)
    assert row.outcome == "failed"
    assert f"1 of 1 histories do not hold: tracked finding {tracked.pk}" in row.error
    assert "histories do not hold" in caplog.text
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["alarms"] == ["Prove the history of statuses: the last run failed."]
    assert "peeltrack_history_holds 0\n" in measured(client)
    tampering(f"UPDATE tracking_statuschange SET hash = '{hash_}' WHERE tracked_finding_id = {tracked.pk}")
    run(JobName.VERIFY_HISTORY)
    assert client.get("/readyz").json()["alarms"] == []


def measured(client: Client) -> str:
    return client.get("/metrics", headers={"authorization": "Bearer a token"}).content.decode()


@pytest.mark.django_db
def test_what_is_undone_tells_nobody() -> None:
    """What a rolled back transaction would have told of is neither recorded nor mailed (no row, no task, no mail)."""
    tracked = tracked_finding()
    member(Role.OFFICER, tracked.force)

    def undone() -> None:
        TrackedFinding.objects.update(due_on=date(2020, 1, 1))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transaction.atomic(undone)()
    run(JobName.REMIND)
    assert (Reminder.objects.count(), mail.outbox) == (0, [])


def fires(planned: crontab, since: datetime, until: datetime) -> list[datetime]:
    """The minutes between two instants at which a scheduler that looks every minute runs this entry."""
    found, last = [], since
    with time_machine.travel(since, tick=False) as clock:
        while timezone.now() < until:
            clock.shift(timedelta(minutes=1))
            if planned.is_due(last).is_due:
                last = timezone.now()
                found.append(last)
    return found


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=["clocks go forward", "clocks go back"])
@pytest.mark.parametrize("name", ["drop-what-is-over", "prove-the-history"])
def test_a_nightly_job_runs_once_on_the_nights_when_the_clocks_change(name: str, day: date) -> None:
    before = datetime(day.year, day.month, day.day, 0, 0, tzinfo=LONDON) - timedelta(hours=12)
    ran = fires(app.conf.beat_schedule[name]["schedule"], before, before + timedelta(hours=37))
    assert [moment.astimezone(LONDON).date() for moment in ran] == [day]


@pytest.mark.parametrize("away", [timedelta(hours=1), timedelta(hours=11, minutes=30), timedelta(days=3)], ids=str)
def test_a_nightly_job_that_was_missed_runs_as_soon_as_the_schedule_is_back(away: timedelta) -> None:
    planned = app.conf.beat_schedule["prove-the-history"]["schedule"]
    last = datetime(2026, 6, 30, 3, 40, tzinfo=LONDON)
    with time_machine.travel(datetime(2026, 7, 1, 3, 30, tzinfo=LONDON) + away, tick=False):
        assert planned.is_due(last).is_due
