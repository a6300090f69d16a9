"""Configuration only. The Celery application is named here so that `celery -A peeltrack` finds it."""

from peeltrack.celery import app as celery_app

__all__ = ["celery_app"]
