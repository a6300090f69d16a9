"""What somebody with an account tried, and what nobody may get: past a correction, into another force, or into a fault."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from findings.models import Finding, Report
from findings.reference import load_forces
from tests.factories import (
    AssessmentFactory,
    FindingFactory,
    ForceFactory,
    ReportFactory,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.changes import Move, change_status, open_findings
from tracking.comparison import compare
from tracking.decisions import decide
from tracking.file_types import kind_of
from tracking.intake import take_in
from tracking.models import Membership, TrackedFinding, User, Webhook
from tracking.vocabulary import Basis, Decision, Role, Status
from tracking.webhooks import subscribe, tell

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
CHANGES, TOKENS = "/api/v1/status-changes/", "/api/v1/tokens/"


@pytest.fixture
def corrected() -> TrackedFinding:
    """A finding that a verdict made achieved, and a signatory open again, on the verdict's own day."""
    tracked = tracked_finding()
    verdict = AssessmentFactory(tracked_finding=tracked)
    decide(verdict.pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), "Read.")
    back = Move(tracked.pk, Status.OPEN, Basis.CORRECTION, "It means another finding.", date(2022, 10, 3))
    change_status(back, member(Role.SIGNATORY, tracked.force))
    return tracked


def test_a_correction_is_not_undone_by_the_same_verdict_again(corrected: TrackedFinding, api: Api) -> None:
    verdict = corrected.assessments.get()
    move = {"tracked_finding": corrected.pk, "to_status": "achieved", "basis": "assessment", "assessment": verdict.pk, "reason": "Again."}  # fmt: skip
    answer = api(member(Role.OFFICER, corrected.force)).post(CHANGES, move)
    assert (answer.status_code, answer.json()["code"]) == (409, "assessment_set_aside")
    assert api(member(Role.SIGNATORY, corrected.force)).post(CHANGES, move).status_code == 201


def test_a_verdict_is_not_given_to_a_finding_of_another_kind(api: Api) -> None:
    tracked = tracked_finding(kind="recommendation")
    verdict = AssessmentFactory(tracked_finding=tracked, refers_to={"kind": "afi", "scope": "force", "text": "x"})
    words = {"decision": "confirm", "reason": "So it is.", "tracked_finding": tracked.pk}
    answer = api(member(Role.OFFICER, tracked.force)).post(f"/api/v1/assessments/{verdict.pk}/decision/", words)
    assert (answer.status_code, answer.json()["code"]) == (400, "finding_of_another_kind")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2099-01-01"])
def test_a_first_target_is_a_day_of_this_age_by_every_door(day: str, api: Api) -> None:
    tracked = tracked_finding()
    client = api(member(Role.OFFICER, tracked.force))
    where = f"/api/v1/tracked-findings/{tracked.pk}/"
    tag = client.get(where)["ETag"]
    assert client.patch(where, {"target_on": day}, headers={"If-Match": tag}).status_code == 400
    assert client.get("/api/v1/calendar.ics?of=all").status_code == 200


def test_a_webhook_ends_with_the_access_and_tells_nothing_of_later_events(api: Api) -> None:
    theirs = tracked_finding()
    leaver = member(Role.VIEWER, theirs.force)
    made = subscribe(leaver, theirs.force, "https://hooks.example/x")
    tracked_finding(theirs.force)
    tell(timezone.now(), lambda *_: 500)
    Membership.objects.filter(user=leaver).update(force=ForceFactory())
    tracked_finding(theirs.force)
    tell(timezone.now(), lambda *_: 204)
    assert api(User.objects.get(pk=leaver.pk)).get("/api/v1/deliveries/").json()["results"] == []
    made.refresh_from_db()
    assert made.stopped_at is not None
    assert made.deliveries.count() == 1


def test_a_changed_password_ends_the_webhooks_as_well(browser: Callable[[User], Client]) -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    subscribe(officer, tracked.force, "https://hooks.example/x")
    new = "another long password 9"
    words = {"old_password": "a long enough password", "new_password1": new, "new_password2": new}
    assert browser(officer).post(reverse("admin:password_change"), words).status_code == 302
    assert not Webhook.objects.exists()


def test_what_a_force_did_itself_is_not_shown_as_the_inspectors_word() -> None:
    national = FindingFactory(scope="national", kind="recommendation", report=ReportFactory(force=None))
    (row,) = open_findings(national, [ForceFactory()])
    officer, signatory = member(Role.OFFICER, row.force), member(Role.SIGNATORY, row.force)
    day, evidence = date(2023, 1, 1), signed_off_evidence(row)
    said = lambda: compare(national).forces[0].said.status  # noqa: E731 - asked again after each move
    change_status(Move(row.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", day, evidence=evidence), officer)
    change_status(Move(row.pk, Status.PARTLY_COMPLIED, Basis.CORRECTION, "Not all.", day), signatory)
    assert said() is Status.OPEN
    newer = tracked_finding(row.force, report=ReportFactory(force=row.force, published_on=date(2022, 1, 1)))
    change_status(Move(row.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Again.", day, successor=newer), officer)
    assert said() is Status.OPEN


def test_a_correction_of_a_verdict_takes_it_back_for_everybody(corrected: TrackedFinding) -> None:
    assert compare(corrected.finding).forces[0].said.status is Status.OPEN


def test_one_forces_document_adds_nothing_to_the_record_of_all(reference: None, api: Api, samples: Path) -> None:
    load_forces("example_force.json")
    text = (samples / "exampleshire-2018-legitimacy.txt").read_text()
    words = (
        "In our 2022 national report on vetting, we recommended that all forces should, by December 2023, give every officer an"
        " elaborate hat. We found that the force has partly complied with this recommendation."
    )
    forged = text.replace("Exampleshire", "Kent").rstrip() + f"\n\n{words}\n"
    officer = member(Role.OFFICER, "kent")
    take_in("forged.txt", forged.encode(), officer)
    hats = Finding.objects.filter(text__contains="elaborate hat")
    assert hats.exists()
    stranger = api(member(Role.OFFICER, "essex"))
    assert stranger.get("/api/v1/findings/?search=elaborate+hat").json()["count"] == 0
    assert stranger.get(f"/api/v1/findings/{hats[0].pk}/").status_code == 404
    assert stranger.get(f"/api/v1/reports/{hats[0].report_id}/").status_code == 404
    assert Report.objects.published().filter(programme="national").count() == 2  # those that are known
    own = api(officer).get("/api/v1/tracked-findings/?search=elaborate+hat").json()["results"]
    assert len(own) == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"username": "a", "password": "b", "scope": "\\ud800"}', '{"\\ud800": 1}', '{"username": "a\\u0000", "password": "b"}',
        '{"username": 1e400, "password": "b"}', '{"username": NaN}', '{"username": "a", "username": "b"}', '["\\udfff"]', '"\\ud800"', "[" * 10_000, "1" * 5_000,
    ],
)  # fmt: skip
def test_json_that_nothing_can_hold_is_a_bad_request(body: str) -> None:
    answer = APIClient().post(TOKENS, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


@pytest.mark.parametrize("field", ["tracked_finding", "assessment", "evidence", "successor"])
def test_an_endless_number_names_no_row(field: str, api: Api) -> None:
    tracked = tracked_finding()
    client = api(member(Role.OFFICER, tracked.force))
    body = f'{{"tracked_finding": {tracked.pk}, "to_status": "achieved", "basis": "evidence", "reason": "x", "{field}": 1e400}}'
    assert client.post(CHANGES, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "idna", "undefined", "utf-7"])
@pytest.mark.parametrize("where", ["/admin/login/", TOKENS])
def test_a_body_in_an_encoding_that_is_no_text_is_refused(where: str, charset: str) -> None:
    kind = f"multipart/form-data; boundary=X; charset={charset}"
    answer = Client().generic(
        "POST", where, b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--X--\r\n', content_type=kind
    )
    assert answer.status_code == 415


def test_an_archive_that_is_broken_inside_is_no_evidence() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text" * 3)
        archive.writestr("content.xml", "x")
    whole = made.getvalue()
    for place in range(30, 80):
        broken = whole[:place] + b"\x07" + whole[place + 1 :]
        kind_of(broken)  # whatever it is, it is told without a fault
    assert kind_of(whole[:38] + b"\x07" + whole[39:]) is None


@pytest.mark.parametrize(
    ("route", "status"),
    [
        ("tracked-findings/?changed_since=2024-01-01T00:00:00%2B16:00", 200), ("events/?changed_since=2024-01-01T00:00:00-23:59", 200),
        ("statistics/series/?as_of=0020-01-01&since=0015-01-01", 400), ("tracked-findings/?as_of=0001-01-01", 400),
    ],
)  # fmt: skip
def test_odd_moments_are_no_faults(route: str, status: int, api: Api) -> None:
    assert api(member(Role.OFFICER, "kent")).get(f"/api/v1/{route}").status_code == status


@pytest.mark.parametrize("page", ["findings/report/?force__id__exact=", "tracking/trackedfinding/?force=", "tracking/membership/add/?user=", "tracking/digest/?day__year="])  # fmt: skip
def test_a_number_that_no_row_has_is_a_page_that_is_not_there(page: str, browser: Callable[[User], Client]) -> None:
    answer = browser(member(Role.ADMINISTRATOR)).get(f"/admin/{page}{'9' * 25}")
    assert answer.status_code == 404
