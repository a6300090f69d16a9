"""Which column tells what: guessed from its header, until a person has said so."""

import re
from collections.abc import Mapping, Sequence

from findings.reading.sentences import digest_of
from tracking.trackers.values import Field
from tracking.workflow import Incomplete

# Folded: small letters, no punctuation. The first synonym that a file has is its column.
SYNONYMS: Mapping[Field, tuple[str, ...]] = {
    Field.TEXT: (
        "text", "finding", "finding text", "recommendation text", "recommendation afi", "afi recommendation",
        "recommendation or afi", "recommendation area for improvement", "recommendation wording", "recommendation", "recommendations",
        "area for improvement", "afi", "cause of concern", "wording", "finding wording", "description", "finding description",
        "hmicfrs recommendation", "hmicfrs finding", "details", "detail", "summary",
    ),
    Field.REFERENCE: (
        "reference", "ref", "ref no", "ref number", "reference number", "finding reference", "rec no", "rec ref", "rec number",
        "recommendation no", "recommendation number", "recommendation ref", "recommendation reference", "afi ref", "afi no",
        "unique reference", "unique ref", "urn", "id", "no", "number",
    ),
    Field.STATUS: (
        "status", "position", "force status", "current status", "progress status", "action status", "rag status", "rag rating",
        "rag", "brag", "state", "progress",
    ),
    Field.DUE: (
        "target date", "target", "internal target", "target completion date", "planned completion date", "completion date",
        "expected completion date", "due date", "due", "due on", "due by", "deadline", "by when", "date due", "completion due",
    ),
    Field.OWNER: (
        "owner", "delivery owner", "action owner", "recommendation owner", "delivery lead", "action lead", "business owner",
        "tactical lead", "responsible", "responsible officer", "responsible person", "assigned to", "owned by", "lead",
        "lead officer", "owner name",
    ),
    Field.COMMENT: (
        "comment", "comments", "latest update", "progress update", "update", "updates", "current update", "force update",
        "force response", "response", "narrative", "commentary", "action taken", "progress comments", "notes", "note", "remarks",
    ),
    Field.KIND: ("kind", "type", "finding type", "type of finding", "recommendation type", "category", "rec afi", "afi rec"),
    Field.REPORT: ("report", "report title", "report name", "inspection", "inspection report", "inspection title", "source", "publication"),
    Field.FORCE: ("force", "force name", "police force", "constabulary"),
}  # fmt: skip

# What the download of refused rows adds to a force's own columns.
ADDED = ("row", "why refused")


def folded_header(header: str) -> str:
    """`header` in small letters, without punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", header.lower()))


def names_findings(headers: Sequence[str]) -> bool:
    """Whether one of these cells is a known header for a finding's words or its reference."""
    known = {*SYNONYMS[Field.TEXT], *SYNONYMS[Field.REFERENCE]}
    return any(folded_header(header) in known for header in headers)


def guessed(headers: Sequence[str]) -> dict[Field, str]:
    """The header of each field that can be told by its synonyms; no header stands for two fields."""
    by_word: dict[str, str] = {}
    for header in headers:
        by_word.setdefault(folded_header(header), header)
    found = {}
    for field, synonyms in SYNONYMS.items():
        word = next((synonym for synonym in synonyms if synonym in by_word), None)
        if word is not None:
            found[field] = by_word[word]
    return found


def chosen_columns(columns: Mapping[str, str], headers: Sequence[str]) -> dict[Field, str]:
    """`columns` (field to header), as they may be used; empty headers are left out.

    Raises Incomplete, naming what is wrong: an unknown field or header, one header for two fields, or neither a
    text nor a reference.
    """
    chosen: dict[Field, str] = {}
    for name, header in columns.items():
        if not header:
            continue
        if name not in set(Field):
            raise Incomplete("field_unknown", f"“{name}” is no field; known are {', '.join(Field)}.")
        if header not in headers:
            raise Incomplete("header_unknown", f"The file has no column “{header}”; it has {', '.join(headers)}.")
        if header in chosen.values():
            raise Incomplete("header_twice", f"“{header}” is chosen for two fields; each column tells one thing.")
        chosen[Field(name)] = header
    if not {Field.TEXT, Field.REFERENCE} & set(chosen):
        raise Incomplete("findings_unnamed", "Say which column holds the text of each finding, or its reference.")
    return chosen


def headers_digest(headers: Sequence[str]) -> str:
    """What a set of headers is known by, whatever their order, case and punctuation; a mended download counts as its source."""
    return digest_of("\n".join(sorted({folded_header(header) for header in headers} - set(ADDED))))
