"""The drawing of the entities: made from the models, whole, readable by Mermaid, and never behind them."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from tracking.management.commands import draw_entities
from tracking.management.commands.draw_entities import APPS, PATH, drawing

NAME = r"[A-Z]\w*"
OPENING = re.compile(rf"    ({NAME}) {{")
FIELD = re.compile(r'        [A-Za-z][\w-]* [a-z]\w*( (PK|FK|UK)(, (PK|FK|UK))*)?( "[^"]+")?')
RELATION = re.compile(rf'    ({NAME}) (?:}}o|\|o)--(?:\|\||o\||o{{) ({NAME}) : "[a-z_, ]+"')


def diagram(app: str) -> list[str]:
    """The lines of one app's diagram."""
    chapter = drawing().split(f": `{app}`\n")[1]
    return chapter.split("```mermaid\n")[1].split("\n```")[0].split("\n")


def own(app: str) -> set[type[models.Model]]:
    return set(apps.get_app_config(app).get_models())


def test_the_page_in_the_repository_is_what_the_models_draw() -> None:
    assert PATH.read_text(encoding="utf-8") == drawing()
    call_command("draw_entities", "--check", stdout=StringIO())


@pytest.mark.parametrize("known", [None, "# Entities\n"], ids=["no page", "an older page"])
def test_a_page_behind_the_models_is_told_and_drawn_anew(
    known: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "entities.md"
    if known is not None:
        page.write_text(known)
    monkeypatch.setattr(draw_entities, "PATH", page)
    with pytest.raises(CommandError, match="not up to date") as error:
        call_command("draw_entities", "--check")
    assert error.value.returncode == 1
    assert (page.read_text() if page.exists() else None) == known
    call_command("draw_entities", stdout=StringIO())
    assert page.read_text(encoding="utf-8") == drawing()


@pytest.mark.parametrize("app", APPS)
def test_every_entity_is_drawn_once_and_described_once(app: str) -> None:
    drawn = [match[1] for line in diagram(app) if (match := OPENING.fullmatch(line))]
    described = re.findall(rf"^\| ({NAME}) \|", drawing().split(f": `{app}`\n")[1].split("\n## ")[0], re.MULTILINE)
    assert drawn == described == sorted(entity.__name__ for entity in own(app))


@pytest.mark.parametrize("app", APPS)
def test_the_diagram_is_well_formed(app: str) -> None:
    first, *lines = diagram(app)
    assert first == "erDiagram"
    inside = False
    for line in lines:
        if inside:
            assert line == "    }" or FIELD.fullmatch(line), line
            inside = line != "    }"
        else:
            inside = OPENING.fullmatch(line) is not None
            assert inside or RELATION.fullmatch(line), line
    assert not inside


@pytest.mark.parametrize("app", APPS)
def test_every_relation_of_an_entity_is_drawn_with_its_name_and_leads_to_a_known_entity(app: str) -> None:
    known = {entity.__name__ for entity in own("findings") | own("tracking")}
    drawn = {(match[1], match[2], line) for line in diagram(app) if (match := RELATION.fullmatch(line))}
    assert {name for near, far, _ in drawn for name in (near, far)} <= known
    for entity in own(app):
        for field in entity._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                ending = "o|" if field.null else "||"
                near = "|o" if field.unique else "}o"
                start = f"    {entity.__name__} {near}--{ending} {field.related_model.__name__} : "
                assert any(line.startswith(start) and field.name in line for _, _, line in drawn), (start, field.name)


def test_entities_of_the_published_record_stand_without_fields_where_tracking_refers_to_them() -> None:
    lines = diagram("tracking")
    assert '    TrackedFinding }o--|| Finding : "finding"' in lines
    assert "    Finding {" not in lines
    assert "    Finding {" in diagram("findings")


def test_a_table_names_the_only_writer_that_the_model_names() -> None:
    rows = {line.split(" | ")[0][2:]: line.rsplit(" | ", 1)[1] for line in drawing().splitlines() if line[:2] == "| "}
    assert rows["StatusChange"] == "`tracking.changes` |"
    assert rows["Assessment"] == "`tracking.intake`, `tracking.decisions` |"
    assert rows["TrackedFinding"] == "`tracking.changes`, `tracking.progress` |"
