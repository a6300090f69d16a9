"""The service's own schedule, as fast as it goes: `celery --app tests.every_second beat`."""

from celery.schedules import schedule

from peeltrack.celery import app

for entry in app.conf.beat_schedule.values():
    entry["schedule"] = schedule(1)

__all__ = ["app"]
