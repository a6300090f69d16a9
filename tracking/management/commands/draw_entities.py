"""Draws the entities of both apps from the models themselves, so that the picture cannot differ from the tables."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models

PATH = Path(settings.BASE_DIR) / "docs" / "entities.md"
APPS = {"findings": "What was published", "tracking": "What a force does about it"}
INTRODUCTION = """\
# Entities

What is stored, and how it hangs together. `manage.py draw_entities` writes this page from the models; edit those, not this.

How to read it: a line between two entities bears the name of the field that makes it, on the side of the crow's foot. A bar
means exactly one, a circle and a bar one or none, a circle and a crow's foot any number. PK is the row's own number, FK the
row of another entity, UK a value that no two rows share. Tables that only join two others are drawn as a line.
"""
TYPES: dict[type[models.Field[Any, Any]], str] = {
    models.AutoField: "number",
    models.BooleanField: "yes-or-no",
    models.DateTimeField: "moment",
    models.DateField: "day",
    models.FileField: "file",
    models.FloatField: "fraction",
    models.IntegerField: "number",
    models.JSONField: "structure",
    models.URLField: "web-address",
    models.CharField: "text",
    models.TextField: "text",
}
WIDTH = 120
MODULE = re.compile(r"`((?:findings|tracking)\.\w+)`")
WRITTEN_BY = re.compile("[Ww]ritten by " + MODULE.pattern)
SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z`])")

Entity = type[models.Model]


class Command(BaseCommand):
    help = f"Draws the entities of both apps into docs/{PATH.name}, from the models."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only say whether the page is up to date; exit 1 if not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        drawn = drawing()
        known = PATH.read_text(encoding="utf-8") if PATH.exists() else ""
        if options["check"] and drawn != known:
            raise CommandError(f"{PATH} is not up to date. Run: manage.py draw_entities")
        if drawn != known:
            PATH.write_text(drawn, encoding="utf-8")
        self.stdout.write(f"{PATH} is up to date.")


def drawing() -> str:
    """The whole page, the same for the same models."""
    return "\n".join([INTRODUCTION, *(line for app, title in APPS.items() for line in _chapter(app, title))])


def entities(app: str) -> list[Entity]:
    """The app's own entities by name; tables that only join two others are none."""
    return sorted(apps.get_app_config(app).get_models(), key=lambda entity: entity.__name__)


def _chapter(app: str, title: str) -> Iterator[str]:
    drawn = entities(app)
    yield from (f"## {title}: `{app}`", "", fill(_described(apps.get_app_config(app).models_module), WIDTH), "")
    yield from ("```mermaid", "erDiagram")
    for entity in drawn:
        yield f"    {entity.__name__} {{"
        yield from (f"        {line}" for line in _fields(entity))
        yield "    }"
    for entity in drawn:
        yield from (f"    {line}" for line in _relations(entity))
    yield from ("```", "", "| entity | what it is | only writer |", "|---|---|---|")
    for entity in drawn:
        writers = ", ".join(f"`{writer}`" for writer in _writers(entity))
        yield f"| {entity.__name__} | {_cell(_first_sentence(entity))} | {writers} |"
    yield ""


def _fields(entity: Entity) -> Iterator[str]:
    for field in entity._meta.concrete_fields:
        if not _is_main(entity, field):
            continue
        together = _unique_with(entity, field)
        comment = f' "unique with {", ".join(together)}"' if together else ""
        yield f"{_type(field)} {field.name}{_mark(field)}{comment}"


def _is_main(entity: Entity, field: models.Field[Any, Any]) -> bool:
    """Whether the field is the entity's own; of what a framework's base brings, only what tells rows apart counts."""
    brought = any(
        field.name in {inherited.name for inherited in [*base._meta.fields, *base._meta.many_to_many]}
        for base in entity.__mro__[1:]
        if issubclass(base, models.Model) and base is not models.Model
    )
    return not brought or field.unique


def _type(field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.ForeignKey):
        return field.related_model.__name__
    return next((words for kind, words in TYPES.items() if isinstance(field, kind)), field.get_internal_type())


def _mark(field: models.Field[Any, Any]) -> str:
    if field.primary_key:
        return " PK"
    marks = ["FK"] * field.is_relation + ["UK"] * field.unique
    return f" {', '.join(marks)}" if marks else ""


def _unique_with(entity: Entity, field: models.Field[Any, Any]) -> list[str]:
    """The fields together with which this one is unique in every row."""
    return [
        name
        for constraint in entity._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
        if field.name in constraint.fields
        for name in constraint.fields
        if name != field.name
    ]


def _relations(entity: Entity) -> Iterator[str]:
    """One line for each other entity and cardinality, with the names of all fields that lead there so."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for field in [*entity._meta.concrete_fields, *entity._meta.local_many_to_many]:
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and _is_main(entity, field):
            other = field.related_model.__name__
            names[f"{entity.__name__} {_cardinality(field)} {other}"].append(field.name)
    yield from (f'{line} : "{", ".join(fields)}"' for line, fields in names.items())


def _cardinality(field: models.Field[Any, Any]) -> str:
    if field.many_to_many:
        return "}o--o{"
    near = "|o" if field.unique else "}o"
    return f"{near}--{'o|' if field.null else '||'}"


def _described(thing: Any) -> str:
    """What a class or module says of itself; nothing where Django speaks in its place by listing the fields."""
    words = " ".join((thing.__doc__ or "").split())
    return "" if words.startswith(f"{thing.__name__}(") else words


def _first_sentence(entity: Entity) -> str:
    return SENTENCE.split(_described(entity))[0]


def _writers(entity: Entity) -> list[str]:
    """The modules that the docstring calls its only writers."""
    found = WRITTEN_BY.findall(_described(entity))
    for sentence in SENTENCE.split(_described(entity)):
        if "nobody else writes" in sentence:
            found += MODULE.findall(sentence)
    return list(dict.fromkeys(found))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
