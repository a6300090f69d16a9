"""The sweep over days, outages and changes: what is owed is made once, what is owed no longer is cancelled and kept."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.factories import AssessmentFactory, ForceFactory, StatutoryResponseFactory, member, tracked_finding
from tracking.models import Reminder, ReminderSettingChange, SignOffRequest, TrackedFinding, User
from tracking.owed import next_of
from tracking.reminder_rules import USUAL, Plan
from tracking.reminder_settings import set_rule
from tracking.reminders import sweep
from tracking.snoozes import snooze, wake
from tracking.vocabulary import Audience, ReminderRule, Role
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db
DUE = date(2026, 7, 1)
UTC = ZoneInfo("UTC")


@pytest.fixture
def due() -> TrackedFinding:
    with time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=UTC), tick=False):
        tracked = tracked_finding()
        owner = member(Role.OFFICER, tracked.force)
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=DUE, owner=owner)
    tracked.refresh_from_db()
    return tracked


def owner_of(tracked: TrackedFinding) -> User:
    assert tracked.owner is not None
    return tracked.owner


def standing() -> list[tuple[str, date]]:
    return sorted(Reminder.objects.filter(cancelled_at__isnull=True).values_list("rule", "about_on"))


def at(moment: datetime) -> None:
    """A sweep at this moment, by the clock of London."""
    with time_machine.travel(moment, tick=False):
        sweep(timezone.localdate())


def test_overdue_begins_at_midnight_in_london_and_not_in_greenwich(due: TrackedFinding) -> None:
    at(datetime(2026, 7, 1, 22, 59, tzinfo=UTC))
    assert standing() == [("due_today", DUE)]
    at(datetime(2026, 7, 1, 23, 1, tzinfo=UTC))  # 2 July 00:01 in London
    assert standing() == [("overdue", DUE)]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=["clocks go forward", "clocks go back"])
def test_on_the_days_the_clocks_go_each_rule_is_told_once_on_its_day(day: date, due: TrackedFinding) -> None:
    TrackedFinding.objects.update(due_on=day)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    for _ in range(48 * 4):
        at(moment)
        moment += timedelta(minutes=15)
    rows = Reminder.objects.order_by("occasion").values_list("rule", "occasion")
    assert [row for row in rows if row[0] != "no_update"] == [
        ("due_soon", day - timedelta(days=1)),
        ("due_today", day),
        ("overdue", day + timedelta(days=1)),
    ]


@pytest.mark.parametrize("away", [1, 8, 40])
def test_after_an_outage_one_step_is_told_with_the_true_date(away: int, due: TrackedFinding) -> None:
    sweep(DUE - timedelta(days=30))
    made = sweep(DUE - timedelta(days=30) + timedelta(days=away)).made
    again = sweep(DUE - timedelta(days=30) + timedelta(days=away)).made
    assert (made, again) == ({1: 0, 8: 0, 40: 1}[away], 0)
    assert set(Reminder.objects.values_list("about_on", flat=True)) == {DUE}


def test_a_date_that_moves_cancels_the_old_keeps_it_and_makes_the_new(due: TrackedFinding) -> None:
    sweep(date(2026, 6, 20))
    TrackedFinding.objects.update(due_on=date(2026, 7, 10))
    swept = sweep(date(2026, 6, 20))
    assert (swept.made, swept.cancelled) == (1, 1)
    old = Reminder.objects.get(about_on=DUE)
    assert (old.cancelled_because, old.cancelled_at is not None) == ("No longer owed.", True)
    TrackedFinding.objects.update(due_on=DUE)
    assert sweep(date(2026, 6, 20)).restored == 1
    assert standing() == [("due_soon", DUE)]
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize("change", [{"status": "achieved"}, {"position": "no_action"}])
def test_what_is_settled_cancels_what_was_not_told(change: dict[str, str], due: TrackedFinding) -> None:
    sweep(DUE)
    TrackedFinding.objects.update(**change)
    assert sweep(DUE).cancelled == 1
    assert standing() == []


def test_who_left_is_owed_nothing_and_the_officers_are_told(due: TrackedFinding) -> None:
    officer = member(Role.OFFICER, due.force)
    sweep(DUE)
    owner_of(due).memberships.all().delete()
    sweep(DUE)
    assert list(Reminder.objects.filter(cancelled_at__isnull=True).values_list("recipient", flat=True)) == [officer.pk]


def test_lead_and_signatory_are_told_of_what_is_long_overdue_and_nobody_twice(due: TrackedFinding) -> None:
    lead, signatory = member(Role.VIEWER, due.force), member(Role.SIGNATORY, due.force)
    TrackedFinding.objects.update(lead=lead.username.upper())
    sweep(DUE + timedelta(days=13))
    assert set(Reminder.objects.values_list("recipient", flat=True)) == {due.owner_id}
    sweep(DUE + timedelta(days=28))
    told = Reminder.objects.filter(cancelled_at__isnull=True).values_list("rule", "recipient")
    assert sorted(told) == [("overdue", due.owner_id), ("overdue_lead", lead.pk), ("overdue_signatory", signatory.pk)]
    TrackedFinding.objects.update(lead=owner_of(due).username)
    sweep(DUE + timedelta(days=29))
    assert not Reminder.objects.filter(cancelled_at__isnull=True, rule="overdue_lead").exists()


def test_what_waits_for_somebody_is_told_to_those_who_can_act(due: TrackedFinding) -> None:
    signatory = member(Role.SIGNATORY, due.force)
    with time_machine.travel(datetime(2026, 6, 2, 9, tzinfo=UTC), tick=False):
        SignOffRequest.objects.create(tracked_finding=due, asked_by=owner_of(due))
        for line in (1, 2):
            AssessmentFactory(tracked_finding=due, line=line)
    StatutoryResponseFactory(force=due.force, due_on=date(2026, 6, 23))
    sweep(date(2026, 6, 16))
    found = Reminder.objects.exclude(rule="due_soon").order_by("rule", "recipient").values_list("rule", "recipient")
    assert list(found) == [
        ("proposals_waiting", due.owner_id),
        ("sign_off_waiting", signatory.pk),
        ("statutory_due", due.owner_id),
        ("statutory_due", signatory.pk),
    ]


def test_a_finding_is_put_off_for_oneself_and_for_a_while(due: TrackedFinding) -> None:
    owner, stranger = owner_of(due), member(Role.VIEWER, due.force)
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        sweep(date(2026, 6, 20))
        for until, reason in ((date(2026, 6, 20), "x"), (date(2026, 9, 19), "x"), (date(2026, 7, 1), " ")):
            with pytest.raises(Incomplete):
                snooze(due, owner, until, reason, owner)
        with pytest.raises(Refused):
            snooze(due, owner, date(2026, 6, 26), "For them.", stranger)
        snooze(due, owner, date(2026, 6, 26), "The audit is in print.", owner)
        assert sweep(date(2026, 6, 20)).cancelled == 1
    assert sweep(date(2026, 6, 25)).made == 0
    assert sweep(date(2026, 6, 26)).made == 1
    with time_machine.travel(datetime(2026, 6, 26, 9, tzinfo=UTC), tick=False):
        snooze(due, owner, date(2026, 7, 20), "Once more.", owner)
        wake(due, owner, owner)
    assert sweep(DUE).made == 1


def test_a_force_follows_its_own_days_and_who_changed_them_is_kept(due: TrackedFinding) -> None:
    owner = owner_of(due)
    rule = ReminderRule.DUE_SOON
    for plan in (Plan(True, (), (Audience.OWNER,)), Plan(True, (-1,), (Audience.OWNER,)), Plan(True, (3,), ())):
        with pytest.raises(Incomplete):
            set_rule(due.force, rule, plan, owner)
    with pytest.raises(Refused):
        set_rule(due.force, rule, USUAL[rule], member(Role.VIEWER, due.force))
    set_rule(due.force, rule, Plan(True, (3, 60), (Audience.OWNER,)), owner)
    set_rule(due.force, rule, Plan(True, (60, 3), (Audience.OWNER,)), owner)
    kept = ReminderSettingChange.objects.get()
    assert (kept.changed_by, kept.after["days"]) == (owner, [60, 3])
    sweep(DUE - timedelta(days=29))
    assert Reminder.objects.get().occasion == DUE - timedelta(days=60)
    set_rule(due.force, rule, Plan(False, (3,), (Audience.OWNER,)), owner)
    assert sweep(DUE - timedelta(days=29)).cancelled == 1


def test_the_next_reminder_says_when_to_whom_and_why(due: TrackedFinding) -> None:
    (coming,) = next_of(due, date(2026, 6, 20))
    assert (coming.occasion.on, coming.people) == (date(2026, 6, 24), [str(due.owner)])
    assert "finding is due" in coming.why
    TrackedFinding.objects.update(status="achieved")
    assert next_of(due, date(2026, 6, 20)) == []


def test_the_page_of_rules_is_read_by_members_and_changed_by_officers(due: TrackedFinding, client: Client) -> None:
    address, where = "/admin/reminder-rules/", f"?force={due.force.slug}&rule=due_soon"
    client.force_login(member(Role.VIEWER, due.force), backend="tracking.access.MembershipBackend")
    said = client.get(address).content.decode()
    assert all(rule.label.replace("&", "&amp;") in said for rule in ReminderRule)
    assert client.post(address + where, {"on": "on", "days": "5", "who": "owner"}).status_code == 404
    client.force_login(owner_of(due), backend="tracking.access.MembershipBackend")
    assert "Give whole numbers" in client.post(address + where, {"days": "five"}).content.decode()
    assert client.post(address + where, {"on": "on", "days": "5, 2", "who": "owner"}).status_code == 302
    assert "5, 2 before" in client.get(address).content.decode()
    client.force_login(member(Role.OFFICER, ForceFactory()), backend="tracking.access.MembershipBackend")
    assert client.get(address + f"?force={due.force.slug}").status_code == 404


def test_the_page_of_a_finding_puts_its_reminders_off(due: TrackedFinding, client: Client) -> None:
    client.force_login(owner_of(due), backend="tracking.access.MembershipBackend")
    page = f"/admin/tracking/trackedfinding/{due.pk}/"
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        assert "24 June 2026 to" in client.get(f"{page}change/").content.decode()
        asked = {"until": "2026-06-29", "reason": "The audit is in print."}
        assert client.post(f"{page}snooze/", asked).status_code == 302
        said = client.get(f"{page}change/").content.decode()
    assert "You put yours off until 29 June 2026" in said
    assert "30 June 2026 to" in said
