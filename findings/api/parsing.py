"""Bodies of requests."""

import json
import math
from typing import Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """JSON as it comes, but what no field can hold (half letters, endless numbers, endless depth) is a bad request."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            body = json.loads(
                stream.read().decode("utf-8"), parse_constant=_number, parse_float=_number, object_pairs_hook=_object
            )
        except RecursionError as error:
            raise ParseError("The JSON is nested too deep.") from error
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        if wrong := _unstorable(body):
            raise ParseError(wrong)
        return body


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ParseError(f"{text[:20]} is no number that can be stored.")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; a name given twice is a bad request, as only one of the two could count."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        if (wrong := _unstorable(name)) or (wrong := _unstorable(value)):
            raise ValidationError({name.encode(errors="replace").decode(): [wrong]})
        if name in made:
            raise ParseError(f"“{name[:50]}” is given twice.")
        made[name] = value
    return made


def _unstorable(value: Any) -> str:
    """What no field and no database can hold in a text, or in one of a list; empty where all is well."""
    if isinstance(value, list):
        return next((wrong for one in value if (wrong := _unstorable(one))), "")
    if not isinstance(value, str):
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        return "The text holds half a letter."
    return "Null characters are not allowed." if "\x00" in value else ""
