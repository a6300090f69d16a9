"""The canary itself: it sees a leak on every way out, and lets people see what they may."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.test import Client
from django.urls import path
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from tests import canary
from tests.factories import ForceFactory, member, tracked_finding
from tests.tracking.test_trackers import workbook
from tests.two_forces import everyone, work_of
from tracking.models import TrackedFinding, User
from tracking.tokens import issue_token
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db


def plan() -> str:
    """What no view may show to everybody: the plan of the only finding there is."""
    return TrackedFinding.objects.get().closing_plan


def as_download(request: HttpRequest) -> FileResponse:
    return FileResponse(BytesIO(plan().encode()), as_attachment=True, filename="plan.txt")


class AsJson(APIView):
    def get(self, request: Any) -> Response:
        return Response({"plan": plan()})


class AsFileOfTheApi(APIView):
    def get(self, request: Any) -> FileResponse:
        return as_download(request)


WAYS_OUT: dict[str, Callable[[HttpRequest], Any]] = {
    "page": lambda request: HttpResponse(f"<p>{plan()}</p>"),
    "script": lambda request: HttpResponse(plan().replace("-", "\\u002D"), content_type="text/javascript"),
    "stream": lambda request: StreamingHttpResponse(iter(["id,plan\r\n1,own-work-", plan().removeprefix("own-work-")])),
    "workbook": lambda request: HttpResponse(workbook([["Plan"], [plan()]])),
    "download": as_download,
    "file-name": lambda request: HttpResponse(headers={"Content-Disposition": f'attachment; filename="{plan()}.csv"'}),
    "redirect": lambda request: HttpResponseRedirect(f"/somewhere/?{plan()}"),
    "json": AsJson.as_view(),
    "api-file": AsFileOfTheApi.as_view(),
}
urlpatterns = [path(f"leak/{name}/", view) for name, view in WAYS_OUT.items()]


def read(client: Any, way: str) -> bytes:
    response = client.get(f"/leak/{way}/")
    return b"".join(response.streaming_content) if response.streaming else response.content


def signed_in(user: User, how: str) -> Any:
    """A client of this person, by browser, by token, or as the API's tests sign in."""
    if how == "session":
        client = Client()
        client.force_login(user, backend="tracking.access.MembershipBackend")
        return client
    if how == "token":
        return APIClient(headers={"authorization": f"Token {issue_token(user)[1]}"})
    api = APIClient()
    api.force_authenticate(user)
    return api


API_WAYS = [("json", "session"), ("json", "token"), ("json", "forced"), ("api-file", "token"), ("api-file", "forced")]
ALL_WAYS = [*((way, "session") for way in WAYS_OUT if way not in {"json", "api-file"}), *API_WAYS]


@pytest.fixture
def tracked() -> TrackedFinding:
    return tracked_finding()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("way", "how"), ALL_WAYS)
def test_a_view_that_shows_another_forces_work_fails_the_test(way: str, how: str, tracked: TrackedFinding) -> None:
    stranger = signed_in(member(Role.OFFICER, ForceFactory()), how)
    with pytest.raises(canary.Leak, match=tracked.closing_plan):
        read(stranger, way)
    canary.leaks.clear()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("way", "how"), ALL_WAYS)
def test_the_same_view_may_show_it_to_a_member_of_the_force(way: str, how: str, tracked: TrackedFinding) -> None:
    read(signed_in(member(Role.VIEWER, tracked.force), how), way)
    assert canary.leaks == []


@pytest.mark.urls(__name__)
def test_a_leak_counts_where_the_error_is_swallowed_as_well(tracked: TrackedFinding) -> None:
    nobody = Client(raise_request_exception=False)
    assert nobody.get("/leak/page/").status_code == 500
    assert len(canary.leaks) == 1
    canary.leaks.clear()


def test_who_may_see_what_carries_a_mark() -> None:
    force, other = ForceFactory(), ForceFactory()
    readers = {**everyone(force), "stranger": member(Role.OFFICER, other), "anonymous": AnonymousUser()}
    left = member(Role.OFFICER, force)
    left.memberships.all().delete()
    seen = {
        name: {what for what in ("own-work", "person") if canary.may_see(user, what, force.pk)}
        for name, user in {**readers, "left": left}.items()
    }
    both: set[str] = {"own-work", "person"}
    reads = dict.fromkeys(("viewer", "officer", "signatory", "national"), both)
    assert seen == {**reads, "administrator": {"person"}, "stranger": set(), "anonymous": set(), "left": set()}


@pytest.mark.parametrize(
    ("address", "pieces"),
    [
        ("/api/v1/tracked-findings/{0.tracked.pk}/", {"own-work"}),
        ("/api/v1/tracked-findings/{0.tracked.pk}/updates/", {"own-work", "person"}),
        ("/api/v1/tracked-findings/{0.tracked.pk}/date-changes/", {"own-work", "person"}),
        ("/api/v1/tracked-findings/{0.tracked.pk}/checks/", {"own-work", "person"}),
        ("/api/v1/tracked-findings/{0.tracked.pk}/links/", {"own-work"}),
        ("/api/v1/evidence/", {"own-work", "person"}),
        ("/api/v1/assessments/", {"own-work", "person"}),
        ("/api/v1/evidence-notes/", {"own-work"}),
        ("/api/v1/responses/", {"own-work", "person"}),
        ("/api/v1/sign-offs/", {"own-work", "person"}),
        ("/admin/tracking/trackedfinding/", {"person"}),
        ("/admin/tracking/trackedfinding/{0.tracked.pk}/change/", {"own-work", "person"}),
        ("/admin/tracking/trackerfile/", {"own-work", "person"}),
        ("/admin/tracking/statutoryresponse/{0.response.pk}/change/", {"own-work", "person"}),
    ],
)
def test_the_marks_are_where_the_forces_own_people_look(
    address: str, pieces: set[str], browser: Callable[[User], Client]
) -> None:
    """Else the canary would look for what no answer could ever hold."""
    work = work_of()
    reader = browser(member(Role.OFFICER, work.force, last_name="Reader"))
    shown = reader.get(address.format(work)).content.decode()
    assert {mark["what"] for mark in canary.MARK.finditer(shown)} == pieces
    assert {int(mark["force"]) for mark in canary.MARK.finditer(shown)} == {work.force.pk}
