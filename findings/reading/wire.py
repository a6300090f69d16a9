"""A reading as `read_report --json` prints it."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from findings.reading.documents import Document
from findings.reading.register import RegisterReading
from findings.reading.values import ReportReading


def to_json(document: Document, path: Path, reading: ReportReading | RegisterReading) -> dict[str, Any]:
    """The reading as a JSON object; dates are ISO, unknown values are null, lines count from 1."""
    layout = {"layout": "register"} if isinstance(reading, RegisterReading) else {}
    found = {"file": str(path), "sha256": document.sha256, **layout, **asdict(reading)}
    for finding in found.get("findings", []):
        finding.pop("due_precision")
        finding["elements_recur_every"] = [limb["recurs_every"] for limb in finding["limbs_due"]]
        finding["elements_due_on"] = [limb["due_on"] for limb in finding.pop("limbs_due")]
    plain: dict[str, Any] = _plain(found)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
