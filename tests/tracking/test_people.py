"""Who is invited, given a role, switched off: the rules, and two administrators who act at the same moment."""

import logging
import threading
from collections.abc import Callable
from smtplib import SMTPDataError, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from findings.models import Force
from tests.factories import ForceFactory, member, tracked_finding
from tracking import people
from tracking.account_mail import INVITATIONS, RESETS
from tracking.models import ApiToken, CalendarAddress, Membership, User, Webhook
from tracking.people import Account, NotSent, Post
from tracking.tokens import issue_calendar, issue_token
from tracking.vocabulary import Role
from tracking.webhooks import subscribe
from tracking.workflow import Refused

pytestmark = pytest.mark.django_db

ACCOUNT = Account("New.Officer@force.example", "New", "Officer")
PASSWORD = "a long enough password"


@pytest.fixture
def administrator() -> User:
    return member(Role.ADMINISTRATOR)


@pytest.fixture
def kent() -> Force:
    return ForceFactory(slug="kent")


def refused(write: Callable[..., Any], *asked: Any) -> str:
    """The code with which the rules refuse this."""
    with pytest.raises(Refused) as error:
        write(*asked)
    return error.value.code


def roles_of(user: User) -> set[tuple[str, str | None]]:
    return set(user.memberships.values_list("role", "force__slug"))


def test_who_is_invited_has_roles_and_no_password(administrator: User, kent: Force) -> None:
    made = people.invite(ACCOUNT, [Post(Role.OFFICER, kent), Post(Role.NATIONAL)], administrator)
    made = User.objects.get(pk=made.pk)
    assert (made.username, made.email, str(made)) == ("new.officer", "New.Officer@force.example", "New Officer")
    assert not made.has_usable_password()
    assert made.is_active
    assert not made.is_staff
    assert not made.is_superuser
    assert roles_of(made) == {("officer", "kent"), ("national", None)}
    assert mail.outbox == []  # that is told by send_invitation, once the account is stored


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (Account(""), "email_missing"),
        (Account("no address"), "account_invalid"),
        (Account("x@force.example", username="a b"), "account_invalid"),
        (Account("x@force.example", first_name="x" * 151), "account_invalid"),
        (Account("TAKEN@force.example"), "email_taken"),
        (Account("x@force.example", username="Taken"), "username_taken"),
    ],
)
def test_an_account_that_cannot_be_is_refused(account: Account, code: str, administrator: User, kent: Force) -> None:
    User.objects.create_user("taken", "taken@force.example")
    assert refused(people.invite, account, [Post(Role.VIEWER, kent)], administrator) == code
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("email", "proposed"),
    [
        ("Kim@force.example", "kim3"),
        ("o'brien+x@force.example", "obrien+x"),
        ("!@force.example", "person"),
        (f"{'x' * 200}@force.example", "x" * 140),
    ],
)
def test_a_username_is_proposed_that_is_free(email: str, proposed: str) -> None:
    User.objects.create_user("KIM")
    User.objects.create_user("kim2")
    assert people.propose_username(email) == proposed


@pytest.mark.parametrize(
    ("posts", "code"),
    [
        ([], "role_missing"),
        ([(Role.OFFICER, False)], "force_missing"),
        ([(Role.NATIONAL, True)], "force_too_many"),
        ([(Role.ADMINISTRATOR, True)], "force_too_many"),
        ([(Role.VIEWER, True), (Role.VIEWER, True)], "role_held"),
        ([(Role.NATIONAL, False), (Role.NATIONAL, False)], "role_held"),
    ],
)
def test_roles_that_do_not_fit_are_refused(
    posts: list[tuple[Role, bool]], code: str, administrator: User, kent: Force
) -> None:
    given = [Post(role, kent if of_a_force else None) for role, of_a_force in posts]
    assert refused(people.invite, ACCOUNT, given, administrator) == code
    assert not User.objects.filter(email=ACCOUNT.email).exists()


@pytest.mark.parametrize("post", [(Role.OFFICER, "kent"), (Role.ADMINISTRATOR, None)])
def test_a_role_is_given_once_and_taken(post: tuple[Role, str | None], administrator: User, kent: Force) -> None:
    user = member(Role.VIEWER, kent)
    given = Post(post[0], kent if post[1] else None)
    made = people.give_role(user.pk, given, administrator)
    assert roles_of(user) == {("viewer", "kent"), (post[0].value, post[1])}
    assert refused(people.give_role, user.pk, given, administrator) == "role_held"
    people.take_role(made.pk, administrator)
    assert roles_of(user) == {("viewer", "kent")}


def test_what_is_refused_is_said_in_plain_words(administrator: User, kent: Force) -> None:
    user = member(Role.VIEWER, kent)
    with pytest.raises(Refused, match=f"The same role twice: viewer of {kent.name}"):
        people.give_role(user.pk, Post(Role.VIEWER, kent), administrator)
    with pytest.raises(Refused, match="Say in which force: officer is a role in one force"):
        people.give_role(user.pk, Post(Role.OFFICER), administrator)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER, Role.SIGNATORY, Role.NATIONAL])
def test_who_is_no_administrator_changes_nobody(role: Role, kent: Force) -> None:
    by = member(role, kent if role.is_of_a_force else None)
    other = member(Role.VIEWER, kent)
    held = other.memberships.get()
    for write, asked in (
        (people.invite, (ACCOUNT, [Post(Role.ADMINISTRATOR)])),
        (people.send_invitation, (other.pk,)),
        (people.give_role, (by.pk, Post(Role.ADMINISTRATOR))),
        (people.take_role, (held.pk,)),
        (people.deactivate, (other.pk,)),
        (people.activate, (other.pk,)),
    ):
        assert refused(write, *asked, by) == "administrator_needed"
    assert (User.objects.count(), Membership.objects.count(), mail.outbox) == (2, 2, [])


def test_who_was_made_on_the_command_line_administers(kent: Force) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    last = member(Role.ADMINISTRATOR)
    people.deactivate(last.pk, root)
    assert refused(people.deactivate, root.pk, root) == "own_account"


def test_nobody_takes_their_own_role_of_administrator_nor_switches_themselves_off(
    administrator: User, kent: Force
) -> None:
    member(Role.ADMINISTRATOR)
    own = people.give_role(administrator.pk, Post(Role.OFFICER, kent), administrator)
    administering = administrator.memberships.get(role="administrator")
    assert refused(people.take_role, administering.pk, administrator) == "own_role"
    assert refused(people.deactivate, administrator.pk, administrator) == "own_account"
    people.take_role(own.pk, administrator)  # any other role of one's own
    assert roles_of(administrator) == {("administrator", None)}


@pytest.mark.parametrize("how", ["switched off", "invited", "no password"])
def test_the_last_administrator_who_can_sign_in_stays(how: str, administrator: User) -> None:
    """Only one who cannot sign in would be left: who asks is made to be that one."""
    asking = member(Role.ADMINISTRATOR)
    if how == "switched off":
        asking.is_active = False
    else:
        asking.set_unusable_password()
    asking.save()
    expected = "administrator_needed" if how == "switched off" else "last_administrator"
    assert refused(people.deactivate, administrator.pk, asking) == expected
    assert refused(people.take_role, administrator.memberships.get().pk, asking) == expected


def test_a_switched_off_administrator_loses_the_role_without_ado(administrator: User) -> None:
    gone = member(Role.ADMINISTRATOR)
    people.deactivate(gone.pk, administrator)
    people.take_role(gone.memberships.get().pk, administrator)
    assert roles_of(gone) == set()


def test_switching_off_ends_all_by_which_somebody_comes_in(
    administrator: User, kent: Force, browser: Callable[[User], Client]
) -> None:
    officer = member(Role.OFFICER, kent)
    tracked = tracked_finding(kent)
    tracked.owner = officer
    tracked.save()
    session = browser(officer)
    assert session.get("/admin/").status_code == 200
    _, token = issue_token(officer)
    _, calendar = issue_calendar(officer)
    subscribe(officer, kent, "https://hooks.example/x")
    reset = RESETS.make_token(officer)
    people.deactivate(officer.pk, administrator)
    left = User.objects.get(pk=officer.pk)
    assert session.get("/admin/")["Location"].startswith("/admin/login/")
    program = APIClient(headers={"authorization": f"Token {token}"})
    assert program.get("/api/v1/cycles/").status_code == 401
    assert APIClient().get(f"/api/v1/calendar.ics?key={calendar}").status_code == 401
    assert (ApiToken.objects.count(), CalendarAddress.objects.count(), Webhook.objects.count()) == (0, 0, 0)
    assert not left.has_usable_password()
    assert not RESETS.check_token(left, reset)
    tracked.refresh_from_db()
    assert tracked.owner == left  # history and work keep the name
    assert roles_of(left) == {("officer", "kent")}


def test_switched_on_again_old_sessions_and_links_stay_ended(
    administrator: User, kent: Force, browser: Callable[[User], Client]
) -> None:
    officer = member(Role.OFFICER, kent)
    session = browser(officer)
    invited = people.invite(ACCOUNT, [Post(Role.VIEWER, kent)], administrator)
    link, reset = INVITATIONS.make_token(invited), RESETS.make_token(officer)
    for user in (officer, invited):
        people.deactivate(user.pk, administrator)
        late = issue_token(user)[0]  # by a request that was under way
        people.activate(user.pk, administrator)
        assert not ApiToken.objects.filter(pk=late.pk).exists()
    assert session.get("/admin/")["Location"].startswith("/admin/login/")
    assert not INVITATIONS.check_token(User.objects.get(pk=invited.pk), link)
    assert not RESETS.check_token(User.objects.get(pk=officer.pk), reset)
    people.send_invitation(officer.pk, administrator)
    assert len(mail.outbox) == 1


def test_each_invitation_ends_the_one_before(administrator: User, kent: Force) -> None:
    invited = people.invite(ACCOUNT, [Post(Role.VIEWER, kent)], administrator)
    first = INVITATIONS.make_token(people.send_invitation(invited.pk, administrator))
    second = INVITATIONS.make_token(people.send_invitation(invited.pk, administrator))
    now = User.objects.get(pk=invited.pk)
    assert (INVITATIONS.check_token(now, first), INVITATIONS.check_token(now, second)) == (False, True)


def test_a_link_of_one_kind_is_none_of_the_other(kent: Force) -> None:
    has, has_none = member(Role.VIEWER, kent), User.objects.create_user("none", "none@force.example")
    for user in (has, has_none):
        assert not INVITATIONS.check_token(user, RESETS.make_token(user))
        assert not RESETS.check_token(user, INVITATIONS.make_token(user))
    assert not INVITATIONS.check_token(has, INVITATIONS.make_token(has))
    assert not RESETS.check_token(has_none, RESETS.make_token(has_none))
    assert not INVITATIONS.check_token(None, "x")


def test_no_link_holds_for_an_account_that_is_off_however_it_came_to_be(kent: Force) -> None:
    has, has_none = member(Role.VIEWER, kent), User.objects.create_user("none", "none@force.example")
    for tokens, user in ((RESETS, has), (INVITATIONS, has_none)):
        link = tokens.make_token(user)
        assert tokens.check_token(user, link)
        user.is_active = False
        assert not tokens.check_token(user, link)


@pytest.mark.parametrize("case", ["has a password", "switched off", "no address"])
def test_an_invitation_goes_to_nobody_else(case: str, administrator: User, kent: Force) -> None:
    user = member(Role.VIEWER, kent)
    if case != "has a password":
        user.set_unusable_password()
    user.is_active = case != "switched off"
    user.email = "" if case == "no address" else user.email
    user.save()
    expected = {"has a password": "has_password", "switched off": "switched_off", "no address": "email_missing"}
    assert refused(people.send_invitation, user.pk, administrator) == expected[case]
    assert mail.outbox == []
    assert User.objects.get(pk=user.pk).password == user.password


@pytest.mark.parametrize(
    "error", [SMTPServerDisconnected("away"), SMTPDataError(550, b"refused: /admin/invited/"), ValueError("address")]
)
def test_a_refused_letter_leaves_the_account_and_no_link_in_the_log(
    error: Exception,
    administrator: User,
    kent: Force,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: Any) -> None:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    invited = people.invite(ACCOUNT, [Post(Role.VIEWER, kent)], administrator)
    with caplog.at_level(logging.DEBUG), pytest.raises(NotSent, match="The mail server did not take the invitation"):
        people.send_invitation(invited.pk, administrator)
    assert User.objects.filter(pk=invited.pk, memberships__role="viewer").exists()
    assert "was not accepted" in caplog.text
    assert "invited/" not in caplog.text
    assert str(error) not in caplog.text


def test_a_password_is_set_once_for_one_link(kent: Force) -> None:
    user = User.objects.create_user("none", "none@force.example")
    link = INVITATIONS.make_token(user)

    def still_may(now: User) -> bool:
        return INVITATIONS.check_token(now, link)

    people.set_password(user.pk, PASSWORD, still_may)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert refused(people.set_password, user.pk, "another long password", still_may) == "link_ended"
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def at_once(*asked: Callable[[], Any]) -> list[str]:
    """What came of each of these, begun at the same moment: done, or the code with which it was refused."""
    barrier, answers = threading.Barrier(len(asked)), []

    def one(write: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            write()
            answers.append("done")
        except Refused as error:
            answers.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(write,)) for write in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.parametrize("how", ["roles", "accounts", "both"])
def test_two_administrators_cannot_take_each_other_away(how: str, committed: None) -> None:
    first, second = member(Role.ADMINISTRATOR), member(Role.ADMINISTRATOR)
    roles = [user.memberships.get().pk for user in (first, second)]
    asked = {
        "roles": [lambda: people.take_role(roles[1], first), lambda: people.take_role(roles[0], second)],
        "accounts": [lambda: people.deactivate(second.pk, first), lambda: people.deactivate(first.pk, second)],
        "both": [lambda: people.take_role(roles[1], first), lambda: people.deactivate(first.pk, second)],
    }
    assert at_once(*asked[how]) == ["administrator_needed", "done"]
    assert people.administrators().count() == 1


def test_one_address_is_invited_once(committed: None) -> None:
    first, second, kent = member(Role.ADMINISTRATOR), member(Role.ADMINISTRATOR), ForceFactory()
    posts = [Post(Role.VIEWER, kent)]
    answers = at_once(
        lambda: people.invite(Account("x@force.example", username="a"), posts, first),
        lambda: people.invite(Account("X@force.example", username="b"), posts, second),
    )
    assert answers == ["done", "email_taken"]


def test_the_same_role_is_given_once(committed: None) -> None:
    first, second, user = member(Role.ADMINISTRATOR), member(Role.ADMINISTRATOR), User.objects.create_user("x")
    post = Post(Role.VIEWER, ForceFactory())
    answers = at_once(lambda: people.give_role(user.pk, post, first), lambda: people.give_role(user.pk, post, second))
    assert answers == ["done", "role_held"]


def test_two_who_come_by_one_link_set_one_password(committed: None) -> None:
    user = User.objects.create_user("none", "none@force.example")
    link = INVITATIONS.make_token(user)
    still_may = lambda now: INVITATIONS.check_token(now, link)  # noqa: E731 - named for the two below
    answers = at_once(
        lambda: people.set_password(user.pk, "the first password", still_may),
        lambda: people.set_password(user.pk, "the second password", still_may),
    )
    assert answers == ["done", "link_ended"]
