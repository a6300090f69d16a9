"""What every list of the API can do: pages of JSON, or the whole of it as a table."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from findings.api.lean import shown
from findings.api.tables import as_table, columns_of, format_asked

Row = TypeVar("Row", bound=Model)
AT_ONCE = 500


class Listed(ListModelMixin, GenericViewSet[Row]):
    """A list with filters, in pages; `?format=csv` or `xlsx` gives all rows that pass the same filters."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        form = format_asked(request.query_params)
        return self._pages() if form == "json" else self._table(form)

    def in_table_order(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """The rows of a table in their order; a feed says which it has."""
        return rows

    def as_shown(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows on their way out, for a view that shows them otherwise than they are."""
        return rows

    def _pages(self) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(shown(self.get_serializer_class(), page))

    def _table(self, form: str) -> HttpResponseBase:
        rows = self.in_table_order(self.filter_queryset(self.get_queryset()))
        name = self.request.path.rstrip("/").rpartition("/")[2]
        return as_table(form, name, columns_of(self.get_serializer()), self._shown(rows))

    def _shown(self, rows: QuerySet[Row]) -> Iterator[Any]:
        source = iter(rows.iterator(chunk_size=AT_ONCE))
        while some := tuple(islice(source, AT_ONCE)):
            yield from shown(self.get_serializer_class(), self.as_shown(some))

    def paginate_queryset(self, queryset: Any) -> Any:
        return self.as_shown(super().paginate_queryset(queryset) or [])


class Readable(Listed[Row], RetrieveModelMixin):
    """A list, and each of its rows by itself."""
