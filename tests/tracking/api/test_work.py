"""Evidence, sign-off, checks, links, chains, comparison, similar findings and themes, as a client of the API sees them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from findings.models import Finding, Theme
from findings.reference import load_reference
from tests.factories import (
    AssessmentFactory,
    CycleFactory,
    FindingFactory,
    ForceFactory,
    ReportFactory,
    later_report,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.changes import Move, change_status, open_findings
from tracking.decisions import decide
from tracking.models import Evidence, FindingLink, TrackedFinding, User
from tracking.vocabulary import Basis, Decision, Role, Status

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
PDF = b"%PDF-1.7 the minutes"


@pytest.fixture
def tracked() -> TrackedFinding:
    return tracked_finding()


@pytest.fixture
def officer(tracked: TrackedFinding, api: Api) -> APIClient:
    return api(member(Role.OFFICER, tracked.force))


@pytest.fixture
def signatory(tracked: TrackedFinding, api: Api) -> APIClient:
    return api(member(Role.SIGNATORY, tracked.force))


def at(tracked: TrackedFinding, part: str = "") -> str:
    return f"/api/v1/tracked-findings/{tracked.pk}/{part}"


def upload(client: APIClient, tracked: TrackedFinding, name: str = "minutes.pdf", content: bytes = PDF) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(at(tracked, "evidence/"), {"title": "Minutes", "file": file}, format="multipart")


def body_of(response: Any) -> bytes:
    """The whole of a streamed answer."""
    return b"".join(response.streaming_content)


def test_a_file_goes_in_and_comes_out_as_an_attachment(tracked: TrackedFinding, officer: APIClient) -> None:
    made = upload(officer, tracked, "Minutes “of” the board\r\nX: y.pdf")
    assert made.status_code == 201
    body = made.json()
    assert (body["media_type"], body["size"], body["link"]) == ("application/pdf", len(PDF), None)
    response = officer.get(f"/api/v1/evidence/{body['id']}/file/")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment;")
    assert "\r" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    assert "no-store" in response["Cache-Control"]
    assert body_of(response) == PDF


@pytest.mark.parametrize("role", list(Role))
def test_a_file_is_served_to_those_who_may_read_the_finding(
    role: Role, tracked: TrackedFinding, officer: APIClient, api: Api
) -> None:
    evidence = upload(officer, tracked).json()["id"]
    own = api(member(role, tracked.force if role.is_of_a_force else None)).get(f"/api/v1/evidence/{evidence}/file/")
    assert own.status_code == (404 if role is Role.ADMINISTRATOR else 200)
    if own.status_code == 200:
        assert body_of(own) == PDF
    if role.is_of_a_force:
        stranger = api(member(role, ForceFactory()))
        assert stranger.get(f"/api/v1/evidence/{evidence}/file/").status_code == 404


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"title": "Audit"}, "link"),
        ({"title": "Audit", "link": "https://force.example", "file": SimpleUploadedFile("a.pdf", PDF)}, "link"),
        ({"link": "https://force.example"}, "title"),
        ({"title": "Audit", "link": "https://force.example", "signed_off_by": "me"}, "signed_off_by"),
    ],
)
def test_evidence_is_a_link_or_a_file_and_nothing_else(
    words: dict[str, Any], field: str, tracked: TrackedFinding, officer: APIClient
) -> None:
    response = officer.post(at(tracked, "evidence/"), words, format="multipart")
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert not Evidence.objects.exists()


def test_a_file_that_can_be_no_evidence_is_refused_by_its_content(tracked: TrackedFinding, officer: APIClient) -> None:
    page = upload(officer, tracked, "minutes.pdf", b"<html><script>alert(1)</script></html>")
    assert (page.status_code, page.json()["code"]) == (400, "file_type")
    upload(officer, tracked)
    again = upload(officer, tracked, "other.pdf")
    assert (again.status_code, again.json()["code"]) == (409, "file_known")


def test_from_evidence_to_a_signed_off_status(
    tracked: TrackedFinding, officer: APIClient, signatory: APIClient
) -> None:
    shown = officer.post(at(tracked, "evidence/"), {"title": "Audit", "link": "https://force.example/audit"}).json()
    asked = officer.post(at(tracked, "sign-offs/"), {"comment": "All done.", "evidence": [shown["id"]]})
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    address = f"/api/v1/sign-offs/{asked.json()['id']}/decision/"
    assert officer.post(address, {"decision": "accept"}).status_code == 403
    assert signatory.post(address, {"decision": "return"}).json()["code"] == "reason_missing"
    accepted = signatory.post(address, {"decision": "accept"})
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert signatory.post(address, {"decision": "accept"}).status_code == 409
    change = {
        "tracked_finding": tracked.pk,
        "to_status": "achieved",
        "basis": "evidence",
        "evidence": shown["id"],
        "effective_on": "2020-06-01",
        "reason": "Audited.",
    }
    assert officer.post("/api/v1/status-changes/", change).status_code == 201
    page = officer.get(at(tracked)).json()
    assert (page["status"], page["position"], page["rag"]) == ("achieved", "signed_off", "green")
    assert page["status_sentence"].endswith("; no inspection has confirmed it yet.")
    assert page["rag_reason"] == "achieved on the force's evidence, not yet confirmed by an inspection"
    listed = officer.get("/api/v1/sign-offs/?state=accepted").json()["results"]
    assert [row["tracked_finding"] for row in listed] == [tracked.pk]


def test_evidence_is_signed_off_over_the_api_by_a_second_person(
    tracked: TrackedFinding, officer: APIClient, signatory: APIClient
) -> None:
    shown = officer.post(at(tracked, "evidence/"), {"title": "Audit", "link": "https://force.example/audit"}).json()
    address = f"/api/v1/evidence/{shown['id']}/sign-off/"
    assert officer.post(address).status_code == 403
    assert signatory.post(address).json()["signed_off_by"]
    assert signatory.post(address).json()["code"] == "already_signed_off"


def test_updates_are_added_and_read(tracked: TrackedFinding, officer: APIClient) -> None:
    made = officer.post(at(tracked, "updates/"), {"comment": "The board met."})
    assert (made.status_code, made.json()["comment"]) == (201, "The board met.")
    officer.patch(at(tracked), {"position": "in_progress"}, headers={"If-Match": '"2"'})
    moved = officer.get(at(tracked, "updates/")).json()[1]["moved"]
    assert moved == {"position": ["not_started", "in_progress"]}


def test_a_check_brings_the_next_round(officer: APIClient, tracked: TrackedFinding) -> None:
    yearly = tracked_finding(
        tracked.force, kind="recommendation", due_on=date(2018, 7, 31), due_precision="month", recurs_every=12
    )
    evidence = signed_off_evidence(yearly)
    move = Move(yearly.pk, Status.ACHIEVED, Basis.EVIDENCE, "Done.", date(2020, 6, 1), evidence=evidence)
    change_status(move, member(Role.OFFICER, tracked.force))
    made = officer.post(at(yearly, "checks/"), {"checked_on": "2021-07-01", "evidence": evidence.pk})
    assert made.status_code == 201
    page = officer.get(at(yearly)).json()
    assert (page["recurs"], page["due_on"], page["overdue"], page["rag"]) == (True, "2021-07-31", True, "red")
    once = officer.post(at(tracked, "checks/"), {"checked_on": "2021-07-01", "evidence": evidence.pk})
    assert (once.status_code, once.json()["code"]) == (409, "does_not_recur")


def test_links_and_their_chain(tracked: TrackedFinding, officer: APIClient) -> None:
    again = tracked_finding(tracked.force, report=later_report(tracked.force))
    made = officer.post(at(again, "links/"), {"older": tracked.pk, "reason": "The same again."})
    assert (made.status_code, made.json()["rule"]) == (201, "person")
    chain = officer.get(at(tracked, "chain/")).json()
    assert [ring["tracked_finding"] for ring in chain] == [tracked.pk, again.pk]
    address = f"/api/v1/links/{made.json()['id']}/withdrawal/"
    assert officer.post(address, {"reason": "Not the same."}).json()["withdrawn_reason"] == "Not the same."
    assert officer.get(at(tracked, "links/")).json()[0]["withdrawn_by"]
    assert [ring["tracked_finding"] for ring in officer.get(at(tracked, "chain/")).json()] == [tracked.pk]
    theirs = tracked_finding()
    assert officer.post(at(again, "links/"), {"older": theirs.pk, "reason": "Theirs?"}).status_code == 400
    assert FindingLink.objects.count() == 1


@pytest.fixture
def national() -> Finding:
    report = ReportFactory(
        force=None, reference="national/x", cycle=CycleFactory(code="2017"), published_on=date(2017, 12, 12)
    )
    return FindingFactory(report=report, scope="national", kind="recommendation", text="All forces should do it.")


def test_forces_stand_beside_each_other_by_the_inspectors_words_only(
    tracked: TrackedFinding, national: Finding, api: Api, django_assert_num_queries: Any
) -> None:
    forces = [ForceFactory() for _ in range(3)]
    spoken, own, silent = open_findings(national, forces)
    verdict = AssessmentFactory(tracked_finding=spoken, quote="It has done so.", caveat="But late.")
    decide(verdict.pk, Decision.CONFIRM, member(Role.OFFICER, spoken.force), "Secret reason.")
    evidence = signed_off_evidence(own)
    move = Move(own.pk, Status.ACHIEVED, Basis.EVIDENCE, "Secret audit.", date(2020, 6, 1), evidence=evidence)
    change_status(move, member(Role.OFFICER, own.force))
    reader = api(member(Role.OFFICER, tracked.force))
    address = f"/api/v1/statistics/comparison/{national.pk}/"
    with django_assert_num_queries(5):
        body = reader.get(address).json()
    rows = {row["force"]: row["said"] for row in body["forces"]}
    assert {slug: said["status"] for slug, said in rows.items()} == {
        spoken.force.slug: "achieved",
        own.force.slug: "open",  # its own evidence is its own affair
        silent.force.slug: "open",
    }
    said = rows[spoken.force.slug]
    assert (said["quote"], said["caveat"], said["outcome"]) == ("It has done so.", "But late.", "achieved")
    assert said["report"]["id"] == verdict.report_id
    assert rows[silent.force.slug]["report"] is None
    assert body["counts"] == {"open": 2, "partly_complied": 0, "achieved": 1, "superseded": 0}
    text = str(body)
    assert "Secret" not in text
    assert "Audit of 2020" not in text
    before = reader.get(f"{address}?as_of=2022-10-02").json()
    assert before["counts"]["achieved"] == 0
    assert reader.get(f"{address}?as_off=2022-10-02").status_code == 400
    assert reader.get(f"/api/v1/statistics/comparison/{tracked.finding_id}/").status_code == 404


def test_a_verdict_that_nobody_has_confirmed_is_not_compared(
    tracked: TrackedFinding, national: Finding, api: Api
) -> None:
    (row,) = open_findings(national, [ForceFactory()])
    AssessmentFactory(tracked_finding=row, quote="It has done so.")
    body = api(member(Role.NATIONAL)).get(f"/api/v1/statistics/comparison/{national.pk}/").json()
    assert (body["forces"][0]["said"]["status"], body["forces"][0]["said"]["quote"]) == ("open", None)


def test_similar_findings_show_how_others_fared_and_what_is_worth_copying(api: Api) -> None:
    load_reference()
    words = "The force should make sure that call handlers tell callers how to preserve evidence."
    mine = tracked_finding(text=words)
    theirs = tracked_finding(text=words.replace("The force", "The constabulary"))
    TrackedFinding.objects.filter(pk=theirs.pk).update(closing_plan="Secret plan")
    other = tracked_finding(text="The force should publish what it does about stop and search.")
    practice = FindingFactory(kind="innovative_practice", text="Call handlers practise with recorded calls.")
    theme = Theme.objects.get(slug="call-handling")
    for finding in (mine.finding, theirs.finding, practice):
        finding.themes.set([theme])
    decide(
        AssessmentFactory(tracked_finding=theirs, quote="It is done.").pk,
        Decision.CONFIRM,
        member(Role.OFFICER, theirs.force),
        "Read.",
    )
    body = api(member(Role.OFFICER, mine.force)).get(f"/api/v1/findings/{mine.finding_id}/similar/").json()
    (similar,) = body["similar"]
    assert (similar["finding"]["id"], similar["force"]) == (theirs.finding_id, theirs.force.slug)
    assert (similar["said"]["status"], similar["said"]["quote"]) == ("achieved", "It is done.")
    assert similar["score"] > 0.8
    assert [one["id"] for one in body["practice"]] == [practice.pk]
    assert other.finding_id not in {one["finding"]["id"] for one in body["similar"]}
    assert "Secret" not in str(body)


def test_themes_are_corrected_by_the_forces_officer_or_an_administrator(tracked: TrackedFinding, api: Api) -> None:
    load_reference()
    address = f"/api/v1/findings/{tracked.finding_id}/themes/"
    for person in (member(Role.OFFICER, tracked.force), member(Role.ADMINISTRATOR)):
        body = api(person).put(address, {"themes": ["vetting", "training"]})
        assert body.status_code == 200
        assert sorted(body.json()["themes"]) == ["training", "vetting"]
    assert api(member(Role.OFFICER, ForceFactory())).put(address, {"themes": ["vetting"]}).status_code == 403
    unknown = api(member(Role.ADMINISTRATOR)).put(address, {"themes": ["nonsense"]})
    assert (unknown.status_code, unknown.json()["errors"]) == (400, {"themes": ["No theme is called nonsense."]})
    tracked.finding.refresh_from_db()
    assert tracked.finding.themes_corrected


@pytest.fixture
def on_vetting(reference: None) -> TrackedFinding:
    """A finding on vetting, and a later report of its force that has no judgments yet."""
    tracked = tracked_finding()
    tracked.finding.themes.set(Theme.objects.filter(slug="vetting"))
    later_report(tracked.force)
    return tracked


def test_a_finding_says_why_there_is_no_news_of_it_and_how_old_its_evidence_is(
    on_vetting: TrackedFinding, api: Api
) -> None:
    later = later_report(on_vetting.force)
    later.judgments.create(
        key="vetting",
        position=1,
        question="Vetting and counter corruption",
        ungraded_reason="separate inspection not yet completed",
    )
    body = api(member(Role.VIEWER, on_vetting.force)).get(f"{at(on_vetting)}?as_of=2022-12-31").json()
    (reason,) = body["not_inspected"]
    assert (reason["question"], reason["reason"]) == (
        "Vetting and counter corruption",
        "separate inspection not yet completed",
    )
    assert reason["report"]["id"] == later.pk
    assert (body["evidence_from"], body["evidence_age_days"]) == (
        "2019-05-02",
        (date(2022, 12, 31) - date(2019, 5, 2)).days,
    )


@pytest.mark.parametrize(
    ("judgment", "silent"),
    [
        ({"ungraded_reason": "separate inspection not yet completed"}, True),
        ({"grade": "good", "carried_over_from": "2017"}, True),
        ({"ungraded_reason": "ungraded by design"}, False),
        ({"grade": "good"}, False),
        ({}, False),
    ],
)
def test_only_what_was_left_out_is_a_reason(
    judgment: dict[str, str], silent: bool, on_vetting: TrackedFinding, api: Api
) -> None:
    later_report(on_vetting.force).judgments.create(
        key="v", position=1, question="Vetting and counter corruption", **judgment
    )
    officer = api(member(Role.OFFICER, on_vetting.force))
    assert bool(officer.get(at(on_vetting)).json()["not_inspected"]) is silent


def test_a_report_that_speaks_of_the_finding_left_nothing_out(on_vetting: TrackedFinding, api: Api) -> None:
    later_report(on_vetting.force).judgments.create(
        key="v", position=1, question="Vetting and counter corruption", carried_over_from="2017"
    )
    officer = api(member(Role.OFFICER, on_vetting.force))
    assert officer.get(at(on_vetting)).json()["not_inspected"]
    AssessmentFactory(tracked_finding=on_vetting)
    assert officer.get(at(on_vetting)).json()["not_inspected"] == []


def test_a_page_costs_the_same_however_much_hangs_on_it(
    tracked: TrackedFinding, officer: APIClient, django_assert_num_queries: Any
) -> None:
    later_report(tracked.force).judgments.create(key="v", position=1, question="Vetting", carried_over_from="2017")
    officer.get(at(tracked))
    for _ in range(3):
        with django_assert_num_queries(5):
            assert officer.get(at(tracked)).status_code == 200
        record = {"title": "Audit", "link": "https://force.example/audit"}
        officer.post(at(tracked, "evidence/"), record)
