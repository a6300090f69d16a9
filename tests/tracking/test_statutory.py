"""Statutory comments: 56 days beginning with the day of publication (Police Act 1996, section 55)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from findings.reference import load_forces
from tests.factories import ReportFactory, StatutoryResponseFactory, later_report, member, tracked_finding
from tracking.intake import take_in
from tracking.models import Explanation, StatutoryResponse, TrackedFinding, User
from tracking.statutory import explain, last_day, record_response, standing
from tracking.vocabulary import ResponseState, Role
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("published_on", "last"),
    [
        (date(2023, 1, 1), date(2023, 2, 25)),
        (date(2023, 1, 31), date(2023, 3, 27)),
        (date(2023, 2, 1), date(2023, 3, 28)),
        (date(2023, 2, 28), date(2023, 4, 24)),
        (date(2023, 3, 1), date(2023, 4, 25)),
        (date(2023, 3, 26), date(2023, 5, 20)),  # the clocks go forward
        (date(2023, 6, 30), date(2023, 8, 24)),
        (date(2023, 10, 29), date(2023, 12, 23)),  # the clocks go back
        (date(2023, 11, 6), date(2023, 12, 31)),
        (date(2023, 11, 7), date(2024, 1, 1)),
        (date(2023, 12, 31), date(2024, 2, 24)),
        (date(2024, 1, 1), date(2024, 2, 25)),
        (date(2024, 1, 5), date(2024, 2, 29)),  # a leap year
        (date(2024, 1, 6), date(2024, 3, 1)),
        (date(2024, 2, 29), date(2024, 4, 24)),
        (date(2024, 12, 31), date(2025, 2, 24)),
        (date(2022, 11, 2), date(2022, 12, 27)),
        (date(2022, 10, 13), date(2022, 12, 7)),
        (date(2016, 12, 8), date(2017, 2, 1)),
        (date(2017, 12, 12), date(2018, 2, 5)),
        (date(2000, 1, 5), date(2000, 2, 29)),
        (date(2100, 1, 5), date(2100, 3, 1)),  # no leap year
    ],
)
def test_the_last_lawful_day_is_publication_and_55(published_on: date, last: date) -> None:
    assert last_day(published_on) == last


@pytest.fixture
def taken_in(reference: None, samples: Path) -> StatutoryResponse:
    """The response to a report with a cause of concern and a recommendation, published on 8 December 2016."""
    load_forces("example_force.json")
    page = samples / "layouts" / "legitimacy-2016-timed-limbs.txt"
    take_in(page.name, page.read_bytes())
    take_in(page.name, page.read_bytes())
    return StatutoryResponse.objects.get(force__slug="exampleshire")


def test_a_report_taken_in_opens_one_response_with_its_day(taken_in: StatutoryResponse) -> None:
    assert taken_in.due_on == date(2017, 2, 1)
    found = standing(taken_in, date(2017, 2, 1))
    assert (found.state, found.days_late, len(found.unexplained)) == (ResponseState.WAITING, 0, 1)
    late = standing(taken_in, date(2017, 2, 3))
    assert (late.state, late.days_late) == (ResponseState.LATE, 2)


def test_a_national_report_concerns_every_force(reference: None, samples: Path) -> None:
    page = samples / "layouts" / "national-thematic-stolen-bicycles.txt"
    take_in(page.name, page.read_bytes())
    assert StatutoryResponse.objects.count() == 43
    assert set(StatutoryResponse.objects.values_list("due_on", flat=True)) == {date(2022, 12, 27)}


def test_a_report_whose_day_is_unknown_opens_none(reference: None, samples: Path) -> None:
    load_forces("example_force.json")
    for name in ("exampleshire-2018-legitimacy.txt", "exampleshire-2021-22.txt"):
        take_in(name, (samples / name).read_bytes())
    assert not StatutoryResponse.objects.exists()


def test_from_explained_to_sent(taken_in: StatutoryResponse) -> None:
    officer = member(Role.OFFICER, "exampleshire")
    recommendation = TrackedFinding.objects.get(force=taken_in.force, finding__kind="recommendation")
    record_response(taken_in.pk, {"published_on": date(2017, 2, 4), "link": "https://example.org/comments"}, officer)
    taken_in.refresh_from_db()
    found = standing(taken_in, timezone.localdate())
    assert (found.state, found.days_late) == (ResponseState.PUBLISHED, 3)
    record_response(
        taken_in.pk,
        {"sent_to_inspectors_on": date(2017, 2, 4), "sent_to_secretary_of_state_on": date(2017, 2, 5)},
        officer,
    )
    taken_in.refresh_from_db()
    assert standing(taken_in, timezone.localdate()).state is ResponseState.INCOMPLETE
    explain(taken_in.pk, recommendation, "We are hiring.", officer)
    explain(taken_in.pk, recommendation, "We have hired.", officer)
    assert standing(StatutoryResponse.objects.get(pk=taken_in.pk), timezone.localdate()).state is ResponseState.DONE
    assert Explanation.objects.count() == 2


def test_the_same_findings_as_another_report_are_explained_there_once(taken_in: StatutoryResponse) -> None:
    officer = member(Role.OFFICER, "exampleshire")
    there = tracked_finding(taken_in.force, kind="recommendation", report=later_report(taken_in.force))
    other = StatutoryResponseFactory(force=taken_in.force, report=there.finding.report)
    record_response(taken_in.pk, {"same_findings_as": other.report}, officer)

    def unexplained() -> int:
        return len(standing(StatutoryResponse.objects.get(pk=taken_in.pk), date(2017, 1, 1)).unexplained)

    assert unexplained() == 1
    explain(other.pk, there, "We are hiring.", officer)
    assert unexplained() == 0
    with pytest.raises(Refused, match="refer to this one themselves"):
        record_response(other.pk, {"same_findings_as": taken_in.report}, officer)
    with pytest.raises(Incomplete, match="about this force"):
        record_response(taken_in.pk, {"same_findings_as": ReportFactory()}, officer)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"published_on": date(2016, 12, 7)}, "date_before_report"),
        ({"published_on": date(2040, 1, 1)}, "date_in_future"),
        ({"sent_to_inspectors_on": date(2017, 1, 5)}, "sent_before_published"),
        ({"published_on": date(2017, 1, 5), "sent_to_inspectors_on": date(2017, 1, 4)}, "sent_before_published"),
        ({"link": "javascript:alert(1)"}, "link_invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    taken_in: StatutoryResponse, values: dict[str, object], code: str
) -> None:
    before = StatutoryResponse.objects.values().get(pk=taken_in.pk)
    with pytest.raises(Incomplete) as refused:
        record_response(taken_in.pk, values, member(Role.OFFICER, "exampleshire"))
    assert refused.value.code == code
    assert StatutoryResponse.objects.values().get(pk=taken_in.pk) == before


def test_only_recommendations_of_that_report_are_explained(taken_in: StatutoryResponse) -> None:
    officer = member(Role.OFFICER, "exampleshire")
    area = TrackedFinding.objects.get(force=taken_in.force, finding__kind="afi")
    with pytest.raises(Refused):
        explain(taken_in.pk, area, "Done.", officer)
    with pytest.raises(Incomplete):
        explain(taken_in.pk, area, " ", officer)


def test_responses_over_the_api(api: Callable[[User], APIClient], taken_in: StatutoryResponse) -> None:
    client = api(member(Role.OFFICER, "exampleshire"))
    (row,) = client.get("/api/v1/responses/?unpublished=true").json()["results"]
    assert (row["due_on"], row["state"], len(row["unexplained"])) == ("2017-02-01", "late", 1)
    address = f"/api/v1/responses/{row['id']}/"
    assert client.patch(address, {"published": "2017-01-05"}).status_code == 400
    read = client.get(address)
    written = client.patch(address, {"published_on": "2017-01-05"}, headers={"If-Match": read["ETag"]})
    assert written.json()["state"] == "published"
    stale = client.patch(address, {"published_on": "2017-01-06"}, headers={"If-Match": read["ETag"]})
    assert (stale.status_code, stale["ETag"]) == (412, written["ETag"])
    told = client.post(f"{address}explanations/", {"tracked_finding": row["unexplained"][0], "text": "We are hiring."})
    assert told.status_code == 201
    assert client.get(address).json()["unexplained"] == []
    theirs = tracked_finding()
    foreign = client.post(f"{address}explanations/", {"tracked_finding": theirs.pk, "text": "Mine?"})
    assert foreign.status_code == 400


def test_a_list_of_responses_costs_the_same_however_long(
    api: Callable[[User], APIClient], reference: None, samples: Path
) -> None:
    page = samples / "layouts" / "national-thematic-stolen-bicycles.txt"
    take_in(page.name, page.read_bytes())
    for response in StatutoryResponse.objects.all()[:20]:
        first = TrackedFinding.objects.get(
            force=response.force, finding__report=response.report, finding__number=1, finding__kind="recommendation"
        )
        explain(response.pk, first, "We are counting them.", member(Role.OFFICER, response.force))
    national = api(member(Role.NATIONAL))
    costs = []
    for size in (2, 1, 40):  # the first request warms what is kept between requests
        with CaptureQueriesContext(connection) as queries:
            assert len(national.get(f"/api/v1/responses/?page_size={size}").json()["results"]) == size
        costs.append(len(queries))
    assert costs[1:] == [6, 6]


def test_the_day_that_a_report_does_not_give_is_given_by_an_officer(
    api: Callable[[User], APIClient], reference: None, samples: Path
) -> None:
    load_forces("example_force.json")
    page = samples / "exampleshire-2021-22.txt"
    report = take_in(page.name, page.read_bytes()).report
    assert report.published_precision == "month"
    client = api(member(Role.OFFICER, "exampleshire"))
    words = {
        "report": report.pk,
        "force": "exampleshire",
        "published_on": report.published_on.replace(day=13).isoformat(),
    }
    made = client.post("/api/v1/responses/", words)
    assert made.status_code == 201
    assert made.json()["counted_from"] == words["published_on"]
    assert date.fromisoformat(made.json()["due_on"]) == last_day(date.fromisoformat(words["published_on"]))
    slip = client.post("/api/v1/responses/", {**words, "published_on": report.published_on.replace(day=2).isoformat()})
    assert slip.status_code == 201
    again = client.post("/api/v1/responses/", words).json()
    assert (again["id"], again["counted_from"], again["version"]) == (made.json()["id"], words["published_on"], 3)
    take_in(page.name, page.read_bytes())
    assert StatutoryResponse.objects.get().counted_from == date.fromisoformat(words["published_on"])


@pytest.mark.parametrize(("day", "code"), [("2019-01-01", "date_outside_month"), ("2999-01-01", "date_in_future")])
def test_a_day_that_cannot_be_opens_nothing(
    day: str, code: str, api: Callable[[User], APIClient], reference: None, samples: Path
) -> None:
    load_forces("example_force.json")
    page = samples / "exampleshire-2021-22.txt"
    report = take_in(page.name, page.read_bytes()).report
    client = api(member(Role.OFFICER, "exampleshire"))
    words = {"report": report.pk, "force": "exampleshire", "published_on": day}
    assert client.post("/api/v1/responses/", words).json()["code"] == code
    other = api(member(Role.OFFICER, "kent"))
    assert other.post("/api/v1/responses/", words).status_code == 403
    mine = {**words, "force": "kent", "published_on": "2022-10-13"}
    assert other.post("/api/v1/responses/", mine).json()["code"] == "not_about_the_force"
    assert not StatutoryResponse.objects.exists()
