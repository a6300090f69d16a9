"""The lists as people work with them: filters, views and columns of one's own, one act on many rows, choices found by words."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from findings.models import Force
from tests.factories import AssessmentFactory, CycleFactory, ForceFactory, ReportFactory, member, tracked_finding
from tracking.admin.bulk import MOST
from tracking.admin.picking import SHOWN
from tracking.models import Assessment, ProgressUpdate, SavedView, TrackedFinding, User
from tracking.own_lists import COLUMNS, MOST_VIEWS, USUAL, columns_of
from tracking.vocabulary import AssessmentState, Position, Role, Status

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LISTING = "/admin/tracking/trackedfinding/"
VERDICTS = "/admin/tracking/assessment/"


@pytest.fixture
def force() -> Force:
    return ForceFactory()


@pytest.fixture
def person(force: Force) -> User:
    return member(Role.OFFICER, force)


@pytest.fixture
def officer(person: User, browser: SignIn) -> Client:
    return browser(person)


def listed(client: Client, query: str = "") -> list[TrackedFinding]:
    return list(client.get(f"{LISTING}?{query}").context["cl"].result_list)


def choose(client: Client, listing: str, act: str, rows: list[Any], query: str = "") -> Any:
    """Presses the button of `act` with the rows ticked."""
    data = {"action": act, "_selected_action": [row.pk for row in rows], "index": "0", "select_across": "0"}
    return client.post(f"{listing}?{query}", data)


def send(client: Client, where: str, given: dict[str, Any]) -> Any:
    """Sends the page of chosen rows as a browser does: with what it showed of each."""
    return client.post(where, {**given, "seen": client.get(where).context["seen"]})


# One act on many rows.


@pytest.mark.parametrize(
    ("act", "given", "holds"),
    [
        ("target", {"target_on": "2030-05-01"}, {"target_on": date(2030, 5, 1)}),
        ("position", {"position": "in_progress"}, {"position": "in_progress"}),
    ],
)
def test_many_findings_are_written_at_once_with_one_reason(
    act: str, given: dict[str, str], holds: dict[str, Any], force: Force, officer: Client
) -> None:
    rows = [tracked_finding(force) for _ in range(3)]
    asked = choose(officer, LISTING, f"many_{act}", rows[:2], "status=open")
    page = officer.get(asked["Location"])
    shown = page.content.decode()
    assert all(row.finding.title in shown for row in rows[:2])
    assert rows[2].finding.title not in shown
    assert "(2)" in shown
    done = send(officer, asked["Location"], {**given, "reason": "Agreed at the board."})
    assert done["Location"] == f"{LISTING}?status=open"  # the filters that one came with
    written = TrackedFinding.objects.filter(**holds)
    assert set(written) == set(rows[:2])
    assert list(ProgressUpdate.objects.values_list("comment", flat=True)) == ["Agreed at the board."] * 2


def test_an_owner_is_given_by_name_to_many(force: Force, officer: Client, person: User) -> None:
    rows = [tracked_finding(force), tracked_finding(force)]
    where = choose(officer, LISTING, "many_owner", rows)["Location"]
    stranger = member(Role.OFFICER, ForceFactory())
    refused = send(officer, where, {"owner": stranger.username, "reason": "x"}).content.decode()
    assert "is no member of the force" in refused
    send(officer, where, {"owner": str(person).upper(), "reason": "She leads on it."})
    assert set(TrackedFinding.objects.filter(owner=person)) == set(rows)


def test_of_many_all_or_none_is_written_and_each_refusal_is_shown_at_its_row(force: Force, officer: Client) -> None:
    early, late = tracked_finding(force), tracked_finding(force)
    TrackedFinding.objects.filter(pk=late.pk).update(position=Position.NO_ACTION.value, shortfall_reason="Law changed.")
    where = choose(officer, LISTING, "many_target", [early, late])["Location"]
    before = list(TrackedFinding.objects.order_by("pk").values())
    refused = send(officer, where, {"target_on": "1999-01-01", "reason": "x"})
    assert refused.status_code == 200
    assert refused.content.decode().count('class="refusal"') == 2
    assert list(TrackedFinding.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("missing", ["reason", "target_on"])
def test_many_are_not_written_without_reason_or_value(missing: str, force: Force, officer: Client) -> None:
    row = tracked_finding(force)
    where = choose(officer, LISTING, "many_target", [row])["Location"]
    given = {"target_on": "2030-05-01", "reason": "x"}
    del given[missing]
    assert "This field is required" in send(officer, where, given).content.decode()
    row.refresh_from_db()
    assert row.target_on is None


def test_nobody_writes_to_many_beyond_their_forces(force: Force, officer: Client, browser: SignIn) -> None:
    mine, theirs = tracked_finding(force), tracked_finding()
    where = reverse("admin:tracking_many", args=["target"])
    asked = {"target_on": "2030-05-01", "reason": "x"}
    for ids in (f"{mine.pk},{theirs.pk}", str(theirs.pk), "", "x", "9" * 30):
        assert officer.post(f"{where}?ids={ids}", asked).status_code == 404
    assert officer.post(f"{reverse('admin:tracking_many', args=['status'])}?ids={mine.pk}", asked).status_code == 404
    for role in (Role.VIEWER, Role.NATIONAL, Role.SIGNATORY):
        client = browser(member(role, force if role.is_of_a_force else None))
        assert client.post(f"{where}?ids={mine.pk}", asked).status_code == 403
        assert "With the chosen rows" not in client.get(LISTING).content.decode()
    assert not TrackedFinding.objects.filter(target_on__isnull=False).exists()


def test_more_rows_than_can_be_looked_at_are_not_taken(force: Force, officer: Client) -> None:
    tracked_finding(force)
    row = TrackedFinding.objects.get()
    TrackedFinding.objects.bulk_create(
        TrackedFinding(finding=one.finding, force=force) for one in [tracked_finding() for _ in range(3)]
    )
    data = {"action": "many_target", "_selected_action": [row.pk], "index": "0", "select_across": "1"}
    assert "many/target" in officer.post(LISTING, data)["Location"]
    assert MOST == 200
    ids = ",".join(str(n) for n in range(1, MOST + 2))
    assert officer.get(f"{reverse('admin:tracking_many', args=['target'])}?ids={ids}").status_code == 404


def test_many_verdicts_are_confirmed_in_the_order_of_their_reports(force: Force, officer: Client) -> None:
    tracked = tracked_finding(force)
    later = AssessmentFactory(
        tracked_finding=tracked,
        outcome="achieved",
        report=ReportFactory(force=force, cycle=CycleFactory(code="2023-25"), published_on=date(2023, 1, 1)),
    )
    earlier = AssessmentFactory(tracked_finding=tracked, outcome="partly_complied", report=ReportFactory(force=force, cycle=CycleFactory(code="2021/22"), published_on=date(2021, 1, 1)))  # fmt: skip
    where = choose(officer, VERDICTS, "many_confirm", [later, earlier])["Location"]
    shown = officer.get(where).content.decode()
    assert later.quote in shown
    send(officer, where, {"reason": "Both were read in their place."})
    tracked.refresh_from_db()
    assert tracked.status == Status.ACHIEVED
    assert [c.to_status for c in tracked.changes.order_by("id")] == ["open", "partly_complied", "achieved"]


def test_verdicts_that_cannot_be_confirmed_leave_all_as_they_were(force: Force, officer: Client) -> None:
    good = AssessmentFactory(tracked_finding=tracked_finding(force))
    unlinked = AssessmentFactory(
        tracked_finding=None, force=force, report=good.report, document=good.document, quote="Another one."
    )
    where = choose(officer, VERDICTS, "many_confirm", [good, unlinked])["Location"]
    refused = send(officer, where, {"reason": "x"}).content.decode()
    assert "Say which earlier finding the report means." in refused
    assert set(Assessment.objects.values_list("state", flat=True)) == {AssessmentState.PROPOSED.value}


# Views and columns.


def test_a_view_is_saved_used_replaced_and_forgotten(officer: Client, person: User) -> None:
    saved = officer.post(reverse("admin:tracking_save_view"), {"name": " My  red ", "query": "rag=red&p=3&owner=me"})
    assert saved["Location"] == f"{LISTING}?owner=me&rag=red"
    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (person, "My red", "owner=me&rag=red")
    shown = officer.get(saved["Location"]).content.decode()
    assert re.search(r'href="[^"]*\?owner=me&amp;rag=red" aria-current="page">My red</a>', shown)
    officer.post(reverse("admin:tracking_save_view"), {"name": "My red", "query": "rag=red"})
    assert SavedView.objects.get().query == "rag=red"
    officer.post(reverse("admin:tracking_forget_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_views_are_ones_own_bounded_and_named(officer: Client, person: User, browser: SignIn) -> None:
    save = reverse("admin:tracking_save_view")
    assert "Give the view a name" in officer.post(save, {"name": " ", "query": ""}, follow=True).content.decode()
    for number in range(MOST_VIEWS):
        officer.post(save, {"name": f"View {number}", "query": "rag=red"})
    told = officer.post(save, {"name": "One more", "query": ""}, follow=True).content.decode()
    assert f"You have {MOST_VIEWS} views already" in told
    assert SavedView.objects.count() == MOST_VIEWS
    other = browser(member(Role.OFFICER, ForceFactory()))
    forgetting = reverse("admin:tracking_forget_view", args=[SavedView.objects.first().pk])
    assert other.post(forgetting).status_code == 404
    assert "View 1" not in other.get(LISTING).content.decode()
    assert officer.get(forgetting).status_code == 405


def test_columns_are_chosen_and_kept(force: Force, officer: Client, person: User) -> None:
    tracked_finding(force)
    assert columns_of(person) == list(USUAL)
    officer.post(reverse("admin:tracking_columns"), {"column": ["newest", "lead"], "query": "status=all"})
    assert columns_of(person) == ["lead", "newest"]
    shown = officer.get(LISTING).content.decode()
    assert "field-lead" in shown
    assert "field-owner" not in shown
    officer.post(reverse("admin:tracking_columns"), {"column": ["password"], "query": ""})
    assert columns_of(person) == ["lead", "newest"]
    officer.post(reverse("admin:tracking_columns"), {"query": ""})
    assert columns_of(person) == list(USUAL)


def test_rows_of_several_forces_say_whose_each_is(force: Force, officer: Client, browser: SignIn) -> None:
    both = member(Role.OFFICER, force)
    both.memberships.create(force=ForceFactory(), role=Role.OFFICER.value)
    tracked_finding(force)
    assert "field-force" not in officer.get(LISTING).content.decode()
    assert "field-force" in browser(both).get(LISTING).content.decode()
    assert "field-force" not in browser(both).get(f"{LISTING}?force={force.slug}").content.decode()


def test_a_date_that_is_a_month_is_shown_as_one(force: Force, officer: Client) -> None:
    row = tracked_finding(force, due_on=date(2030, 7, 31), due_precision="month")
    for page in (LISTING, f"{LISTING}{row.pk}/change/"):
        shown = officer.get(page).content.decode()
        assert "July 2030" in shown
        assert "31 July 2030" not in shown


@pytest.mark.parametrize("count", [1, 12])
def test_queries_with_all_columns_do_not_grow(
    count: int, force: Force, officer: Client, person: User, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        tracked_finding(force)
    officer.post(reverse("admin:tracking_columns"), {"column": list(COLUMNS), "query": ""})
    with django_assert_num_queries(11):
        assert len(listed(officer)) == count


# Filters.


def test_filters_answer_what_their_names_say(force: Force, officer: Client, person: User) -> None:
    today = timezone.localdate()
    late, soon, target, far, none = (tracked_finding(force) for _ in range(5))
    for row, values in (
        (late, {"due_on": today - timedelta(days=1), "owner": person}),
        (soon, {"due_on": today + timedelta(days=30)}),
        (target, {"target_on": today + timedelta(days=3)}),
        (far, {"due_on": today + timedelta(days=60), "target_on": today + timedelta(days=2)}),
        (none, {}),
    ):
        TrackedFinding.objects.filter(pk=row.pk).update(**values)
    assert set(listed(officer, "due=overdue")) == {late}
    assert set(listed(officer, "due=soon")) == {soon, target}
    assert set(listed(officer, "due=quarter")) == {soon, target, far}
    assert set(listed(officer, "due=none")) == {none}
    assert set(listed(officer, "owner=me")) == {late}
    assert set(listed(officer, "owner=none")) == {soon, target, far, none}
    assert set(listed(officer, f"report={late.finding.report_id}")) == {late}
    assert len(listed(officer, "report=x&due=nonsense&owner=nobody")) == 5


def test_a_report_that_is_not_to_be_known_is_no_filter(officer: Client, force: Force) -> None:
    tracked_finding(force)
    theirs = tracked_finding()
    theirs.finding.report.__class__.objects.filter(pk=theirs.finding.report_id).update(
        programme="tracker", title="CANARY"
    )
    assert "CANARY" not in officer.get(f"{LISTING}?report={theirs.finding.report_id}").content.decode()


# Choices found by words.


def test_a_choice_shows_few_and_finds_any_other_by_its_words(force: Force, officer: Client) -> None:
    rows = [tracked_finding(force, text=f"Matter {n} of the stables.") for n in range(SHOWN + 3)]
    mine = tracked_finding(force)
    hidden = tracked_finding(force, text="Count the saddles at night.")
    TrackedFinding.objects.filter(pk=hidden.pk).update()
    where = reverse("admin:tracking_link", args=[mine.pk])
    page = officer.get(where)
    assert page.content.decode().count('type="radio" name="older"') == SHOWN
    found = officer.post(where, {"older_find": "NIGHT saddles", "reason": "Kept words.", "find": "older_find"})
    shown = found.content.decode()
    assert "Count the saddles" in shown
    assert shown.count('type="radio" name="older"') == 1
    assert "Kept words." in shown
    assert "This field is required" not in shown
    nothing = officer.post(where, {"older_find": "unicorn", "find": "older_find"}).content.decode()
    assert "Nothing fits these words." in nothing
    assert rows[0].finding.title not in nothing


def test_what_was_chosen_stays_shown_while_more_is_looked_for(force: Force, officer: Client) -> None:
    rows = [tracked_finding(force, text=f"Matter {n} of the stables.") for n in range(SHOWN + 3)]
    mine = tracked_finding(force)
    where = reverse("admin:tracking_link", args=[mine.pk])
    again = officer.post(where, {"older": rows[0].pk, "older_find": "matter 7", "find": "older_find"}).content.decode()
    assert re.search(rf'value="{rows[0].pk}"[^>]*checked', again)
    assert officer.post(where, {"older": "9" * 25, "older_find": "\x00", "find": "older_find"}).status_code == 200
