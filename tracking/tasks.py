"""What the schedule runs. Each task is one call with today's date."""

from celery import shared_task
from django.utils import timezone

from tracking.reminders import remind


@shared_task(name="tracking.remind")
def remind_people() -> None:
    """Makes and sends the reminders due today, Europe/London."""
    remind(timezone.localdate())
