"""Dates: the nearest unmet limb leads, each move is kept with its reason, and an extension ends on a day."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from findings.models import Element
from findings.reference import load_forces
from tests.factories import member, signed_off_evidence, tracked_finding
from tracking.changes import Move, change_status, follow_published
from tracking.dates import change_date, leading_due
from tracking.intake import take_in
from tracking.models import DateChange, TrackedFinding, User
from tracking.progress import record_progress
from tracking.vocabulary import Basis, DateKind, Position, Role, Status
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def officer_of(tracked: TrackedFinding) -> User:
    return member(Role.OFFICER, tracked.force)


def moves(tracked: TrackedFinding) -> list[tuple[str, str, date | None, date | None]]:
    return list(tracked.date_changes.values_list("kind", "cause", "from_on", "to_on"))


@pytest.fixture
def limbs(reference: None, samples: Path) -> TrackedFinding:
    """A recommendation with three timed limbs, as read from the page that makes it."""
    load_forces("example_force.json")
    page = samples / "layouts" / "legitimacy-2016-timed-limbs.txt"
    take_in(page.name, page.read_bytes())
    return TrackedFinding.objects.get(
        finding__report__reference="exampleshire/2016/legitimacy", finding__kind="recommendation"
    )


def test_each_limb_has_its_own_date_and_the_nearest_leads(limbs: TrackedFinding) -> None:
    dates = list(Element.objects.filter(finding=limbs.finding).values_list("due_on", "due_precision"))
    assert dates == [(date(2016, 12, 8), "day"), (date(2017, 3, 8), "day"), (date(2017, 7, 31), "month")]
    assert (limbs.due_on, limbs.due_precision) == (date(2016, 12, 8), "day")
    assert moves(limbs) == []


def test_a_limb_that_is_met_hands_the_lead_to_the_next(limbs: TrackedFinding) -> None:
    evidence = signed_off_evidence(limbs)
    officer = officer_of(limbs)
    for element in limbs.elements.order_by("element__position")[:2]:
        change_status(
            Move(limbs.pk, Status.ACHIEVED, Basis.EVIDENCE, "Done.", TODAY(), evidence=evidence, element=element.pk),
            officer,
        )
    limbs.refresh_from_db()
    assert (limbs.due_on, limbs.due_precision, limbs.status) == (date(2017, 7, 31), "month", "partly_complied")
    assert moves(limbs) == [
        ("due", "limb_met", date(2016, 12, 8), date(2017, 3, 8)),
        ("due", "limb_met", date(2017, 3, 8), date(2017, 7, 31)),
    ]


def test_a_finding_without_limbs_is_led_by_its_own_date() -> None:
    tracked = tracked_finding(due_on=date(2030, 1, 31), due_precision="day")
    assert leading_due(tracked.finding).on == tracked.due_on == date(2030, 1, 31)


def test_a_correction_of_the_record_moves_the_date_and_says_so() -> None:
    tracked = tracked_finding(due_on=date(2030, 1, 31), due_precision="day")
    version = tracked.version
    tracked.finding.due_on = date(2030, 2, 28)
    tracked.finding.save()
    assert follow_published(tracked.finding) == 1
    assert follow_published(tracked.finding) == 0
    tracked.refresh_from_db()
    assert (tracked.due_on, tracked.version) == (date(2030, 2, 28), version + 1)
    assert moves(tracked) == [("due", "correction", date(2030, 1, 31), date(2030, 2, 28))]
    assert DateChange.objects.get().recorded_by is None


def test_a_letters_date_stands_when_the_record_is_corrected() -> None:
    tracked = tracked_finding(due_on=date(2030, 1, 31), due_precision="day")
    change_date(tracked.pk, DateKind.DUE, date(2030, 6, 30), "Letter of 3 May 2029.", officer_of(tracked))
    tracked.finding.due_on = date(2030, 2, 28)
    tracked.finding.save()
    assert follow_published(tracked.finding) == 0
    tracked.refresh_from_db()
    assert tracked.due_on == date(2030, 6, 30)


def test_a_target_moves_with_a_reason_and_ends_on_a_day() -> None:
    tracked = tracked_finding()
    officer = officer_of(tracked)
    soon, later = TODAY() + timedelta(days=30), TODAY() + timedelta(days=60)
    change_date(tracked.pk, DateKind.TARGET, soon, "Agreed at the board.", officer)
    change_date(tracked.pk, DateKind.TARGET, later, "The supplier is late.", officer)
    change_date(tracked.pk, DateKind.TARGET, soon, "It is not.", officer)
    assert [cause for _, cause, *_ in moves(tracked)] == ["first", "extension", "brought_forward"]
    for to, reason, error in (
        (later, " ", Incomplete),
        (None, "Dropped.", Incomplete),
        (TODAY() - timedelta(days=1), "Back.", Incomplete),
        (soon, "Again.", Refused),
    ):
        with pytest.raises(error):
            change_date(tracked.pk, DateKind.TARGET, to, reason, officer)
    assert len(moves(tracked)) == 3


def test_a_force_that_waits_for_another_may_drop_its_target() -> None:
    tracked = tracked_finding()
    officer = officer_of(tracked)
    change_date(tracked.pk, DateKind.TARGET, TODAY() + timedelta(days=30), "Agreed.", officer)
    record_progress(tracked.pk, {"position": Position.DEPENDS_ON_ANOTHER_BODY.value}, officer, "The college must act.")
    change_date(tracked.pk, DateKind.TARGET, None, "Nothing to aim for.", officer)
    tracked.refresh_from_db()
    assert tracked.target_on is None


def test_the_inspectors_date_is_moved_and_never_dropped() -> None:
    tracked = tracked_finding(due_on=date(2030, 1, 31), due_precision="day")
    officer = officer_of(tracked)
    record_progress(tracked.pk, {"position": Position.NO_ACTION.value}, officer, "We disagree.")
    with pytest.raises(Incomplete, match="ends on a day"):
        change_date(tracked.pk, DateKind.DUE, None, "We disagree.", officer)


def test_a_first_target_needs_no_reason_not_even_a_blank_one() -> None:
    tracked = tracked_finding()
    record_progress(tracked.pk, {"target_on": TODAY() + timedelta(days=30)}, officer_of(tracked), "  ")
    assert DateChange.objects.get().reason == "First target."


def test_a_target_set_with_other_fields_is_kept_the_same_way() -> None:
    tracked = tracked_finding()
    officer = officer_of(tracked)
    soon = TODAY() + timedelta(days=30)
    record_progress(tracked.pk, {"target_on": soon, "lead": "ACC"}, officer)
    with pytest.raises(Incomplete, match="moves only with a reason"):
        record_progress(tracked.pk, {"target_on": soon + timedelta(days=1)}, officer)
    record_progress(tracked.pk, {"target_on": soon + timedelta(days=1)}, officer, "One more day.")
    assert [(cause, to) for _, cause, _, to in moves(tracked)] == [
        ("first", soon),
        ("extension", soon + timedelta(days=1)),
    ]


def test_nothing_moves_once_the_finding_is_achieved() -> None:
    tracked = tracked_finding()
    TrackedFinding.objects.filter(pk=tracked.pk).update(status="achieved")
    with pytest.raises(Refused):
        change_date(tracked.pk, DateKind.TARGET, TODAY() + timedelta(days=1), "Why not.", officer_of(tracked))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE tracking_datechange SET reason = 'x'", "DELETE FROM tracking_datechange", "REPLACE"],
)
def test_the_database_keeps_what_was_said_of_a_date(statement: str) -> None:
    tracked = tracked_finding()
    change_date(tracked.pk, DateKind.TARGET, TODAY() + timedelta(days=30), "Agreed.", officer_of(tracked))
    if statement == "REPLACE":
        if connection.vendor != "sqlite":
            statement = "TRUNCATE tracking_datechange"
        else:
            statement = "INSERT OR REPLACE INTO tracking_datechange SELECT * FROM tracking_datechange"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert DateChange.objects.get().reason == "Agreed."


def test_dates_move_over_the_api(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    client = api(officer_of(tracked))
    address = f"/api/v1/tracked-findings/{tracked.pk}/date-changes/"
    to = (TODAY() + timedelta(days=30)).isoformat()
    assert client.post(address, {"kind": "hope", "to_on": to, "reason": "x"}).status_code == 400
    assert client.post(address, {"kind": "target", "to_on": to, "reason": ""}).status_code == 400
    made = client.post(address, {"kind": "target", "to_on": to, "reason": "Agreed."})
    assert (made.status_code, made.json()["to_on"], made.json()["cause"]) == (201, to, "first")
    assert [row["id"] for row in client.get(address).json()] == [made.json()["id"]]
    assert client.post(address, {"kind": "target", "to_on": to, "reason": "Again."}).status_code == 409
