"""Whether the service lives, whether it can serve, and how its jobs stand."""

from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from redis import Redis
from redis.exceptions import RedisError

from tracking.watching import Standing, alarms, figures, jobs_standing

SECONDS = 2


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, else 503; *degraded* where it serves and somebody should look at it all the same.

    A broker that is down delays reminders and stops nothing else; so does a schedule that nothing runs.
    """
    database, broker = _database(), _broker()
    body: dict[str, Any] = {"database": "up" if database else "down", "broker": "up" if broker else "down"}
    if not database:
        return JsonResponse({"status": "down", **body}, status=503)
    standings = jobs_standing(timezone.now())
    found = alarms(standings)
    body |= {"jobs": {one.name.value: _told(one) for one in standings}, "alarms": found}
    return JsonResponse({"status": "ready" if broker and not found else "degraded", **body})


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text format, for who sends the token of the settings; without that setting, no page.

    It is not enough to ask from this machine: behind a proxy that stands on it, everybody does.
    """
    token = settings.METRICS_TOKEN
    if not token:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return HttpResponse("A bearer token is needed.\n", "text/plain", 401, headers={"WWW-Authenticate": "Bearer"})
    lines = [f"{name} {value:g}" for name, value in figures(timezone.now()).items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _told(one: Standing) -> dict[str, Any]:
    return {
        "last_started": one.started_at,
        "last_finished": one.finished_at,
        "outcome": one.outcome,
        "lag_seconds": None if one.lag is None else int(one.lag.total_seconds()),
        "late": one.late,
        "failed": one.failed,
    }


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _broker() -> bool:
    if not settings.REDIS_URL:
        return True
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as broker:
            return bool(broker.ping())
    except RedisError:
        return False
