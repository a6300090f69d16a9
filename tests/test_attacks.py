"""What somebody who means harm tries, and what must come of it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from findings.models import Document
from findings.reading.documents import MAX_BYTES
from findings.reading.values import NotReadable
from tests.factories import (
    CycleFactory,
    ReportFactory,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.changes import Move, change_status
from tracking.intake import take_in
from tracking.models import StatusChange, TrackedFinding, User
from tracking.standing import status_sentence
from tracking.tokens import issue_token
from tracking.vocabulary import Basis, Role, Status
from tracking.workflow import Refused

pytestmark = pytest.mark.django_db
DAY = date(2020, 6, 1)
PAGE = "Kent PEEL 2015\nLegitimacy\nHow fair is it to all people?\nHow well does it treat people?\n"


def on(tracked: TrackedFinding, **values: Any) -> Move:
    named = {"effective_on": DAY, "evidence": signed_off_evidence(tracked), **values}
    return Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", **named)


def test_a_home_made_report_writes_into_no_other_forces_work(reference: None) -> None:
    text = (
        PAGE
        + "In our 2013 made-up report, we recommended that all forces should hand this over.\nThe force has not met this recommendation."
    )
    others = TrackedFinding.objects.exclude(force__slug="kent").count()
    officer = member(Role.OFFICER, "kent")
    take_in("a.txt", text.encode(), officer)
    assert TrackedFinding.objects.exclude(force__slug="kent").count() == others
    assert Document.objects.get().given_by == str(officer)
    take_in("a.txt", text.encode(), member(Role.ADMINISTRATOR))
    assert TrackedFinding.objects.exclude(force__slug="kent").count() == others + 42


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("findings_finding", "reference__regex=^(([a-z])+)+$"),
        ("findings_force", "memberships=1"),
        ("findings_force", "tracked_findings=1"),
        ("tracking_trackedfinding", "lead__regex=("),
        ("tracking_trackedfinding", "owner__password__startswith=p"),
        ("tracking_trackedfinding", "status=%00"),
        ("tracking_assessment", "outcome=%00"),
    ],
)
def test_lists_answer_no_lookup_that_they_do_not_show(page: str, query: str, browser: Callable[[User], Client]) -> None:
    client = browser(member(Role.VIEWER, tracked_finding().force))
    assert client.get(f"{reverse(f'admin:{page}_changelist')}?{query}").status_code == 400


def test_a_list_of_moves_is_bounded_and_only_for_who_may_move(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    many = json.dumps([1] * 201)
    for role, status in ((Role.VIEWER, 403), (Role.OFFICER, 400)):
        response = api(member(role, tracked.force)).post(
            "/api/v1/status-changes/", many, content_type="application/json"
        )
        assert response.status_code == status
        assert len(response.content) < 1000


@pytest.mark.parametrize("address", ["/admin/login/", "/api/v1/reports/"])
def test_a_document_beyond_the_limit_is_refused_while_it_comes_in(
    address: str, api: Callable[[User], APIClient]
) -> None:
    client = api(member(Role.OFFICER, "kent")) if address.startswith("/api") else Client()
    huge = SimpleUploadedFile("huge.txt", b"x" * (MAX_BYTES + 2**20 + 1))
    response = client.post(
        address, {"document": huge}, **({"format": "multipart"} if address.startswith("/api") else {})
    )
    assert response.status_code == 400


def test_a_move_names_nothing_that_it_does_not_rest_on() -> None:
    tracked, theirs = tracked_finding(), tracked_finding()
    with pytest.raises(Refused) as refused:
        change_status(on(tracked, successor=theirs), member(Role.OFFICER, tracked.force))
    assert refused.value.code == "not_of_this_basis"


def test_nothing_is_hidden_behind_an_older_finding() -> None:
    newer = tracked_finding(report=ReportFactory(cycle=CycleFactory(code="2021/22"), published_on=date(2022, 10, 3)))
    older = tracked_finding(newer.force)
    move = Move(newer.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Gone.", date(2023, 1, 1), successor=older)
    with pytest.raises(Refused) as refused:
        change_status(move, member(Role.OFFICER, newer.force))
    assert refused.value.code == "successor_older"


def test_evidence_that_a_correction_set_aside_is_no_basis_again() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    move = on(tracked)
    change_status(move, officer)
    change_status(Move(tracked.pk, Status.OPEN, Basis.CORRECTION, "False.", DAY), member(Role.SIGNATORY, tracked.force))
    with pytest.raises(Refused) as refused:
        change_status(move, officer)
    assert refused.value.code == "evidence_not_signed_off"


@pytest.mark.parametrize("how", ["own change", "reset by an administrator", "role lost"])
def test_a_token_ends_with_the_password_or_the_role(how: str, browser: Callable[[User], Client]) -> None:
    user = member(Role.OFFICER, "kent")
    _, token = issue_token(user)
    program = APIClient(headers={"authorization": f"Token {token}"})
    assert program.get("/api/v1/cycles/").status_code == 200
    new = {"new_password1": "another long password", "new_password2": "another long password"}
    if how == "own change":
        browser(user).post("/admin/password_change/", {"old_password": "a long enough password", **new})
    elif how == "role lost":
        user.memberships.all().delete()
    else:
        again = {"password1": "another long password", "password2": "another long password", "usable_password": "true"}
        browser(member(Role.ADMINISTRATOR)).post(f"/admin/tracking/user/{user.pk}/password/", again)
    assert program.get("/api/v1/cycles/").status_code in {401, 403}


def test_a_recorded_change_is_not_replaced() -> None:
    change = tracked_finding().last_change
    columns = ", ".join(field.column for field in StatusChange._meta.fields)
    values = columns.replace("reason", "'REWRITTEN'")
    replace = f"INSERT OR REPLACE INTO tracking_statuschange ({columns}) SELECT {values} FROM tracking_statuschange"
    if connection.vendor == "postgresql":
        replace = f"INSERT INTO tracking_statuschange ({columns}) SELECT {values} FROM tracking_statuschange ON CONFLICT (id) DO UPDATE SET reason = 'REWRITTEN'"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(replace)
    assert StatusChange.objects.get(pk=change.pk).reason == change.reason


def test_a_form_without_the_version_it_was_made_from_is_refused(browser: Callable[[User], Client]) -> None:
    tracked = tracked_finding()
    client = browser(member(Role.OFFICER, tracked.force))
    client.post(
        reverse("admin:tracking_trackedfinding_change", args=[tracked.pk]), {"position": "in_progress", "lead": "x"}
    )
    tracked.refresh_from_db()
    assert tracked.lead == ""


def test_the_sentence_is_about_the_whole_and_not_about_one_element() -> None:
    tracked = tracked_finding(elements=3)
    officer = member(Role.OFFICER, tracked.force)
    first, second, _ = tracked.elements.all()
    change_status(on(tracked, element=first.pk), officer)
    change_status(on(tracked, element=second.pk, effective_on=date(2021, 1, 1)), officer)
    tracked.refresh_from_db()
    assert status_sentence(tracked).startswith("Partly complied since 1 June 2020")


@pytest.mark.parametrize(
    "address",
    [
        "tracked-findings/?ordering=--id",
        "status-changes/?cursor=cD1hYmM=",
        "status-changes/?cursor=cD0A",
        "tracked-findings/?changed_since=0001-01-01T00:00:00%2B23:00",
        "tracked-findings/?changed_since=9999-12-31T23:59:59-23:00",
        "status-changes/?changed_since=0001-01-01T00:00:00%2B23:00",
        "forces/a%00b/",
        "forces/a%00b/summary/",
    ],
)
def test_odd_addresses_are_refused_and_are_no_fault_of_ours(address: str, api: Callable[[User], APIClient]) -> None:
    response = api(member(Role.OFFICER, tracked_finding().force)).get(f"/api/v1/{address}")
    assert response.status_code in {400, 404}


END = "It is fair.\n"


@pytest.mark.parametrize(
    "text",
    [
        PAGE + "Recommendations\n- By Augu\u017ft 2024 the force should act.\n" + END,
        PAGE + END + "Augu\u017ft 2024 | \u00a9 HMIC",
        PAGE
        + "In our 2019 "
        + "x" * 130
        + " report, we recommended that all forces should act.\nIt has met this recommendation.",
        PAGE + END + "y" * 150 + "\nHM Inspector of Constabulary",
    ],
    ids=["long s in a deadline", "long s in a date", "long name", "long inspector"],
)
def test_odd_reports_are_taken_in_all_the_same(text: str, reference: None) -> None:
    assert take_in("a.txt", text.encode(), member(Role.OFFICER, "kent")).is_new


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PAGE + "Recommendations\n" + "- act now.\n" * 400 + END, "no report holds more than 300"),
        (PAGE + END + "Last updated 31/12/2099", "in the future"),
    ],
)
def test_impossible_reports_are_refused_with_the_reason(text: str, reason: str, reference: None) -> None:
    with pytest.raises(NotReadable, match=reason):
        take_in("a.txt", text.encode(), member(Role.OFFICER, "kent"))


def test_nobody_learns_which_accounts_there_are(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    client = api(member(Role.OFFICER, tracked.force))
    other = member(Role.OFFICER, "kent")
    address = f"/api/v1/tracked-findings/{tracked.pk}/"
    answers = [
        client.patch(address, {"owner": name}, headers={"if-match": '"1"'}).json()
        for name in (other.username, "nobody")
    ]
    assert answers[0] == answers[1]


def test_documents_are_kept_where_nobody_can_fetch_them(samples: Path, reference: None, client: Client) -> None:
    take_in(
        "a.txt", (samples / "exampleshire-2016-legitimacy.txt").read_text().replace("Exampleshire", "Kent").encode()
    )
    assert client.get(f"/media/{Document.objects.get().file.name}").status_code == 404
