"""`Idempotency-Key`: a client that does not know whether its request arrived may send it again."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.kept_answers import Answer, answered_once

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
Handler = TypeVar("Handler", bound=Callable[..., Response])


def once(handler: Handler) -> Handler:
    """Has a handler of POST honour the header: the same request with the same key is done once, by one person."""

    @wraps(handler)
    def answering(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None or request.method != "POST":
            return handler(self, request, *args, **kwargs)
        if not KEY.fullmatch(key):
            raise ValidationError({HEADER: ["Expected 1 to 255 visible ASCII characters."]})
        answer = answered_once(
            self.asker, key, _fingerprint(request), lambda: _kept(handler(self, request, *args, **kwargs))
        )
        headers = {**answer.headers, **({REPLAYED: "true"} if answer.replayed else {})}
        return Response(answer.body, status=answer.status, headers=headers)

    answering.takes_key = True  # type: ignore[attr-defined]  # the schema says so
    return cast("Handler", answering)


def _kept(response: Response) -> Answer:
    body = json.loads(JSONRenderer().render(response.data))
    return Answer(response.status_code, body, {k: v for k, v in response.headers.items() if k == "ETag"})


def _fingerprint(request: Request) -> str:
    """SHA-256 over method, address and body; of a file, its content counts."""
    told = json.dumps([request.method, request.get_full_path(), _plain(request.data)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _plain(data: Any) -> Any:
    if hasattr(data, "lists"):  # a form
        return {name: [_plain(value) for value in values] for name, values in data.lists()}
    if isinstance(data, UploadedFile):
        told = hashlib.sha256(b"".join(data.chunks())).hexdigest()
        data.seek(0)
        return told
    return data
