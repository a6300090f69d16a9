"""What a serializer shows of many rows, without its machinery: each class is read once, and leaves plain functions.

The serializer stays the one description of what is shown, in the schema and for single rows. A kind of field that is not
known here is asked itself, so that nothing is ever shown otherwise; a test holds both to the same output on every list.
"""

from collections.abc import Callable, Iterable
from datetime import UTC
from functools import cache
from operator import attrgetter
from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.relations import ManyRelatedField

Show = Callable[[Any], Any]
Plan = tuple[tuple[str, Show], ...]
TEXTS = (serializers.CharField, serializers.ChoiceField, serializers.SlugField)  # of which a text is shown as it is
AS_IT_IS = (serializers.IntegerField, serializers.BooleanField, serializers.FloatField)


def shown(kind: Any, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The rows as a serializer of this kind shows each. Its methods must keep nothing between rows."""
    plan = _plan(kind)
    return [_show(plan, row) for row in rows]


def _show(plan: Plan, row: Any) -> dict[str, Any]:
    return {name: show(row) for name, show in plan}


@cache
def _plan(kind: Any) -> Plan:
    made: Any = kind()
    return tuple((name, _way(made, field)) for name, field in made.fields.items() if not field.write_only)


def _kind(field: Any) -> Any:
    return type(field)


def _way(owner: Any, field: Any) -> Show:
    """How the value of one field comes from a row."""
    if isinstance(field, serializers.SerializerMethodField):
        method: Show = getattr(owner, str(field.method_name))
        return method
    read = _reader(field.source_attrs)
    if isinstance(field, serializers.ListSerializer):
        plan = _plan(_kind(field.child))
        # What is kept as JSON has the shape already.
        return lambda row: [one if isinstance(one, dict) else _show(plan, one) for one in _all(read(row))]
    if isinstance(field, serializers.Serializer):
        nested = _plan(_kind(field))
        return lambda row: None if (held := read(row)) is None else _show(nested, held)
    if isinstance(field, ManyRelatedField):
        of_one = field.child_relation.to_representation
        return lambda row: [of_one(one) for one in _all(read(row))]
    return _plain(field, read)


def _plain(field: Any, read: Show) -> Show:
    if type(field) in AS_IT_IS:
        return read
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return _reader([*field.source_attrs[:-1], f"{field.source_attrs[-1]}_id"])  # without fetching the row for it
    if isinstance(field, serializers.SlugRelatedField):
        return _reader([*field.source_attrs, str(field.slug_field)])
    if isinstance(field, serializers.DateTimeField | serializers.DateField):
        return _of_time(field, read)
    convert = field.to_representation
    if type(field) in TEXTS:
        return lambda row: value if (value := read(row)) is None or type(value) is str else convert(value)
    return lambda row: None if (value := read(row)) is None else convert(value)


def _of_time(field: Any, read: Show) -> Show:
    if isinstance(field, serializers.DateTimeField):
        form = settings.REST_FRAMEWORK["DATETIME_FORMAT"]
        return lambda row: None if (moment := read(row)) is None else moment.astimezone(UTC).strftime(form)
    return lambda row: None if (day := read(row)) is None else day.isoformat()


def _reader(path: list[str]) -> Show:
    """Reads what a path of names leads to; None where something on the way is."""
    if len(path) == 1:
        return attrgetter(path[0])

    def walk(row: Any) -> Any:
        for name in path:
            if row is None:
                return None
            row = getattr(row, name)
        return row

    return walk


def _all(held: Any) -> Iterable[Any]:
    found: Iterable[Any] = held.all() if hasattr(held, "all") else held or ()
    return found
