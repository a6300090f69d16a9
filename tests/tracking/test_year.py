"""A year of forces, stepped day by day: nothing owed is missed, nothing is told twice, nobody is flooded."""

import os
from statistics import median

import pytest

from tests.year import live_a_year

FORCES, EACH = int(os.environ.get("YEAR_FORCES", "2")), int(os.environ.get("YEAR_FINDINGS", "20"))


@pytest.mark.django_db
def test_in_a_year_with_outages_each_reminder_owed_is_made_once() -> None:
    figures = live_a_year(FORCES, EACH)
    print(figures)  # noqa: T201 - what `make year` is for
    assert (figures.missing, figures.too_many, figures.repeated) == (0, 0, 0)
    assert figures.made > figures.findings
    assert median(figures.a_week) <= 5
    assert max(figures.a_week) <= 7
