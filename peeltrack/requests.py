"""Gives each request an id: in the answer's header, in every line of the log, in every change of a status."""

import logging
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from tracking.provenance import begin_request, end_request, request_id
from tracking.rates import Rate

HEADER = "X-Request-ID"


class RequestId:
    """The id is always our own: one that a client sends could name another's request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        identity = str(uuid.uuid4())
        begun = begin_request(identity)
        try:
            response = self._get_response(request)
        finally:
            end_request(begun)
        response[HEADER] = identity
        return response


class RateStated:
    """Says in the headers of an answer how much its asker may still ask for in this minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        rate: Rate | None = getattr(request, "rate", None)
        for name, value in (rate.headers() if rate else {}).items():
            response[name] = value
        return response


class WithRequestId(logging.Filter):
    """Adds the id to a line of the log; a dash outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id() or "-"
        return True
