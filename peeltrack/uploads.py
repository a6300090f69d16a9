"""Bodies that are refused before anything reads them: too large, or in an encoding that is no text."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from findings.reading.documents import MAX_BYTES
from peeltrack.errors import not_utf8

# Beside the document a form carries little: its token, the names of its fields.
REST_OF_THE_FORM = 1024 * 1024


class Limited(FileUploadHandler):
    """Stops a request whose declared or actual size is beyond what any document may have."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_BYTES + REST_OF_THE_FORM:
            raise RequestDataTooBig(f"At most {MAX_BYTES // 2**20} MB.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > MAX_BYTES:
            raise RequestDataTooBig(f"At most {MAX_BYTES // 2**20} MB.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


UTF_8 = {"utf-8", "utf8", "us-ascii", "ascii"}


class OnlyUtf8:
    """Refuses a body in another encoding than all forms and programs use: some encodings of Python's are no text at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        charset = (request.content_params or {}).get("charset", "utf-8").strip("\"' ").lower()
        return self._get_response(request) if charset in UTF_8 else not_utf8(request)
