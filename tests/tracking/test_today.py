"""The first page: every figure is the length of the list behind it, and everybody sees their own forces alone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from findings.models import Force
from tests.factories import ForceFactory, ReportFactory, member, tracked_finding
from tests.two_forces import work_of
from tracking.charts import bar, trend
from tracking.models import TrackedFinding, User
from tracking.statistics import Point
from tracking.today import Bar, Today, forces_of
from tracking.uninspected import EvidenceAge, aged, evidence_from
from tracking.vocabulary import Role, Status

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def force() -> Force:
    return ForceFactory()


@pytest.fixture
def mixed(force: Force) -> list[TrackedFinding]:
    """Findings of one force in every state that the page counts."""
    today = timezone.localdate()
    owner = member(Role.OFFICER, force)
    rows = [
        tracked_finding(force, kind=kind) for kind in ("afi", "recommendation", "cause_of_concern") for _ in range(4)
    ]
    for place, row in enumerate(rows):
        values = [
            {"due_on": today - timedelta(days=3)},
            {"due_on": today + timedelta(days=9), "owner": owner},
            {"target_on": today + timedelta(days=20), "stands_from": today - timedelta(days=400)},
            {"position": "no_action", "shortfall_reason": "The law changed.", "stands_from": None},
        ][place % 4]
        TrackedFinding.objects.filter(pk=row.pk).update(**values)
    tracked_finding(ForceFactory())  # somebody else's
    return rows


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER, Role.SIGNATORY, Role.NATIONAL])
def test_every_figure_is_the_length_of_its_list(
    role: Role, mixed: list[TrackedFinding], force: Force, browser: SignIn
) -> None:
    work_of(force)
    person = member(role, force if role.is_of_a_force else None)
    client = browser(person)
    for chosen in (None, force):
        shown = Today(person, [chosen] if chosen else list(forces_of(person)), timezone.localdate(), chosen)
        cards = shown.cards()
        bars = [*shown.by_kind(), *shown.by_colour(), *shown.by_age(), *shown.by_force()]
        figures = [(card.asks, card.figure, card.url) for card in cards]
        figures += [(f"{row.label}, {word}", count, url) for row in bars for _, word, count, url in row.parts]
        assert sum(count for _, count, _ in figures) > 12
        for name, figure, url in figures:
            if name != "Statutory comments to publish":  # its list shows what is published too, at its end
                assert client.get(url).context["cl"].result_count == figure, (name, url)


def test_the_age_of_evidence_is_the_same_in_lists_and_on_pages(mixed: list[TrackedFinding], force: Force) -> None:
    work_of(force)
    undated = ReportFactory(force=force, published_on=None, published_precision="", cycle=None)
    tracked_finding(force, report=undated)
    today = timezone.localdate()
    seen = set()
    for row in aged(TrackedFinding.objects.all(), today):
        day = evidence_from(TrackedFinding.objects.get(pk=row.pk))
        assert row.evidence_day == (day or date.min)
        seen.add(row.evidence_age)
    assert {EvidenceAge.UNKNOWN, EvidenceAge.UNDER_2} <= seen


def test_the_next_dates_are_the_nearest_and_say_whose(
    mixed: list[TrackedFinding], force: Force, browser: SignIn
) -> None:
    person = member(Role.OFFICER, force)
    coming = Today(person, [force], timezone.localdate()).next_dates()
    assert [row.due_on or row.target_on for row in coming] == sorted(row.due_on or row.target_on for row in coming)
    assert len(coming) == 6
    shown = browser(person).get("/admin/").content.decode()
    assert all(row.finding.title in shown for row in coming)


def test_the_trend_ends_with_today_as_the_summary_counts_it(mixed: list[TrackedFinding], force: Force) -> None:
    points = Today(member(Role.OFFICER, force), [force], timezone.localdate()).trend()
    assert points[-1].on == timezone.localdate()
    assert sum(points[-1].counts.values()) == len(mixed)


def test_a_national_user_sees_real_forces_side_by_side_and_a_stranger_none(browser: SignIn) -> None:
    real, other, example = ForceFactory(), ForceFactory(), ForceFactory(is_example=True)
    for one in (real, other, example):
        tracked_finding(one)
    national = browser(member(Role.NATIONAL, None)).get("/admin/").content.decode()
    assert str(real) in national
    assert str(example) not in national
    elsewhere = browser(member(Role.OFFICER, ForceFactory())).get(f"/admin/?force={real.slug}").content.decode()
    assert str(real) not in elsewhere


def test_a_bar_is_as_wide_as_its_share_and_says_so() -> None:
    drawn = bar([("open", "Open", 3, "#"), ("achieved", "Achieved", 1, "#"), ("superseded", "Superseded", 0, "#")], 8)
    assert 'width="37.50" height="12" class="s-open"><title>Open: 3' in drawn
    assert 'x="37.50" y="0" width="12.50"' in drawn
    assert "Superseded" not in drawn
    assert "style=" not in drawn
    assert "<rect" not in bar([("open", "Open", 0, "#")], 0)


def test_a_drawing_has_a_title_a_round_scale_and_no_markup_from_outside() -> None:
    counts = dict.fromkeys(Status, 0) | {Status.OPEN: 37}
    drawn = trend([Point(date(2024, 12, 31), counts), Point(date(2025, 6, 1), counts)], "By <year>")
    assert "By &lt;year&gt;" in drawn
    assert 'role="img"' in drawn
    assert [f">{n}</text>" in drawn for n in (0, 10, 20, 30, 40)] == [True] * 5
    assert ">2024</text>" in drawn
    assert ">today</text>" in drawn
    assert trend([], "Nothing").count("<rect") == 0


def test_the_rows_of_a_drawn_table_add_up() -> None:
    assert Bar("x", [("open", "Open", 2, "#"), ("achieved", "Achieved", 3, "#")]).total == 5
