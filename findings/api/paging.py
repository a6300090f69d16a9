"""Pages of lists. A size that is not allowed is refused, not silently mended."""

import re
from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

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
    """A feed in the order of `position`, followed by cursor.

    `next` is null at the end of what is there now; `resume` leads on from the last row shown, whenever it is asked, so a
    client that keeps it misses nothing and gets nothing twice.
    """

    page_size = 50
    page_size_query_param = "page_size"
    ordering = "position"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        return super().paginate_queryset(queryset.filter(position__isnull=False), request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data["resume"] = self.get_resume_link()
        return response

    def get_resume_link(self) -> str:
        """The address of what comes after the last row of this page; of the page itself where it has none."""
        if not self.page:
            return str(self.base_url)
        at = self._get_position_from_instance(self.page[-1], self.ordering)
        return str(self.encode_cursor(Cursor(0, False, at)))  # type: ignore[arg-type]  # typed as a number, kept as text

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        full: dict[str, Any] = super().get_paginated_response_schema(schema)
        full["properties"]["resume"] = {"type": "string", "format": "uri"}
        full["required"] = [*full.get("required", []), "resume"]
        return full

    def decode_cursor(self, request: Request) -> Any:
        """The cursor that an earlier page gave; a 404 where nobody gave it."""
        cursor = super().decode_cursor(request)
        position = cursor.position if cursor else None
        if position is not None and not re.fullmatch(r"[0-9]{1,18}", str(position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def get_page_size(self, request: Request) -> int:
        return asked_page_size(request, self.page_size)
