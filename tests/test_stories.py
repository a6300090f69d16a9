"""A working day of each kind of person, in a real browser, from the first page to the last."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from findings.models import Force, Report
from findings.reference import load_reference
from tests.browsing import needs_chromium, sign_in, sign_out, tab_to
from tests.factories import AssessmentFactory, ForceFactory, ReportFactory, later_report, member, tracked_finding
from tracking.changes import open_findings
from tracking.decisions import decide
from tracking.intake import open_national
from tracking.models import Assessment, ProgressUpdate, Review, SignOffRequest, TrackedFinding
from tracking.progress import ask_sign_off
from tracking.vocabulary import Decision, Position, Role, SignOffState, Status

pytestmark = needs_chromium
Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Any) -> Page:
    """A page that fails the test on any error of a script, and on any answer that says the fault is ours."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 500 else None)
    yield page
    page.close()
    assert faults == []


@pytest.fixture
def force(committed: None) -> Force:
    return ForceFactory(name="Kent Police", slug="kent")


def test_an_officers_day(opened: Page, force: Force, live_server: Any) -> None:
    """What is late is found, dealt with and given an owner; a verdict is confirmed; the committee's paper says so."""
    page, today = opened, timezone.localdate()
    officer = member(Role.OFFICER, force, first_name="Duty", last_name="officer")
    late = tracked_finding(
        force, kind="recommendation", text="Mend the radios.", due_on=date(2020, 1, 31), due_precision="day"
    )
    others = [tracked_finding(force, text=text) for text in ("Train all who answer calls.", "Count the keys.")]
    said = AssessmentFactory(
        tracked_finding=others[0],
        report=later_report(force),
        outcome="achieved",
        quote="The force has now trained all.",
    )

    sign_in(page, live_server.url, officer)
    page.get_by_role("link", name="1 Overdue").click()
    page.get_by_role("link", name="Mend the radios.").click()
    expect(page.get_by_text("past the inspectors' date, 31 January 2020")).to_be_visible()
    page.get_by_role("link", name="Say where the work is").click()
    page.get_by_label("Position").select_option(label=Position.IN_PROGRESS.label)
    page.get_by_label("Delivery owner").fill(officer.username)
    page.get_by_label("Internal target").fill((today + timedelta(days=60)).isoformat())
    page.get_by_label("Reason for red or white").fill("Parts are late.")
    page.get_by_label("Comment").fill("Half of the radios are mended.")
    page.get_by_role("button", name="Save and stay here").click()
    expect(page.get_by_text("The force says: Parts are late.")).to_be_visible()
    expect(page.get_by_text("Half of the radios are mended.").first).to_be_visible()

    page.get_by_role("link", name="Today", exact=True).click()
    page.get_by_role("link", name="1 Verdicts for you to decide").click()
    page.locator("#result_list tbody th a").click()
    expect(page.locator("mark", has_text="The force has now trained all.")).to_be_visible()
    page.get_by_label("Confirm").check()
    page.get_by_label("Reason").fill("I read the passage; it is about this.")
    page.locator("input[type=submit]").click()
    expect(page.get_by_text("Achieved", exact=True).first).to_be_visible()

    page.get_by_role("link", name="Findings", exact=True).first.click()
    page.get_by_role("link", name="Without an owner").click()
    page.get_by_label("Select this object for an action").first.check()
    page.get_by_role("button", name="Set the owner").click()
    page.get_by_label("Delivery owner").fill(officer.username)
    page.get_by_label("Reason").fill("Shared out this morning.")
    page.locator("form input[type=submit]").click()
    expect(page.get_by_text("No finding fits what you asked for.")).to_be_visible()

    page.get_by_role("link", name="Papers", exact=True).click()
    page.get_by_role("link", name="Committee paper").click()
    page.get_by_role("button", name="Write the paper").click()
    expect(page.get_by_text("Parts are late.")).to_be_visible()
    expect(page.get_by_text("Open → achieved")).to_be_visible()

    assert TrackedFinding.objects.get(pk=others[0].pk).status == Status.ACHIEVED
    assert Assessment.objects.get(pk=said.pk).decided_by == officer
    assert TrackedFinding.objects.get(pk=others[1].pk).owner == officer
    assert ProgressUpdate.objects.filter(tracked_finding=late, comment="Half of the radios are mended.").count() == 1


def test_a_signatory_signs_off_by_the_keyboard_alone(opened: Page, force: Force, live_server: Any) -> None:
    """From signing in to the accepted request, without the mouse; what one asked for oneself is not there."""
    page = opened
    signatory, officer = member(Role.SIGNATORY, force), member(Role.OFFICER, force)
    done = tracked_finding(force, text="Count the keys.")
    ask_sign_off(done.pk, officer, "Every key is counted, each month.", [])

    page.goto(f"{live_server.url}/admin/login/")
    page.keyboard.type(signatory.username)
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough password")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/admin/")
    tab_to(page, "Waiting for your sign-off")
    page.keyboard.press("Enter")
    page.wait_for_url("**sign_off=for_me**")
    tab_to(page, "Count the keys.")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")
    tab_to(page, "Accept or return")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-offs/**")
    expect(page.get_by_text("Every key is counted, each month.")).to_be_visible()
    tab_to(page, "Accept: the force has dealt with it")
    page.keyboard.press("Space")
    tab_to(page, "Reason")
    page.keyboard.type("Seen in the store.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/**")

    request = SignOffRequest.objects.get(tracked_finding=done)
    assert (request.state, request.decided_by) == (SignOffState.ACCEPTED, signatory)
    assert TrackedFinding.objects.get(pk=done.pk).position == Position.SIGNED_OFF


def test_a_national_user_compares_forces_and_changes_nothing(opened: Page, committed: None, live_server: Any) -> None:
    """All forces side by side, one recommendation against all of them by published words, and no button that writes."""
    page = opened
    forces = [ForceFactory(name=name) for name in ("Avon Police", "Borders Police", "Coast Police")]
    national = tracked_finding(
        forces[0], kind="recommendation", scope="national", text="Vet everybody.", report=ReportFactory(force=None)
    )
    first, second, _ = [national, *open_findings(national.finding, forces[1:])]
    for tracked, outcome in ((first, "achieved"), (second, "not_achieved")):
        said = AssessmentFactory(tracked_finding=tracked, report=later_report(tracked.force), outcome=outcome)
        decide(said.pk, Decision.CONFIRM, member(Role.OFFICER, tracked.force), "It says so.")
    reader = member(Role.NATIONAL)

    sign_in(page, live_server.url, reader)
    rows = page.locator("section", has=page.get_by_role("heading", name="Forces side by side")).locator("tbody tr")
    expect(rows.locator("th")).to_have_text([str(force) for force in forces])
    page.get_by_role("link", name="Findings", exact=True).first.click()
    page.get_by_role("link", name="Vet everybody.").first.click()
    expect(page.get_by_role("heading", name="Where it stands")).to_be_visible()
    expect(page.get_by_role("heading", name="What you can do")).to_have_count(0)
    page.get_by_role("link", name="All forces on this recommendation").click()
    statuses = page.get_by_role("region", name="All forces").locator("tbody .badge")
    expect(statuses).to_have_text(["Achieved", "Open", "Open"])
    page.get_by_role("link", name="Papers", exact=True).click()
    page.get_by_role("link", name="National comparison").click()
    expect(page.get_by_role("button", name="Write the paper")).to_be_visible()
    sign_out(page)
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()


def test_an_administrator_takes_in_the_five_reports_and_what_is_none(
    opened: Page, committed: None, real_reports: Path, tmp_path: Path, live_server: Any
) -> None:
    """All are given at once; what is no report is named and leaves the others; each report then waits for its review."""
    load_reference()
    open_national()
    page, given = opened, sorted(real_reports.glob("*.txt"))
    assert len(given) == 5
    no_report = tmp_path / "a list.txt"
    no_report.write_text("Milk and bread", encoding="utf-8")
    sign_in(page, live_server.url, member(Role.ADMINISTRATOR))
    page.get_by_role("link", name="Take in reports").first.click()
    page.set_input_files("#id_documents", [*given, no_report])
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("Done: 5 of 6 are in, 1 refused.")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("row", name="a list.txt")).to_contain_text("Nothing of it was stored.")
    for name in ("Lancashire Constabulary, PEEL 2018, legitimacy", "Lancashire Constabulary, PEEL 2021/22"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("link", name="Review what was read").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(5)
    page.get_by_role("link", name="Lancashire Constabulary, PEEL 2018, legitimacy").click()
    expect(page.get_by_role("heading", name="The document")).to_be_visible()
    assert Report.objects.filter(document__isnull=False).count() == 5
    assert Review.objects.count() == 5
