"""The committee's colours, and that lists filter by the same ones as pages show."""

from datetime import date
from itertools import product

import pytest

from tests.factories import tracked_finding
from tracking.models import TrackedFinding
from tracking.querysets import coloured, overdue_on
from tracking.rag import Standing, rag
from tracking.standing import colour_of
from tracking.vocabulary import Position, Rag, Status

TODAY = date(2026, 6, 15)
PAST, COMING = date(2026, 6, 14), date(2026, 6, 15)


@pytest.mark.parametrize(
    ("status", "position", "due_on", "target_on", "colour"),
    [
        ("achieved", "not_started", PAST, None, "green"),
        ("open", "signed_off", PAST, None, "green"),
        ("open", "in_progress", COMING, None, "amber"),
        ("open", "not_started", None, None, "amber"),
        ("open", "in_progress", None, PAST, "red"),
        ("open", "in_progress", COMING, PAST, "amber"),
        ("partly_complied", "in_progress", PAST, COMING, "red"),
        ("open", "no_action", COMING, None, "red"),
        ("open", "depends_on_another_body", PAST, None, "white"),
        ("superseded", "in_progress", PAST, None, "white"),
    ],
)
def test_a_colour_follows_from_status_position_and_dates(
    status: str, position: str, due_on: date | None, target_on: date | None, colour: str
) -> None:
    found, reason = rag(Standing(Status(status), Position(position), due_on, target_on), TODAY)
    assert found == colour
    assert reason


@pytest.mark.django_db
def test_lists_and_pages_agree_on_every_colour() -> None:
    first = tracked_finding()
    days = (None, PAST, COMING)
    answers = (False, True)
    for status, position, due_on, target_on, recurs, contradicted in product(
        Status, Position, days, days, answers, answers
    ):
        row = tracked_finding(first.force)
        successor = first if status is Status.SUPERSEDED else None
        TrackedFinding.objects.filter(pk=row.pk).update(
            status=status,
            position=position,
            due_on=due_on,
            target_on=target_on,
            recurs=recurs,
            contradicted=contradicted,
            successor=successor,
        )
    for colour in Rag:
        listed = set(TrackedFinding.objects.filter(coloured(colour, TODAY)).values_list("pk", flat=True))
        shown = {row.pk for row in TrackedFinding.objects.all() if colour_of(row, TODAY)[0] is colour}
        assert listed == shown, colour
    unmet_red = TrackedFinding.objects.filter(coloured(Rag.RED, TODAY)).exclude(position=Position.NO_ACTION)
    assert set(unmet_red) <= set(TrackedFinding.objects.filter(overdue_on(TODAY)))
