"""The work that a schedule does, and the one writer of how each run of it went.

Every scheduler goes through here: Celery's tasks, the command `run_jobs`, any cron. A job asks "what is owed by now", so one
that is run twice, late or by two schedulers at once does no harm.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from tracking.history import verify_history
from tracking.kept_answers import forget_answers
from tracking.models import JobRun
from tracking.reminders import remind
from tracking.summaries import send_monthly, send_weekly
from tracking.tokens import forget_tokens
from tracking.vocabulary import JobName, JobOutcome
from tracking.webhooks import tell

log = logging.getLogger(__name__)

NIGHT = timedelta(days=1)
MOST_SAID = 1000  # letters of an error
FAULTS_NAMED = 5
# A scheduler that comes round every five minutes comes a second early at times.
EARLY = 0.1


class HistoryBroken(Exception):
    """The history of statuses does not hold: which tracked findings, and what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: what it does, how often, and after how long without it the service is not well."""

    name: JobName
    work: Callable[[], object]
    every: timedelta
    late_after: timedelta


def _remind() -> None:
    remind(timezone.localdate())


def _tell() -> None:
    tell(timezone.now())


def _weekly() -> None:
    for _ in send_weekly(timezone.now()):
        pass


def _monthly() -> None:
    for _ in send_monthly(timezone.now()):
        pass


def _clean_up() -> None:
    forget_answers()
    forget_tokens()
    SessionStore.clear_expired()


def _verify_history() -> None:
    checked = list(verify_history())
    faults = [str(fault) for fault in checked if fault]
    if faults:
        named = "; ".join(faults[:FAULTS_NAMED])
        raise HistoryBroken(f"{len(faults)} of {len(checked)} histories do not hold: {named}")


JOBS = {
    job.name: job
    for job in (
        Job(JobName.REMIND, _remind, timedelta(minutes=5), timedelta(minutes=15)),
        Job(JobName.TELL, _tell, timedelta(minutes=1), timedelta(minutes=15)),
        Job(JobName.WEEKLY, _weekly, timedelta(minutes=15), timedelta(hours=2)),
        Job(JobName.MONTHLY, _monthly, timedelta(minutes=15), timedelta(hours=2)),
        Job(JobName.CLEAN_UP, _clean_up, NIGHT, timedelta(days=3)),
        Job(JobName.VERIFY_HISTORY, _verify_history, NIGHT, timedelta(hours=36)),
    )
}


def run(name: JobName) -> JobRun:
    """Does one job now and keeps how it went; a job that fails is logged as an error, and raises nothing.

    A process that is killed leaves its run as *running*; what the run before it said of an error stays until the next one ends.
    """
    started = timezone.now()
    JobRun.objects.update_or_create(
        name=name.value, defaults={"started_at": started, "outcome": JobOutcome.RUNNING.value}
    )
    try:
        JOBS[name].work()
    except HistoryBroken as broken:
        log.error("%s", broken)  # noqa: TRY400 - its words say it all
        return _finish(name, JobOutcome.FAILED, str(broken))
    except Exception as error:  # whatever it is, the other jobs go on and the row tells
        log.exception("job %s failed", name.value)
        return _finish(name, JobOutcome.FAILED, f"{type(error).__name__}: {error}")
    return _finish(name, JobOutcome.DONE, "")


def done_by_hand(name: JobName, started: datetime) -> JobRun:
    """Keeps that somebody, or their own scheduler, did this job with its own command, begun at `started`."""
    JobRun.objects.update_or_create(name=name.value, defaults={"started_at": started})
    return _finish(name, JobOutcome.DONE, "")


def run_due(now: datetime) -> list[JobRun]:
    """Does the jobs whose time has come by `now`, as a schedule would; returns their runs."""
    return [run(name) for name in due_jobs(now)]


def due_jobs(now: datetime) -> Iterable[JobName]:
    """The jobs that were not begun for as long as each rests between two runs."""
    begun = dict(JobRun.objects.values_list("name", "started_at"))
    return [
        name
        for name, job in JOBS.items()
        if name.value not in begun or now - begun[name.value] >= job.every * (1 - EARLY)
    ]


def _finish(name: JobName, outcome: JobOutcome, error: str) -> JobRun:
    row = JobRun.objects.get(name=name.value)
    row.finished_at, row.outcome, row.error = timezone.now(), outcome.value, error[:MOST_SAID]
    if outcome is JobOutcome.DONE:
        row.succeeded_at = row.finished_at
    row.save()
    return row
