"""A real browser for tests: Debian's Chromium, a person signed in, and the keyboard."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tracking.models import User

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = "a long enough password"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MOST_TABS = 120

needs_chromium = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


@pytest.fixture
def chromium(committed: None, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The browser. Its driver runs a loop of its own, beside which Django must be told that the database may be asked."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield started
        started.close()


def sign_in(page: Page, address: str, person: User) -> None:
    """Signs the person in; the page is then the first one."""
    page.goto(f"{address}/admin/login/")
    page.fill("#id_username", person.username)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url(f"{address}/admin/")


def sign_out(page: Page) -> None:
    page.click(".person summary")
    page.get_by_role("button", name="Sign out").click()


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until what is focused is named with these words; fails where nothing is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if words in page.evaluate(NAME_OF_FOCUSED):
            return
    raise AssertionError(f"Tab does not come to “{words}” on {page.url}")


NAME_OF_FOCUSED = """() => {
    const one = document.activeElement;
    const label = one.labels && one.labels.length ? one.labels[0].textContent : "";
    return [one.getAttribute("aria-label"), label, one.value, one.textContent].filter(Boolean).join(" ").replace(/\\s+/g, " ");
}"""
