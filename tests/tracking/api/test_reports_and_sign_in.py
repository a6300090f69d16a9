"""Taking a report in over the API, and signing in to it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from findings.models import Document, Report
from findings.reference import load_forces
from tests.factories import member
from tracking.models import User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
REPORTS, TOKENS = "/api/v1/reports/", "/api/v1/tokens/"
PASSWORD = "a long enough password"


def upload(name: str, content: bytes) -> dict[str, SimpleUploadedFile]:
    return {"document": SimpleUploadedFile(name, content)}


@pytest.fixture
def officer(reference: None) -> User:
    load_forces("example_force.json")
    return member(Role.OFFICER, "exampleshire")


def test_a_report_is_201_when_new_and_200_when_known(
    officer: User, api: Callable[[User], APIClient], samples: Path
) -> None:
    content = (samples / "exampleshire-2018-legitimacy.txt").read_bytes()
    first = api(officer).post(REPORTS, upload("a.txt", content), format="multipart")
    again = api(officer).post(REPORTS, upload("b.txt", content), format="multipart")
    assert (first.status_code, again.status_code) == (201, 200)
    named = "report created changed unchanged findings tracked_findings assessments linked unlinked notes warnings"
    assert set(first.json()) == set(named.split())
    assert (first.json()["created"], again.json()["unchanged"], again.json()["assessments"]) == (3, 3, 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0 JFIF", "JPEG"),
        (b"Minutes of a parish council.", "no report title"),
        (
            b"Loamshire PEEL 2015\nLegitimacy\nHow fair is it to people?\nHow well does it treat them?\nWell.",
            "none of the 43",
        ),
        (
            b"Exampleshire PEEL 2016\nLegitimacy\nHow fair is it to people?\nHow well does it treat them?\nWell.",
            "breaks off",
        ),
    ],
)
def test_what_is_no_report_is_a_400_that_says_why(
    officer: User, api: Callable[[User], APIClient], content: bytes, words: str
) -> None:
    before = Report.objects.count()
    response = api(officer).post(REPORTS, upload("report.txt", content), format="multipart")
    assert response.status_code == 400
    assert words in str(response.json())
    assert (Report.objects.count(), Document.objects.count()) == (before, 0)


def test_a_report_of_another_force_is_a_403(officer: User, api: Callable[[User], APIClient], samples: Path) -> None:
    content = (samples / "exampleshire-2018-legitimacy.txt").read_bytes()
    response = api(member(Role.OFFICER, "kent")).post(REPORTS, upload("a.txt", content), format="multipart")
    assert (response.status_code, response.json()["code"]) == (403, "not_your_force")


def test_a_token_signs_in_until_it_is_revoked() -> None:
    user = member(Role.OFFICER, "kent")
    client = APIClient()
    signed = client.post(TOKENS, {"username": user.username, "password": PASSWORD})
    assert signed.status_code == 201
    token = signed.json()["token"]
    assert not AuthToken.objects.filter(digest=token).exists()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/cycles/").status_code == 200
    assert client.delete(f"{TOKENS}current/").status_code == 204
    assert client.get("/api/v1/cycles/").status_code == 401


@pytest.mark.parametrize("case", ["wrong", "no role", "switched off", "nobody"])
def test_a_sign_in_that_fails_says_the_same_to_everybody(case: str) -> None:
    user = member(Role.OFFICER, "kent")
    if case == "no role":
        user.memberships.all().delete()
    if case == "switched off":
        User.objects.update(is_active=False)
    name = "somebody-else" if case == "nobody" else user.username
    password = "wrong" if case == "wrong" else PASSWORD
    response = APIClient().post(TOKENS, {"username": name, "password": password})
    assert (response.status_code, response.json()["detail"]) == (401, "No such user, or a wrong password.")


def test_the_sixth_wrong_password_in_a_row_locks_the_account() -> None:
    user = member(Role.OFFICER, "kent")
    for _ in range(5):
        APIClient().post(TOKENS, {"username": user.username, "password": "wrong"})
    response = APIClient().post(TOKENS, {"username": user.username, "password": PASSWORD})
    assert response.status_code in {401, 429}
    assert not AuthToken.objects.exists()


def test_an_expired_or_foreign_token_or_one_in_the_address_is_refused() -> None:
    user = member(Role.OFFICER, "kent")
    _, expired = AuthToken.objects.create(user, expiry=timedelta(seconds=-1))
    _, good = AuthToken.objects.create(user)
    for header in (f"Token {expired}", "Token nonsense", "Token", f"Basic {good}"):
        assert APIClient().get("/api/v1/cycles/", headers={"authorization": header}).status_code == 401
    assert APIClient().get(f"/api/v1/cycles/?token={good}").status_code == 401
    assert AuthToken.objects.filter(expiry__gt=timezone.now()).count() == 1


def test_a_person_switched_off_is_out_at_the_next_request() -> None:
    user = member(Role.OFFICER, "kent")
    _, token = AuthToken.objects.create(user)
    client = APIClient(headers={"authorization": f"Token {token}"})
    assert client.get("/api/v1/cycles/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/api/v1/cycles/").status_code == 401


def test_a_session_writes_only_with_its_csrf_token(officer: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(officer, backend="tracking.access.MembershipBackend")
    assert client.get("/api/v1/cycles/").status_code == 200
    assert client.post("/api/v1/status-changes/", {}).status_code == 403
