"""The officers' pages: everyone sees their own force, facts are read-only, and each act goes through its writer."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from findings.models import Finding
from tests.factories import (
    AssessmentFactory,
    DocumentFactory,
    EvidenceNoteFactory,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.models import Assessment, Membership, Reminder, TrackedFinding, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def tracked() -> TrackedFinding:
    return tracked_finding(elements=2)


@pytest.fixture
def assessment(tracked: TrackedFinding) -> Assessment:
    document = DocumentFactory(
        text="One line before it.\n\nSo it was. The force has met the area for improvement. It shows.\n\nOne line after it."
    )
    return AssessmentFactory(tracked_finding=tracked, document=document, line=3)


def page_of(row: Any, *, act: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{act}", args=[row.pk])


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_person_without_a_role_is_told_so_at_sign_in() -> None:
    User.objects.create_user("nobody", password="a long enough password")
    response = Client().post("/admin/login/", {"username": "nobody", "password": "a long enough password"})
    assert "Your account has no role yet" in text_of(response)


def test_five_wrong_passwords_lock_the_account_for_a_while() -> None:
    user = member(Role.OFFICER, "kent")
    for _ in range(5):
        Client().post("/admin/login/", {"username": user.username, "password": "wrong"})
    response = Client().post("/admin/login/", {"username": user.username, "password": "a long enough password"})
    assert response.status_code == 429


@pytest.mark.parametrize("role", list(Role))
def test_every_page_opens_or_is_refused_and_none_fails(role: Role, assessment: Assessment, browser: SignIn) -> None:
    tracked = assessment.tracked_finding
    client = browser(member(role, tracked.force if role.is_of_a_force else None))
    Reminder.objects.create(
        recipient=member(Role.OFFICER, tracked.force),
        tracked_finding=tracked,
        rule="overdue",
        occasion=date(2020, 1, 2),
        about_on=date(2020, 1, 1),
        force=tracked.force,
        subject=f"finding:{tracked.pk}",
    )
    assert client.get("/admin/").status_code == 200
    for model in site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        assert client.get(reverse(f"admin:{name}_changelist")).status_code in {200, 403}, name
        assert client.get(reverse(f"admin:{name}_add")).status_code in {200, 403}, name
        if row is not None:
            for act in ("change", "delete", "history"):
                assert client.get(reverse(f"admin:{name}_{act}", args=[row.pk])).status_code in {200, 302, 403, 404}, (
                    name,
                    act,
                )


def test_another_forces_work_is_nowhere_in_any_page(browser: SignIn) -> None:
    theirs = tracked_finding(text="CANARY words of a finding")
    TrackedFinding.objects.filter(pk=theirs.pk).update(lead="CANARY", closing_plan="CANARY")
    assessment = AssessmentFactory(tracked_finding=theirs, quote="CANARY quote")
    evidence = signed_off_evidence(theirs)
    note = EvidenceNoteFactory(tracked_finding=theirs, quote="CANARY passage")
    Reminder.objects.create(
        recipient=evidence.recorded_by,
        tracked_finding=theirs,
        rule="overdue",
        occasion=date(2020, 1, 2),
        about_on=date(2020, 1, 1),
        force=theirs.force,
        subject=f"finding:{theirs.pk}",
    )
    mine = tracked_finding()
    client = browser(member(Role.OFFICER, mine.force))
    addresses = [
        page_of(theirs), page_of(theirs, act="history"), page_of(theirs, act="delete"), page_of(assessment), page_of(assessment, act="history"),
        reverse("admin:tracking_status", args=[theirs.pk]), reverse("admin:tracking_evidence", args=[theirs.pk]),
        reverse("admin:tracking_sign_off", args=[evidence.pk]), page_of(Reminder.objects.get()),
        reverse("admin:tracking_note", args=[note.pk]), reverse("admin:tracking_date", args=[theirs.pk]),
    ]  # fmt: skip
    for address in addresses:
        for answer in (
            client.get(address, follow=True),
            client.post(address, {"reason": "x", "decision": "confirm"}, follow=True),
        ):
            assert "CANARY" not in answer.content.decode(), address
    for listing in ("trackedfinding", "assessment", "reminder"):
        body = client.get(
            reverse(f"admin:tracking_{listing}_changelist"), {"status": "all", "state": "all"}
        ).content.decode()
        assert "CANARY" not in body
        assert theirs.force.name not in body
    assert AssessmentFactory._meta.model.objects.get(pk=assessment.pk).state == "proposed"


def test_the_list_shows_what_is_not_achieved_yet_first(tracked: TrackedFinding, browser: SignIn) -> None:
    done = tracked_finding(tracked.force, text="This one is done.")
    TrackedFinding.objects.filter(pk=done.pk).update(status="achieved")
    client = browser(member(Role.OFFICER, tracked.force))
    address = reverse("admin:tracking_trackedfinding_changelist")
    assert "This one is done." not in text_of(client.get(address))
    assert "This one is done." in text_of(client.get(address, {"status": "all"}))
    assert "This one is done." in text_of(client.get(address, {"status": "achieved"}))


@pytest.mark.parametrize("count", [1, 25])
def test_queries_of_the_list_do_not_grow_with_it(
    count: int, tracked: TrackedFinding, browser: SignIn, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        tracked_finding(tracked.force)
    client = browser(member(Role.OFFICER, tracked.force))
    with django_assert_num_queries(11):
        client.get(reverse("admin:tracking_trackedfinding_changelist"))


def test_the_page_of_a_finding_tells_its_whole_story(assessment: Assessment, browser: SignIn) -> None:
    tracked = assessment.tracked_finding
    evidence = signed_off_evidence(tracked)
    shown = text_of(browser(member(Role.OFFICER, tracked.force)).get(page_of(tracked)))
    for words in (tracked.finding.text, "limb 1", "One line before it.", assessment.quote, "One line after it.", evidence.title, "Confirm or reject",
                  "Open since 2 May 2019: no verdict of a later report is confirmed yet.", "Rests on publication"):  # fmt: skip
        assert words in shown


def test_the_confirm_page_marks_the_sentence_in_its_place(assessment: Assessment, browser: SignIn) -> None:
    body = browser(member(Role.OFFICER, assessment.force)).get(page_of(assessment)).content.decode()
    assert f"<mark>{assessment.quote}</mark>" in body
    assert "So it was." in body
    assert "makes the finding achieved from 3 October 2022" in " ".join(body.split())


def test_an_officer_confirms_on_the_page_and_the_status_moves(assessment: Assessment, browser: SignIn) -> None:
    tracked = assessment.tracked_finding
    client = browser(member(Role.OFFICER, tracked.force))
    answer = {"decision": "confirm", "tracked_finding": tracked.pk, "reason": "I read the page."}
    response = client.post(page_of(assessment), answer, follow=True)
    assert "Confirmed. The finding is now achieved." in text_of(response)
    assert response.redirect_chain[0][0] == page_of(tracked)
    tracked.refresh_from_db()
    assert tracked.status == "achieved"
    again = client.post(page_of(assessment), answer)
    assert "The assessment is confirmed already." in text_of(again)
    assert tracked.changes.count() == 2


def test_what_was_typed_is_still_there_when_something_is_missing(assessment: Assessment, browser: SignIn) -> None:
    client = browser(member(Role.OFFICER, assessment.force))
    body = client.post(page_of(assessment), {"reason": "Words that took long to write."}).content.decode()
    assert "Words that took long to write." in body
    assert "This field is required" in body


def test_a_viewer_reads_the_confirm_page_and_cannot_use_it(assessment: Assessment, browser: SignIn) -> None:
    client = browser(member(Role.VIEWER, assessment.force))
    assert "Keep this decision" not in text_of(client.get(page_of(assessment)))
    assert client.post(page_of(assessment), {"decision": "confirm", "reason": "x"}).status_code == 403


def test_a_status_is_changed_on_a_page_of_its_own(tracked: TrackedFinding, browser: SignIn) -> None:
    plain = tracked_finding(tracked.force)
    client = browser(member(Role.OFFICER, tracked.force))
    address = reverse("admin:tracking_status", args=[plain.pk])
    answer = {"to_status": "achieved", "basis": "evidence", "effective_on": "2020-06-01", "reason": "Audit."}
    assert "not signed off" in text_of(client.post(address, answer))
    done = client.post(address, {**answer, "evidence": signed_off_evidence(plain).pk}, follow=True)
    assert "The finding is now achieved." in text_of(done)


def test_evidence_is_recorded_by_one_person_and_signed_off_by_another(tracked: TrackedFinding, browser: SignIn) -> None:
    officer = browser(member(Role.OFFICER, tracked.force))
    officer.post(
        reverse("admin:tracking_evidence", args=[tracked.pk]), {"title": "Audit", "link": "https://force.example/a"}
    )
    evidence = tracked.evidence.get()
    address = reverse("admin:tracking_sign_off", args=[evidence.pk])
    assert officer.post(address).status_code == 403
    signed = browser(member(Role.SIGNATORY, tracked.force)).post(address, follow=True)
    assert "Signed off." in text_of(signed)


def own_fields(tracked: TrackedFinding, **values: Any) -> dict[str, Any]:
    return {
        "position": tracked.position,
        "seen_version": tracked.version,
        "lead": "",
        "closing_plan": "",
        "comment": "",
        **values,
    }


def test_the_forces_own_fields_are_kept_with_what_was_there_before(tracked: TrackedFinding, browser: SignIn) -> None:
    client = browser(member(Role.OFFICER, tracked.force))
    client.post(page_of(tracked), own_fields(tracked, position="in_progress", lead="Superintendent", comment="Begun."))
    tracked.refresh_from_db()
    assert (tracked.position, tracked.lead, tracked.status) == ("in_progress", "Superintendent", "open")
    assert tracked.updates.get().moved["position"] == ["not_started", "in_progress"]


def test_two_people_at_the_same_form_do_not_overwrite_each_other(tracked: TrackedFinding, browser: SignIn) -> None:
    client = browser(member(Role.OFFICER, tracked.force))
    client.post(page_of(tracked), own_fields(tracked, lead="First"))
    late = client.post(page_of(tracked), own_fields(tracked, lead="Second"))
    assert "Somebody else changed this finding" in text_of(late)
    assert "Second" in late.content.decode()
    tracked.refresh_from_db()
    assert tracked.lead == "First"


@pytest.mark.parametrize(
    ("role", "position", "said"),
    [
        (Role.OFFICER, "signed_off", "Only a signatory"),
        (Role.OFFICER, "no_action", "needs a reason"),
        (Role.SIGNATORY, "in_progress", "Your role does not let you"),
    ],
)
def test_the_form_refuses_what_the_rules_refuse(
    role: Role, position: str, said: str, tracked: TrackedFinding, browser: SignIn
) -> None:
    response = browser(member(role, tracked.force)).post(page_of(tracked), own_fields(tracked, position=position))
    assert said in text_of(response)
    tracked.refresh_from_db()
    assert tracked.position == "not_started"


def test_status_and_facts_cannot_be_posted(tracked: TrackedFinding, browser: SignIn) -> None:
    client = browser(member(Role.OFFICER, tracked.force))
    client.post(page_of(tracked), own_fields(tracked, status="achieved", due_on="2030-01-01", force="1", lead="New"))
    tracked.refresh_from_db()
    assert (tracked.lead, tracked.status, tracked.due_on) == ("New", "open", None)


def test_published_findings_are_read_only_even_for_administrators(tracked: TrackedFinding, browser: SignIn) -> None:
    client = browser(member(Role.ADMINISTRATOR))
    address = page_of(tracked.finding)
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": "changed"}).status_code == 403
    assert Finding.objects.get(pk=tracked.finding_id).text == tracked.finding.text


@pytest.mark.parametrize("forces", [1, 12])
def test_queries_of_the_first_page_do_not_grow_with_the_forces(
    forces: int, tracked: TrackedFinding, browser: SignIn, django_assert_num_queries: Any
) -> None:
    officer = member(Role.OFFICER, tracked.force)
    for _ in range(forces):
        Membership.objects.create(user=officer, force=tracked_finding().force, role="officer")
    client = browser(officer)
    with django_assert_num_queries(16):
        client.get("/admin/")


@pytest.mark.parametrize("count", [1, 20])
def test_queries_of_the_verdicts_do_not_grow_with_them(
    count: int, assessment: Assessment, browser: SignIn, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        AssessmentFactory(tracked_finding=tracked_finding(assessment.force))
    client = browser(member(Role.OFFICER, assessment.force))
    with django_assert_num_queries(8):
        client.get(reverse("admin:tracking_assessment_changelist"))


def test_a_passage_is_kept_from_the_findings_page(browser: SignIn) -> None:
    note = EvidenceNoteFactory(tracked_finding=tracked_finding())
    client = browser(member(Role.OFFICER, note.tracked_finding.force))
    assert note.quote in client.get(page_of(note.tracked_finding)).content.decode()
    address = reverse("admin:tracking_note", args=[note.pk])
    assert note.quote in client.get(address).content.decode()
    assert "This field is required" in client.post(address, {"decision": "keep"}).content.decode()
    answer = client.post(address, {"decision": "keep", "reason": "It shows the board."}, follow=True)
    assert "The note is kept." in answer.content.decode()
    assert "already" in client.post(address, {"decision": "dismiss", "reason": "No."}).content.decode()
    viewer = browser(member(Role.VIEWER, note.tracked_finding.force))
    assert viewer.get(address).status_code == 403


def test_a_date_is_moved_from_the_findings_page(browser: SignIn) -> None:
    tracked = tracked_finding()
    client = browser(member(Role.OFFICER, tracked.force))
    address = reverse("admin:tracking_date", args=[tracked.pk])
    assert address in client.get(page_of(tracked)).content.decode()
    client.post(address, {"kind": "target", "to_on": "2039-01-01", "reason": "First."})
    refused = client.post(address, {"kind": "target", "to_on": "2020-01-01", "reason": "Back."})
    assert "1 January 2020 is in the past." in refused.content.decode()
    moved = client.post(address, {"kind": "target", "to_on": "2040-01-01", "reason": "The board agreed."}, follow=True)
    assert "The date is now 1 January 2040." in moved.content.decode()
    assert "The board agreed." in moved.content.decode()
    assert browser(member(Role.VIEWER, tracked.force)).get(address).status_code == 403
