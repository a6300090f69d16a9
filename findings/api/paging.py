"""Pages of lists. A size that is not allowed is refused, not silently mended."""

import re
from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.request import Request

LARGEST_PAGE = 200


def asked_page_size(request: Request, default: int) -> int:
    """The page size that the request asks for, 1 to 200; ValidationError where it is anything else."""
    raw = request.query_params.get("page_size")
    if raw is None:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) <= len(str(LARGEST_PAGE)) and 1 <= int(raw) <= LARGEST_PAGE):
        raise ValidationError({"page_size": [f"Expected a number from 1 to {LARGEST_PAGE}."]})
    return int(raw)


class Pages(PageNumberPagination):
    """Numbered pages of 50, or of `page_size`."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE

    def get_page_size(self, request: Request) -> int:
        return asked_page_size(request, self.page_size)


class Feed(CursorPagination):
    """A feed in the order of recording, followed by cursor."""

    page_size = 50
    page_size_query_param = "page_size"
    ordering = "id"

    def decode_cursor(self, request: Request) -> Any:
        """The cursor that an earlier page gave; a 404 where nobody gave it."""
        cursor = super().decode_cursor(request)
        position = cursor.position if cursor else None
        if position is not None and not re.fullmatch(r"[0-9]{1,18}", str(position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_page_size(self, request: Request) -> int:
        return asked_page_size(request, self.page_size)
