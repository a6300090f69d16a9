"""The feed: every change once, in an order that no slow transaction can upset."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from tests.factories import member, signed_off_evidence, tracked_finding
from tracking.events import number_events
from tracking.models import Event, StatusChange, User
from tracking.progress import record_progress
from tracking.vocabulary import EventKind, Role

FEED = "/api/v1/status-changes/"


def follow(client: APIClient, address: str) -> tuple[list[int], str]:
    """All that the feed has now from `address` on, and where it goes on from."""
    ids: list[int] = []
    while True:
        page = client.get(address).json()
        ids += [row["id"] for row in page["results"]]
        if page["next"] is None:
            return ids, page["resume"]
        address = page["next"]


@pytest.mark.django_db
def test_the_feed_goes_on_from_where_it_ended(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    client = api(member(Role.OFFICER, tracked.force))
    first, resume = follow(client, f"{FEED}?page_size=1")
    assert first == [tracked.last_change_id]
    assert follow(client, resume) == ([], resume)
    later = [tracked_finding(tracked.force) for _ in range(3)]
    second, resume = follow(client, resume)
    assert second == [row.last_change_id for row in later]
    assert follow(client, resume)[0] == []


@pytest.mark.django_db
def test_an_empty_feed_can_be_resumed(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    client = api(member(Role.OFFICER, tracked.force))
    nothing, resume = follow(client, f"{FEED}?changed_since=2999-01-01T00:00:00Z")
    assert nothing == []
    assert "changed_since" in resume


@pytest.mark.django_db
def test_what_happened_has_its_events() -> None:
    tracked = tracked_finding()
    officer = member(Role.OFFICER, tracked.force)
    evidence = signed_off_evidence(tracked)
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer, "Ready.", evidence=[evidence])
    record_progress(tracked.pk, {"target_on": date(2031, 1, 1), "position": "in_progress"}, officer, "Not yet.")
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [
        EventKind.FINDING_OPENED,
        EventKind.SIGN_OFF_ASKED,
        EventKind.PROGRESS_RECORDED,
        EventKind.DATE_CHANGED,
        EventKind.SIGN_OFF_DECIDED,
        EventKind.PROGRESS_RECORDED,
    ]
    assert number_events() == len(kinds)
    assert list(Event.objects.order_by("position").values_list("kind", flat=True)) == kinds
    assert number_events() == 0


@pytest.mark.django_db
def test_every_change_has_one_event() -> None:
    tracked_finding(elements=2)
    tracked_finding()
    assert StatusChange.objects.filter(event__isnull=True).count() == 0
    assert Event.objects.filter(status_change__isnull=False).count() == StatusChange.objects.count()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time: none can be overtaken")
def test_a_change_that_commits_late_is_not_passed_over(committed: None) -> None:
    force = tracked_finding().force
    reader = APIClient()
    reader.force_authenticate(member(Role.OFFICER, force))
    _, resume = follow(reader, FEED)
    inserted, release = threading.Event(), threading.Event()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.append(tracked_finding(force).last_change_id)
            inserted.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert inserted.wait(10)
    fast = tracked_finding(force).last_change_id
    seen, resume = follow(reader, resume)
    assert seen == [fast]
    release.set()
    thread.join()
    assert late[0] < fast
    assert follow(reader, resume)[0] == late


def test_while_others_write_nothing_is_missed_and_nothing_comes_twice(committed: None) -> None:
    force = tracked_finding().force
    reader = APIClient()
    reader.force_authenticate(member(Role.OFFICER, force))
    seen, resume = follow(reader, FEED)

    def write(count: int) -> None:
        for _ in range(count):
            tracked_finding(force)
        connection.close()

    threads: list[Any] = [threading.Thread(target=write, args=(8,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        more, resume = follow(reader, resume)
        seen += more
    seen += follow(reader, resume)[0]
    assert sorted(seen) == sorted(StatusChange.objects.values_list("id", flat=True))
    assert len(seen) == 33
