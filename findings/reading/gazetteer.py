"""The police forces by every name that reports use for them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
FORCE_FILES = (FIXTURES / "forces.json", FIXTURES / "example_force.json")
BODY_WORDS = re.compile(r"\b(?:the|police|constabulary|service|force)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KnownForce:
    slug: str
    name: str


class Gazetteer:
    """Looks a force up by slug-like name; forces are never keyed on a name, as names change over time."""

    def __init__(self, entries: list[dict[str, object]]) -> None:
        self._by_name: dict[str, KnownForce] = {}
        for entry in entries:
            force = KnownForce(str(entry["slug"]), str(entry["name"]))
            also_called = entry.get("also_called", [])
            names = [force.slug.replace("-", " "), force.name, *(also_called if isinstance(also_called, list) else [])]
            for name in names:
                self._by_name[_folded(str(name))] = force

    def find(self, name: str) -> KnownForce | None:
        """The force that `name` means ("Lancashire", "Lancashire Constabulary"), or None."""
        return self._by_name.get(_folded(name))

    def named_in(self, text: str) -> KnownForce | None:
        """The force whose full name ("Lancashire Constabulary") `text` holds first, or None."""
        folded = " ".join(text.split())
        places = {force: folded.find(force.name) for force in set(self._by_name.values())}
        held = [(place, force.slug, force) for force, place in places.items() if place >= 0]
        return min(held, default=(0, "", None))[2]

    def named_most(self, texts: Iterable[str]) -> KnownForce | None:
        """The force whose full name ("Lancashire Constabulary") stands most often in `texts`, or None."""
        joined = " ".join(" ".join(text.split()) for text in texts)
        counts = {force: joined.count(force.name) for force in set(self._by_name.values())}
        most = max(counts, key=lambda force: (counts[force], force.slug), default=None)
        return most if most and counts[most] else None


@cache
def known_forces() -> Gazetteer:
    """The 43 forces of England and Wales, and the fictional one of the examples."""
    return Gazetteer([entry for path in FORCE_FILES for entry in json.loads(path.read_text(encoding="utf-8"))])


def _folded(name: str) -> str:
    words = BODY_WORDS.sub(" ", name.lower().replace("&", " and ").replace("-", " "))
    return " ".join(words.split())
