"""What Celery's schedule runs: each task is one job of `tracking.jobs`."""

from celery import shared_task

from tracking.jobs import run
from tracking.vocabulary import JobName


@shared_task(name="tracking.remind")
def remind_people() -> None:
    """Makes and sends the reminders due by now."""
    run(JobName.REMIND)


@shared_task(name="tracking.tell")
def tell_webhooks() -> None:
    """Makes and sends what webhooks are to be told by now."""
    run(JobName.TELL)


@shared_task(name="tracking.weekly")
def tell_leads() -> None:
    """Sends leads and signatories how their week stands, where they do not have it yet."""
    run(JobName.WEEKLY)


@shared_task(name="tracking.monthly")
def tell_national_users() -> None:
    """Sends national users the figures of the month, where they do not have them yet."""
    run(JobName.MONTHLY)


@shared_task(name="tracking.clean_up")
def clean_up() -> None:
    """Drops the answers, tokens and sessions whose time is over."""
    run(JobName.CLEAN_UP)


@shared_task(name="tracking.verify_history")
def verify_history() -> None:
    """Proves the history of statuses, and keeps what came of it."""
    run(JobName.VERIFY_HISTORY)
