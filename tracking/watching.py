"""How the service is, for who watches it: figures and alarms. Only reads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracking.digests import uncertain, waiting_for_mail
from tracking.jobs import JOBS, Job
from tracking.models import Delivery, Digest, JobRun
from tracking.vocabulary import DeliveryState, DigestState, JobName, JobOutcome


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one job stands: its last run, how that ended, how long ago it last did its work, whether that is too long."""

    name: JobName
    started_at: datetime | None
    finished_at: datetime | None
    succeeded_at: datetime | None
    outcome: JobOutcome | None
    lag: timedelta | None
    late: bool
    failed: bool


def jobs_standing(now: datetime) -> list[Standing]:
    """Every job, in order; one that never ran is late."""
    rows = {row.name: row for row in JobRun.objects.all()}
    return [_standing(job, rows.get(name.value), now) for name, job in JOBS.items()]


def history_holds() -> bool | None:
    """What the last proof of the history said; None where there was none yet."""
    proof = JobRun.objects.filter(name=JobName.VERIFY_HISTORY.value, finished_at__isnull=False).first()
    return None if proof is None else not proof.failed_last


def alarms(standings: list[Standing]) -> list[str]:
    """What somebody should look at, in plain words."""
    late = [f"{one.name.label}: {_lateness(one)}." for one in standings if one.late]
    failed = [f"{one.name.label}: the last run failed." for one in standings if one.failed]
    return late + failed


def figures(now: datetime) -> dict[str, float]:
    """The gauges, by name. What is not known is left out."""
    lags = {f'peeltrack_job_lag_seconds{{job="{s.name.value}"}}': s.lag for s in jobs_standing(now)}
    held = history_holds()
    return {
        **{name: lag.total_seconds() for name, lag in lags.items() if lag is not None},
        "peeltrack_reminders_waiting_for_mail": waiting_for_mail(),
        "peeltrack_digests_uncertain": uncertain(now).count(),
        "peeltrack_digests_refused": Digest.objects.filter(state=DigestState.REFUSED.value).count(),
        "peeltrack_webhook_deliveries_waiting": Delivery.objects.filter(state=DeliveryState.WAITING.value).count(),
        **({} if held is None else {"peeltrack_history_holds": int(held)}),
    }


def _standing(job: Job, row: JobRun | None, now: datetime) -> Standing:
    if row is None:
        return Standing(job.name, None, None, None, None, None, late=True, failed=False)
    lag = now - row.succeeded_at if row.succeeded_at else None
    late = lag is None or lag > job.late_after
    return Standing(
        job.name,
        row.started_at,
        row.finished_at,
        row.succeeded_at,
        JobOutcome(row.outcome),
        lag,
        late=late,
        failed=row.failed_last,
    )


def _lateness(standing: Standing) -> str:
    if standing.lag is None:
        return "it has not done its work yet"
    return f"it last did its work {int(standing.lag.total_seconds()) // 60} minutes ago"
