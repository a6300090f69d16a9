"""The Celery application and its schedule.

The queue is never the record of what is owed: a task only asks "what is due by now and not yet made", so
a lost, late or repeated run changes nothing.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peeltrack.settings")

SWEEP_EVERY_MINUTES = 5

app = Celery("peeltrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["tracking"])
app.conf.beat_schedule = {
    "remind-people-of-what-is-due": {
        "task": "tracking.remind",
        # All day and night: the rows are made at once, each person's e-mail waits for their own hour.
        "schedule": crontab(minute=f"*/{SWEEP_EVERY_MINUTES}"),
        # A sweep that waited longer than this is replaced by the next one.
        "options": {"expires": SWEEP_EVERY_MINUTES * 60},
    },
    "tell-webhooks-of-what-happened": {
        "task": "tracking.tell",
        "schedule": crontab(),  # every minute
        "options": {"expires": 60},
    },
    # Each asks who has not had theirs of this week or month, and whose hour has come.
    "tell-leads-of-the-week": {
        "task": "tracking.weekly",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    "tell-national-users-of-the-month": {
        "task": "tracking.monthly",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    # At hours (Europe/London) that the change of the clocks neither skips nor repeats.
    "drop-what-is-over": {"task": "tracking.clean_up", "schedule": crontab(hour="3", minute="20")},
    "prove-the-history": {"task": "tracking.verify_history", "schedule": crontab(hour="3", minute="40")},
}
