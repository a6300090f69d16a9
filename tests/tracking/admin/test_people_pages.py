"""Inviting, first and forgotten passwords, roles on a person's page, who can do what: the pages, by each role and by nobody."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.cache.backends.locmem import LocMemCache
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from findings.models import Force
from tests.factories import ForceFactory, member
from tests.two_forces import everyone
from tracking import account_mail, people
from tracking.access import ROLES_FOR, Act
from tracking.admin.people import _digest
from tracking.models import Membership, User, Webhook
from tracking.people import Account, Post
from tracking.tokens import issue_token
from tracking.vocabulary import Role
from tracking.webhooks import subscribe
from tracking.who import headings, own_roles

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

INVITE, WHO, FORGOTTEN = "/admin/tracking/user/invite/", "/admin/tracking/user/who/", "/admin/password_reset/"
OLD, NEW = "a long enough password", "another long password"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/admin/(?:invited|reset)/\S+/)\n")


@pytest.fixture
def administrator() -> User:
    return member(Role.ADMINISTRATOR)


@pytest.fixture
def kent() -> Force:
    return ForceFactory(slug="kent")


@pytest.fixture
def invited(administrator: User, kent: Force) -> User:
    """Somebody who has an invitation, in mail.outbox, and no password yet."""
    made = people.invite(Account("new@force.example", "New", "Officer"), [Post(Role.OFFICER, kent)], administrator)
    return people.send_invitation(made.pk, administrator)


@pytest.fixture(autouse=True)
def own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are counted for this test alone."""
    monkeypatch.setattr(account_mail, "caches", {"throttles": LocMemCache(uuid4().hex, {})})


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A mail server that is away; holds what it was given."""
    given: list[str] = []

    def refuse(_: Any, messages: list[Any]) -> None:
        given.extend(message.body for message in messages)
        raise SMTPServerDisconnected("away")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", refuse)
        yield given


def asked(kent: Force, **values: str) -> dict[str, str]:
    """What the page of inviting sends: an officer of Kent."""
    rows = {"roles-TOTAL_FORMS": "1", "roles-INITIAL_FORMS": "0", "roles-0-role": "officer"}
    who = {"email": "new@force.example", "first_name": "New", "last_name": "Officer", "username": ""}
    return {**rows, **who, "roles-0-force": str(kent.pk), **values}


def link_in(letter: Any) -> str:
    """The path of the one link of a letter."""
    (path,) = LINK.findall(letter.body)
    return str(path)


def answered(client: Client, path: str, password: str = NEW) -> Any:
    """Opens a link, sends a password; the page that comes."""
    form = client.get(path, follow=True)
    if "new_password1" not in form.content.decode():
        return form
    where = form.request["PATH_INFO"]
    return client.post(where, {"new_password1": password, "new_password2": password}, follow=True)


def posted() -> None:
    """Waits until the letters that were asked for are on their way."""
    account_mail._POSTMAN.submit(lambda: None).result()


def signs_in(username: str, password: str) -> bool:
    client = Client()
    client.post("/admin/login/", {"username": username, "password": password})
    return "_auth_user_id" in client.session


# --- Inviting


@pytest.mark.parametrize("route", ["invite/", "add/", "{pk}/invite-again/", "", "{pk}/change/"])
def test_only_administrators_come_to_the_pages_about_accounts(
    route: str, kent: Force, invited: User, browser: SignIn
) -> None:
    where = "/admin/tracking/user/" + route.format(pk=invited.pk)
    before = mail.outbox[:]
    for role, person in everyone(kent).items():
        client = browser(person)
        expected = 200 if role == "administrator" else 403
        assert client.get(where).status_code == expected, role
        if role != "administrator":
            assert client.post(where, asked(kent, email="x@force.example")).status_code == 403
    assert Client().get(where)["Location"].startswith("/admin/login/")
    assert Client().post(where, asked(kent, email="x@force.example"))["Location"].startswith("/admin/login/")
    assert mail.outbox == before
    assert not User.objects.filter(email="x@force.example").exists()


def test_from_the_invitation_to_the_first_sign_in(administrator: User, kent: Force, browser: SignIn) -> None:
    client = browser(administrator)
    answer = client.post(INVITE, asked(kent), follow=True)
    assert "New Officer is invited: a letter has gone to new@force.example." in answer.content.decode()
    user = User.objects.get(email="new@force.example")
    assert answer.request["PATH_INFO"] == f"/admin/tracking/user/{user.pk}/change/"
    (letter,) = mail.outbox
    assert letter.to == ["new@force.example"]
    assert letter.content_subtype == "plain"
    assert "Your username is\n\n  new\n" in letter.body
    assert "within 3 days; the link works once" in letter.body
    assert not signs_in("new", "")
    guest = Client()
    page = guest.get(link_in(letter), follow=True)
    assert link_in(letter) not in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]
    answer = answered(guest, link_in(letter))
    assert answer.request["PATH_INFO"] == "/admin/login/"
    assert "Your password is set. Sign in with it." in answer.content.decode()
    assert "_auth_user_id" not in guest.session
    assert signs_in("new", NEW)


def test_the_link_works_once(invited: User) -> None:
    path = link_in(mail.outbox[0])
    assert answered(Client(), path).request["PATH_INFO"] == "/admin/login/"
    answer = answered(Client(), path, "a third long password").content.decode()
    assert "The link has been used, has ended, or is not whole." in answer
    assert "Ask an administrator of the service to send you the invitation again." in answer
    assert signs_in("new", NEW)


def test_two_who_opened_the_link_set_one_password(invited: User) -> None:
    path = link_in(mail.outbox[0])
    first, second = Client(), Client()
    form = first.get(path)["Location"]
    assert second.get(path)["Location"] == form
    new = {"new_password1": NEW, "new_password2": NEW}
    assert first.post(form, new)["Location"] == "/admin/login/"
    assert "The link has been used" in second.post(form, dict.fromkeys(new, f"{NEW}2")).content.decode()
    assert signs_in("new", NEW)


@pytest.mark.parametrize(
    ("after", "holds"), [(timedelta(days=3, seconds=-5), True), (timedelta(days=3, seconds=5), False)]
)
def test_the_link_ends_after_three_days(after: timedelta, holds: bool, administrator: User, kent: Force) -> None:
    with time_machine.travel("2024-05-01T12:00:00Z", tick=False) as clock:
        made = people.invite(Account("new@force.example"), [Post(Role.OFFICER, kent)], administrator)
        people.send_invitation(made.pk, administrator)
        clock.shift(after)
        shown = Client().get(link_in(mail.outbox[0]), follow=True).content.decode()
    assert ("Choose a password" in shown) is holds
    assert ("The link has been used, has ended, or is not whole." in shown) is not holds


def test_a_link_that_is_none_says_nothing_of_whether_there_is_an_account(invited: User, kent: Force) -> None:
    """Of nobody, of somebody with a password, of somebody switched off, with another's token, torn: one answer."""
    _, uid, token = link_in(mail.outbox[0]).rsplit("/", 3)[0:3]
    off = member(Role.VIEWER, kent, is_active=False)
    has = member(Role.VIEWER, kent)
    uids = [uid, *(account_mail.urlsafe_base64_encode(str(pk).encode()) for pk in (off.pk, has.pk, 10**6, "x"))]
    answers = {Client().get(f"/admin/invited/{one}/{token[:-1]}/").content for one in uids}
    answers |= {Client().get(f"/admin/invited/{one}/{token}/").content for one in uids[1:]}
    answers |= {Client().get(f"/admin/invited/{one}/set-password/").content for one in [*uids, "%00", "9" * 40]}
    assert len(answers) == 1
    assert b"New Officer" not in answers.pop()


def test_the_link_of_who_is_switched_off_does_not_hold(administrator: User, invited: User) -> None:
    people.deactivate(invited.pk, administrator)
    assert "The link has been used" in answered(Client(), link_in(mail.outbox[0])).content.decode()


def test_an_invitation_is_no_way_to_replace_a_password(invited: User) -> None:
    reset = link_in(mail.outbox[0]).replace("/invited/", "/reset/")
    assert "The link has been used" in Client().get(reset, follow=True).content.decode()


def test_a_password_that_is_none_is_asked_for_again(invited: User) -> None:
    client, path = Client(), link_in(mail.outbox[0])
    assert "too short" in answered(client, path, "short").content.decode()
    assert answered(client, path).request["PATH_INFO"] == "/admin/login/"


def test_the_invitation_is_sent_again_and_the_old_link_ends(
    administrator: User, invited: User, browser: SignIn
) -> None:
    client = browser(administrator)
    again = f"/admin/tracking/user/{invited.pk}/invite-again/"
    assert again in client.get(f"/admin/tracking/user/{invited.pk}/change/").content.decode()
    assert "Send to new@force.example" in client.get(again).content.decode()
    assert len(mail.outbox) == 1
    assert "has gone to new@force.example again" in client.post(again, follow=True).content.decode()
    first, second = (link_in(letter) for letter in mail.outbox)
    assert "The link has been used" in answered(Client(), first).content.decode()
    assert answered(Client(), second).request["PATH_INFO"] == "/admin/login/"
    assert again not in client.get(f"/admin/tracking/user/{invited.pk}/change/").content.decode()
    assert "has set a password already" in client.post(again).content.decode()
    assert client.get("/admin/tracking/user/999999/invite-again/").status_code == 404
    assert len(mail.outbox) == 2


def test_where_the_mail_server_refuses_the_account_stays_and_the_link_is_nowhere(
    administrator: User, kent: Force, browser: SignIn, refusing: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    client = browser(administrator)
    with caplog.at_level(logging.DEBUG):
        made = client.post(INVITE, asked(kent), follow=True)
        user = User.objects.get(email="new@force.example")
        again = client.post(f"/admin/tracking/user/{user.pk}/invite-again/")
    for answer in (made, again):
        shown = answer.content.decode()
        assert "The mail server did not take the invitation" in shown
        assert "The account stays" in shown
        assert "/admin/invited/" not in shown
    assert len(refusing) == 2
    assert all("/admin/invited/" in body for body in refusing)
    assert "/invited/" not in caplog.text
    assert user.memberships.get().role == "officer"


def test_what_is_refused_stands_beside_what_was_entered(administrator: User, kent: Force, browser: SignIn) -> None:
    client = browser(administrator)
    for values, said in (
        ({"email": administrator.email.upper()}, "has an account with this address already"),
        ({"username": administrator.username}, "Another account has this username"),
        ({"email": "x"}, "Enter a valid email address."),
        ({"username": "a b"}, "Enter a valid username."),
        ({"roles-0-force": ""}, "Say in which force"),
        ({"roles-0-role": "national"}, "Leave the force empty"),
        ({"roles-0-role": ""}, "This field is required."),
        ({"roles-0-role": "root"}, "Select a valid choice"),
        ({"roles-TOTAL_FORMS": "2", "roles-1-role": "officer", "roles-1-force": str(kent.pk)}, "The same role twice"),
    ):
        shown = client.post(INVITE, asked(kent, **values)).content.decode()
        assert said in shown, values
        assert 'value="New"' in shown
    assert (User.objects.count(), mail.outbox) == (1, [])


def test_one_more_role_keeps_what_was_entered_and_proposes_a_username(
    administrator: User, kent: Force, browser: SignIn
) -> None:
    client = browser(administrator)
    shown = client.post(INVITE, asked(kent, more="One more role")).content.decode()
    assert 'name="roles-TOTAL_FORMS" value="2"' in shown
    assert 'name="username" value="new"' in shown
    assert f'<option value="{kent.pk}" selected>' in shown
    assert "This field is required." not in shown
    assert (User.objects.count(), mail.outbox) == (1, [])
    two = {"roles-TOTAL_FORMS": "2", "roles-1-role": "national", "roles-1-force": ""}
    client.post(INVITE, asked(kent, **two))
    assert set(User.objects.get(username="new").memberships.values_list("role", "force__slug")) == {
        ("officer", "kent"),
        ("national", None),
    }


def test_rows_of_roles_may_stay_empty_but_the_first(administrator: User, kent: Force, browser: SignIn) -> None:
    """As the page itself sends them, with its own count of rows."""
    client = browser(administrator)
    page = client.post(INVITE, asked(kent, more="One more role")).content.decode()
    counts = dict(re.findall(r'name="(roles-\w+_FORMS)" value="(\d+)"', page))
    assert counts["roles-TOTAL_FORMS"] == "2"
    blank = {"roles-1-role": "", "roles-1-force": ""}
    empty = client.post(INVITE, asked(kent, **{**counts, **blank, "roles-0-role": "", "roles-0-force": ""}))
    assert empty.content.decode().count("This field is required.") == 1
    client.post(INVITE, asked(kent, **{**counts, **blank}))
    assert User.objects.get(username="new").memberships.get().role == "officer"


# --- A forgotten password


def test_a_forgotten_password_is_replaced_and_programs_are_out(kent: Force, browser: SignIn) -> None:
    user = member(Role.OFFICER, kent)
    _, token = issue_token(user)
    subscribe(user, kent, "https://hooks.example/x")
    session = browser(user)
    assert FORGOTTEN in Client().get("/admin/login/").content.decode()
    Client().post(FORGOTTEN, {"email": user.email.upper()})
    posted()
    (letter,) = mail.outbox
    assert letter.to == [user.email]
    answer = answered(Client(), link_in(letter))
    assert "Your password is set" in answer.content.decode()
    assert (signs_in(user.username, OLD), signs_in(user.username, NEW)) == (False, True)
    program = APIClient(headers={"authorization": f"Token {token}"})
    assert program.get("/api/v1/cycles/").status_code == 401
    assert not Webhook.objects.exists()
    assert session.get("/admin/")["Location"].startswith("/admin/login/")
    assert "The link has been used" in answered(Client(), link_in(letter)).content.decode()


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(kent: Force, invited: User) -> None:
    off, known = member(Role.VIEWER, kent, is_active=False), member(Role.VIEWER, kent)
    mail.outbox.clear()
    answers = []
    for email in (known.email, off.email, invited.email, "nobody@force.example", known.email):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = Client().post(FORGOTTEN, {"email": email})
        done = Client().get(answer["Location"]).content
        answers.append((answer.status_code, answer["Location"], done, len(queries)))
    assert len(set(answers)) == 1
    posted()
    assert [letter.to for letter in mail.outbox] == [[known.email]]  # once in five minutes, and to nobody else


def test_another_letter_comes_after_five_minutes(kent: Force) -> None:
    user = member(Role.VIEWER, kent)
    with time_machine.travel("2024-05-01T12:00:00Z", tick=False) as clock:
        for seconds, letters in ((0, 1), (299, 1), (2, 2)):
            clock.shift(seconds)
            Client().post(FORGOTTEN, {"email": user.email})
            posted()
            assert len(mail.outbox) == letters


def test_the_letter_leads_to_the_service_whatever_the_request_calls_it(kent: Force, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(FORGOTTEN, {"email": member(Role.VIEWER, kent).email}, headers={"host": "evil.example"})
    posted()
    assert "evil" not in mail.outbox[0].body
    assert link_in(mail.outbox[0])


def test_a_mail_server_that_is_away_changes_no_answer_and_logs_no_link(
    kent: Force, refusing: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = Client().post(FORGOTTEN, {"email": member(Role.VIEWER, kent).email})
        posted()
    assert answer["Location"] == "/admin/password_reset/done/"
    assert len(refusing) == 1
    assert "was not accepted" in caplog.text
    assert "/reset/" not in caplog.text


def test_a_fault_in_sending_is_logged_without_its_words(
    kent: Force, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("http://127.0.0.1:8000/admin/reset/x/y/")

    monkeypatch.setattr(account_mail, "render_to_string", fail)
    Client().post(FORGOTTEN, {"email": member(Role.VIEWER, kent).email})
    posted()
    assert "letters about passwords were not sent: RuntimeError" in caplog.text
    assert "/reset/" not in caplog.text


def test_the_link_of_a_forgotten_password_does_not_hold_once_switched_off(administrator: User, kent: Force) -> None:
    user = member(Role.VIEWER, kent)
    Client().post(FORGOTTEN, {"email": user.email})
    posted()
    people.deactivate(user.pk, administrator)
    assert "The link has been used" in answered(Client(), link_in(mail.outbox[0])).content.decode()


# --- A person's page


def page_of(user: User, **values: str) -> dict[str, str]:
    """What a person's page sends when nothing is changed, and `values`."""
    rows = user.memberships.order_by("pk")
    sent = {f"memberships-{place}-id": str(row.pk) for place, row in enumerate(rows)}
    sent |= {f"memberships-{place}-user": str(user.pk) for place in range(len(rows))}
    words = {name: getattr(user, name) for name in ("username", "first_name", "last_name", "email")}
    counts = {"memberships-TOTAL_FORMS": str(len(rows)), "memberships-INITIAL_FORMS": str(len(rows))}
    return {**sent, **words, **counts, "is_active": "on", "seen": _digest(user), **values}


def saved(client: Client, user: User, **values: str) -> str:
    """The page that comes when a person's page is sent."""
    sent = {name: value for name, value in page_of(user, **values).items() if value != "off"}
    return client.post(f"/admin/tracking/user/{user.pk}/change/", sent, follow=True).content.decode()


def test_a_persons_page_speaks_plain_english(administrator: User, kent: Force, browser: SignIn) -> None:
    client = browser(administrator)
    user = member(Role.VIEWER, kent)
    page = client.get(f"/admin/tracking/user/{user.pk}/change/").content.decode()
    for said in ("Role", "In which force", "Leave the force empty for national user and administrator.", "May sign in"):
        assert said in page
    assert "Add another Role" in page
    lists = [client.get(f"/admin/tracking/{name}/").content.decode() for name in ("user", "membership")]
    give = client.get("/admin/tracking/membership/add/").content.decode()
    for shown in (page, give, *lists):
        assert not re.search(r"membership\b(?![-/_])|\buser to change|Select (user|person|role) to", strip(shown), re.I)
        assert "<style" not in shown
        assert not re.search(r' (style|onclick)="', shown)
    assert "Invite somebody" in lists[0]
    assert "<h1>Invite somebody</h1>" in client.get("/admin/tracking/user/add/").content.decode()


def strip(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"<[^>]*>", " ", page)


def test_a_role_is_given_and_taken_on_the_persons_page(administrator: User, kent: Force, browser: SignIn) -> None:
    client, user = browser(administrator), member(Role.VIEWER, kent)
    new = {"memberships-TOTAL_FORMS": "2", "memberships-1-role": "officer", "memberships-1-force": str(kent.pk)}
    saved(client, user, **new, **{"memberships-0-DELETE": "on"})
    assert set(user.memberships.values_list("role", "force__slug")) == {("officer", "kent")}
    assert user.memberships.get().pk


@pytest.mark.parametrize(
    ("role", "force", "said"),
    [
        ("viewer", "kent", "The same role twice"),
        ("officer", "", "Say in which force"),
        ("national", "kent", "Leave the force empty"),
        ("", "kent", "This field is required."),
    ],
)
def test_a_role_that_does_not_fit_is_said_in_plain_words(
    role: str, force: str, said: str, administrator: User, kent: Force, browser: SignIn
) -> None:
    user = member(Role.VIEWER, kent)
    chosen = str(kent.pk) if force else ""
    new = {"memberships-TOTAL_FORMS": "2", "memberships-1-role": role, "memberships-1-force": chosen}
    assert said in saved(browser(administrator), user, **new)
    given = {"user": str(user.pk), "role": role, "force": chosen}
    assert said in browser(administrator).post("/admin/tracking/membership/add/", given).content.decode()
    assert user.memberships.get().role == "viewer"


def test_two_new_rows_alike_are_one_too_many(administrator: User, kent: Force, browser: SignIn) -> None:
    user = member(Role.VIEWER, kent)
    new = {"memberships-TOTAL_FORMS": "3", "memberships-1-role": "national", "memberships-2-role": "national"}
    assert "The same role twice" in saved(browser(administrator), user, **new)
    assert user.memberships.count() == 1


def test_a_role_that_is_there_does_not_become_another(administrator: User, kent: Force, browser: SignIn) -> None:
    user = member(Role.VIEWER, kent)
    saved(browser(administrator), user, **{"memberships-0-role": "administrator", "memberships-0-force": ""})
    row = user.memberships.get()
    where = f"/admin/tracking/membership/{row.pk}/change/"
    changed = browser(administrator).post(where, {"user": user.pk, "role": "administrator", "force": ""})
    assert changed.status_code == 403
    row.refresh_from_db()
    assert row.role == "viewer"


def test_roles_by_themselves_are_given_and_taken(administrator: User, kent: Force, browser: SignIn) -> None:
    client, user = browser(administrator), member(Role.VIEWER, kent)
    client.post("/admin/tracking/membership/add/", {"user": user.pk, "role": "officer", "force": kent.pk})
    made = user.memberships.get(role="officer")
    client.post(f"/admin/tracking/membership/{made.pk}/delete/", {"post": "yes"})
    assert user.memberships.get().role == "viewer"


def test_an_administrator_keeps_their_own_role_on_every_page(administrator: User, browser: SignIn) -> None:
    member(Role.ADMINISTRATOR)
    client, own = browser(administrator), administrator.memberships.get()
    said = "Nobody takes their own role of administrator away"
    assert said in saved(client, administrator, **{"memberships-0-DELETE": "on"})
    where = f"/admin/tracking/membership/{own.pk}/delete/"
    assert said in client.post(where, {"post": "yes"}, follow=True).content.decode()
    every = {"action": "delete_selected", "_selected_action": own.pk, "post": "yes"}
    client.post("/admin/tracking/membership/", every)
    assert "Nobody switches their own account off" in saved(client, administrator, is_active="off")
    assert Membership.objects.filter(pk=own.pk).exists()
    assert User.objects.get(pk=administrator.pk).is_active


def test_switching_off_and_on_goes_through_the_rules(administrator: User, kent: Force, browser: SignIn) -> None:
    client, user = browser(administrator), member(Role.OFFICER, kent)
    _, token = issue_token(user)
    saved(client, user, is_active="off", first_name="Kim")
    off = User.objects.get(pk=user.pk)
    assert (off.is_active, off.has_usable_password(), off.first_name) == (False, False, "Kim")
    assert APIClient(headers={"authorization": f"Token {token}"}).get("/api/v1/cycles/").status_code == 401
    saved(client, off)
    on = User.objects.get(pk=user.pk)
    assert (on.is_active, on.has_usable_password()) == (True, False)
    assert "invite-again" in client.get(f"/admin/tracking/user/{user.pk}/change/").content.decode()


def test_the_last_administrator_is_kept_by_the_page_as_well(administrator: User, browser: SignIn) -> None:
    client, asking = browser(administrator), administrator
    last = member(Role.ADMINISTRATOR)
    asking.password = "!none"
    User.objects.filter(pk=asking.pk).update(password=asking.password)
    client.force_login(asking, backend="tracking.access.MembershipBackend")
    assert "is the last administrator who can sign in" in saved(client, last, is_active="off")
    assert "is the last administrator who can sign in" in saved(client, last, **{"memberships-0-DELETE": "on"})
    assert people.administrators().count() == 2


def test_an_address_or_username_of_another_is_refused_on_the_page(
    administrator: User, kent: Force, browser: SignIn
) -> None:
    user = member(Role.VIEWER, kent)
    said = saved(browser(administrator), user, email=administrator.email.upper())
    assert "has an account with this address already" in said
    said = saved(browser(administrator), user, username=administrator.username.upper())
    assert "Another account has this username" in said


def test_a_password_is_set_by_hand_and_never_taken_away(administrator: User, kent: Force, browser: SignIn) -> None:
    client, user = browser(administrator), member(Role.VIEWER, kent)
    where = f"/admin/tracking/user/{user.pk}/password/"
    assert 'name="usable_password"' not in client.get(where).content.decode()
    sent = {"password1": "", "password2": "", "usable_password": "false", "unset-password": "1"}
    assert client.post(where, sent).status_code == 200
    assert signs_in(user.username, OLD)
    client.post(where, {"password1": NEW, "password2": NEW})
    assert signs_in(user.username, NEW)


# --- Who can do what


def table(client: Client, query: str = "") -> list[list[str]]:
    """The rows of the page, cell by cell."""
    answer = client.get(WHO + query)
    assert answer.status_code == 200
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", answer.content.decode(), re.S)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows)
    return [[re.sub(r"\s+", " ", strip(cell)).strip() for cell in row] for row in cells]


def test_the_page_opens_for_who_may_ask(kent: Force, browser: SignIn) -> None:
    codes = {role: browser(person).get(WHO).status_code for role, person in everyone(kent).items()}
    assert codes == {"viewer": 403, "officer": 200, "signatory": 200, "national": 403, "administrator": 200}
    assert Client().get(WHO)["Location"].startswith("/admin/login/")


def test_what_each_may_do_is_what_the_rules_let_them(administrator: User, kent: Force, browser: SignIn) -> None:
    everyone(kent)
    shown = {row[1]: dict(zip(headings(), row[3:], strict=True)) for row in table(browser(administrator))}
    here = kent.name
    no = dict.fromkeys(headings(), "no")
    assert shown[f"Viewer, {here}"] == {**no, "read": f"{here} (viewer)"}
    officer = ("read", "record", "decide on verdicts", "change statuses", "take reports in")
    assert shown[f"Officer, {here}"] == {**no, **dict.fromkeys(officer, f"{here} (officer)")}
    signatory = ("read", "change statuses", "sign off")
    assert shown[f"Signatory, {here}"] == {**no, **dict.fromkeys(signatory, f"{here} (signatory)")}
    assert shown["National, every force"] == {**no, "read": "every force (national)"}
    administers = ("take reports in", "administer people and reference data")
    everywhere = dict.fromkeys(administers, "every force (administrator)")
    assert shown["Administrator, every force"] == {**no, **everywhere}


def test_a_change_of_the_rules_is_a_change_of_the_page(
    kent: Force, administrator: User, browser: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(Role.VIEWER, kent)
    monkeypatch.setitem(ROLES_FOR, Act.SIGN_OFF, {Role.VIEWER})
    (row,) = table(browser(administrator), "?force=kent")
    assert row[3 + headings().index("sign off")] == f"{kent.name} (viewer)"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SIGNATORY])
def test_who_is_of_a_force_sees_its_people_alone_and_what_they_are_there(
    role: Role, kent: Force, browser: SignIn
) -> None:
    asker, elsewhere = member(role, kent), ForceFactory(slug="essex")
    everyone(elsewhere)
    both = member(Role.VIEWER, kent, last_name="Both")
    Membership.objects.create(user=both, force=elsewhere, role="signatory")
    Membership.objects.create(user=both, role="administrator")
    client = browser(asker)
    rows = table(client)
    assert {row[1] for row in rows} == {f"{role.label}, {kent.name}", f"Viewer, {kent.name}"}
    whole = client.get(WHO).content.decode()
    assert elsewhere.name not in whole
    assert "@" not in whole
    assert "/admin/tracking/user/" + str(both.pk) not in whole
    refused = client.get(f"{WHO}?force=essex").content.decode()
    assert "Select a valid choice" in refused
    assert table(client, "?force=essex") == table(client, "?force=nowhere") == []


def test_an_officer_here_and_viewer_there_sees_the_people_of_here(kent: Force, browser: SignIn) -> None:
    asker, there = member(Role.OFFICER, kent, last_name="Asker"), ForceFactory()
    Membership.objects.create(user=asker, force=there, role="viewer")
    member(Role.SIGNATORY, there, last_name="Elsewhere")
    (row,) = table(browser(asker))
    assert row[:2] == ["Asker", f"Officer, {kent.name}"]


def test_switched_off_accounts_stand_apart(administrator: User, kent: Force, browser: SignIn) -> None:
    off = member(Role.OFFICER, kent, last_name="Gone")
    people.deactivate(off.pk, administrator)
    client = browser(member(Role.SIGNATORY, kent, last_name="Here"))
    assert [row[0] for row in table(client)] == ["Here"]
    assert [row[0] for row in table(client, "?show=off")] == ["Gone"]


def test_who_has_not_come_yet_and_who_has_no_role_are_told(invited: User, administrator: User, browser: SignIn) -> None:
    User.objects.create_user("nobody", password=OLD)
    rows = {row[0]: row for row in table(browser(administrator))}
    assert rows["New Officer"][2] == "never invited, no password yet"
    assert rows["nobody"][1] == "none: no page opens to them"


def test_who_was_made_on_the_command_line_is_shown_as_administrator(browser: SignIn) -> None:
    ((_, role, *_),) = table(browser(User.objects.create_superuser("root", password=OLD)))
    assert role == "Administrator, every force"


def test_fifty_people_are_on_a_page_in_a_constant_number_of_queries(
    kent: Force, administrator: User, browser: SignIn, django_assert_num_queries: Any
) -> None:
    client = browser(administrator)
    for _ in range(3):
        member(Role.VIEWER, kent)
    with django_assert_num_queries(7):  # session, person, roles, count, people, their roles, forces to choose from
        few = client.get(WHO)
    for _ in range(57):
        Membership.objects.create(user=member(Role.VIEWER, kent), force=kent, role="officer")
    with django_assert_num_queries(7):
        client.get(WHO)
    assert "page 1 of" not in few.content.decode()
    assert len(table(client)) == 50
    assert len(table(client, "?page=2")) == 11
    assert len(table(client, "?force=kent&page=2")) == 10
    assert "?force=kent&amp;page=2" in client.get(f"{WHO}?force=kent").content.decode()
    assert len(table(client, "?page=x")) == 50


# --- One's own roles


def test_own_roles_say_where_and_what(kent: Force) -> None:
    user = member(Role.OFFICER, kent)
    Membership.objects.create(user=user, role="national")
    shown = {(own.role, own.where): own for own in own_roles(user)}
    assert set(shown) == {("Officer", kent.name), ("National", "every force")}
    officer = shown["Officer", kent.name]
    assert officer.may == ("read", "record", "decide on verdicts", "change statuses", "take reports in")
    assert (officer.people_of, shown["National", "every force"].people_of) == ("kent", "")


def test_everybody_finds_their_own_roles(kent: Force, browser: SignIn) -> None:
    for role, person in everyone(kent).items():
        page = browser(person).get(reverse("admin:roles")).content.decode()
        assert "What you may do" in page
        assert f"<dt>{Role(role).label}</dt>" in page
        assert (f"{WHO}?force=kent" in page) is (role in {"officer", "signatory"})
    assert Client().get(reverse("admin:roles"))["Location"].startswith("/admin/login/")


def test_a_recipient_that_is_refused_is_a_letter_not_sent(
    administrator: User, kent: Force, browser: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise SMTPRecipientsRefused({"new@force.example": (550, b"no such mailbox")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert (
        "did not take the invitation" in browser(administrator).post(INVITE, asked(kent), follow=True).content.decode()
    )
