"""The page on which reports are taken in: several at once or as text, with a row for each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from findings.models import Report
from tests.factories import member
from tracking.intakes import announce, open_intake
from tracking.models import Intake, User
from tracking.vocabulary import Role

SignIn = Callable[[User], Client]
PAGE = "/admin/tracking/intake/take-in/"
ONE = "/admin/tracking/intake/take-in/one/"


@pytest.fixture
def officer(reference: None) -> User:
    return member(Role.OFFICER, "kent")


@pytest.fixture
def kent(samples: Path) -> str:
    return (samples / "exampleshire-2016-legitimacy.txt").read_text().replace("Exampleshire", "Kent")


def file(name: str, content: bytes | str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_without_a_script_all_files_are_read_in_turn_and_shown_as_rows(
    officer: User, kent: str, browser: SignIn
) -> None:
    files = [file("cat.txt", b"\xff\xd8\xff\xe0JFIF"), file("kent.txt", kent), file("empty.txt", b"")]
    shown = text_of(browser(officer).post(PAGE, {"documents": files}, follow=True))
    for name, why in (("cat.txt", "The file is a JPEG picture"), ("empty.txt", "The file is empty")):
        (row,) = [row for row in shown.split("</tr>") if f'<th scope="row">{name}</th>' in row]
        assert why in row
        assert "Nothing of it was stored." in row
    assert "Kent Police, PEEL 2016, legitimacy</a>" in shown
    assert "5 new, 0 changed and 0 unchanged findings" in shown
    assert Report.objects.filter(force__slug="kent").exclude(document=None).count() == 1


def test_pasted_text_is_a_document_under_the_name_given(officer: User, kent: str, browser: SignIn) -> None:
    shown = text_of(browser(officer).post(PAGE, {"title": "Kent of 2016", "text": kent}, follow=True))
    assert '<th scope="row">Kent of 2016</th>' in shown
    assert "5 new" in shown
    assert Report.objects.get(force__slug="kent", document__isnull=False).document.original_name == "Kent of 2016"


def test_a_script_gives_documents_one_by_one_into_one_intake(officer: User, kent: str, browser: SignIn) -> None:
    client = browser(officer)
    first = client.post(ONE, {"documents": file("cat.txt", b"\x89PNG")})
    assert 'data-state="refused"' in text_of(first)
    intake = Intake.objects.get()
    second = client.post(ONE, {"documents": file("kent.txt", kent), "intake": intake.pk})
    assert 'data-state="taken_in"' in text_of(second)
    again = client.post(ONE, {"documents": file("again.txt", kent), "intake": intake.pk})
    assert 'data-state="already_in"' in text_of(again)
    report = Report.objects.get(force__slug="kent", document__isnull=False)
    assert reverse("admin:tracking_review_change", args=[report.review.pk]) in text_of(again)
    assert [item.state for item in Intake.objects.get().items.all()] == ["refused", "taken_in", "already_in"]


@pytest.mark.parametrize("answer", [{}, {"text": "  \n"}, {"title": "Alone"}])
def test_nothing_given_is_said_and_opens_no_intake(answer: dict[str, str], officer: User, browser: SignIn) -> None:
    client = browser(officer)
    assert "Choose at least one file, or paste the text of a report." in text_of(client.post(PAGE, answer))
    assert client.post(ONE, answer).status_code == 400
    assert Intake.objects.count() == 0


def test_too_many_files_are_refused_before_any_is_read(officer: User, kent: str, browser: SignIn) -> None:
    files = [file(f"{number}.txt", kent) for number in range(51)]
    assert "At most 50 documents at once" in text_of(browser(officer).post(PAGE, {"documents": files}))
    fifty_and_text = {"documents": [file(f"{n}.txt", kent) for n in range(50)], "text": kent}
    assert "At most 50 documents at once" in text_of(browser(officer).post(PAGE, fifty_and_text))
    assert Intake.objects.count() == 0
    full = open_intake(officer)
    for number in range(50):
        announce(full, f"{number}.txt")
    refused = browser(officer).post(ONE, {"documents": file("51.txt", kent), "intake": full.pk})
    assert refused.status_code == 409
    assert full.items.count() == 50


def test_nobody_adds_to_or_reads_somebody_elses_intake(officer: User, kent: str, browser: SignIn) -> None:
    theirs = open_intake(officer)
    announce(theirs, "theirs.txt")
    for stranger in (member(Role.OFFICER, "kent"), member(Role.OFFICER, "essex"), member(Role.ADMINISTRATOR)):
        client = browser(stranger)
        assert client.post(ONE, {"documents": file("a.txt", kent), "intake": theirs.pk}).status_code == 404
        assert client.get(reverse("admin:tracking_intake_change", args=[theirs.pk])).status_code == 404
        assert "theirs.txt" not in text_of(client.get(reverse("admin:tracking_intake_changelist")))
        assert "Taken in on" not in text_of(client.get(reverse("admin:tracking_intake_changelist")))
    assert theirs.items.count() == 1


@pytest.mark.parametrize("named", ["x", "-1", "9" * 30, "0"])
def test_an_intake_that_is_not_there_is_not_found(named: str, officer: User, kent: str, browser: SignIn) -> None:
    assert browser(officer).post(ONE, {"documents": file("a.txt", kent), "intake": named}).status_code == 404
    assert not Intake.objects.filter(items__isnull=False).exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SIGNATORY, Role.NATIONAL])
@pytest.mark.parametrize("address", [PAGE, ONE, "/admin/tracking/intake/"])
def test_the_pages_are_closed_to_who_takes_nothing_in(
    role: Role, address: str, kent: str, reference: None, browser: SignIn
) -> None:
    client = browser(member(role, "kent" if role.is_of_a_force else None))
    assert client.get(address).status_code == 403
    assert client.post(address, {"text": kent}).status_code == 403
    assert Intake.objects.count() == 0


def test_what_a_document_is_called_runs_nothing(officer: User, browser: SignIn) -> None:
    answer = browser(officer).post(ONE, {"documents": file("<img src=x onerror=alert(1)>.txt", b"x")})
    assert "<img" not in answer.content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_documents(
    count: int, officer: User, browser: SignIn, django_assert_num_queries: Any
) -> None:
    report = Report.objects.filter(force=None)[0]
    for _ in range(count):
        intake = open_intake(officer)
    for number in range(count):
        item = announce(intake, f"{number}.txt")
        item.state, item.report = "taken_in", report
        item.save()
    client = browser(officer)
    with django_assert_num_queries(6):
        client.get(reverse("admin:tracking_intake_changelist"))
    with django_assert_num_queries(5):
        client.get(reverse("admin:tracking_intake_change", args=[intake.pk]))
