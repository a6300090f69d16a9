"""The page of e-mails sent: what is uncertain or refused is shown to administrators, who decide; the person is told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import ForceFactory, member
from tracking.models import Digest, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST = "/admin/tracking/digest/"


@pytest.fixture
def officer() -> User:
    return member(Role.OFFICER, ForceFactory())


@pytest.fixture
def administrator() -> User:
    return member(Role.ADMINISTRATOR)


def digest(to: User, state: str, **values: object) -> Digest:
    ago = timezone.now() - timedelta(hours=1)
    whole = {"recipient": to, "state": state, "day": ago.date(), "claimed_at": ago, "address": to.email, **values}
    return Digest.objects.create(**whole)


def settle(row: Digest) -> str:
    return reverse("admin:tracking_digest_settle", args=[row.pk])


def test_what_is_uncertain_or_refused_is_shown_to_an_administrator_with_a_button(
    officer: User, administrator: User, browser: SignIn
) -> None:
    lost = digest(officer, "claimed")
    refused = digest(officer, "refused", kind="weekly", error="550 no such user")
    fine = digest(officer, "sent", kind="monthly")
    under_way = digest(officer, "claimed", kind="at_once", claimed_at=timezone.now())
    shown = browser(administrator).get(LIST).content.decode()
    assert "Handed over; not known whether it arrived" in shown
    assert "550 no such user" in shown
    assert "Being sent" in shown
    assert [settle(row) in shown for row in (lost, refused, fine, under_way)] == [True, True, False, False]
    for asked, found in (("yes", 2), ("uncertain", 1), ("refused", 1), ("other", 4)):
        page = browser(administrator).get(f"{LIST}?decide={asked}")
        assert page.context["cl"].result_count == found, asked


@pytest.mark.parametrize(("decision", "state"), [("again", "failed"), ("dismiss", "dismissed")])
def test_an_administrator_decides_with_a_reason(
    decision: str, state: str, officer: User, administrator: User, browser: SignIn
) -> None:
    row = digest(officer, "claimed")
    client = browser(administrator)
    assert "ask the recipient" in client.get(settle(row)).content.decode()
    answer = client.post(settle(row), {"decision": decision, "reason": "They say that nothing came."})
    assert answer["Location"] == f"{LIST}?decide=yes"
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.reason) == (state, administrator, "They say that nothing came.")
    assert "They say that nothing came." in client.get(LIST).content.decode()


@pytest.mark.parametrize("asked", [{"decision": "again"}, {"reason": "So."}, {"decision": "again", "reason": "  "}])
def test_without_a_decision_and_a_reason_nothing_is_decided(
    asked: dict[str, str], officer: User, administrator: User, browser: SignIn
) -> None:
    row = digest(officer, "claimed")
    assert browser(administrator).post(settle(row), asked).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.reason) == ("claimed", "")


def test_what_was_sent_offers_no_decision_and_takes_none(officer: User, administrator: User, browser: SignIn) -> None:
    row = digest(officer, "sent")
    client = browser(administrator)
    page = client.get(settle(row)).content.decode()
    assert "There is nothing to decide" in page
    assert 'name="decision"' not in page
    answer = client.post(settle(row), {"decision": "again", "reason": "Again."})
    assert "nothing to decide about this e-mail any more" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "sent"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER, Role.SIGNATORY, Role.NATIONAL])
def test_nobody_else_decides(role: Role, officer: User, browser: SignIn) -> None:
    row = digest(officer, "claimed")
    other = member(role, ForceFactory() if role.is_of_a_force else None)
    for person in (officer, other):
        client = browser(person)
        assert client.get(settle(row)).status_code == 403
        assert client.post(settle(row), {"decision": "dismiss", "reason": "x"}).status_code == 403
        assert client.get(LIST).status_code == 403
    row.refresh_from_db()
    assert row.state == "claimed"


@pytest.mark.parametrize("page", ["/admin/", "/admin/preferences/"])
def test_whom_no_e_mail_reaches_is_told_so_where_they_work(page: str, officer: User, browser: SignIn) -> None:
    client = browser(officer)
    assert "No e-mail reaches you" not in client.get(page).content.decode()
    digest(officer, "refused")
    told = client.get(page).content.decode()
    assert "No e-mail reaches you" in told
    assert officer.email in told
    User.objects.filter(pk=officer.pk).update(email="mended@force.example")
    assert "No e-mail reaches you" not in client.get(page).content.decode()
