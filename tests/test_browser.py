"""The officers' pages in a real browser: nothing that WCAG 2.2 AA forbids, in light and dark, wide and narrow; no error of a script."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browsing import BROWSER, sign_in
from tests.two_forces import Work, work_of
from tracking.preferences import address_to_stop
from tracking.vocabulary import MailKind

CLIENTS = Path(__file__).parent / "clients"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# In the dark the page is the same but for its colours: what else is held against it was held against it in the light.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
LOOKS: list[tuple[Any, int]] = [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]

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
        "reminders": "/admin/tracking/reminder/",
        "reminder rules": "/admin/reminder-rules/",
        "a rule": f"/admin/reminder-rules/?force={work.force.slug}&rule=overdue",
        "put off": f"{finding}/{work.tracked.pk}/snooze/",
        "own roles": "/admin/roles/",
        "password": "/admin/password_change/",
        "keys": "/admin/keys/",
        "accessibility": "/accessibility/",
        "preferences": "/admin/preferences/",
        "stop e-mails": urlsplit(address_to_stop(work.officer, MailKind.DAILY)).path,
        "a link that does not hold": "/stop-mail/x/",
        "nowhere": "/admin/nowhere/",
    }


def signatorys_screens(work: Work) -> dict[str, str]:
    """What a signatory opens beside an officer's pages."""
    finding = "/admin/tracking/trackedfinding"
    return {
        "sign off evidence": f"{finding}/evidence/{work.unsigned.pk}/sign-off/",
        "accept or return": f"{finding}/sign-offs/{work.request.pk}/",
        "waiting for me": f"{finding}/?sign_off=for_me",
    }


def administrators_screens(work: Work) -> dict[str, str]:
    """What looks after the service."""
    return {
        "administrator's today": "/admin/",
        "people": "/admin/tracking/user/",
        "person": f"/admin/tracking/user/{work.officer.pk}/change/",
        "invite": "/admin/tracking/user/invite/",
        "who can do what": "/admin/tracking/user/who/",
        "roles": "/admin/tracking/membership/",
        "give a role": "/admin/tracking/membership/add/",
        "e-mails sent": "/admin/tracking/digest/",
        "an e-mail": f"/admin/tracking/digest/{work.digest.pk}/change/",
        "decide about an e-mail": f"/admin/tracking/digest/{work.digest.pk}/settle/",
        "published findings": "/admin/findings/finding/",
        "judgments": "/admin/findings/judgment/",
        "force": f"/admin/findings/force/{work.force.pk}/change/",
        "cycles": "/admin/findings/cycle/",
        "themes": "/admin/findings/theme/",
    }


def all_forces_screens(work: Work) -> dict[str, str]:
    """What a national user sees otherwise than the others."""
    return {"all forces today": "/admin/"}


SCREENS = {
    "officer": screens,
    "signatory": signatorys_screens,
    "administrator": administrators_screens,
    "national": all_forces_screens,
}


@pytest.mark.parametrize("role", SCREENS)
def test_no_page_has_what_accessibility_forbids(
    role: str, chromium: Any, axe: str, mine: Work, live_server: Any
) -> None:
    """Each page is drawn once, and looked at in light and dark, wide and narrow."""
    page = chromium.new_page(reduced_motion="reduce")  # a colour that is on its way to another is none to look at
    errors: list[str] = []
    page.on("console", lambda said: errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda fault: errors.append(f"{page.url}: {fault}"))
    page.goto(f"{live_server.url}/admin/login/")
    found = {"sign-in": in_every_look(page, axe)}
    sign_in(page, live_server.url, mine.people[role])
    for name, where in SCREENS[role](mine).items():
        errors.clear()  # the checker itself draws what the policy forbids
        answer = page.goto(f"{live_server.url}{where}")
        found[name] = [said for said in errors if "404" not in said] + in_every_look(page, axe)
        found[name] += [] if answer.status in {200, 404} else [f"answers {answer.status}"]
    page.close()
    told = "\n".join(f"{name}: {fault}" for name, faulty in found.items() for fault in faulty)
    assert not told, told


def in_every_look(page: Page, axe: str) -> list[str]:
    """What is held against the page in light and dark, wide and narrow."""
    page.evaluate(axe)
    held = []
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        rules = {"type": "tag", "values": RULES} if scheme == "light" else {"type": "rule", "values": OF_COLOURS}
        held += [f"{scheme}, {width} pixels: {fault}" for fault in faults(page, rules)]
    return held


@pytest.mark.parametrize("width", [320, 640])
def test_every_page_reflows_at_320_pixels_and_at_twice_the_size(
    width: int, chromium: Any, mine: Work, live_server: Any
) -> None:
    """At 640 pixels a page is as wide as at 1280 enlarged to 200 %; 320 is what WCAG 1.4.10 asks for."""
    page = chromium.new_page(viewport={"width": width, "height": 700})
    found = {}
    for role, opened in SCREENS.items():
        page.context.clear_cookies()
        sign_in(page, live_server.url, mine.people[role])
        for name, where in opened(mine).items():
            page.goto(f"{live_server.url}{where}")
            found[name] = too_wide(page)
    page.close()
    assert {name: by for name, by in found.items() if by > 0} == {}


def faults(page: Page, rules: dict[str, Any]) -> list[str]:
    """What the checker holds against the page by these rules, and whether it is wider than the screen."""
    told = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    said = [f"{one['id']}: {node['html'][:160]}" for one in told["violations"] for node in one["nodes"]]
    wide = too_wide(page)
    return said + ([f"{wide} pixels wider than the screen"] if wide > 0 else [])


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


def test_an_officer_finds_the_way_by_the_keyboard_alone(chromium: Any, mine: Work, live_server: Any) -> None:
    page = chromium.new_page()
    sign_in(page, live_server.url, mine.officer)
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
