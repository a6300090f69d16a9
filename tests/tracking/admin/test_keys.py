"""A person's own keys on their own page: made, shown once, used, ended; never another's."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.factories import ForceFactory, member
from tracking.models import ApiToken, CalendarAddress, User, Webhook
from tracking.tokens import issue_token
from tracking.vocabulary import Role
from tracking.webhooks import subscribe

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def officer() -> User:
    return member(Role.OFFICER, ForceFactory())


@pytest.fixture
def page() -> str:
    return reverse("admin:keys")


def test_a_token_is_made_shown_once_and_revoked(officer: User, page: str, browser: SignIn) -> None:
    client = browser(officer)
    made = client.post(page, {"act": "token", "name": "Power BI", "scope": "read", "days": "90"})
    (secret,) = re.findall(r'class="secret">([^<]+)<', made.content.decode())
    assert "no-store" in made["Cache-Control"]
    program = APIClient(headers={"authorization": f"Token {secret}"})
    assert program.get("/api/v1/cycles/").status_code == 200
    again = client.get(page).content.decode()
    assert secret not in again
    assert "Power BI" in again
    assert client.post(page, {"act": "revoke", "id": ApiToken.objects.get().pk}).status_code == 302
    assert program.get("/api/v1/cycles/").status_code == 401


def test_a_token_that_cannot_be_says_why(officer: User, page: str, browser: SignIn) -> None:
    client = browser(officer)
    answer = client.post(page, {"act": "token", "name": "", "scope": "read", "days": "9000"}).content.decode()
    assert "This field is required." in answer
    assert "less than or equal to 366" in answer
    for _ in range(50):
        issue_token(officer)
    answer = client.post(page, {"act": "token", "name": "One more", "scope": "read", "days": "1"}).content.decode()
    assert "at most 50 tokens" in answer


def test_the_calendars_address_is_made_and_ended(officer: User, page: str, browser: SignIn) -> None:
    client = browser(officer)
    made = client.post(page, {"act": "calendar"}).content.decode()
    (address,) = re.findall(r'class="secret">([^<]+)<', made)
    assert Client().get(address).status_code == 200
    assert "last asked for" in client.get(page).content.decode()
    client.post(page, {"act": "end calendar"})
    assert not CalendarAddress.objects.exists()


def test_a_webhook_is_ended(officer: User, page: str, browser: SignIn) -> None:
    made = subscribe(officer, officer.memberships.get().force, "https://hooks.example/x")
    client = browser(officer)
    assert "https://hooks.example/x" in client.get(page).content.decode()
    client.post(page, {"act": "end webhook", "id": made.pk})
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("act", ["revoke", "end webhook"])
@pytest.mark.parametrize("given", ["own", "9" * 30, "", "x"])
def test_nobody_ends_anothers_key(act: str, given: str, officer: User, page: str, browser: SignIn) -> None:
    other = member(Role.OFFICER, officer.memberships.get().force)
    token, _ = issue_token(other)
    hook = subscribe(other, officer.memberships.get().force, "https://hooks.example/x")
    pk = {"revoke": token.pk, "end webhook": hook.pk}[act] if given == "own" else given
    assert browser(officer).post(page, {"act": act, "id": pk}).status_code == 404
    assert (ApiToken.objects.count(), Webhook.objects.count()) == (1, 1)
