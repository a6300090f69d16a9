"""What a person wants by e-mail: chosen on their own page, ended by one press from an e-mail, and nothing else by that."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from findings.models import Force
from tests.factories import ForceFactory, member
from tracking.models import MailPreference, User
from tracking.preferences import Wishes, address_to_stop, choose, preference_of, preferences_of, stop
from tracking.vocabulary import MailKind, ReminderRule, Role, Weekday
from tracking.workflow import Incomplete

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
WEEKEND = [Weekday.SATURDAY, Weekday.SUNDAY]


@pytest.fixture
def force() -> Force:
    return ForceFactory()


@pytest.fixture
def officer(force: Force) -> User:
    return member(Role.OFFICER, force)


@pytest.fixture
def page() -> str:
    return reverse("admin:preferences")


def place(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def test_who_chose_nothing_gets_everything_at_seven(officer: User) -> None:
    usual = preference_of(officer)
    assert (usual.hour, usual.days_off, usual.at_once, usual.muted, usual.stopped) == (7, [], [], [], [])
    assert not MailPreference.objects.exists()


def test_what_is_chosen_is_kept_in_place_of_what_was_before(officer: User) -> None:
    choose(officer, Wishes(hour=0, days_off=WEEKEND, at_once=[ReminderRule.OVERDUE]))
    choose(officer, Wishes(hour=23, muted=[ReminderRule.OVERDUE], stopped=[MailKind.WEEKLY]))
    kept = MailPreference.objects.get()
    assert (kept.hour, kept.days_off, kept.at_once, kept.muted) == (23, [], [], ["overdue"])
    assert [kind for kind in MailKind if kept.wants(kind)] == [MailKind.DAILY, MailKind.AT_ONCE, MailKind.MONTHLY]


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        (Wishes(hour=24), "hour_unknown"),
        (Wishes(hour=-1), "hour_unknown"),
        (Wishes(days_off=list(Weekday)), "no_day_left"),
        (Wishes(at_once=[ReminderRule.OVERDUE], muted=[ReminderRule.OVERDUE]), "at_once_and_muted"),
    ],
)
def test_what_goes_against_itself_is_refused_and_nothing_stored(officer: User, wishes: Wishes, code: str) -> None:
    with pytest.raises(Incomplete) as refused:
        choose(officer, wishes)
    assert refused.value.code == code
    assert not MailPreference.objects.exists()


def test_many_are_read_in_one_question(
    force: Force, officer: User, django_assert_num_queries: Callable[[int], object]
) -> None:
    other = member(Role.VIEWER, force)
    choose(officer, Wishes(hour=9))
    with django_assert_num_queries(1):
        found = preferences_of([officer, other])
    assert {pk: kept.hour for pk, kept in found.items()} == {officer.pk: 9, other.pk: 7}


def test_a_person_chooses_on_their_own_page(officer: User, page: str, browser: SignIn) -> None:
    client = browser(officer)
    shown = client.get(page).content.decode()
    assert officer.email in shown
    assert 'value="daily" ' in shown
    assert reverse("admin:keys") in shown
    asked = {"kinds": ["daily"], "hour": "9", "days_off": ["5", "6"], "at_once": ["overdue"]}
    answer = client.post(page, asked)
    assert (answer.status_code, answer["Location"]) == (302, page)
    kept = MailPreference.objects.get(user=officer)
    assert (kept.hour, kept.days_off, kept.at_once, kept.stopped) == (9, [5, 6], ["overdue"], ["at_once", "weekly"])
    again = client.get(page).context["form"].initial
    assert (again["hour"], again["kinds"], again["days_off"]) == ("9", ["daily"], ["5", "6"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"hour": "24"}, "24 is not one of the available choices"),
        ({"hour": "7", "at_once": ["never"]}, "never is not one of the available choices"),
        ({"hour": "7", "days_off": list("0123456")}, "Leave one day on which e-mail may come"),
        ({"hour": "7", "at_once": ["overdue"], "muted": ["overdue"]}, "“overdue” cannot be both"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_chosen(
    asked: dict[str, object], said: str, officer: User, page: str, browser: SignIn
) -> None:
    answer = browser(officer).post(page, asked)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not MailPreference.objects.exists()


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.VIEWER, ["daily", "at_once", "weekly"]),
        (Role.NATIONAL, ["daily", "at_once", "monthly"]),
        (Role.ADMINISTRATOR, ["daily", "at_once"]),
    ],
)
def test_the_page_offers_what_the_persons_roles_bring_and_leaves_the_rest(
    role: Role, kinds: list[str], force: Force, page: str, browser: SignIn
) -> None:
    person = member(role, force if role.is_of_a_force else None)
    stopped = {kind.value for kind in MailKind} - set(kinds)
    choose(person, Wishes(stopped=[MailKind(kind) for kind in stopped]))
    assert [kind.value for kind in browser(person).get(page).context["form"].offered] == kinds
    browser(person).post(page, {"kinds": kinds, "hour": "7"})
    assert set(preference_of(person).stopped) == stopped


def test_one_press_from_an_e_mail_ends_its_kind_alone(officer: User) -> None:
    choose(officer, Wishes(hour=9))
    where = place(address_to_stop(officer, MailKind.DAILY))
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(where, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert "no more of these e-mails" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    stranger.post(where)
    kept = MailPreference.objects.get()
    assert (kept.hour, kept.stopped) == (9, ["daily"])


def test_one_press_counts_for_who_chose_nothing_before(officer: User) -> None:
    stop(officer.pk, MailKind.WEEKLY)
    assert preference_of(officer).stopped == ["weekly"]


def test_opening_the_address_only_asks(officer: User) -> None:
    where = place(address_to_stop(officer, MailKind.WEEKLY))
    shown = Client().get(where).content.decode()
    assert "Weekly digest: shall these e-mails stop?" in shown
    assert "person-of-force" not in shown
    assert not MailPreference.objects.exists()


def test_an_address_that_was_not_made_here_stops_nothing(officer: User) -> None:
    whole = place(address_to_stop(officer, MailKind.DAILY))
    other = place(address_to_stop(member(Role.VIEWER, "kent"), MailKind.WEEKLY))
    mixed = whole.rsplit(":", 1)[0] + ":" + other.rsplit(":", 1)[1]
    gone = member(Role.VIEWER, "kent")
    of_nobody = place(address_to_stop(gone, MailKind.DAILY))
    gone.delete()
    for where in (mixed, whole[:-3] + "/", "/stop-mail/x/", of_nobody):
        answer = Client().post(where)
        assert answer.status_code == 404, where
        assert "Nothing was changed" in answer.content.decode()
    assert not MailPreference.objects.exists()
