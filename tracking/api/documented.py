"""What the schema says of every operation of a kind, so that no view has to repeat it."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from findings.api.lists import Listed
from findings.api.tables import FORMATS
from tracking.api.idempotency import HEADER

# What the service itself answers about the fictional force; the tests draw it.
EXAMPLES = Path(__file__).parent / "examples.json"
NAME, SUMMARY = "exampleshire", "The fictional force of the demo"
KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="A name of your own for this request, such as a UUID. Sent again within a week, it is answered as the first time"
    " and nothing is done twice.",
)
FORMAT = OpenApiParameter(
    "format",
    str,
    enum=FORMATS,
    description="csv or xlsx: all rows that pass the same filters, as a table, instead of JSON.",
)
TABLES = {
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
        "schema": {"type": "string", "format": "binary"}
    },
}


Handler = TypeVar("Handler", bound=Callable[..., Any])


def one_or_many(handler: Handler) -> Handler:
    """Says of a handler that it takes one or a list, and answers alike."""
    handler.takes_many = True  # type: ignore[attr-defined]  # read below
    return handler


def _show_example(operation: dict[str, Any]) -> None:
    """Adds what the operation was asked and answered about the fictional force, where that is known."""
    example = _examples().get(operation["operationId"])
    if not example:
        return
    answer = operation["responses"][example["status"]]["content"]["application/json"]
    answer["examples"] = {NAME: {"summary": SUMMARY, "value": example["answer"]}}
    if "request" in example:
        body = operation["requestBody"]["content"]["application/json"]
        body["examples"] = {NAME: {"summary": SUMMARY, "value": example["request"]}}


@cache
def _examples() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(EXAMPLES.read_text(encoding="utf-8")) if EXAMPLES.exists() else {}
    return known


class Documented(AutoSchema):
    """Adds the key of requests that are safe to repeat, and the formats of lists."""

    def get_override_parameters(self) -> list[Any]:
        known = list(super().get_override_parameters())
        return known + ([KEY] if self._takes_key() else []) + ([FORMAT] if self._is_tabular() else [])

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation and self._is_tabular():
            operation["responses"]["200"]["content"] |= TABLES
        if operation and getattr(self._handler(), "takes_many", False):
            for holder in (operation["requestBody"], operation["responses"]["201"]):
                for content in holder["content"].values():
                    one = content["schema"]
                    content["schema"] = {"oneOf": [one, {"type": "array", "items": one}]}
        if operation:
            _show_example(operation)
        return operation

    def _handler(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", None) or "", None)

    def _takes_key(self) -> bool:
        return self.method == "POST" and getattr(self._handler(), "takes_key", False)

    def _is_tabular(self) -> bool:
        lists = isinstance(self.view, Listed) and self.view.action == "list"
        return self.method == "GET" and (lists or getattr(self._handler(), "is_tabular", False))
