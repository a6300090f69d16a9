"""Taking a report in over the API, and signing in to it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from findings.models import Document, Report
from findings.reference import load_forces
from tests.factories import member
from tracking.models import ApiToken, User
from tracking.tokens import issue_token
from tracking.vocabulary import Role, TokenScope

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
    assert not ApiToken.objects.filter(digest=token).exists()
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
    assert not ApiToken.objects.exists()


def test_an_expired_or_foreign_token_or_one_in_the_address_is_refused() -> None:
    user = member(Role.OFFICER, "kent")
    _, expired = expired_token(user)
    _, good = issue_token(user)
    for header in (f"Token {expired}", "Token nonsense", "Token", f"Basic {good}"):
        assert APIClient().get("/api/v1/cycles/", headers={"authorization": header}).status_code == 401
    assert APIClient().get(f"/api/v1/cycles/?token={good}").status_code == 401
    assert ApiToken.objects.filter(expires_at__gt=timezone.now()).count() == 1


def expired_token(user: User) -> tuple[ApiToken, str]:
    token, secret = issue_token(user, "old")
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    return token, secret


def test_a_token_has_a_name_a_scope_a_life_and_shows_when_it_was_used() -> None:
    user = member(Role.OFFICER, "kent")
    asked = {"username": user.username, "password": PASSWORD, "name": "Power BI", "scope": "read", "days": 7}
    made = APIClient().post(TOKENS, asked).json()
    assert (made["name"], made["scope"], made["token"].startswith(made["begins_with"])) == ("Power BI", "read", True)
    assert ApiToken.objects.get().expires_at.date() == timezone.now().date() + timedelta(days=7)
    program = APIClient(headers={"authorization": f"Token {made['token']}"})
    (listed,) = program.get(TOKENS).json()["results"]
    assert "token" not in listed
    assert listed["last_used_at"] is not None
    assert made["token"] not in str(listed)


def test_a_token_for_reading_writes_nothing() -> None:
    user = member(Role.OFFICER, "kent")
    program = APIClient(headers={"authorization": f"Token {issue_token(user, scope=TokenScope.READ)[1]}"})
    assert program.get("/api/v1/tracked-findings/").status_code == 200
    for method, where in (("post", "status-changes/"), ("patch", "tracked-findings/1/"), ("delete", "tokens/current/")):
        answer = getattr(program, method)(f"/api/v1/{where}", {})
        assert (answer.status_code, answer.json()["code"]) == (403, "token_reads_only")


def test_one_token_is_revoked_and_the_others_live_and_nobody_ends_anothers() -> None:
    user, other = member(Role.OFFICER, "kent"), member(Role.OFFICER, "kent")
    (one, first), (_, second), (foreign, _) = issue_token(user), issue_token(user), issue_token(other)
    program = APIClient(headers={"authorization": f"Token {second}"})
    assert program.delete(f"{TOKENS}{foreign.pk}/").status_code == 404
    assert program.delete(f"{TOKENS}{one.pk}/").status_code == 204
    assert APIClient(headers={"authorization": f"Token {first}"}).get(TOKENS).status_code == 401
    assert len(program.get(TOKENS).json()["results"]) == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"days": 0}, "days"), ({"days": 400}, "days"), ({"scope": "all"}, "scope"), ({"admin": 1}, "admin")],
)
def test_a_token_that_cannot_be_is_a_400_that_names_why(asked: dict[str, object], field: str) -> None:
    user = member(Role.OFFICER, "kent")
    response = APIClient().post(TOKENS, {"username": user.username, "password": PASSWORD, **asked})
    assert response.status_code == 400
    assert field in response.json()["errors"]


def test_a_person_has_only_so_many_tokens() -> None:
    user = member(Role.OFFICER, "kent")
    for _ in range(50):
        issue_token(user)
    response = APIClient().post(TOKENS, {"username": user.username, "password": PASSWORD})
    assert (response.status_code, response.json()["code"]) == (409, "too_many_tokens")


def test_a_person_switched_off_is_out_at_the_next_request() -> None:
    user = member(Role.OFFICER, "kent")
    _, token = issue_token(user)
    client = APIClient(headers={"authorization": f"Token {token}"})
    assert client.get("/api/v1/cycles/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/api/v1/cycles/").status_code == 401


def test_a_session_writes_only_with_its_csrf_token(officer: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(officer, backend="tracking.access.MembershipBackend")
    assert client.get("/api/v1/cycles/").status_code == 200
    assert client.post("/api/v1/status-changes/", {}).status_code == 403
