"""Every address of the officers' pages by every role: a page that is not listed here fails, and a stranger changes nothing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin import site
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver

from findings.models import Force
from tests.factories import ForceFactory, member
from tests.two_forces import Work, work_of
from tracking.models import TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db

# The force's own row behind each page of one finding, and the roles of the force that it opens for.
READERS = {"viewer", "officer", "signatory"}
ROWS: dict[str, tuple[str, set[str]]] = {
    "tracking/trackedfinding/<path:object_id>/change/": ("tracked", READERS),
    "tracking/trackedfinding/<path:object_id>/history/": ("tracked", READERS),
    "tracking/trackedfinding/<int:pk>/status/": ("tracked", {"officer", "signatory"}),
    "tracking/trackedfinding/<int:pk>/evidence/": ("tracked", {"officer"}),
    "tracking/trackedfinding/<int:pk>/ask-sign-off/": ("tracked", {"officer"}),
    "tracking/trackedfinding/<int:pk>/check/": ("tracked", {"officer"}),
    "tracking/trackedfinding/<int:pk>/date/": ("tracked", {"officer"}),
    "tracking/trackedfinding/<int:pk>/snooze/": ("tracked", READERS),
    "tracking/trackedfinding/<int:pk>/link/": ("tracked", {"officer"}),
    "tracking/trackedfinding/<int:pk>/themes/": ("tracked", {"officer"}),
    "tracking/trackedfinding/<int:pk>/elsewhere/": ("tracked", READERS),
    "tracking/trackedfinding/notes/<int:pk>/": ("note", {"officer"}),
    "tracking/trackedfinding/links/<int:pk>/withdraw/": ("link", {"officer"}),
    "tracking/trackedfinding/evidence/<int:pk>/file/": ("file", READERS),
    "tracking/trackedfinding/evidence/<int:pk>/sign-off/": ("unsigned", {"signatory"}),
    "tracking/trackedfinding/sign-offs/<int:pk>/": ("request", {"signatory"}),
    "tracking/assessment/<int:pk>/change/": ("assessment", READERS),
    "tracking/assessment/<path:object_id>/change/": ("assessment", READERS),
    "tracking/assessment/<path:object_id>/history/": ("assessment", READERS),
    "tracking/review/<path:object_id>/change/": ("review", {"officer", "administrator"}),
    "tracking/review/<path:object_id>/history/": ("review", {"officer", "administrator"}),
    "tracking/review/<int:pk>/publish/": ("review", {"officer", "administrator"}),
    "tracking/review/findings/<int:pk>/correct/": ("published", {"officer", "administrator"}),
    "tracking/review/findings/<int:pk>/merge/": ("published", {"officer", "administrator"}),
    "tracking/review/findings/<int:pk>/split/": ("published", {"officer", "administrator"}),
    "tracking/review/verdicts/<int:pk>/": ("assessment", {"officer"}),
    "tracking/intake/<path:object_id>/change/": ("intake", {"officer"}),
    "tracking/intake/<path:object_id>/history/": ("intake", {"officer"}),
    "tracking/statutoryresponse/<int:pk>/change/": ("response", READERS),
    "tracking/statutoryresponse/<path:object_id>/change/": ("response", READERS),
    "tracking/statutoryresponse/<path:object_id>/history/": ("response", READERS),
    "tracking/statutoryresponse/<int:pk>/explain/": ("response", {"officer"}),
    "tracking/trackerfile/<int:pk>/columns/": ("tracker", {"officer"}),
    "tracking/trackerfile/<int:pk>/rows/": ("tracker", {"officer"}),
    "tracking/trackerfile/<int:pk>/refused/": ("tracker", {"officer"}),
    "tracking/trackerfile/<path:object_id>/change/": ("tracker", {"officer"}),
    "tracking/trackerfile/<path:object_id>/history/": ("tracker", {"officer"}),
    "tracking/reminder/<path:object_id>/change/": ("reminder", {"officer"}),
    "tracking/reminder/<path:object_id>/history/": ("reminder", {"officer"}),
}
# Pages of no row: lists, forms of their own, sign-in. Each shows what the person may read and no more; the canary looks.
OF_NO_ROW = re.compile(
    r"^(|login/|logout/|password_change/(done/)?|password_reset/(done/)?|(invited|reset)/<uidb64>/<token>/|keys/|preferences/|reminder-rules/|roles/|autocomplete/|jsi18n/|(?P<any>[a-z]+/[a-z]+)/(|add/)"
    r"|tracking/trackedfinding/(past|contradictions|papers|views|columns)/|tracking/trackedfinding/(views/<int:pk>/forget|many/<slug:act>)/|tracking/assessment/many/|tracking/intake/take-in/(one/)?|tracking/statutoryresponse/open/"
    r"|tracking/trackerfile/(add/|new/)?)$"
)
# What administrators manage, the published record, redirects of old addresses, and deletions, which nothing allows.
OTHERS = re.compile(
    r"^(findings/[a-z]+/<path:object_id>/.*|auth/group/<path:object_id>/.*|tracking/(user|membership|digest)/.*|r/<path:content_type_id>.*|<app_label>/?"
    r"|[a-z]+/[a-z]+/<path:object_id>/(delete/)?|tracking/trackedfinding/comparison/<int:pk>/|tracking/review/reading/<int:pk>/|\(\?P<app_label>.*|\(\?P<url>.*)$"
)


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_every_page_is_listed() -> None:
    found = set(addresses(site.urls[0]))
    unknown = {route for route in found if route not in ROWS and not OF_NO_ROW.match(route) and not OTHERS.match(route)}
    assert unknown == set()
    assert set(ROWS) <= found


def address(route: str, row: Model) -> str:
    return "/admin/" + re.sub(r"<[a-z]+:\w+>", str(row.pk), route)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="tracking.access.MembershipBackend")
    return client


@pytest.fixture
def work() -> Work:
    return work_of()


def opens(client: Client, where: str) -> bool:
    response = client.get(where)
    if response.status_code == 302:  # to another page of the same row, or away from one that is not there
        response = client.get(response["Location"])
        return response.status_code == 200 and response.wsgi_request.path not in {"/admin/", "/admin/login/"}
    if response.streaming:
        assert b"".join(response.streaming_content)
    assert response.status_code in {200, 403, 404}, (where, response.status_code)
    return response.status_code == 200


@pytest.mark.parametrize("route", sorted(ROWS))
def test_a_page_opens_for_its_roles_in_its_force_alone(route: str, work: Work) -> None:
    attribute, roles = ROWS[route]
    where = address(route, getattr(work, attribute))
    expected = {role: role in roles or (role == "national" and roles >= READERS) for role in work.people}
    assert {role: opens(browser_of(person), where) for role, person in work.people.items()} == expected


@pytest.mark.parametrize("route", sorted(ROWS))
def test_a_stranger_finds_no_page_and_changes_nothing(route: str, work: Work) -> None:
    attribute, _ = ROWS[route]
    where = address(route, getattr(work, attribute))
    before = contents(work)
    answer = {
        "reason": "x",
        "decision": "confirm",
        "comment": "x",
        "position": "in_progress",
        "title": "x",
        "text": "x",
    }
    for role in READERS:
        stranger = browser_of(member(Role(role), ForceFactory()))
        assert stranger.get(where).status_code in {302, 403, 404}
        assert stranger.post(where, answer).status_code in {302, 403, 404}
    anonymous = Client()
    assert anonymous.get(where)["Location"].startswith("/admin/login/")
    assert anonymous.post(where, answer)["Location"].startswith("/admin/login/")
    assert contents(work) == before


def contents(work: Work) -> dict[str, Any]:
    """Every row of the force's work as it stands."""
    kinds = {type(value) for value in vars(work).values() if isinstance(value, Model)}
    return {
        kind.__name__: list(kind._default_manager.order_by("pk").values())
        for kind in kinds
        if kind not in {User, Force}
    }


def test_nothing_is_deleted_on_any_page(work: Work) -> None:
    officer = browser_of(work.officer)
    before = contents(work)
    for name, row in (
        ("trackedfinding", work.tracked),
        ("assessment", work.assessment),
        ("statutoryresponse", work.response),
    ):
        where = f"/admin/tracking/{name}/{row.pk}/delete/"
        assert officer.post(where, {"post": "yes"}).status_code == 403
        assert officer.post(
            f"/admin/tracking/{name}/", {"action": "delete_selected", "_selected_action": row.pk}
        ).status_code in {200, 302}
    assert contents(work) == before


@pytest.mark.parametrize("model", sorted(site._registry, key=lambda model: model._meta.label))
def test_lists_and_their_filters_name_nobody_elses_work(model: type[Model], work: Work) -> None:
    """The canary fails the test where a mark of the other force is shown."""
    mine = work_of(ForceFactory())
    where = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for role in Role:
        client = browser_of(mine.people[role.value])
        for query in ("", "?status=all&state=all", f"?force={work.force.slug}", "?q=matter"):
            assert client.get(where + query).status_code in {200, 302, 400, 403}  # 400: no filter of that list


@pytest.mark.parametrize("page", ["status", "evidence", "ask-sign-off", "check", "link", "change"])
def test_choices_on_a_page_name_the_force_alone(page: str, work: Work) -> None:
    mine = work_of(ForceFactory())
    shown = browser_of(mine.officer).get(f"/admin/tracking/trackedfinding/{mine.tracked.pk}/{page}/").content.decode()
    assert work.force.name not in shown
    assert mine.force.name in shown


def test_another_forces_rows_are_no_choice(work: Work) -> None:
    mine = work_of(ForceFactory())
    officer = browser_of(mine.officer)
    where = f"/admin/tracking/trackedfinding/{mine.tracked.pk}"
    asked = {"to_status": "achieved", "effective_on": "2024-01-01", "reason": "Ours?"}
    for path, answer in (
        ("status", {**asked, "basis": "evidence", "evidence": work.signed.pk}),
        ("status", {**asked, "basis": "assessment", "assessment": work.confirmed.pk}),
        ("status", {**asked, "to_status": "superseded", "basis": "successor", "successor": work.tracked.pk}),
        ("status", {**asked, "basis": "evidence", "evidence": mine.signed.pk, "element": work.element.pk}),
        ("check", {"checked_on": "2024-01-01", "evidence": work.signed.pk}),
        ("ask-sign-off", {"comment": "Done.", "evidence": [work.unsigned.pk]}),
        ("link", {"older": work.older.pk, "reason": "Same."}),
    ):
        response = officer.post(f"{where}/{path}/", answer)
        assert response.status_code == 200, path
        assert "Select a valid choice" in response.content.decode(), path
    tracked = TrackedFinding.objects.get(pk=mine.tracked.pk)
    assert (tracked.status, tracked.position) == ("open", "not_started")
