"""What the schedule runs. Each task is one call with today's date."""

from celery import shared_task
from django.utils import timezone

from tracking.kept_answers import forget_answers
from tracking.reminders import remind
from tracking.tokens import forget_tokens
from tracking.webhooks import tell


@shared_task(name="tracking.remind")
def remind_people() -> None:
    """Makes and sends the reminders due today, Europe/London."""
    remind(timezone.localdate())


@shared_task(name="tracking.tell")
def tell_webhooks() -> None:
    """Makes and sends what webhooks are to be told by now."""
    tell(timezone.now())


@shared_task(name="tracking.clean_up")
def clean_up() -> None:
    """Drops the answers and the tokens whose time is over."""
    forget_answers()
    forget_tokens()
