"""What the API's schema says of errors: every operation may answer with a problem."""

from typing import Any

PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what went wrong, as a sentence and as a stable code.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"description": "The fields (or rows) at fault, each with its sentences."},
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "The statuses that could follow."},
        "row": {"type": "integer", "description": "Which of several moves, counted from 0."},
        "rows": {
            "type": "array",
            "description": "Of a list of moves: each that is at fault, with its own code and sentence, or its fields.",
            "items": {
                "type": "object",
                "required": ["row"],
                "properties": {
                    "row": {"type": "integer"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "allowed": {"type": "array", "items": {"type": "string"}},
                    "errors": {"type": "object", "additionalProperties": True},
                },
            },
        },
        "line": {"type": "integer", "description": "The line of the document, 0 for the whole of it."},
    },
}
OF_READS = ("400", "401", "403", "404", "429")
OF_WRITES = ("400", "401", "403", "404", "409", "412", "413", "415", "428", "429")
WORDS = {
    "400": "Not understood: the fields at fault are named",
    "401": "Not signed in",
    "403": "Seen, but not allowed",
    "404": "Nothing here that the asker can see",
    "409": "Not possible as things stand",
    "412": "Changed by somebody else since it was read",
    "413": "Larger than may be sent",
    "429": "Too many requests in this minute; Retry-After says when the next begins",
    "415": "Not a media type that is read here",
    "428": "If-Match is missing",
}


def document_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Adds the Problem component, and the refusals that each operation may answer with."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for code in OF_READS if method == "get" else OF_WRITES:
                operation["responses"].setdefault(code, {"description": WORDS[code], "content": content})
    return result
