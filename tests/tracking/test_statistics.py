"""Figures: each counted by hand on small sets, and equal to the lists and summaries that stand behind them."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from findings.models import Theme
from tests.factories import CycleFactory, ForceFactory, ReportFactory, member, signed_off_evidence, tracked_finding
from tests.two_forces import work_of
from tracking.changes import Move, change_status
from tracking.models import TrackedFinding, User
from tracking.past import Moment, stood
from tracking.querysets import THEN
from tracking.statistics import Dimension, Step, cross_table, points_of_time, series, summary_of, time_to_achieve
from tracking.vocabulary import Basis, Role, Status

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
STATISTICS = "/api/v1/statistics/"
TODAY = date(2024, 6, 15)


def moved(tracked: TrackedFinding, to: Status, day: date, basis: Basis = Basis.EVIDENCE) -> None:
    signatory = member(Role.SIGNATORY, tracked.force)
    evidence = signed_off_evidence(tracked) if basis is Basis.EVIDENCE else None
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        if evidence:
            evidence.signed_off_at = timezone.now()
            evidence.save()
        change_status(Move(tracked.pk, to, basis, "So it is.", day, evidence=evidence), signatory)


@pytest.fixture
def three() -> list[TrackedFinding]:
    """Three findings of 2 May 2019: achieved after 365 and 1,000 days (the second via partly complied), and open."""
    force = ForceFactory()
    first, second, third = (tracked_finding(force) for _ in range(3))
    start = date(2019, 5, 2)
    moved(first, Status.ACHIEVED, start + timedelta(days=365))
    moved(second, Status.PARTLY_COMPLIED, start + timedelta(days=500))
    moved(second, Status.ACHIEVED, start + timedelta(days=1000))
    return [first, second, third]


def everything() -> Any:
    return TrackedFinding.objects.all()


def test_a_series_is_what_each_day_was(three: list[TrackedFinding]) -> None:
    points = series(everything(), date(2019, 1, 1), Moment(TODAY, timezone.localdate()), Step.YEAR)
    said = [(point.on, point.counts[Status.OPEN], point.counts[Status.PARTLY_COMPLIED], point.counts[Status.ACHIEVED]) for point in points]  # fmt: skip
    assert said == [
        (date(2019, 12, 31), 3, 0, 0),
        (date(2020, 12, 31), 1, 1, 1),
        (date(2021, 12, 31), 1, 1, 1),
        (date(2022, 12, 31), 1, 0, 2),
        (date(2023, 12, 31), 1, 0, 2),
        (TODAY, 1, 0, 2),
    ]


@pytest.mark.parametrize(
    ("since", "until", "step", "days"),
    [
        (date(2024, 1, 15), date(2024, 3, 1), Step.MONTH, [(1, 31), (2, 29), (3, 1)]),
        (date(2024, 2, 1), date(2024, 6, 30), Step.QUARTER, [(3, 31), (6, 30)]),
        (date(2024, 5, 1), date(2024, 12, 30), Step.YEAR, [(12, 30)]),
    ],
)
def test_points_lie_at_the_ends_of_steps(since: date, until: date, step: Step, days: list[tuple[int, int]]) -> None:
    assert points_of_time(since, until, step) == [date(2024, month, day) for month, day in days]


def test_every_point_of_a_series_is_the_summary_of_its_day() -> None:
    chance = random.Random(5)  # noqa: S311 - the same walk every time
    force = ForceFactory()
    for place in range(12):
        report = ReportFactory(force=force) if place % 3 else ReportFactory(force=force, published_on=None, published_precision="")  # fmt: skip
        tracked, day = tracked_finding(force, report=report), date(2019, 6, 1)
        for to in chance.sample([Status.PARTLY_COMPLIED, Status.ACHIEVED], chance.randint(0, 2)):
            day += timedelta(days=chance.randint(1, 400))
            if TrackedFinding.objects.get(pk=tracked.pk).status == "open" or to is Status.ACHIEVED:
                moved(tracked, to, day)
    known_on = date(2021, 1, 1)
    for known in (timezone.localdate(), known_on):
        for point in series(everything(), date(2018, 1, 1), Moment(date(2022, 6, 1), known), Step.QUARTER):
            at = Moment(point.on, known)
            there = summary_of(stood(everything(), at), at.as_of, THEN)["status"]
            assert {status.value: count for status, count in point.counts.items()} == there, point.on


def test_the_time_to_achieve_is_counted_to_the_first_time(three: list[TrackedFinding]) -> None:
    moved(three[0], Status.OPEN, date(2022, 1, 1), Basis.CORRECTION)
    moved(three[0], Status.ACHIEVED, date(2023, 1, 1))
    today = Moment(TODAY, timezone.localdate())
    (all_of_them,) = time_to_achieve(everything(), None, today)
    assert (all_of_them.achieved, all_of_them.not_yet) == (2, 1)
    assert all_of_them.quartiles == (523.75, 682.5, 841.25)
    early = Moment(date(2020, 12, 31), timezone.localdate())
    (then,) = time_to_achieve(everything(), Dimension.KIND, early)
    assert (then.group, then.achieved, then.not_yet, then.quartiles) == ("afi", 1, 2, (365.0, 365.0, 365.0))


def test_a_cross_table_counts_every_combination_once(three: list[TrackedFinding]) -> None:
    vetting, talent = (Theme.objects.create(slug=slug, name=slug) for slug in ("vetting", "talent"))
    three[0].finding.themes.set([vetting, talent])
    other = tracked_finding(report=ReportFactory(cycle=CycleFactory(code="2016")))
    by_force = cross_table(everything(), [Dimension.FORCE, Dimension.STATUS], TODAY)
    assert {(row["force"], row["status"]): row["count"] for row in by_force} == {
        (three[0].force.slug, "achieved"): 2,
        (three[0].force.slug, "open"): 1,
        (other.force.slug, "open"): 1,
    }
    by_theme = cross_table(everything(), [Dimension.THEME], TODAY)
    assert Counter({row["theme"]: row["count"] for row in by_theme}) == {None: 3, "vetting": 1, "talent": 1}
    for dimension in Dimension:
        counted = cross_table(everything(), [dimension], TODAY)
        assert sum(row["count"] for row in counted) == (5 if dimension is Dimension.THEME else 4)


def test_counts_agree_with_the_list_on_every_filter(three: list[TrackedFinding], api: Api) -> None:
    client = api(member(Role.OFFICER, three[0].force))
    for filters in ("status=open", "rag=green", "as_of=2020-12-31", "as_of=2020-12-31&rag=green", "cycle=2018"):
        listed = len(client.get(f"/api/v1/tracked-findings/?{filters}").json()["results"])
        counted = client.get(f"{STATISTICS}counts/?by=rag&by=status&{filters}").json()
        assert counted["total"] == sum(row["count"] for row in counted["rows"]) == listed > 0, filters


def test_figures_are_ones_own(api: Api) -> None:
    mine, theirs = work_of(), work_of()
    client = api(mine.officer)
    (row,) = client.get(f"{STATISTICS}counts/?by=force").json()["rows"]
    assert row == {"force": mine.force.slug, "count": 4}
    assert client.get(f"{STATISTICS}counts/?by=status&force={theirs.force.slug}").json()["rows"] == []
    last = client.get(f"{STATISTICS}series/?every=year").json()["points"][-1]
    assert sum(last["counts"].values()) == 4
    (group,) = client.get(f"{STATISTICS}time-to-achieve/?by=force").json()["groups"]
    assert (group["group"], group["not_yet"]) == (mine.force.slug, 4)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("counts/", "by"), ("counts/?by=owner", "by"), ("counts/?by=rag&by=rag", "by"), ("counts/?by=rag&nonsense=1", "nonsense"),
        ("counts/?by=rag&page=1", "page"), ("counts/?by=rag&status=closed", "status"), ("series/?every=day", "every"), ("series/?since=soon", "since"),
        ("series/?since=1900-01-01", "since"), ("series/?since=2999-01-01", "since"), ("series/?since=2024-02-30", "since"), ("series/?by=rag", "by"),
        ("time-to-achieve/?by=weather", "by"), ("time-to-achieve/?since=2020-01-01", "since"), ("series/?as_of=never", "as_of"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_a_400_that_names_it(query: str, field: str, api: Api) -> None:
    answer = api(member(Role.OFFICER, "kent")).get(f"{STATISTICS}{query}")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_the_queries_do_not_grow_with_the_findings(
    three: list[TrackedFinding], api: Api, django_assert_num_queries: Any
) -> None:
    client = api(member(Role.OFFICER, three[0].force))
    client.get("/api/v1/cycles/")  # the roles are read once
    for _ in range(2):
        for path, queries in (("counts/?by=rag", 2), ("series/", 1), ("time-to-achieve/", 2)):
            with django_assert_num_queries(queries):
                client.get(f"{STATISTICS}{path}")
        for _ in range(5):
            tracked_finding(three[0].force)
