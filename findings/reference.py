"""Loads reference data: forces, cycles, themes, and the national recommendations known by their cues."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from findings.models import Cycle, Element, Finding, Force, Report, Theme
from findings.themes import correct_themes, give_themes
from findings.vocabulary import FindingKind, Precision, Scope

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def rows(name: str) -> Any:
    """The content of one fixture file."""
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Brings forces, cycles, themes and national recommendations up to the fixtures; returns how many of each.

    A second run changes nothing; what administrators added or corrected stays.
    """
    return {
        "forces": load_forces("forces.json"),
        "cycles": _load(Cycle, "code", rows("cycles.json")),
        "themes": _load_themes(),
        "national recommendations": sum(_load_national(report) for report in rows("national.json")),
        "themes given": give_themes(Finding.objects.filter(themes__isnull=True).prefetch_related("themes")),
    }


def load_forces(name: str) -> int:
    """Brings the forces in one fixture file up to it; returns how many it holds."""
    fields = ("slug", "name", "ons_code", "is_example")
    return _load(Force, "slug", [{f: row[f] for f in fields if f in row} for row in rows(name)])


def _load(model: Any, key: str, entries: list[dict[str, Any]]) -> int:
    for entry in entries:
        model.objects.get_or_create(**{key: entry[key]}, defaults=entry)
    return len(entries)


def _load_themes() -> int:
    entries = rows("themes.json")
    count = _load(Theme, "slug", entries)
    for entry in entries:
        Theme.objects.filter(slug=entry["slug"], areas=[]).update(areas=entry["areas"])
    return count


def _load_national(entry: dict[str, Any]) -> int:
    report, _ = Report.objects.update_or_create(
        reference=entry["reference"],
        defaults={
            "programme": "national",
            "title": entry["title"],
            "cycle": Cycle.objects.get(code=entry["cycle"]),
            "pillar": entry["pillar"],
            "published_on": date.fromisoformat(entry["published_on"]),
            "published_precision": Precision.DAY.value,
        },
    )
    for number, recommendation in enumerate(entry["recommendations"], 1):
        _load_national_finding(report, number, recommendation)
    return len(entry["recommendations"])


def _load_national_finding(report: Report, number: int, entry: dict[str, Any]) -> None:
    finding, _ = Finding.objects.update_or_create(
        reference=f"{report.reference}/recommendation/{number}",
        defaults={
            "report": report,
            "kind": FindingKind.RECOMMENDATION.value,
            "scope": Scope.NATIONAL.value,
            "number": number,
            "summary": entry["summary"],
            "cues": entry["cues"],
            "deadline_wording": entry["deadline_wording"],
            "due_on": date.fromisoformat(entry["due_on"]) if entry["due_on"] else None,
            "due_precision": entry["due_precision"],
        },
    )
    if not finding.themes_corrected:
        correct_themes(finding, entry["themes"])
    for position, text in enumerate(entry["elements"], 1):
        Element.objects.update_or_create(finding=finding, position=position, defaults={"text": text})
