"""What every test shares: a place of its own for files, the real reports where they are, and people of each role."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Before Django reads its settings: each test process has its own data folder.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="peeltrack-tests-")

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from findings.reference import load_reference
from tests import canary
from tests.browsing import chromium  # noqa: F401 - a fixture
from tests.factories import member
from tracking.intake import open_national
from tracking.models import User

REAL_REPORTS = Path(__file__).resolve().parents[2] / "shared" / "reports"
SAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "reports"


APPEND_ONLY = ("tracking_statuschange", "tracking_datechange", "findings_correction")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: looking through it again and again took a quarter of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Documents taken in by a test stay in its own folder; passwords are hashed fast."""
    settings.MEDIA_ROOT = tmp_path / "documents"
    settings.API_REQUESTS_PER_MINUTE = settings.API_SIGN_INS_PER_MINUTE = 1_000_000
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_leak(settings: Any) -> Iterator[None]:
    """Whatever a test is about, no answer shows somebody the work of a force that they may not read."""
    settings.MIDDLEWARE = ["tests.canary.Canary", *settings.MIDDLEWARE]
    canary.leaks.clear()
    yield
    assert canary.leaks == []


@pytest.fixture(scope="session")
def real_reports() -> Path:
    """The folder of the five real reports: needed where it is there, skipped where it is not."""
    if not REAL_REPORTS.is_dir():
        pytest.skip("no real reports beside this checkout")
    return REAL_REPORTS


@pytest.fixture(scope="session")
def samples() -> Path:
    """The fictional force's reports."""
    return SAMPLES


@pytest.fixture
def reference(db: None) -> None:
    """Forces, cycles, themes and the national recommendations, opened for every force."""
    load_reference()
    open_national()


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a person with one role, in a force (by slug) or for the whole service."""
    return member


@pytest.fixture
def api() -> Callable[[User], APIClient]:
    """An API client signed in as somebody."""

    def signed_in(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return signed_in


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """A browser's client signed in as somebody."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="tracking.access.MembershipBackend")
        return client

    return signed_in


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Real transactions, for threads. Leaves the tables empty: their triggers refuse to be emptied otherwise."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tracking_trackedfinding SET last_change_id = NULL, standing_change_id = NULL")
        cursor.execute("DELETE FROM tracking_delivery")
        cursor.execute("DELETE FROM tracking_event")
        _without_triggers(cursor, "DELETE FROM tracking_datechange")
        _without_triggers(cursor, "DELETE FROM findings_correction")
        _without_triggers(cursor, "DELETE FROM tracking_statuschange")


def _without_triggers(cursor: Any, statement: str) -> None:
    """Runs a statement that the history's triggers refuse, as nobody but a test's clean-up may."""
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    cursor.execute(statement)
    for _, sql in triggers:
        cursor.execute(sql)


@pytest.fixture
def tampering() -> Callable[[str], None]:
    """Runs SQL past the triggers, as somebody with the database's own keys could."""

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            _without_triggers(cursor, statement)

    return run


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With NOTHING_SKIPPED, a skipped test fails the run, unless it is for want of the real reports."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("NOTHING_SKIPPED"):
        return
    unwanted = [report for report in reporter.stats.get("skipped", []) if "no real reports" not in str(report.longrepr)]
    if unwanted and exitstatus == 0:
        reporter.write_line(f"{len(unwanted)} tests were skipped, and none may be.")
        session.exitstatus = 1
