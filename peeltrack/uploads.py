"""Uploads are refused while they come in, not after they filled the disk."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from findings.reading.documents import MAX_BYTES

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
