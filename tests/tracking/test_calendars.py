"""The calendar of one person, read back as calendar programs read it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from rest_framework.test import APIClient

from findings.models import Element
from tests.factories import StatutoryResponseFactory, member, tracked_finding
from tests.two_forces import work_of
from tracking.models import CalendarAddress, Membership, TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
FEED, ADDRESS = "/api/v1/calendar.ics", "/api/v1/calendar/"


def dated(force: Any = None, **values: Any) -> TrackedFinding:
    tracked = tracked_finding(force)
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=date(2031, 3, 31), due_precision="day", **values)
    return tracked


def events(body: bytes) -> dict[str, Any]:
    calendar = Calendar.from_ical(body)
    assert not calendar.errors
    found = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert not any(event.errors for event in found.values())
    return found


def test_a_person_gets_their_dates_each_as_a_whole_day() -> None:
    tracked = dated(target_on=date(2031, 3, 1))
    officer = member(Role.OFFICER, tracked.force)
    response = StatutoryResponseFactory(force=tracked.force)
    client = APIClient()
    client.force_authenticate(officer)
    answer = client.get(FEED)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found = events(answer.content)
    assert set(found) == {
        f"due-{tracked.pk}@peeltrack",
        f"target-{tracked.pk}@peeltrack",
        f"comments-{response.pk}@peeltrack",
    }
    due = found[f"due-{tracked.pk}@peeltrack"]
    assert (due.decoded("dtstart"), due.decoded("dtend")) == (date(2031, 3, 31), date(2031, 4, 1))
    assert tracked.force.name in due["summary"]
    assert f"/admin/tracking/trackedfinding/{tracked.pk}/" in due["description"]
    assert found[f"comments-{response.pk}@peeltrack"].decoded("dtstart") == response.due_on


def test_the_lines_are_as_outlook_and_google_want_them() -> None:
    tracked = dated()
    client = APIClient()
    client.force_authenticate(member(Role.OFFICER, tracked.force))
    body = client.get(FEED).content
    assert body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    for said in (b"METHOD:PUBLISH", b"VERSION:2.0", b"DTSTART;VALUE=DATE:20310331", b"DTSTAMP:", b"TRANSP:TRANSPARENT"):
        assert said in body


def test_a_moved_date_stays_the_same_event() -> None:
    tracked = dated()
    client = APIClient()
    client.force_authenticate(member(Role.OFFICER, tracked.force))
    before = client.get(FEED)
    assert client.get(FEED, headers={"If-None-Match": before["ETag"]}).status_code == 304
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=date(2031, 6, 30), version=9)
    after = client.get(FEED, headers={"If-None-Match": before["ETag"]})
    (old,), (new,) = events(before.content).values(), events(after.content).values()
    assert old["uid"] == new["uid"]
    assert new["sequence"] > old["sequence"]


def test_what_is_done_or_somebody_elses_is_not_in_it_unless_all_is_asked_for() -> None:
    mine = dated()
    colleague = member(Role.OFFICER, mine.force)
    theirs, done = dated(mine.force, owner=colleague), dated(mine.force, status="achieved")
    limb = tracked_finding(mine.force, elements=1)
    Element.objects.filter(finding=limb.finding).update(due_on=date(2031, 2, 1))
    TrackedFinding.objects.filter(pk=limb.pk).update(due_on=date(2031, 1, 1))
    client = APIClient()
    client.force_authenticate(member(Role.OFFICER, mine.force))
    own = set(events(client.get(FEED).content))
    element = f"element-{limb.elements.get().pk}-{limb.pk}@peeltrack"
    assert own == {f"due-{mine.pk}@peeltrack", f"due-{limb.pk}@peeltrack", element}
    everything = set(events(client.get(f"{FEED}?of=all").content))
    assert everything == own | {f"due-{theirs.pk}@peeltrack"}
    assert f"due-{done.pk}@peeltrack" not in everything


def test_no_other_forces_dates_are_in_it() -> None:
    mine, theirs = work_of(), work_of()
    for work in (mine, theirs):
        TrackedFinding.objects.filter(force=work.force).update(due_on=date(2031, 1, 1))
    client = APIClient()
    client.force_authenticate(mine.officer)
    shown = client.get(f"{FEED}?of=all").content.decode()
    assert f"due-{mine.tracked.pk}@" in shown
    assert theirs.force.name not in shown


def test_the_secret_address_opens_the_calendar_alone_until_it_is_replaced_or_revoked(
    api: Callable[[User], APIClient],
) -> None:
    tracked = dated()
    officer = member(Role.OFFICER, tracked.force)
    client, anyone = api(officer), APIClient()
    made = client.post(ADDRESS).json()
    key = made["address"].partition("?key=")[2]
    assert made["address"].startswith("http://testserver/api/v1/calendar.ics?key=")
    assert not CalendarAddress.objects.filter(digest=key).exists()
    assert events(anyone.get(f"{FEED}?key={key}").content)
    assert client.get(ADDRESS).json()["last_used_at"] is not None
    for other in ("tracked-findings/", "calendar/", "tokens/"):
        assert anyone.get(f"/api/v1/{other}?key={key}").status_code in {400, 401}
        assert anyone.get(f"/api/v1/{other}", headers={"authorization": f"Token {key}"}).status_code == 401
    newer = client.post(ADDRESS).json()["address"].partition("?key=")[2]
    assert anyone.get(f"{FEED}?key={key}").status_code == 401
    assert anyone.get(f"{FEED}?key={newer}").status_code == 200
    assert client.delete(f"{ADDRESS}current/").status_code == 204
    assert anyone.get(f"{FEED}?key={newer}").status_code == 401


def test_who_is_no_member_any_more_gets_no_calendar(api: Callable[[User], APIClient]) -> None:
    tracked = dated()
    officer = member(Role.OFFICER, tracked.force)
    key = api(officer).post(ADDRESS).json()["address"].partition("?key=")[2]
    Membership.objects.filter(user=officer).delete()
    assert APIClient().get(f"{FEED}?key={key}").status_code == 403
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert APIClient().get(f"{FEED}?key={key}").status_code == 401


@pytest.mark.parametrize("query", ["nonsense=1", "of=theirs", "force=kent"])
def test_what_the_feed_does_not_know_is_a_400(query: str, api: Callable[[User], APIClient]) -> None:
    answer = api(member(Role.OFFICER, "kent")).get(f"{FEED}?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.json()["errors"]


def test_the_queries_do_not_grow_with_the_dates(
    django_assert_num_queries: Any, api: Callable[[User], APIClient]
) -> None:
    first = dated()
    client = api(member(Role.OFFICER, first.force))
    client.get(FEED)  # the roles are read once
    for _ in range(2):
        with django_assert_num_queries(3):
            client.get(FEED)
        for day in range(9):
            dated(first.force, target_on=date(2031, 1, 1) + timedelta(days=day))
