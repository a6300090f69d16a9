"""A report taken in and reviewed in a real browser: the keyboard alone, single keys that can be turned off, files one by one."""

from typing import Any

import pytest
from playwright.sync_api import Page

from findings.models import Document, Finding
from tests.browsing import needs_chromium, sign_in
from tests.factories import AssessmentFactory, tracked_finding
from tests.two_forces import Work, work_of
from tracking.decisions import decide
from tracking.models import Assessment, Review
from tracking.vocabulary import Decision

pytestmark = needs_chromium
MOST_TABS = 80


@pytest.fixture
def mine(committed: None) -> Work:
    return work_of()


WORDS = "Good\nThe first thing is done.\nThe second thing is done.\nThe third thing is done.\nThe force should mend it."


@pytest.fixture
def verdicts(mine: Work) -> list[Assessment]:
    """Three verdicts in the document under review, in the order of its lines, the last with two candidates; a finding below."""
    report = mine.review.report
    Document.objects.filter(pk=report.document_id).update(text=WORDS)
    Finding.objects.filter(pk=mine.published.pk).update(line=5)
    first = mine.assessment
    others = [tracked_finding(mine.force), tracked_finding(mine.force)]
    rest = [AssessmentFactory(tracked_finding=one, report=report) for one in others]
    offered = [{"tracked_finding": pk, "score": 0.7} for pk in (others[1].pk, mine.older.pk)]
    for line, (verdict, candidates) in enumerate(zip([first, *rest], ([], [], offered), strict=True), 2):
        words = {"line": line, "quote": WORDS.split("\n")[line - 1], "candidates": candidates}
        Assessment.objects.filter(pk=verdict.pk).update(**words)
    return [first, *rest]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def tab_until(page: Page, selector: str) -> None:
    """Presses Tab until what `selector` describes is in focus."""
    for _ in range(MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never came to {selector} on {page.url}")


@pytest.fixture
def page(chromium: Any, mine: Work, live_server: Any) -> Page:
    """The officer at the review of their report."""
    opened: Page = chromium.new_page()
    sign_in(opened, live_server.url, mine.officer)
    opened.goto(f"{live_server.url}/admin/tracking/review/{mine.review.pk}/change/")
    return opened


def test_every_verdict_is_decided_by_the_keyboard_alone(verdicts: list[Assessment], page: Page, mine: Work) -> None:
    tab_until(page, "#start")
    page.keyboard.press("Enter")
    assert focused(page) == f"verdict-{verdicts[0].pk}"
    page.keyboard.press("j")
    assert focused(page) == f"verdict-{verdicts[1].pk}"
    page.keyboard.press("k")
    page.keyboard.down("c")
    page.get_by_text("2 verdicts left to decide.").wait_for()
    assert focused(page) == f"verdict-{verdicts[1].pk}"
    page.keyboard.down("c")  # held down: it repeats, and decides nothing more
    page.keyboard.up("c")
    assert page.locator("[data-waits]").count() == 2
    page.keyboard.press("r")
    page.keyboard.type("Not ours: c, n and 1 are letters in a field.")
    page.keyboard.press("Enter")
    page.get_by_text("1 verdict left to decide.").wait_for()
    assert focused(page) == f"verdict-{verdicts[2].pk}"
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.get_by_text("Every verdict is decided.").wait_for()
    kept = [Assessment.objects.get(pk=verdict.pk) for verdict in verdicts]
    assert [verdict.state for verdict in kept] == ["confirmed", "rejected", "confirmed"]
    assert kept[1].reason == "Not ours: c, n and 1 are letters in a field."
    assert kept[2].tracked_finding == mine.older
    assert focused(page) == "publish"
    tab_until(page, f"#verdict-{verdicts[2].pk}")


def test_a_finding_is_corrected_and_the_reading_published_by_the_keyboard_alone(
    verdicts: list[Assessment], page: Page, mine: Work
) -> None:
    for verdict in verdicts:
        decide(verdict.pk, Decision.REJECT, mine.officer, "Read.")
    page.reload()
    tab_until(page, "#start")
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    assert focused(page) == f"finding-{mine.published.pk}"
    page.keyboard.press("e")
    page.wait_for_url("**/correct/")
    tab_until(page, "#id_text")
    page.keyboard.press("Control+A")
    page.keyboard.type("The force should mend all of it.")
    tab_until(page, "#id_reason")
    page.keyboard.type("The page says so.")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/change/#finding-{mine.published.pk}")
    assert focused(page) == f"finding-{mine.published.pk}"
    assert Finding.objects.get(pk=mine.published.pk).text == "The force should mend all of it."

    page.keyboard.press("p")
    page.wait_for_url("**/publish/")
    tab_until(page, "#id_warnings_seen")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Reviewed and published").wait_for()
    assert Review.objects.get(pk=mine.review.pk).published_by == mine.officer


def test_single_keys_can_be_turned_off(verdicts: list[Assessment], page: Page) -> None:
    verdict = verdicts[0]
    tab_until(page, "#start")
    page.keyboard.press("c")  # outside the list no key is the page's
    page.keyboard.press("Enter")
    page.keyboard.press("?")
    tab_until(page, "#keys-on")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.reload()
    tab_until(page, "#start")
    page.keyboard.press("Enter")
    for key in ("c", "j", "r"):
        page.keyboard.press(key)
    assert focused(page) == f"verdict-{verdict.pk}"
    page.keyboard.press("ArrowDown")
    assert focused(page) != f"verdict-{verdict.pk}"
    assert Assessment.objects.get(pk=verdict.pk).state == "proposed"


def test_several_files_are_given_one_by_one_and_each_row_says_what_became_of_it(
    chromium: Any, mine: Work, live_server: Any
) -> None:
    page = chromium.new_page()
    sign_in(page, live_server.url, mine.officer)
    page.goto(f"{live_server.url}/admin/tracking/intake/take-in/")
    picture = {"name": "cat.txt", "mimeType": "text/plain", "buffer": b"\xff\xd8\xff\xe0JFIF"}
    empty = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    page.set_input_files("#id_documents", [picture, empty])
    page.get_by_role("button", name="Take in").click()
    page.get_by_text("Done: 0 of 2 are in, 2 refused.").wait_for()
    assert page.get_by_role("row", name="cat.txt").get_by_text("JPEG picture").is_visible()
    assert page.get_by_role("row", name="empty.txt").get_by_text("The file is empty").is_visible()
    page.reload()
    assert page.get_by_role("row", name="cat.txt").get_by_text("JPEG picture").is_visible()
    page.close()
