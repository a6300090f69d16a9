"""What was true on a past day, by what was recorded by a day: the record answers as it would have then."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories import (
    AssessmentFactory,
    ForceFactory,
    ReportFactory,
    later_report,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.changes import Move, change_status
from tracking.dates import change_date
from tracking.decisions import decide
from tracking.models import TrackedFinding, User
from tracking.past import Moment, as_they_stood, stood
from tracking.progress import decide_sign_off, record_progress
from tracking.querysets import THEN, coloured, overdue_on, with_what_is_shown
from tracking.standing import colour_of, status_sentence
from tracking.statistics import summary_of
from tracking.vocabulary import Basis, DateKind, Decision, Rag, Role, Status
from tracking.workflow import Refused

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
JUNE = datetime(2026, 6, 1, 11, tzinfo=UTC)


def then(tracked: TrackedFinding, as_of: date, known_on: date = date(2026, 12, 31)) -> TrackedFinding | None:
    rows = with_what_is_shown(TrackedFinding.objects.filter(pk=tracked.pk))
    at = Moment(as_of, known_on)
    return next(iter(as_they_stood(stood(rows, at), at)), None)


@pytest.fixture
def confirmed() -> TrackedFinding:
    """Published on 2 May 2019; achieved by a report of 3 October 2022, which was confirmed on 1 June 2026."""
    with time_machine.travel(JUNE - timedelta(days=30), tick=False):
        tracked = tracked_finding()
    with time_machine.travel(JUNE, tick=False):
        decide(
            AssessmentFactory(tracked_finding=tracked).pk,
            Decision.CONFIRM,
            member(Role.OFFICER, tracked.force),
            "Read.",
        )
    return tracked


@pytest.mark.parametrize(
    ("as_of", "known_on", "status"),
    [
        (date(2019, 5, 1), date(2026, 12, 31), None),
        (date(2019, 5, 2), date(2026, 12, 31), "open"),
        (date(2022, 10, 2), date(2026, 12, 31), "open"),
        (date(2022, 10, 3), date(2026, 12, 31), "achieved"),
        (date(2026, 6, 1), date(2026, 6, 1), "achieved"),
        (date(2026, 5, 31), date(2026, 6, 1), "achieved"),  # true already, though recorded a day later
        (date(2026, 6, 1), date(2026, 5, 31), "open"),  # not recorded yet
        (date(2026, 6, 1), date(2026, 5, 1), None),  # nothing was recorded here at all
    ],
)
def test_true_on_a_day_and_recorded_by_a_day_are_two_questions(
    confirmed: TrackedFinding, as_of: date, known_on: date, status: str | None
) -> None:
    found = then(confirmed, as_of, known_on)
    assert (found.status if found else None) == status


def test_the_sentence_is_that_of_the_day(confirmed: TrackedFinding) -> None:
    before, after = then(confirmed, date(2022, 10, 2)), then(confirmed, date(2022, 10, 3))
    assert before is not None
    assert after is not None
    assert status_sentence(before) == "Open since 2 May 2019: no verdict of a later report is confirmed yet."
    assert status_sentence(after).startswith("Achieved since 3 October 2022, on the word of")


def test_a_day_ends_at_midnight_in_london() -> None:
    """30 June 2026, 23:30 UTC, is half past midnight on 1 July in London."""
    with time_machine.travel(datetime(2026, 6, 30, 22, 59, tzinfo=UTC), tick=False):
        tracked = tracked_finding()
        officer = member(Role.OFFICER, tracked.force)
        record_progress(tracked.pk, {"position": "in_progress"}, officer)
    with time_machine.travel(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), tick=False):
        record_progress(tracked.pk, {"position": "not_started"}, officer)
    positions = {day: then(tracked, day, day).position for day in (date(2026, 6, 30), date(2026, 7, 1))}
    assert positions == {date(2026, 6, 30): "in_progress", date(2026, 7, 1): "not_started"}


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2026, 3, 29, 22, 59, tzinfo=UTC), False),  # 23:59 BST, the day on which the clocks went forward
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 23, 59, tzinfo=UTC), False),  # 23:59 GMT, the day on which they went back
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), True),
    ],
)
def test_overdue_turns_at_midnight_in_london(moment: datetime, late: bool, api: Api) -> None:
    day = {3: date(2026, 3, 29), 6: date(2026, 6, 30), 10: date(2026, 10, 25)}[moment.month]
    tracked = tracked_finding(due_on=day, due_precision="day")
    officer = member(Role.OFFICER, tracked.force)
    with time_machine.travel(moment, tick=False):
        assert api(officer).get(f"/api/v1/tracked-findings/{tracked.pk}/").json()["overdue"] is late
        listed = api(officer).get("/api/v1/tracked-findings/?overdue=true").json()["results"]
    assert bool(listed) is late


def test_an_undated_report_counts_from_the_end_of_the_year_it_is_named_by() -> None:
    report = ReportFactory(published_on=None, published_precision="")
    tracked = tracked_finding(report.force, report=report)
    assert then(tracked, date(2018, 12, 30)) is None
    found = then(tracked, date(2018, 12, 31))
    assert found is not None
    assert (
        status_sentence(found)
        == "Open since its report of 2018, which gives no day: no verdict of a later report is confirmed yet."
    )


def acts(tracked: TrackedFinding, people: dict[str, User]) -> dict[str, Callable[[], Any]]:
    """What may happen to a finding; each is refused where it does not fit, and leaves nothing then."""
    today = date.today

    def verdict(outcome: str) -> None:
        report = later_report(tracked.force, published_on=date(2022, 10, 3))
        made = AssessmentFactory(tracked_finding=tracked, outcome=outcome, report=report)
        decide(made.pk, Decision.CONFIRM, people["officer"], "Read.")

    def evidence(to: Status) -> None:
        made = signed_off_evidence(tracked)
        change_status(Move(tracked.pk, to, Basis.EVIDENCE, "Audit.", today(), evidence=made), people["officer"])

    def limb(place: int) -> None:
        element = tracked.elements.order_by("pk")[place]
        made = signed_off_evidence(tracked)
        move = Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Done.", today(), evidence=made, element=element.pk)
        change_status(move, people["officer"])

    def position(name: str) -> None:
        record_progress(tracked.pk, {"position": name}, people["officer"], "So it is.")

    def sign_off(accept: bool) -> None:
        request = tracked.sign_off_requests.filter(state="asked").first()
        if request:
            decide_sign_off(request.pk, accept, people["signatory"], "Looked at.")

    def correction() -> None:
        change_status(Move(tracked.pk, Status.OPEN, Basis.CORRECTION, "Wrong page.", today()), people["signatory"])

    return {
        "correction": correction,
        "achieved": lambda: verdict("achieved"),
        "not achieved": lambda: verdict("not_achieved"),
        "partly": lambda: evidence(Status.PARTLY_COMPLIED),
        "evidence": lambda: evidence(Status.ACHIEVED),
        "first limb": lambda: limb(0),
        "second limb": lambda: limb(1),
        "target": lambda: change_date(
            tracked.pk, DateKind.TARGET, today() + timedelta(days=40), "Agreed.", people["officer"]
        ),
        "letter": lambda: change_date(
            tracked.pk, DateKind.DUE, today() + timedelta(days=5), "Letter.", people["officer"]
        ),
        "owner": lambda: record_progress(tracked.pk, {"owner": people["officer"], "lead": "Head"}, people["officer"]),
        "no owner": lambda: record_progress(tracked.pk, {"owner": None, "lead": ""}, people["officer"]),
        "no action": lambda: position("no_action"),
        "begun": lambda: position("in_progress"),
        "ready": lambda: position("ready_for_sign_off"),
        "accepted": lambda: sign_off(True),
        "returned": lambda: sign_off(False),
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_past_is_shown_as_it_was_shown_then(seed: int, api: Api) -> None:
    """Day after day something happens; afterwards each day answers, by list, page and summary, what it answered then."""
    chance = Random(seed)  # noqa: S311 - a test's own walk
    start = datetime(2026, 3, 26, 11, tzinfo=UTC)  # over the night on which the clocks go forward
    with time_machine.travel(start - timedelta(days=1), tick=False):
        first = tracked_finding(elements=2, due_on=date(2026, 4, 2), due_precision="day")
        findings = [first, tracked_finding(first.force, elements=2)]
        people = {name: member(Role(name), first.force) for name in ("officer", "signatory", "viewer")}
    kept: dict[date, Any] = {}
    reader = api(people["viewer"])
    for days in range(12):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            for tracked in findings:
                act = chance.choice(list(acts(tracked, people).values()))
                try:
                    act()
                except Refused:
                    continue
            kept[(start + timedelta(days=days)).date()] = shown(reader)
    assert len({str(day) for day in kept.values()}) > 6
    with time_machine.travel(start + timedelta(days=400), tick=False):
        for day, was in kept.items():
            assert shown(reader, f"as_of={day}&known_on={day}") == was, day


def shown(reader: APIClient, moment: str = "") -> Any:
    """What list, pages, filters and summary say; the version of a row is its own and has no past."""
    listed = reader.get(f"/api/v1/tracked-findings/?ordering=id&{moment}").json()["results"]
    pages = [reader.get(f"/api/v1/tracked-findings/{row['id']}/?{moment}").json() for row in listed]
    filters = ["overdue=true", "no_owner=true", "status=open", "position=in_progress", *(f"rag={c.value}" for c in Rag)]
    found = {
        one: [row["id"] for row in reader.get(f"/api/v1/tracked-findings/?{one}&{moment}").json()["results"]]
        for one in filters
    }
    summary = reader.get(f"/api/v1/forces/{listed[0]['force']}/summary/?{moment}").json()
    for row in [*listed, *pages]:
        row.pop("version")
        row.pop("due_precision")
    return listed, pages, {name: sorted(ids) for name, ids in found.items()}, summary


def test_filters_and_colours_agree_in_the_past(confirmed: TrackedFinding) -> None:
    at = Moment(date(2022, 10, 2), date(2026, 12, 31))
    rows = stood(with_what_is_shown(TrackedFinding.objects.all()), at)
    assert [row.pk for row in rows.filter(coloured(Rag.AMBER, at.as_of, THEN))] == [confirmed.pk]
    assert not rows.filter(overdue_on(at.as_of, THEN))
    assert summary_of(rows, at.as_of, THEN)["status"]["open"] == 1
    assert colour_of(as_they_stood(rows, at)[0], at.as_of)[0] is Rag.AMBER


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("as_of=yesterday", "as_of"),
        ("as_of=2020-02-30", "as_of"),
        ("known_on=2020-13-01", "known_on"),
        ("as_off=2020-01-01", "as_off"),
    ],
)
def test_a_day_that_is_none_is_a_400_that_names_it(query: str, named: str, confirmed: TrackedFinding, api: Api) -> None:
    reader = api(member(Role.VIEWER, confirmed.force))
    for address in (
        "tracked-findings/",
        f"tracked-findings/{confirmed.pk}/",
        f"forces/{confirmed.force.slug}/summary/",
    ):
        response = reader.get(f"/api/v1/{address}?{query}")
        assert response.status_code == 400, address
        assert named in response.json()["errors"]


def test_a_day_that_has_not_come_is_refused(confirmed: TrackedFinding, api: Api) -> None:
    reader = api(member(Role.VIEWER, confirmed.force))
    response = reader.get("/api/v1/tracked-findings/?as_of=2999-01-01")
    assert (response.status_code, response.json()["code"]) == (400, "day_in_future")


def test_the_past_is_read_and_not_written(confirmed: TrackedFinding, api: Api) -> None:
    officer = api(member(Role.OFFICER, confirmed.force))
    page = officer.get(f"/api/v1/tracked-findings/{confirmed.pk}/?as_of=2022-10-02")
    assert (page.json()["status"], page.headers.get("ETag")) == ("open", None)
    response = officer.patch(
        f"/api/v1/tracked-findings/{confirmed.pk}/?as_of=2022-10-02", {"lead": "X"}, headers={"If-Match": '"1"'}
    )
    assert response.status_code == 400
    confirmed.refresh_from_db()
    assert confirmed.status == "achieved"


@pytest.mark.parametrize("count", [1, 12])
def test_queries_of_a_past_list_do_not_grow_with_it(count: int, confirmed: TrackedFinding, api: Api) -> None:
    for _ in range(count):
        tracked_finding(confirmed.force, elements=2)
    reader = api(member(Role.VIEWER, confirmed.force))
    with CaptureQueriesContext(connection) as queries:
        assert reader.get("/api/v1/tracked-findings/?as_of=2022-10-03").json()["count"] == count + 1
    assert len(queries) == 7


def test_another_forces_past_is_not_seen(confirmed: TrackedFinding, api: Api) -> None:
    stranger = api(member(Role.OFFICER, ForceFactory()))
    assert stranger.get(f"/api/v1/tracked-findings/{confirmed.pk}/?as_of=2022-10-03").status_code == 404
    assert stranger.get("/api/v1/tracked-findings/?as_of=2022-10-03").json()["results"] == []
    assert stranger.get(f"/api/v1/forces/{confirmed.force.slug}/summary/?as_of=2022-10-03").status_code == 404
