"""How many requests a person, or somebody unknown, may make in a minute. A limit of courtesy: without its store nobody is refused.

Accounts are guarded by locking them, in the database; this only keeps one client from crowding the others out.
"""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from tracking.models import User
from tracking.rates import Rate

log = logging.getLogger(__name__)

WINDOW = 60
# After the store failed it is left alone for this long, so that a frozen one does not slow every request.
LEFT_ALONE = 10.0


class Fair(BaseThrottle):
    """Counts in fixed minutes, shared by all processes; says in the request what is left, for the answer's headers."""

    _store_failed_at = -LEFT_ALONE

    def allow_request(self, request: Request, view: Any) -> bool:
        known = isinstance(request.user, User)
        limit: int = settings.API_REQUESTS_PER_MINUTE if known else settings.API_SIGN_INS_PER_MINUTE
        who = f"user-{request.user.pk}" if known else f"address-{self.get_ident(request)}"
        now = time.time()
        used = self._count(f"{who}-{int(now) // WINDOW}")
        self._reset = WINDOW - int(now) % WINDOW
        request._request.rate = Rate(limit, max(limit - used, 0), self._reset, WINDOW)  # type: ignore[attr-defined]  # for the headers
        return used <= limit

    def _counted(self, store: Any, key: str) -> int:
        try:
            return int(store.incr(key))
        except ValueError:  # the first one of this minute
            return 1 if store.add(key, 1, timeout=2 * WINDOW) else int(store.incr(key))

    def wait(self) -> float:
        return float(self._reset)

    def _count(self, key: str) -> int:
        """How many requests this minute has seen, this one included; 0 where the store does not answer."""
        if time.monotonic() - Fair._store_failed_at < LEFT_ALONE:
            return 0
        store = caches["throttles"]
        try:
            return self._counted(store, key)
        except (RedisError, OSError, ValueError) as error:
            log.warning("requests are not counted for the moment: %s", error)
            Fair._store_failed_at = time.monotonic()
            return 0
