"""Each deadline is told once by each rule, in one e-mail a day, whatever is run how often, how late, how many at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused
from threading import Barrier

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection

from tests.factories import member, tracked_finding
from tracking.models import Digest, Reminder, TrackedFinding, User
from tracking.reminder_rules import rule_for
from tracking.reminders import make_reminders, remind
from tracking.vocabulary import ReminderRule, Role, Status

pytestmark = pytest.mark.django_db
DUE = date(2026, 7, 1)


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing catches it."""


@pytest.fixture
def due() -> TrackedFinding:
    """An open finding due on 1 July 2026, of a force with one officer."""
    tracked = tracked_finding()
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=DUE)
    member(Role.OFFICER, tracked.force)
    member(Role.VIEWER, tracked.force)
    return tracked


@pytest.mark.parametrize(
    ("today", "rule"),
    [
        (date(2026, 5, 31), None),
        (date(2026, 6, 1), ReminderRule.DUE_WITHIN_30_DAYS),
        (date(2026, 7, 1), ReminderRule.DUE_WITHIN_30_DAYS),
        (date(2026, 7, 2), ReminderRule.OVERDUE),
        (date(2027, 7, 2), ReminderRule.OVERDUE),
    ],
)
def test_a_deadline_is_told_from_30_days_before_and_when_it_has_passed(today: date, rule: ReminderRule | None) -> None:
    assert rule_for(DUE, today) is rule


def test_each_rule_speaks_once_whatever_the_schedule_does(due: TrackedFinding) -> None:
    day = date(2026, 5, 20)
    while day < date(2026, 8, 20):
        for _ in range(3):
            remind(day)
        day += timedelta(days=1)
    assert sorted(Reminder.objects.values_list("rule", "occasion")) == [("due_within_30_days", DUE), ("overdue", DUE)]
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("missed", [1, 3, 40])
def test_a_missed_day_is_told_later(due: TrackedFinding, missed: int) -> None:
    remind(DUE + timedelta(days=missed))
    assert [r.rule for r in Reminder.objects.all()] == ["overdue"]
    assert "Was due 1 July 2026" in mail.outbox[0].body


def test_a_person_gets_one_digest_of_everything(due: TrackedFinding) -> None:
    late = tracked_finding(due.force)
    TrackedFinding.objects.filter(pk=late.pk).update(target_on=date(2026, 6, 1))
    remind(date(2026, 6, 15))
    (message,) = mail.outbox
    assert message.subject == "peeltrack: 1 overdue and 1 due within 30 days"
    assert due.finding.text in message.body
    assert late.finding.text in message.body
    assert f"/admin/tracking/trackedfinding/{due.pk}/change/" in message.body


def test_what_falls_due_after_todays_digest_goes_into_tomorrows(due: TrackedFinding) -> None:
    remind(DUE)
    other = tracked_finding(due.force)
    TrackedFinding.objects.filter(pk=other.pk).update(due_on=DUE)
    remind(DUE)
    assert len(mail.outbox) == 1
    remind(DUE + timedelta(days=1))
    assert len(mail.outbox) == 2
    assert other.finding.text in mail.outbox[1].body


def test_the_owner_is_told_in_the_officers_place(due: TrackedFinding) -> None:
    owner = member(Role.VIEWER, due.force)
    TrackedFinding.objects.filter(pk=due.pk).update(owner=owner)
    remind(DUE)
    assert [message.to for message in mail.outbox] == [[owner.email]]
    owner.is_active = False
    owner.save()
    Reminder.objects.all().delete()
    remind(DUE + timedelta(days=1))
    assert mail.outbox[-1].to == [User.objects.get(memberships__role="officer").email]


@pytest.mark.parametrize("change", [{"status": Status.ACHIEVED}, {"position": "signed_off"}, {"position": "no_action"}])
def test_what_is_settled_presses_nobody(due: TrackedFinding, change: dict[str, str]) -> None:
    TrackedFinding.objects.filter(pk=due.pk).update(**change)
    assert remind(DUE).made == 0
    assert mail.outbox == []


def test_what_is_due_again_is_told_for_each_round_once(due: TrackedFinding) -> None:
    TrackedFinding.objects.filter(pk=due.pk).update(
        status=Status.ACHIEVED.value, recurs=True, position="signed_off", target_on=date(2026, 6, 1)
    )
    for _ in range(2):
        remind(date(2026, 6, 15))
        remind(date(2026, 7, 2))
    assert sorted(Reminder.objects.values_list("rule", "occasion")) == [("due_within_30_days", DUE), ("overdue", DUE)]
    TrackedFinding.objects.filter(pk=due.pk).update(due_on=date(2027, 7, 1))
    assert remind(date(2026, 7, 3)).made == 0
    assert remind(date(2027, 6, 15)).made == 1


def test_signed_off_and_contradicted_presses_again(due: TrackedFinding) -> None:
    TrackedFinding.objects.filter(pk=due.pk).update(position="signed_off")
    assert remind(date(2026, 7, 2)).made == 0
    TrackedFinding.objects.filter(pk=due.pk).update(contradicted=True)
    swept = remind(date(2026, 7, 2))
    assert (swept.made, swept.sent) == (1, 1)


def test_a_person_without_an_address_is_reminded_in_the_application(due: TrackedFinding) -> None:
    User.objects.update(email="")
    assert remind(DUE).made == 1
    assert mail.outbox == []


def test_a_mail_server_that_refuses_is_tried_again_and_sends_once(
    due: TrackedFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(backend: object) -> None:
        raise ConnectionRefusedError("no mail today")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
        assert remind(DUE).failed == 1
    digest = Digest.objects.get()
    assert (digest.state, digest.error) == ("failed", "no mail today")
    assert remind(DUE + timedelta(days=1)).sent == 1
    assert len(mail.outbox) == 1


def test_a_digest_that_was_interrupted_is_never_sent_again(
    due: TrackedFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(message: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", killed)
        with pytest.raises(Killed):
            remind(DUE)
    assert Digest.objects.get().state == "claimed"
    assert remind(DUE).sent == 0
    assert remind(DUE + timedelta(days=400)).sent == 1
    assert [r.digest.day for r in Reminder.objects.order_by("rule")] == [DUE, DUE + timedelta(days=400)]


def test_a_dry_run_counts_and_stores_nothing(due: TrackedFinding) -> None:
    assert remind(DUE, dry_run=True).made == 1
    assert not Reminder.objects.exists()
    assert mail.outbox == []


def test_eight_sweeps_at_the_same_moment_make_one_reminder_and_one_mail(committed: None) -> None:
    tracked = tracked_finding()
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=DUE)
    member(Role.OFFICER, tracked.force)
    start = Barrier(8)

    def sweep(_: int) -> None:
        start.wait()
        try:
            remind(DUE)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(sweep, range(8)))
    for _ in range(42):
        make_reminders(DUE)
    assert (Reminder.objects.count(), Digest.objects.count(), len(mail.outbox)) == (1, 1, 1)


def test_the_number_of_queries_does_not_grow_with_what_is_due(
    due: TrackedFinding, django_assert_num_queries: object
) -> None:
    for _ in range(20):
        other = tracked_finding(due.force)
        TrackedFinding.objects.filter(pk=other.pk).update(due_on=DUE)
    with django_assert_num_queries(4):
        assert make_reminders(DUE) == 21


def test_a_person_who_left_the_force_is_told_nothing_more(due: TrackedFinding) -> None:
    owner = member(Role.OFFICER, due.force)
    TrackedFinding.objects.filter(pk=due.pk).update(owner=owner)
    make_reminders(DUE)
    owner.memberships.all().delete()
    assert remind(DUE).sent == 1
    assert mail.outbox[0].to != [owner.email]


@pytest.mark.parametrize("change", [{"due_on": date(2030, 1, 1)}, {"position": "signed_off"}, {"status": "achieved"}])
def test_what_no_longer_holds_is_not_mailed(due: TrackedFinding, change: dict[str, object]) -> None:
    make_reminders(DUE)
    TrackedFinding.objects.filter(pk=due.pk).update(**change)
    assert remind(DUE).sent == 0
    assert mail.outbox == []


def test_a_server_that_is_down_is_asked_once_a_sweep_and_after_growing_pauses(
    due: TrackedFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(Role.OFFICER, due.force)
    asked = []

    def refuse(backend: object) -> None:
        asked.append(backend)
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
    with time_machine.travel("2026-07-01T08:00:00+01:00", tick=False) as clock:
        for _ in range(60):
            remind(DUE)
            clock.shift(timedelta(minutes=1))
    assert len(asked) <= 10


def test_one_refused_address_stops_nobody_else(due: TrackedFinding, monkeypatch: pytest.MonkeyPatch) -> None:
    second = member(Role.OFFICER, due.force)
    first = User.objects.filter(memberships__role="officer").exclude(pk=second.pk).get()
    send = EmailMessage.send

    def picky(message: EmailMessage) -> int:
        if message.to == [first.email]:
            raise SMTPRecipientsRefused({first.email: (550, b"no such user")})
        return send(message)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", picky)
    swept = remind(DUE)
    assert (swept.sent, swept.failed) == (1, 1)
    assert [message.to for message in mail.outbox] == [[second.email]]
