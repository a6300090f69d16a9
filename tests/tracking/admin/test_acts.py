"""The acts on one finding and the pages that are only read: each does what its writer does, and shows what the record says."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from findings.models import Theme
from tests.factories import (
    AssessmentFactory,
    CycleFactory,
    FindingFactory,
    ForceFactory,
    ReportFactory,
    StatutoryResponseFactory,
    later_report,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.changes import Move, change_status, open_findings
from tracking.decisions import decide
from tracking.models import FindingLink, StatutoryResponse, TrackedFinding, User
from tracking.vocabulary import Basis, Decision, Role, Status

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PDF = b"%PDF-1.7 the minutes"


@pytest.fixture
def tracked() -> TrackedFinding:
    return tracked_finding(elements=2)


@pytest.fixture
def officer(tracked: TrackedFinding, browser: SignIn) -> Client:
    return browser(member(Role.OFFICER, tracked.force))


@pytest.fixture
def signatory(tracked: TrackedFinding, browser: SignIn) -> Client:
    return browser(member(Role.SIGNATORY, tracked.force))


def test_a_change_of_status_asks_for_what_there_is_and_says_how_the_rest_comes(
    tracked: TrackedFinding, officer: Client
) -> None:
    where = to("tracking_status", tracked.pk)
    before = officer.get(where).content.decode()
    assert "confirm one under Review" in before
    assert 'name="evidence"' not in before
    signed_off_evidence(tracked)
    after = officer.get(where).content.decode()
    assert 'name="evidence"' in after
    assert 'name="assessment"' not in after
    refused = officer.post(where, {"to_status": "achieved", "basis": "assessment", "reason": "It is so."})
    assert "errornote" in refused.content.decode()
    tracked.refresh_from_db()
    assert tracked.status == Status.OPEN


def test_a_cause_of_concern_and_its_recommendations_lead_to_each_other(browser: SignIn) -> None:
    concern = tracked_finding(kind="cause_of_concern", text="Callers wait too long.")
    asked = tracked_finding(
        concern.force, kind="recommendation", text="Answer within the hour.",
        report=concern.finding.report, parent=concern.finding,
    )  # fmt: skip
    client = browser(member(Role.OFFICER, concern.force))
    assert f'href="{page(asked)}"' in client.get(page(concern)).content.decode()
    assert f'href="{page(concern)}"' in client.get(page(asked)).content.decode()


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def to(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def page(tracked: TrackedFinding) -> str:
    return to("tracking_trackedfinding_change", tracked.pk)


def test_evidence_is_a_file_that_comes_back_as_an_attachment(tracked: TrackedFinding, officer: Client) -> None:
    address = to("tracking_evidence", tracked.pk)
    neither = officer.post(address, {"title": "Minutes"})
    assert "Give a link or a file, one of the two." in text_of(neither)
    wrong = officer.post(address, {"title": "Minutes", "file": SimpleUploadedFile("a.pdf", b"MZ\x90\x00")})
    assert "none that can be evidence" in text_of(wrong)
    done = officer.post(address, {"title": "Minutes", "file": SimpleUploadedFile("a.pdf", PDF)}, follow=True)
    assert "a.pdf, 20" in text_of(done)
    file = officer.get(to("tracking_evidence_file", tracked.evidence.get().pk))
    assert file["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert b"".join(file.streaming_content) == PDF


def test_sign_off_from_asked_to_accepted(tracked: TrackedFinding, officer: Client, signatory: Client) -> None:
    officer.post(to("tracking_evidence", tracked.pk), {"title": "Audit", "link": "https://force.example/a"})
    evidence = tracked.evidence.get()
    officer.post(to("tracking_ask_sign_off", tracked.pk), {"comment": "All done.", "evidence": [evidence.pk]})
    request = tracked.sign_off_requests.get()
    address = to("tracking_sign_off_decision", request.pk)
    assert officer.get(address).status_code == 403
    assert "Accept or return" not in text_of(officer.get(page(tracked)))
    assert "Accept or return" in text_of(signatory.get(page(tracked)))
    assert "Audit" in text_of(signatory.get(address))
    assert "Say why it is returned." in text_of(signatory.post(address, {"decision": "return"}))
    done = signatory.post(address, {"decision": "accept"}, follow=True)
    assert "Accepted: the force has signed it off." in text_of(done)
    evidence.refresh_from_db()
    tracked.refresh_from_db()
    assert (tracked.position, tracked.status) == ("signed_off", "open")
    assert evidence.signed_off_at is not None


def test_an_element_changes_on_the_status_page_and_the_whole_follows(tracked: TrackedFinding, officer: Client) -> None:
    evidence = signed_off_evidence(tracked)
    element = tracked.elements.order_by("pk")[0]
    answer = {
        "element": element.pk,
        "to_status": "achieved",
        "basis": "evidence",
        "evidence": evidence.pk,
        "effective_on": "2020-06-01",
        "reason": "Audited.",
    }
    done = officer.post(to("tracking_status", tracked.pk), answer, follow=True)
    assert "The element is now achieved." in text_of(done)
    tracked.refresh_from_db()
    assert tracked.status == "partly_complied"


def test_what_elements_add_up_to_is_shown_beside_an_inspections_verdict(
    tracked: TrackedFinding, officer: Client
) -> None:
    decide(
        AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), "Read."
    )
    shown = text_of(officer.get(page(tracked)))
    assert "They add up to open; the inspectors’ verdict on the whole stands." in shown
    assert "Its elements add up to another status than its own." in shown


def test_a_check_of_what_comes_round_again(tracked: TrackedFinding, officer: Client) -> None:
    yearly = tracked_finding(
        tracked.force, kind="recommendation", due_on=date(2018, 7, 31), due_precision="month", recurs_every=12
    )
    evidence = signed_off_evidence(yearly)
    move = Move(yearly.pk, Status.ACHIEVED, Basis.EVIDENCE, "Done.", date(2020, 6, 1), evidence=evidence)
    change_status(move, member(Role.OFFICER, tracked.force))
    assert "it comes round again after each check" in text_of(officer.get(page(yearly)))
    answer = {"checked_on": "2021-07-01", "evidence": evidence.pk, "comment": "Read what was published."}
    done = officer.post(to("tracking_check", yearly.pk), answer, follow=True)
    assert "It is due again by 31 July 2021." in text_of(done)
    assert "It does not come round again" in text_of(
        officer.post(to("tracking_check", tracked.pk), {**answer, "evidence": signed_off_evidence(tracked).pk})
    )


def test_a_link_shows_as_a_chain_and_is_withdrawn(tracked: TrackedFinding, officer: Client) -> None:
    again = tracked_finding(tracked.force, report=later_report(tracked.force))
    officer.post(to("tracking_link", again.pk), {"older": tracked.pk, "reason": "The same again."})
    link = FindingLink.objects.get()
    shown = text_of(officer.get(page(tracked)))
    assert "The same again." in shown
    assert again.finding.text in shown
    officer.post(to("tracking_withdraw_link", link.pk), {"reason": "Another matter."})
    assert "No other finding of the force is known to ask for the same." in text_of(officer.get(page(tracked)))


def shown_to(client: Client, tracked: TrackedFinding) -> str:
    """What the page of themes showed, as a browser sends it back."""
    return str(client.get(to("tracking_themes", tracked.pk)).context["form"]["seen"].value())


def test_themes_are_corrected(reference: None, browser: SignIn) -> None:
    tracked = tracked_finding()
    officer = browser(member(Role.OFFICER, tracked.force))
    vetting = Theme.objects.get(slug="vetting")
    officer.post(to("tracking_themes", tracked.pk), {"themes": [vetting.pk], "seen": shown_to(officer, tracked)})
    assert list(tracked.finding.themes.all()) == [vetting]
    viewer = browser(member(Role.VIEWER, tracked.force))
    assert viewer.post(to("tracking_themes", tracked.pk), {"themes": []}).status_code == 403
    officer.post(to("tracking_themes", tracked.pk), {"seen": shown_to(officer, tracked)})
    assert not tracked.finding.themes.exists()


def test_the_reason_for_a_colour_is_given_on_the_form_and_shown(tracked: TrackedFinding, officer: Client) -> None:
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=date(2020, 1, 1))
    assert "Its date has passed, and no reason is given." in text_of(officer.get(page(tracked)))
    answer = {
        "position": "in_progress",
        "lead": "",
        "owner": "",
        "target_on": "",
        "closing_plan": "",
        "shortfall_reason": "The supplier failed.",
        "comment": "",
        "seen_version": tracked.version,
    }
    done = officer.post(page(tracked), answer, follow=True)
    shown = text_of(officer.get(page(tracked)))
    assert done.status_code == 200
    assert "past the inspectors' date, 1 January 2020. The force says: The supplier failed." in shown.replace(
        "&#x27;", "'"
    )
    assert "no reason is given" not in shown


def test_a_past_day_is_shown_as_it_was(tracked: TrackedFinding, officer: Client) -> None:
    decide(
        AssessmentFactory(tracked_finding=tracked).pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), "Read."
    )
    address = to("tracking_past")
    slug = tracked.force.slug
    before = text_of(officer.get(address, {"force": slug, "as_of": "2022-10-02"}))
    after = text_of(officer.get(address, {"force": slug, "as_of": "2022-10-03"}))
    assert "1 finding, 1 open, 0 partly complied, 0 achieved" in before
    assert "Open since 2 May 2019: no verdict of a later report is confirmed yet." in before
    assert "1 finding, 0 open, 0 partly complied, 1 achieved" in after
    assert "has not come yet" in text_of(officer.get(address, {"force": slug, "as_of": "2999-01-01"}))
    theirs = tracked_finding(text="CANARY")
    foreign = officer.get(address, {"force": theirs.force.slug, "as_of": "2022-10-02"})
    assert "CANARY" not in foreign.content.decode()
    assert "Select a valid choice" in text_of(foreign)


def test_what_does_not_go_together_is_listed_for_ones_own_forces(tracked: TrackedFinding, officer: Client) -> None:
    tracked_finding(text="CANARY")
    shown = text_of(officer.get(to("tracking_contradictions")))
    assert "Nobody owns it." in shown
    assert "1 finding of yours holds something" in shown
    assert "CANARY" not in shown
    TrackedFinding.objects.filter(pk=tracked.pk).update(owner=User.objects.first())
    assert "Everything goes together" in text_of(officer.get(to("tracking_contradictions")))


def test_all_forces_on_one_recommendation(tracked: TrackedFinding, officer: Client) -> None:
    report = ReportFactory(
        force=None, reference="national/x", cycle=CycleFactory(code="2017"), published_on=date(2017, 12, 12)
    )
    national = FindingFactory(report=report, scope="national", kind="recommendation", text="All forces should do it.")
    mine, theirs = open_findings(national, [tracked.force, ForceFactory()])
    verdict = AssessmentFactory(tracked_finding=theirs, quote="It has done so.")
    decide(verdict.pk, Decision.CONFIRM, member(Role.OFFICER, theirs.force), "CANARY reason")
    assert "All forces on this recommendation" in text_of(officer.get(page(mine)))
    shown = text_of(officer.get(to("tracking_comparison", national.pk)))
    for words in (theirs.force.name, "It has done so.", "1 open, 1 achieved", "No verdict on it is confirmed."):
        assert words in shown
    assert "CANARY" not in shown
    assert "2 open" in text_of(officer.get(to("tracking_comparison", national.pk), {"as_of": "2022-10-02"}))
    assert officer.get(to("tracking_comparison", tracked.finding_id)).status_code == 404


def test_similar_findings_elsewhere(tracked: TrackedFinding, officer: Client) -> None:
    other = tracked_finding(text=tracked.finding.text)
    shown = text_of(officer.get(to("tracking_elsewhere", tracked.pk)))
    assert other.force.name in shown
    assert "No verdict on it is confirmed." in shown
    assert officer.get(to("tracking_elsewhere", other.pk)).status_code == 404


@pytest.fixture
def response(tracked: TrackedFinding) -> StatutoryResponse:
    made = StatutoryResponseFactory(force=tracked.force)
    tracked_finding(tracked.force, report=made.report, kind="recommendation", text="By June, act.")
    return made


def test_statutory_comments_from_opened_to_explained(response: StatutoryResponse, officer: Client) -> None:
    listed = text_of(officer.get(to("tracking_statutoryresponse_changelist")))
    assert "27 November 2022" in listed
    assert "1 recommendation" in listed
    address = to("tracking_statutoryresponse_record", response.pk)
    assert "56 days beginning with 3 October 2022 (Police Act 1996, section 55)" in text_of(officer.get(address))
    recommendation = TrackedFinding.objects.get(finding__text="By June, act.")
    told = {"tracked_finding": recommendation.pk, "text": "We have acted."}
    officer.post(to("tracking_response_explain", response.pk), told)
    recorded = {"published_on": "2022-11-20", "link": "https://pcc.example/comments", "seen_version": response.version}
    done = officer.post(address, recorded, follow=True)
    assert "Recorded." in text_of(done)
    assert "We have acted." in text_of(done)
    stale = officer.post(address, {**recorded, "published_on": "2022-11-21"})
    assert "changed by somebody else" in text_of(stale)
    response.refresh_from_db()
    assert response.published_on == date(2022, 11, 20)


def test_comments_of_another_force_are_nowhere(response: StatutoryResponse, browser: SignIn) -> None:
    stranger = browser(member(Role.OFFICER, ForceFactory()))
    for name in ("tracking_statutoryresponse_record", "tracking_response_explain"):
        assert stranger.get(to(name, response.pk)).status_code == 404
    assert "27 November 2022" not in text_of(stranger.get(to("tracking_statutoryresponse_changelist")))
    viewer = browser(member(Role.VIEWER, response.force))
    assert viewer.get(to("tracking_statutoryresponse_record", response.pk)).status_code == 200
    assert viewer.post(to("tracking_statutoryresponse_record", response.pk), {}).status_code == 403
    assert viewer.get(to("tracking_response_explain", response.pk)).status_code == 403
    assert viewer.get(to("tracking_response_open")).status_code == 403


def test_comments_open_from_the_day_that_an_officer_knows(tracked: TrackedFinding, officer: Client) -> None:
    report = later_report(tracked.force, published_on=date(2022, 10, 1), published_precision="month")
    answer = {"force": tracked.force_id, "report": report.pk, "published_on": "2022-10-13"}
    wrong = officer.post(to("tracking_response_open"), {**answer, "published_on": "2022-11-13"})
    assert "The report was published in October 2022." in text_of(wrong)
    done = officer.post(to("tracking_response_open"), answer, follow=True)
    assert "The last lawful day is 7 December 2022." in text_of(done)


def test_the_first_page_says_what_waits(tracked: TrackedFinding, officer: Client, response: StatutoryResponse) -> None:
    officer.post(to("tracking_ask_sign_off", tracked.pk), {"comment": "Done."})
    shown = text_of(officer.get("/admin/"))
    assert "1 Waiting for sign-off" in shown
    assert "1 Statutory comments to publish the first was due" in shown
    assert timezone.localdate() > response.due_on
