"""E-mails as they arrive: whole, at the hour that each person chose, once, with nothing of a force that the person left."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from tests.canary import own_work_of
from tests.factories import ForceFactory, member, tracked_finding
from tests.processes import free_port
from tests.tracking.test_webhooks import Receiver
from tracking import digests
from tracking.digests import dismiss, refused_address, send_again, send_digests, uncertain, waiting_for_mail
from tracking.jobs import run
from tracking.models import Digest, Event, Reminder, TrackedFinding, User
from tracking.preferences import Wishes, choose, preference_of
from tracking.reminders import make_reminders, remind
from tracking.summaries import led_by, send_monthly, send_weekly
from tracking.vocabulary import EventKind, JobName, MailKind, ReminderRule, Role, Weekday
from tracking.webhooks import subscribe, tell
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
DUE = date(2026, 7, 1)  # a Wednesday
SEND = "django.core.mail.EmailMessage.send"


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing catches it."""


def at(hour: int, minute: int = 0, day: date = DUE) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def sweep(moment: datetime) -> list[Digest]:
    """One sweep at this moment, by every clock."""
    with time_machine.travel(moment, tick=False):
        make_reminders(timezone.localdate())
        return list(send_digests(timezone.now()))


@pytest.fixture
def due() -> TrackedFinding:
    """A finding due on 1 July 2026, of a force with one officer."""
    tracked = tracked_finding()
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=DUE)
    member(Role.OFFICER, tracked.force)
    return tracked


@pytest.fixture
def officer(due: TrackedFinding) -> User:
    return User.objects.get(memberships__role="officer")


class Inbox:
    """A mail server that keeps what it takes, and refuses, or is down, as it is told to."""

    def __init__(self) -> None:
        self.refuses: set[str] = set()
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.controller: Controller | None = None
        self.port = free_port()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address in self.refuses:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.raw.append(envelope.content)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def up(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def down(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    def to(self, user: User) -> list[EmailMessage]:
        return [one for one in self.mails if one["To"] == user.email]


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    found = Inbox()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
    settings.SITE_ADDRESS = "https://peeltrack.example"
    yield found
    found.down()


# --- What arrives


def test_an_e_mail_arrives_in_two_forms_that_say_the_same_with_a_link_and_what_to_do(
    due: TrackedFinding, officer: User, inbox: Inbox
) -> None:
    late = tracked_finding(due.force)
    TrackedFinding.objects.filter(pk=late.pk).update(due_on=date(2026, 6, 1))
    inbox.up()
    assert [digest.state for digest in sweep(at(7))] == ["sent"]
    (got,) = inbox.mails
    assert (got["To"], got["Subject"]) == (officer.email, "peeltrack: 1 overdue and 1 due within 30 days")
    assert got.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content() for part in got.iter_parts())
    for form in (plain, html):
        for tracked in (due, late):
            assert tracked.finding.text in form
            assert f"https://peeltrack.example/admin/tracking/trackedfinding/{tracked.pk}/change/" in form
        assert "Was due 1 June 2026" in form
        assert "Due 1 July 2026" in form
        assert form.count("What to do:") == 2
        assert "https://peeltrack.example/admin/preferences/" in form
    assert plain.index("OVERDUE (1)") < plain.index("DUE WITHIN 30 DAYS (1)")
    digest = Digest.objects.get()
    assert got["Message-ID"] == f"<peeltrack.daily.{digest.pk}@peeltrack.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert (digest.state, digest.address) == ("sent", officer.email)


def test_the_html_stands_by_itself_and_is_well_formed_for_screen_readers(
    due: TrackedFinding, officer: User, inbox: Inbox
) -> None:
    inbox.up()
    sweep(at(7))
    html = next(part.get_content() for part in inbox.mails[0].iter_parts() if part.get_content_type() == "text/html")
    page = LexborHTMLParser(html)
    assert page.css_first("html").attributes["lang"] == "en-GB"
    assert page.css_first("title").text()
    assert [node.tag for node in page.css("h1, h2")] == ["h1", "h2"]
    assert "prefers-color-scheme: dark" in html
    assert page.css("script, link, img, iframe, form") == []
    assert "url(" not in html
    assert "@import" not in html
    links = [node.attributes["href"] for node in page.css("a")]
    assert links
    assert all(link and link.startswith("https://peeltrack.example/") for link in links)


def test_words_of_a_force_cannot_become_markup_of_the_e_mail(due: TrackedFinding, officer: User, inbox: Inbox) -> None:
    finding = due.finding
    finding.heading, finding.text = "", "<script>alert(1)</script> & mend it"
    finding.save()
    inbox.up()
    sweep(at(7))
    plain, html = (part.get_content() for part in inbox.mails[0].iter_parts())
    assert "<script>alert(1)</script> & mend it" in plain
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_one_press_in_a_mail_program_ends_the_e_mails_and_leaves_the_list(
    due: TrackedFinding, officer: User, inbox: Inbox, client: Client
) -> None:
    inbox.up()
    sweep(at(7))
    (got,) = inbox.mails
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (address,) = re.findall(r"^<(https://peeltrack\.example/[^>]+)>$", got["List-Unsubscribe"].strip())
    assert address.encode() in inbox.raw[0]  # as it stands: not every mail program decodes this header
    path = address.removeprefix("https://peeltrack.example")
    body = {"content_type": "application/x-www-form-urlencoded", "data": "List-Unsubscribe=One-Click"}
    assert client.post(path, **body).status_code == 200
    assert sweep(at(8, day=DUE + timedelta(days=1))) == []
    assert preference_of(officer).stopped == ["daily"]
    assert sorted(Reminder.objects.filter(recipient=officer).values_list("rule", flat=True)) == [
        "due_within_30_days",
        "overdue",
    ]


# --- When it goes


def test_the_digest_waits_for_the_persons_hour_and_goes_once(due: TrackedFinding, officer: User) -> None:
    choose(officer, Wishes(hour=16))
    states = [len(sweep(at(hour, minute))) for hour in range(24) for minute in (0, 5, 30)]
    assert sum(states) == 1
    assert states.index(1) == 16 * 3
    assert Reminder.objects.get().made_at < Digest.objects.get().sent_at


def test_no_e_mail_comes_on_a_day_off_and_what_arose_is_told_on_the_next(due: TrackedFinding, officer: User) -> None:
    TrackedFinding.objects.update(due_on=date(2026, 7, 3))  # a Friday: overdue from Saturday on
    choose(officer, Wishes(days_off=[Weekday.SATURDAY, Weekday.SUNDAY], at_once=[ReminderRule.OVERDUE]))
    sent = {day: len(sweep(at(9, day=date(2026, 7, day)))) for day in (3, 4, 5, 6)}
    assert sent == {3: 1, 4: 0, 5: 0, 6: 1}


def test_what_a_person_chose_to_be_told_at_once_does_not_wait(due: TrackedFinding, officer: User) -> None:
    other = tracked_finding(due.force)
    TrackedFinding.objects.filter(pk=other.pk).update(due_on=date(2026, 6, 20))
    choose(officer, Wishes(hour=9, at_once=[ReminderRule.OVERDUE]))
    (first,) = sweep(at(0, 5))
    assert first.kind == "at_once"
    assert other.finding.text in mail.outbox[0].body
    assert due.finding.text not in mail.outbox[0].body
    third = tracked_finding(due.force)
    TrackedFinding.objects.filter(pk=third.pk).update(due_on=date(2026, 6, 21))
    assert [digest.kind for digest in sweep(at(0, 10))] == ["at_once"]
    assert [digest.kind for digest in sweep(at(9))] == ["daily"]
    assert sweep(at(9, 5)) == []
    assert [one.subject for one in mail.outbox] == [
        "peeltrack: 1 overdue",
        "peeltrack: 1 overdue",
        "peeltrack: 1 due within 30 days",
    ]


def test_who_ended_being_told_at_once_is_told_in_the_digest(due: TrackedFinding, officer: User) -> None:
    wishes = Wishes(at_once=[ReminderRule.DUE_WITHIN_30_DAYS], stopped=[MailKind.AT_ONCE])
    choose(officer, wishes)
    assert sweep(at(6)) == []
    assert [digest.kind for digest in sweep(at(7))] == ["daily"]


def test_a_rule_that_is_not_e_mailed_stands_in_the_list_all_the_same(due: TrackedFinding, officer: User) -> None:
    choose(officer, Wishes(muted=[ReminderRule.DUE_WITHIN_30_DAYS]))
    assert sweep(at(12)) == []
    assert Reminder.objects.filter(recipient=officer, digest__isnull=True).count() == 1
    assert waiting_for_mail() == 0
    choose(officer, Wishes())
    assert waiting_for_mail() == 1
    assert len(sweep(at(13))) == 1


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=["clocks go forward", "clocks go back"])
@pytest.mark.parametrize("hour", [0, 1, 2])
def test_whoever_chose_the_hour_that_the_clocks_skip_or_repeat_is_told_once(
    day: date, hour: int, due: TrackedFinding, officer: User
) -> None:
    TrackedFinding.objects.update(due_on=day)
    choose(officer, Wishes(hour=hour))
    begin = datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(ZoneInfo("UTC"))
    for step in range(0, 24 * 60, 15):
        sweep(begin + timedelta(minutes=step))
    assert len([one for one in mail.outbox if "due within" in one.subject]) == 1


# The sweep is down from before midnight or the hour of the digest until later.
@pytest.mark.parametrize(
    "away", [timedelta(hours=1), timedelta(hours=3, minutes=30), timedelta(hours=11, minutes=30), timedelta(days=3)], ids=str
)  # fmt: skip
def test_after_an_outage_everything_is_told_once_within_a_quarter_of_an_hour(
    away: timedelta, due: TrackedFinding, officer: User
) -> None:
    begin = at(6, 30, DUE + timedelta(days=1))
    back = begin + away
    moment = begin - timedelta(days=40)
    while moment < begin:
        sweep(moment)
        moment += timedelta(hours=12)
    told = len(mail.outbox)
    for step in range(0, 12 * 60, 5):
        sweep(back + timedelta(minutes=step))
    last = Digest.objects.latest("sent_at")
    assert (told, len(mail.outbox)) == (1, 2)
    assert "Was due 1 July 2026" in mail.outbox[1].body
    assert last.sent_at is not None
    hour = back.replace(hour=7, minute=0)
    assert last.sent_at - max(back, hour) <= timedelta(minutes=15)
    assert Reminder.objects.count() == 2


# --- Never another force's work


def test_nothing_of_a_force_that_the_person_left_goes_out(due: TrackedFinding, officer: User) -> None:
    other = tracked_finding(ForceFactory())
    TrackedFinding.objects.filter(pk=other.pk).update(due_on=DUE, owner=officer)
    officer.memberships.create(force=other.force, role="officer")
    make_reminders(DUE)
    officer.memberships.filter(force=other.force).delete()
    (digest,) = sweep(at(7))
    assert other.finding.text not in mail.outbox[0].body
    assert due.finding.text in mail.outbox[0].body
    assert list(digest.reminders.values_list("tracked_finding", flat=True)) == [due.pk]


def test_no_mark_of_a_force_stands_in_an_e_mail_to_anybody_else(due: TrackedFinding, officer: User) -> None:
    for tracked in (due, *(tracked_finding(ForceFactory()) for _ in range(2))):
        TrackedFinding.objects.filter(pk=tracked.pk).update(
            due_on=date(2026, 6, 1), shortfall_reason=own_work_of(tracked.force)
        )
        member(Role.OFFICER, tracked.force)
        member(Role.SIGNATORY, tracked.force)
    sweep(at(7))
    with time_machine.travel(at(7, day=date(2027, 2, 1)), tick=False):
        list(send_weekly(timezone.now()))
    assert len({tuple(one.to) for one in mail.outbox}) == 7
    for one in mail.outbox:
        assert isinstance(one, EmailMultiAlternatives)
        mine = User.objects.get(email=one.to[0]).memberships.get().force_id
        shown = one.body + str(one.alternatives[0][0])
        assert set(re.findall(r"-of-force-(\d+)", shown)) <= {str(mine)}
        assert set(re.findall(r"trackedfinding/(\d+)/", shown)) <= {
            str(pk) for pk in TrackedFinding.objects.filter(force=mine).values_list("pk", flat=True)
        }


def test_what_is_sent_again_leaves_out_what_the_person_may_not_see_any_more(
    due: TrackedFinding, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(monkeypatch)
    officer.memberships.all().delete()
    administrator = member(Role.ADMINISTRATOR)
    with time_machine.travel(at(8), tick=False):
        send_again(Digest.objects.get().pk, administrator, "It never came.")
    assert [digest.state for digest in sweep(at(8, 5))] == ["dismissed"]
    assert mail.outbox == []
    assert Digest.objects.get().reason == "It never came. Nothing of it held any more."


# --- What nobody knows


def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep at seven that is killed while it sends."""

    def killed(message: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(SEND, killed)
        with pytest.raises(Killed):
            sweep(at(7))


def test_an_uncertain_e_mail_is_listed_after_a_quarter_of_an_hour_and_not_sent_by_itself(
    due: TrackedFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(monkeypatch)
    assert not uncertain(at(7, 14)).exists()
    assert uncertain(at(7, 16)).get() == Digest.objects.get()
    for hour in range(8, 24):
        assert sweep(at(hour)) == []


def test_an_administrator_has_it_sent_again_once(
    due: TrackedFinding, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(monkeypatch)
    administrator = member(Role.ADMINISTRATOR)
    digest = Digest.objects.get()
    with time_machine.travel(at(7, 30), tick=False):
        send_again(digest.pk, administrator, " The officer has nothing. ")
        with pytest.raises(Refused):
            send_again(digest.pk, administrator, "Once more.")
    assert [one.state for one in sweep(at(7, 35))] == ["sent"]
    assert sweep(at(9)) == []
    digest.refresh_from_db()
    assert (digest.state, digest.decided_by, digest.reason) == ("sent", administrator, "The officer has nothing.")
    assert len(mail.outbox) == 1


def test_what_was_decided_is_sent_though_its_day_is_over_and_another_day_was_told(
    due: TrackedFinding, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(monkeypatch)
    next_day = DUE + timedelta(days=1)
    assert len(sweep(at(7, day=next_day))) == 1  # that it is overdue
    with time_machine.travel(at(8, day=next_day), tick=False):
        send_again(Digest.objects.get(day=DUE).pk, member(Role.ADMINISTRATOR), "Nothing came.")
    assert [(one.day, one.state) for one in sweep(at(8, 5, next_day))] == [(DUE, "sent")]
    assert [one.subject for one in mail.outbox] == ["peeltrack: 1 overdue"] * 2


def test_it_is_dismissed_with_a_reason_and_never_without(due: TrackedFinding, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(monkeypatch)
    administrator, digest = member(Role.ADMINISTRATOR), Digest.objects.get()
    with time_machine.travel(at(7, 10), tick=False), pytest.raises(Refused) as refused:
        dismiss(digest.pk, administrator, "Too early to say.")
    assert refused.value.code == "nothing_to_decide"
    with time_machine.travel(at(8), tick=False):
        with pytest.raises(Incomplete):
            dismiss(digest.pk, administrator, "  ")
        dismiss(digest.pk, administrator, "The officer has it.")
    assert sweep(at(9)) == []
    assert not uncertain(at(9)).exists()
    assert Digest.objects.get().state == "dismissed"
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.update(reason="")


@pytest.mark.parametrize("silence", [TimeoutError("timed out"), SMTPServerDisconnected("gone"), ConnectionResetError()])
def test_a_server_that_falls_silent_once_it_has_the_e_mail_leaves_it_uncertain(
    silence: OSError, due: TrackedFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(message: object) -> None:
        raise silence

    with monkeypatch.context() as patched:
        patched.setattr(SEND, silent)
        assert [one.state for one in sweep(at(7))] == ["claimed"]
    assert sweep(at(12)) == []
    assert uncertain(at(12)).count() == 1


# --- What is refused


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (SMTPRecipientsRefused({"a": (550, b"no such user")}), "refused"),
        (SMTPRecipientsRefused({"a": (451, b"later")}), "failed"),
        (SMTPDataError(554, b"looks like spam"), "refused"),
        (SMTPDataError(452, b"full"), "failed"),
        (SMTPSenderRefused(553, b"not you", "peeltrack"), "failed"),
        (ValueError("an impossible address"), "refused"),
    ],
)
def test_what_a_server_answers_is_for_good_or_for_now(
    answer: Exception, state: str, due: TrackedFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answering(message: object) -> None:
        raise answer

    with monkeypatch.context() as patched:
        patched.setattr(SEND, answering)
        assert [one.state for one in sweep(at(7))] == [state]
    assert len(sweep(at(7, 30))) == (state == "failed")


def test_mail_down_for_two_hours_and_one_refused_address(due: TrackedFinding, officer: User, inbox: Inbox) -> None:
    gone = member(Role.OFFICER, due.force)
    inbox.refuses = {gone.email}
    moment, states = at(7), []
    while moment < at(9):
        states += [digest.state for digest in sweep(moment)]
        moment += timedelta(minutes=5)
    assert set(states) == {"failed"}
    assert len(states) <= 2 * 12
    inbox.up()
    while moment < at(12):
        sweep(moment)
        moment += timedelta(minutes=5)
    digest = Digest.objects.get(recipient=officer)
    assert [len(inbox.to(person)) for person in (officer, gone)] == [1, 0]
    assert digest.sent_at is not None
    assert digest.sent_at <= at(9, 15)
    refused = Digest.objects.get(recipient=gone)
    assert (refused.state, refused.error) == ("refused", "550 5.1.1 no such user")
    assert refused_address(gone) == refused
    assert refused_address(officer) is None


def test_nothing_goes_to_a_refused_address_until_it_is_another_one(
    due: TrackedFinding, officer: User, inbox: Inbox
) -> None:
    inbox.refuses = {officer.email}
    inbox.up()
    assert [one.state for one in sweep(at(7))] == ["refused"]
    assert sweep(at(7, day=DUE + timedelta(days=1))) == []
    assert sweep(at(7, day=DUE + timedelta(days=2))) == []
    User.objects.filter(pk=officer.pk).update(email="mended@force.example")
    (digest,) = sweep(at(8, day=DUE + timedelta(days=2)))
    assert (digest.state, digest.reminders.count()) == ("sent", 2)  # that it was coming, and that it is overdue:
    assert inbox.mails[0]["Subject"] == "peeltrack: 1 overdue"  # one deadline, as it stands
    officer.refresh_from_db()
    assert refused_address(officer) is None


def test_an_administrator_lets_a_refused_address_be_tried_again(
    due: TrackedFinding, officer: User, inbox: Inbox
) -> None:
    inbox.refuses = {officer.email}
    inbox.up()
    sweep(at(7))
    inbox.refuses = set()
    with time_machine.travel(at(8), tick=False):
        send_again(Digest.objects.get().pk, member(Role.ADMINISTRATOR), "The mailbox is there again.")
    assert [one.state for one in sweep(at(8, 5))] == ["sent"]
    assert len(inbox.to(officer)) == 1


def test_a_slow_server_has_the_sweep_end_between_two_e_mails(
    due: TrackedFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        member(Role.OFFICER, due.force)
    monkeypatch.setattr(digests, "ENOUGH_SECONDS", -1)
    assert [len(sweep(at(7, minute))) for minute in (0, 5, 10)] == [1, 1, 1]


# --- The week and the month


def lead(tracked: TrackedFinding, name: str) -> None:
    TrackedFinding.objects.filter(pk=tracked.pk).update(lead=name)


MONDAY = date(2027, 3, 1)


def sending(send: Callable[[datetime], Iterator[Digest]], moment: datetime) -> list[Digest]:
    with time_machine.travel(moment, tick=False):
        return list(send(timezone.now()))


def test_the_week_goes_once_to_who_leads_and_to_signatories(due: TrackedFinding, officer: User) -> None:
    signatory, other = member(Role.SIGNATORY, due.force), tracked_finding(due.force)
    User.objects.filter(pk=officer.pk).update(first_name="Head", last_name="of Custody")
    officer.refresh_from_db()
    lead(due, "HEAD of custody")
    member(Role.VIEWER, due.force)
    assert [set(led_by(person)) for person in (officer, signatory)] == [{due}, {due, other}]
    assert sending(send_weekly, at(6, 45, MONDAY)) == []
    sent = sending(send_weekly, at(7, 0, MONDAY))
    assert {(one.recipient, one.kind, one.day, one.state) for one in sent} == {
        (person, "weekly", MONDAY, "sent") for person in (officer, signatory)
    }
    for day in range(7):
        assert sending(send_weekly, at(12, 0, MONDAY + timedelta(days=day))) == []
    assert len(sending(send_weekly, at(7, 0, MONDAY + timedelta(days=7)))) == 2
    mine = next(one for one in mail.outbox if one.to == [officer.email])
    assert mine.subject == "peeltrack: the week of 1 March 2027"
    assert f"- {due.force.name}: 1 open, 0 partly complied, 0 achieved, 1 overdue" in mine.body
    assert "OVERDUE (1)" in mine.body
    assert "Was due 1 July 2026" in mine.body
    assert other.finding.text not in mine.body


def test_a_name_that_two_members_share_leads_nobody(due: TrackedFinding, officer: User) -> None:
    lead(due, officer.get_full_name())
    assert set(led_by(officer)) == {due}
    member(Role.VIEWER, due.force)  # of the same name
    assert set(led_by(officer)) == set()
    for unmistakable in (officer.username, officer.email):
        lead(due, unmistakable)
        assert set(led_by(officer)) == {due}
    lead(due, "")
    User.objects.filter(pk=officer.pk).update(email="")
    officer.refresh_from_db()
    assert set(led_by(officer)) == set()


def test_who_leads_nothing_that_is_owed_is_left_alone(due: TrackedFinding, officer: User) -> None:
    signatory = member(Role.SIGNATORY, due.force)
    TrackedFinding.objects.update(status="achieved")

    assert sending(send_weekly, at(9, 0, MONDAY)) == []
    assert not Digest.objects.filter(recipient=signatory).exists()


def test_a_week_that_was_missed_on_monday_is_told_later_in_the_week(due: TrackedFinding) -> None:
    signatory = member(Role.SIGNATORY, due.force)
    choose(signatory, Wishes(hour=10, days_off=[Weekday.MONDAY]))
    assert sending(send_weekly, at(23, 0, MONDAY)) == []
    tuesday = MONDAY + timedelta(days=1)
    assert sending(send_weekly, at(9, 45, tuesday)) == []
    assert len(sending(send_weekly, at(10, 0, tuesday))) == 1


def test_who_ended_the_week_or_came_after_it_began_gets_none(due: TrackedFinding) -> None:
    ended, new = member(Role.SIGNATORY, due.force), member(Role.SIGNATORY, due.force)
    choose(ended, Wishes(stopped=[MailKind.WEEKLY]))
    User.objects.filter(pk=new.pk).update(date_joined=at(3, 0, MONDAY))
    assert sending(send_weekly, at(9, 0, MONDAY)) == []
    assert len(sending(send_weekly, at(9, 0, MONDAY + timedelta(days=7)))) == 1


def test_the_figures_of_the_month_go_once_to_national_users(due: TrackedFinding) -> None:
    national = member(Role.NATIONAL)
    other = tracked_finding(ForceFactory())
    TrackedFinding.objects.filter(pk=other.pk).update(status="achieved")
    assert sending(send_monthly, at(6, 0, MONDAY)) == []
    assert [(one.recipient, one.day) for one in sending(send_monthly, at(7, 0, MONDAY))] == [(national, MONDAY)]
    for day in (1, 15, 30):
        assert sending(send_monthly, at(12, 0, MONDAY + timedelta(days=day))) == []
    (message,) = mail.outbox
    assert message.subject == "peeltrack: figures of February 2027"
    assert "- All forces: 1 open, 0 partly complied, 1 achieved, 1 overdue, 0 achieved in February" in message.body
    assert f"- {due.force.name}: 1 open" in message.body
    assert len(sending(send_monthly, at(7, 0, date(2027, 4, 1)))) == 1


def test_one_e_mail_of_a_kind_a_person_and_a_period_is_what_the_database_holds_to(officer: User) -> None:
    values = {"recipient": officer, "kind": "weekly", "day": MONDAY, "claimed_at": at(7)}
    Digest.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(**values)
    Digest.objects.create(**{**values, "kind": "daily"})
    for _ in range(2):
        Digest.objects.create(**{**values, "kind": "at_once"})


def test_the_jobs_of_week_and_month_do_it(due: TrackedFinding) -> None:
    member(Role.SIGNATORY, due.force)
    member(Role.NATIONAL)
    with time_machine.travel(at(9, 0, MONDAY), tick=False):
        assert [run(name).outcome for name in (JobName.WEEKLY, JobName.MONTHLY)] == ["done", "done"]
    assert sorted(Digest.objects.values_list("kind", flat=True)) == ["monthly", "weekly"]


# --- Webhooks


def test_who_subscribed_is_told_that_a_reminder_was_made_once_a_deadline(due: TrackedFinding) -> None:
    member(Role.OFFICER, due.force)
    elsewhere = tracked_finding(ForceFactory())
    TrackedFinding.objects.filter(pk=elsewhere.pk).update(due_on=DUE)
    member(Role.OFFICER, elsewhere.force)
    subscriber = member(Role.VIEWER, due.force)
    subscribe(subscriber, due.force, "https://hooks.example/x", [EventKind.REMINDER_MADE])
    for _ in range(3):
        remind(DUE)
    assert Reminder.objects.count() == 3
    receiver = Receiver()
    assert tell(timezone.now(), receiver).delivered == 1
    ((_, body, _),) = receiver.got
    assert b'"type": "reminder_made"' in body
    assert b'"rule": "due_within_30_days", "occasion": "2026-07-01"' in body
    assert b"person-of-force" not in body
    assert Event.objects.filter(kind="reminder_made").count() == 2
