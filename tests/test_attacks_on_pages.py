"""What somebody with an account tried on the pages, and must not get: each was done once."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import requests
from django.contrib.auth.forms import PasswordChangeForm
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from findings.models import Force, Theme
from tests.factories import (
    AssessmentFactory,
    ForceFactory,
    StatutoryResponseFactory,
    later_report,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking import posting, webhooks
from tracking.admin.forms import LONGEST_TEXT
from tracking.badges import rag_badge
from tracking.changes import Move, change_status
from tracking.decisions import confirm_many
from tracking.models import Assessment, Explanation, SavedView, TrackedFinding, User
from tracking.papers.asking import write_paper
from tracking.papers.building import build
from tracking.papers.wanted import Request
from tracking.people import deactivate
from tracking.progress import record_many, record_progress
from tracking.today import Today, forces_of
from tracking.vocabulary import Basis, PaperKind, Rag, Role, Status
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TODAY = timezone.localdate
FINDINGS = "/admin/tracking/trackedfinding/"


@pytest.fixture
def force() -> Force:
    return ForceFactory(name="Kent Police", slug="kent")


def sheets(content: bytes) -> dict[str, Any]:
    book = load_workbook(BytesIO(content))
    return {sheet.title: sheet for sheet in book}


def test_who_is_switched_off_while_changing_a_password_stays_off(
    force: Force, browser: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaver, administrator = member(Role.OFFICER, force), member(Role.ADMINISTRATOR)
    client, checked = browser(leaver), PasswordChangeForm.clean_old_password

    def meanwhile(form: Any) -> Any:
        said = checked(form)
        deactivate(leaver.pk, administrator)
        return said

    monkeypatch.setattr(PasswordChangeForm, "clean_old_password", meanwhile)
    new = "quite another long password"
    sent = {"old_password": "a long enough password", "new_password1": new, "new_password2": new}
    assert client.post(reverse("admin:password_change"), sent)["Location"] == reverse("admin:login")
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert not leaver.has_usable_password()
    assert client.get("/admin/").status_code == 302


def test_a_page_opened_before_somebody_was_switched_off_does_not_switch_them_on(force: Force, browser: SignIn) -> None:
    leaver, one, other = member(Role.OFFICER, force), member(Role.ADMINISTRATOR), member(Role.ADMINISTRATOR)
    client, where = browser(one), f"/admin/tracking/user/{leaver.pk}/change/"
    form = client.get(where).context["adminform"].form
    sent = {name: form[name].value() for name in ("username", "last_name", "email", "seen")}
    sent |= {"first_name": "Corrected", "is_active": "on"}
    sent |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    deactivate(leaver.pk, other)
    assert "Somebody else changed this person" in client.post(where, sent).content.decode()
    leaver.refresh_from_db()
    assert (leaver.is_active, leaver.first_name) == (False, "")


def test_an_answer_to_the_public_carries_no_history_and_no_name(force: Force) -> None:
    officer, asked, other = (
        member(Role.OFFICER, force),
        tracked_finding(force, kind="recommendation"),
        tracked_finding(force),
    )
    evidence = signed_off_evidence(other)
    change_status(Move(other.pk, Status.ACHIEVED, Basis.EVIDENCE, "Kept within the force.", date(2024, 5, 1), evidence=evidence), officer)  # fmt: skip
    wanted = Request(kind=PaperKind.FOI, force=force, as_of=TODAY(), report=asked.finding.report)
    found = sheets(write_paper(wanted, "xlsx").content)
    assert "Status history" not in found
    said = " ".join(str(cell) for sheet in found.values() for row in sheet.values for cell in row)
    assert "Kept within the force." not in said
    assert str(officer) not in said


def test_an_answer_to_the_public_repeats_only_comments_that_are_published(force: Force) -> None:
    asked, officer = tracked_finding(force, kind="recommendation"), member(Role.OFFICER, force)
    response = StatutoryResponseFactory(force=force, report=asked.finding.report)
    Explanation.objects.create(response=response, tracked_finding=asked, text="A draft.", recorded_by=officer)
    wanted = Request(kind=PaperKind.FOI, force=force, as_of=TODAY(), report=asked.finding.report)
    assert "A draft." not in write_paper(wanted, "csv").content.decode()
    response.published_on = TODAY()
    response.save()
    assert "A draft." in write_paper(wanted, "csv").content.decode()


@pytest.fixture
def dripping() -> Iterator[str]:
    """A receiver that answers a byte at a time, and is never late for a read."""
    server = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        taken, _ = server.accept()
        with taken:
            for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 10_000:
                if ended.wait(0.2):
                    return
                try:
                    taken.send(bytes([byte]))
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    ended.set()
    thread.join(5)
    server.close()


def test_a_receiver_cannot_hold_the_sender_longer_than_its_time(
    dripping: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(posting, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 1)
    began = time.monotonic()
    with pytest.raises(requests.RequestException):
        posting.post(dripping, b"{}", {})
    assert time.monotonic() - began < 30  # it would go on for more than half an hour


def test_one_run_leaves_to_the_next_what_would_take_too_long(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    webhooks.subscribe(member(Role.OFFICER, force), force, "https://force.example/hook")
    for _ in range(3):
        tracked_finding(force)
    monkeypatch.setattr(webhooks, "RUN_SECONDS", -1)
    told = webhooks.tell(timezone.now(), lambda *_: 200)
    assert (told.made, told.delivered) == (3, 0)
    monkeypatch.undo()
    assert webhooks.tell(timezone.now(), lambda *_: 200).delivered == 3


def test_a_reason_is_no_longer_than_a_person_reads(force: Force, browser: SignIn) -> None:
    row, client = tracked_finding(force), browser(member(Role.OFFICER, force))
    where = f"{FINDINGS}many/position/?ids={row.pk}"
    sent = {"position": "no_action", "reason": "x" * (LONGEST_TEXT + 1), "seen": client.get(where).context["seen"]}
    assert f"at most {LONGEST_TEXT} characters" in client.post(where, sent).content.decode()
    assert len(rag_badge(Rag.RED.value, "why " * 10_000)) < 500


def test_an_act_on_many_rows_does_not_overwrite_what_came_meanwhile(force: Force, browser: SignIn) -> None:
    row, officer = tracked_finding(force), member(Role.OFFICER, force)
    client, where = browser(officer), f"{FINDINGS}many/position/?ids={row.pk}"
    seen = client.get(where).context["seen"]
    record_progress(row.pk, {"position": "ready_for_sign_off"}, member(Role.OFFICER, force), "Done.")
    sent = {"position": "in_progress", "reason": "A tidy-up."}
    for given in ({**sent, "seen": seen}, sent):
        assert "It has changed since you looked" in client.post(where, given).content.decode()
    row.refresh_from_db()
    assert row.position == "ready_for_sign_off"
    with pytest.raises(Refused, match="changed since"):
        record_many([row.pk], sent, officer, "A tidy-up.", {row.pk: row.version - 1})


def test_many_verdicts_move_only_what_the_officer_saw_them_linked_to(force: Force, browser: SignIn) -> None:
    tracked = tracked_finding(force)
    said = AssessmentFactory(tracked_finding=tracked, report=later_report(force), outcome="achieved")
    Assessment.objects.filter(pk=said.pk).update(tracked_finding=None)
    client, where = browser(member(Role.OFFICER, force)), f"/admin/tracking/assessment/many/?ids={said.pk}"
    seen = client.get(where).context["seen"]
    Assessment.objects.filter(pk=said.pk).update(tracked_finding=tracked)
    answered = client.post(where, {"reason": "Read.", "seen": seen})
    assert "It has changed since you looked" in answered.content.decode()
    tracked.refresh_from_db()
    assert tracked.status == Status.OPEN


@pytest.mark.django_db(transaction=True)
def test_acts_on_many_rows_in_opposite_orders_wait_for_each_other(committed: None) -> None:
    force = ForceFactory()
    officer, rows = member(Role.OFFICER, force), [tracked_finding(force) for _ in range(2)]
    report, failed = later_report(force), []
    said = [AssessmentFactory(tracked_finding=row, report=report, outcome="in_progress") for row in reversed(rows)]

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()  # the thread's own

    acts = [
        lambda: confirm_many([one.pk for one in said], officer, "Read."),
        lambda: record_many([row.pk for row in rows], {"lead": "The chief officer"}, officer, "Agreed."),
    ]
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert TrackedFinding.objects.filter(lead="The chief officer", last_word__isnull=False).count() == 2


def test_themes_that_somebody_else_chose_meanwhile_stay(reference: None, browser: SignIn) -> None:
    tracked = tracked_finding()
    client, where = browser(member(Role.OFFICER, tracked.force)), f"{FINDINGS}{tracked.pk}/themes/"
    seen = client.get(where).context["form"]["seen"].value()
    vetting, other = Theme.objects.filter(slug="vetting").get(), Theme.objects.exclude(slug="vetting")[0]
    tracked.finding.themes.set([vetting])
    assert (
        "Somebody else changed the themes" in client.post(where, {"themes": [other.pk], "seen": seen}).content.decode()
    )
    assert list(tracked.finding.themes.all()) == [vetting]


@pytest.mark.parametrize(
    "address",
    [
        f"/admin/findings/report/?force=-{'9' * 25}",
        f"/admin/findings/report/?force=%2B{'9' * 25}",
        f"/admin/tracking/membership/?force=-{'9' * 25}",
        f"/admin/tracking/digest/?day__year=-{'9' * 25}",
    ],
)
def test_a_number_that_no_row_has_is_not_found_whatever_its_sign(address: str, browser: SignIn) -> None:
    assert browser(member(Role.ADMINISTRATOR)).get(address).status_code == 404


@pytest.mark.parametrize(("listing", "act"), [("trackedfinding", "many_owner"), ("assessment", "many_confirm")])
def test_a_chosen_row_that_is_no_number_is_not_found(listing: str, act: str, force: Force, browser: SignIn) -> None:
    sent = {"action": act, "_selected_action": "abc", "index": "0"}
    assert browser(member(Role.OFFICER, force)).post(f"/admin/tracking/{listing}/", sent).status_code == 404


@pytest.mark.parametrize("asked", [{"as_of": date(1, 1, 1)}, {"as_of": date(2024, 1, 1), "since": date(1, 1, 1)}])
def test_a_paper_of_a_day_before_any_inspection_is_refused(asked: dict[str, date], force: Force) -> None:
    with pytest.raises(Incomplete, match="No inspection is as old"):
        build(Request(kind=PaperKind.COMMITTEE, force=force, **asked))


@pytest.mark.parametrize("words", ["a+" * 1_900, "\x00"])
@pytest.mark.parametrize("listing", ["tracking/trackedfinding", "findings/finding", "findings/report", "tracking/user"])
def test_any_words_may_be_searched_for(words: str, listing: str, browser: SignIn, force: Force) -> None:
    who = member(Role.ADMINISTRATOR) if listing == "tracking/user" else member(Role.OFFICER, force)
    assert browser(who).get(f"/admin/{listing}/", {"q": words.replace("+", " ")}).status_code == 200


def test_choices_found_by_words_take_any_words(browser: SignIn, force: Force) -> None:
    asked = {"app_label": "findings", "model_name": "finding", "field_name": "report"}
    for words in ("\x00", "a " * 1_900):
        answered = browser(member(Role.OFFICER, force)).get("/admin/autocomplete/", {**asked, "term": words})
        assert answered.status_code < 500


def test_a_view_is_named_without_what_no_database_holds(browser: SignIn, force: Force) -> None:
    client = browser(member(Role.OFFICER, force))
    client.post(reverse("admin:tracking_save_view"), {"name": "a\x00b", "query": "status=all"})
    assert SavedView.objects.get().name == "ab"


def test_a_marking_is_printed_as_it_is_written(force: Force) -> None:
    tracked_finding(force)
    wanted = Request(kind=PaperKind.COMMITTEE, force=force, as_of=TODAY(), marking="OFFICIAL R&D &G")
    for sheet in sheets(write_paper(wanted, "xlsx").content).values():
        assert sheet.oddHeader.center.text == "OFFICIAL R&&D && G"
        assert sheet.oddFooter.center.text == "OFFICIAL R&&D && G"


def test_todays_figures_are_those_of_the_lists_for_a_person_of_several_roles(browser: SignIn, force: Force) -> None:
    other, example = ForceFactory(), ForceFactory(is_example=True)
    both = member(Role.OFFICER, force)
    both.memberships.create(force=other, role=Role.VIEWER.value)
    for one in (force, other, example):
        AssessmentFactory(tracked_finding=tracked_finding(one, due_on=date(2020, 1, 1), due_precision="day"))
        StatutoryResponseFactory(force=one, report=later_report(one))
    for person in (both, member(Role.NATIONAL)):
        client = browser(person)
        for card in Today(person, list(forces_of(person)), TODAY()).cards():
            assert card.figure == client.get(card.url).context["cl"].result_count, (person, card)
