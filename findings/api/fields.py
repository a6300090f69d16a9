"""Kinds of fields that every serializer here shares."""

from collections.abc import Callable
from datetime import UTC
from typing import Any, TypeVar

from django.db import models
from rest_framework import serializers

Row = TypeVar("Row", bound=models.Model)


Kept = TypeVar("Kept")


def kept_with(row: models.Model, name: str, make: Callable[[], Kept]) -> Kept:
    """What `make` gives: made once for a row, and kept with it, as several fields ask for it."""
    if name not in row.__dict__:
        row.__dict__[name] = make()
    held: Kept = row.__dict__[name]
    return held


class UtcField(serializers.DateTimeField):
    """A moment, in UTC: the framework would say it in the zone of our days (London) and call that UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class NullableTextField(serializers.CharField):
    """Text that the database keeps empty and the wire shows as null: unknown is null, never an empty word."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return value or None


class RowSerializer(serializers.ModelSerializer[Row]):
    """A row of a table, with its moments in UTC."""

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.DateTimeField: UtcField}  # noqa: RUF012 - the framework's own shape
