"""Whether the service lives, and whether it can serve."""

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

SECONDS = 2


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, else 503. A broker that is down only degrades: it delays reminders."""
    database, broker = _database(), _broker()
    body = {"database": "up" if database else "down", "broker": "up" if broker else "down"}
    return JsonResponse(body, status=200 if database else 503)


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
