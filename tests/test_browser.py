"""The officers' pages in a real browser: nothing that WCAG 2.2 AA forbids, in light and dark, wide and narrow; no error of a script."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from findings.models import Document, Finding
from tests.factories import AssessmentFactory, tracked_finding
from tests.two_forces import Work, work_of
from tracking.models import Assessment, Review

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CLIENTS = Path(__file__).parent / "clients"
PASSWORD = "a long enough password"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]

pytestmark = pytest.mark.skipif(
    BROWSER is None or shutil.which("npm") is None, reason="no Chromium or Node.js on this machine"
)


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The checker's script."""
    place = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CLIENTS / name, place / name)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=place, check=True, timeout=300)
    return (place / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def mine(committed: None) -> Work:
    return work_of()


@pytest.fixture
def chromium(mine: Work, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The browser. Its driver runs a loop of its own, beside which Django must be told that the database may be asked."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield started
        started.close()


def screens(work: Work) -> dict[str, str]:
    """Every kind of page that an officer opens, by what it is for."""
    finding = "/admin/tracking/trackedfinding"
    return {
        "today": "/admin/",
        "findings": f"{finding}/",
        "finding": f"{finding}/{work.tracked.pk}/change/",
        "status": f"{finding}/{work.tracked.pk}/status/",
        "evidence": f"{finding}/{work.tracked.pk}/evidence/",
        "ask for sign-off": f"{finding}/{work.tracked.pk}/ask-sign-off/",
        "date": f"{finding}/{work.tracked.pk}/date/",
        "link": f"{finding}/{work.tracked.pk}/link/",
        "themes": f"{finding}/{work.tracked.pk}/themes/",
        "elsewhere": f"{finding}/{work.tracked.pk}/elsewhere/",
        "past": f"{finding}/past/?force={work.force.slug}&as_of=2020-12-31",
        "contradictions": f"{finding}/contradictions/",
        "papers": f"{finding}/papers/",
        "paper": f"{finding}/papers/?kind=committee&force={work.force.slug}&marking=OFFICIAL&form=html",
        "verdicts": "/admin/tracking/assessment/",
        "reviews": "/admin/tracking/review/",
        "review": f"/admin/tracking/review/{work.review.pk}/change/",
        "correct": f"/admin/tracking/review/findings/{work.published.pk}/correct/",
        "merge": f"/admin/tracking/review/findings/{work.published.pk}/merge/",
        "split": f"/admin/tracking/review/findings/{work.published.pk}/split/",
        "publish": f"/admin/tracking/review/{work.review.pk}/publish/",
        "reading": f"/admin/tracking/review/reading/{work.review.report_id}/",
        "verdict": f"/admin/tracking/assessment/{work.assessment.pk}/change/",
        "take in": "/admin/tracking/intake/take-in/",
        "what was taken in": "/admin/tracking/intake/",
        "an intake": f"/admin/tracking/intake/{work.intake.pk}/change/",
        "statutory": "/admin/tracking/statutoryresponse/",
        "comments": f"/admin/tracking/statutoryresponse/{work.response.pk}/change/",
        "trackers": "/admin/tracking/trackerfile/",
        "tracker": f"/admin/tracking/trackerfile/{work.tracker.pk}/columns/",
        "reports": "/admin/findings/report/",
        "report": f"/admin/findings/report/{work.tracked.finding.report_id}/change/",
        "password": "/admin/password_change/",
        "keys": "/admin/keys/",
        "nowhere": "/admin/nowhere/",
    }


def sign_in(page: Page, address: str, work: Work) -> None:
    page.goto(f"{address}/admin/login/")
    page.fill("#id_username", work.officer.username)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(f"{address}/admin/")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_page_has_what_accessibility_forbids(
    scheme: Any, width: int, chromium: Any, axe: str, mine: Work, live_server: Any
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda fault: errors.append(f"{page.url}: {fault}"))
    page.goto(f"{live_server.url}/admin/login/")
    found = {"sign-in": faults(page, axe)}
    sign_in(page, live_server.url, mine)
    for name, where in screens(mine).items():
        errors.clear()  # the checker itself draws what the policy forbids
        page.goto(f"{live_server.url}{where}")
        found[name] = [said for said in errors if "404" not in said] + faults(page, axe)
    page.close()
    told = "\n".join(f"{name}: {fault}" for name, faulty in found.items() for fault in faulty)
    assert not told, told


def faults(page: Page, axe: str) -> list[str]:
    """What the checker holds against the page, and whether it is wider than the screen."""
    page.evaluate(axe)
    told = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    said = [f"{one['id']}: {node['html'][:160]}" for one in told["violations"] for node in one["nodes"]]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return said + ([f"{wide} pixels wider than the screen"] if wide > 0 else [])


def test_an_officer_finds_the_way_by_the_keyboard_alone(chromium: Any, mine: Work, live_server: Any) -> None:
    page = chromium.new_page()
    sign_in(page, live_server.url, mine)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Papers":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_url("**/papers/")
    assert page.get_by_role("heading", name="Papers").is_visible()
    page.close()


WORDS = "Good\nThe first thing is done.\nThe second thing is done.\nThe third thing is done.\nThe force should mend it."


def report_to_review(mine: Work) -> list[Assessment]:
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


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until what `selector` describes is in focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never came to {selector} on {page.url}")


def test_a_whole_report_is_reviewed_by_the_keyboard_alone(chromium: Any, mine: Work, live_server: Any) -> None:
    verdicts = report_to_review(mine)
    page = chromium.new_page()
    sign_in(page, live_server.url, mine)
    page.goto(f"{live_server.url}/admin/tracking/review/{mine.review.pk}/change/")
    tab_to(page, "#start")
    page.keyboard.press("Enter")
    assert focused(page) == f"verdict-{verdicts[0].pk}"
    page.keyboard.press("j")
    assert focused(page) == f"verdict-{verdicts[1].pk}"
    page.keyboard.press("k")
    page.keyboard.press("c")
    page.get_by_text("2 verdicts left to decide.").wait_for()
    assert focused(page) == f"verdict-{verdicts[1].pk}"
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

    tab_to(page, ".item")
    page.keyboard.press("ArrowDown")
    assert focused(page) == f"finding-{mine.published.pk}"
    page.keyboard.press("e")
    page.wait_for_url("**/correct/")
    tab_to(page, "#id_text")
    page.keyboard.press("Control+A")
    page.keyboard.type("The force should mend all of it.")
    tab_to(page, "#id_reason")
    page.keyboard.type("The page says so.")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/change/#finding-{mine.published.pk}")
    assert focused(page) == f"finding-{mine.published.pk}"
    assert Finding.objects.get(pk=mine.published.pk).text == "The force should mend all of it."

    page.keyboard.press("p")
    page.wait_for_url("**/publish/")
    tab_to(page, "#id_warnings_seen")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Reviewed and published").wait_for()
    assert Review.objects.get(pk=mine.review.pk).published_by == mine.officer
    page.close()


def test_single_keys_can_be_turned_off(chromium: Any, mine: Work, live_server: Any) -> None:
    verdict = report_to_review(mine)[0]
    page = chromium.new_page()
    sign_in(page, live_server.url, mine)
    page.goto(f"{live_server.url}/admin/tracking/review/{mine.review.pk}/change/")
    tab_to(page, "#start")
    page.keyboard.press("c")  # outside the list no key is the page's
    page.keyboard.press("Enter")
    page.keyboard.press("?")
    tab_to(page, "#keys-on")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.reload()
    tab_to(page, "#start")
    page.keyboard.press("Enter")
    for key in ("c", "j", "r"):
        page.keyboard.press(key)
    assert focused(page) == f"verdict-{verdict.pk}"
    page.keyboard.press("ArrowDown")
    assert focused(page) != f"verdict-{verdict.pk}"
    assert Assessment.objects.get(pk=verdict.pk).state == "proposed"
    page.close()


def test_several_files_are_given_one_by_one_and_each_row_says_what_became_of_it(
    chromium: Any, mine: Work, live_server: Any
) -> None:
    page = chromium.new_page()
    sign_in(page, live_server.url, mine)
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
