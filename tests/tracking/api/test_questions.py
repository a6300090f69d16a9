"""The questions that lists answer in one call, and how they refuse what they do not understand."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from findings.models import Theme
from tests.factories import CycleFactory, ForceFactory, ReportFactory, member, tracked_finding
from tracking.models import TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
LIST = "/api/v1/tracked-findings/"
# What is overdue for Lancashire, unowned, from PEEL 2018, in counter-corruption, changed since Monday.
QUESTION = "force=lancashire&overdue=true&no_owner=true&cycle=2018&theme=counter-corruption&changed_since={monday}"


@pytest.fixture
def asked_for() -> TrackedFinding:
    """The one finding that the question means, beside one that differs in each respect."""
    lancashire = ForceFactory(slug="lancashire")
    theme = Theme.objects.create(slug="counter-corruption", name="Counter-corruption")
    officer, now = member(Role.OFFICER, lancashire), timezone.now()
    late = {"due_on": date(2020, 1, 1), "due_precision": "day", "changed_at": now}
    differing: list[tuple[dict[str, object], dict[str, object], bool]] = [
        ({}, {}, True),
        ({"report": ReportFactory(force=lancashire, cycle=CycleFactory(code="2016"))}, {}, True),
        ({}, {"due_on": date(2999, 1, 1)}, True),
        ({}, {"owner": officer}, True),
        ({}, {"status": "achieved"}, True),
        ({}, {"changed_at": now - timedelta(days=30)}, True),
        ({}, {}, False),
    ]
    made = []
    for published, values, is_themed in differing:
        tracked = tracked_finding(lancashire, **published)
        if is_themed:
            tracked.finding.themes.add(theme)
        TrackedFinding.objects.filter(pk=tracked.pk).update(**{**late, **values})
        made.append(tracked)
    elsewhere = tracked_finding()
    elsewhere.finding.themes.add(theme)
    TrackedFinding.objects.filter(pk=elsewhere.pk).update(**late)
    return made[0]


def test_one_call_answers_a_question_of_six_parts(asked_for: TrackedFinding, api: Api) -> None:
    monday = (timezone.now() - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
    client = api(member(Role.NATIONAL))
    rows = client.get(f"{LIST}?{QUESTION.format(monday=monday)}").json()["results"]
    assert [row["id"] for row in rows] == [asked_for.pk]
    # Each part counts: without it, there is more than the one.
    parts = QUESTION.format(monday=monday).split("&")
    for left_out in parts:
        rest = "&".join(part for part in parts if part != left_out)
        assert len(client.get(f"{LIST}?{rest}").json()["results"]) > 1, left_out


@pytest.mark.parametrize(
    ("route", "query", "field"),
    [
        ("tracked-findings", "force=nowhere", "force"), ("tracked-findings", "overdue=maybe", "overdue"), ("tracked-findings", "cycle=2099", "cycle"),
        ("tracked-findings", "due_after=tomorrow", "due_after"), ("tracked-findings", "changed_since=monday", "changed_since"),
        ("tracked-findings", "status=closed", "status"), ("tracked-findings", "page_size=0", "page_size"), ("tracked-findings", "page_size=1000000", "page_size"),
        ("tracked-findings", "page_size=-1", "page_size"), ("tracked-findings", "page_size=ten", "page_size"), ("tracked-findings", "ordering=owner__password", "ordering"),
        ("tracked-findings", "cursor=x", "cursor"), ("status-changes", "page=2", "page"), ("status-changes", "ordering=id", "ordering"),
        ("status-changes", "tracked_finding=x", "tracked_finding"), ("findings", "theme=weather", "theme"), ("reports", "published_after=2020-13-01", "published_after"),
        ("events", "kind=all", "kind"), ("forces", "search=x", "search"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_not_understood_is_a_400_that_names_it(
    route: str, query: str, field: str, api: Api
) -> None:
    answer = api(member(Role.OFFICER, "kent")).get(f"/api/v1/{route}/?{query}")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_page_beyond_the_last_is_not_there_and_costs_no_deep_walk(api: Api, django_assert_max_num_queries: object) -> None:  # fmt: skip
    tracked = tracked_finding()
    client = api(member(Role.OFFICER, tracked.force))
    for page in ("2", "99999999999999999999", "0", "-1", "last-but-one"):
        assert client.get(f"{LIST}?page={page}").status_code == 404


def test_findings_are_found_by_theme_and_date(asked_for: TrackedFinding, api: Api) -> None:
    client = api(member(Role.OFFICER, "kent"))
    themed = client.get("/api/v1/findings/?theme=counter-corruption").json()
    assert themed["count"] == 7
    assert client.get("/api/v1/findings/?due_before=2020-01-01").json()["count"] == 0
    assert client.get("/api/v1/reports/?search=peel+2016&published_after=2019-05-02").json()["count"] == 1
