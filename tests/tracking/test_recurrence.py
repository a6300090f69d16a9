"""What comes round again: due anew after each check, counted from the first date, and never closed for good."""

from datetime import date

import pytest

from findings.deadlines import next_round
from tests.factories import AssessmentFactory, later_report, member, signed_off_evidence, tracked_finding
from tracking.changes import Move, change_status
from tracking.decisions import decide
from tracking.models import TrackedFinding
from tracking.querysets import coloured, overdue_on
from tracking.recurrence import record_check
from tracking.standing import colour_of
from tracking.vocabulary import Basis, Decision, Rag, Role, Status
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "precision", "every", "checked_on", "due"),
    [
        (date(2018, 7, 31), "month", 12, date(2018, 7, 1), date(2018, 7, 31)),
        (date(2018, 7, 31), "month", 12, date(2018, 7, 31), date(2019, 7, 31)),
        (date(2018, 7, 31), "month", 12, date(2018, 8, 1), date(2019, 7, 31)),
        (date(2018, 7, 31), "month", 12, date(2022, 10, 3), date(2023, 7, 31)),
        (date(2018, 7, 31), "month", 12, date(2010, 1, 1), date(2018, 7, 31)),
        (date(2018, 2, 28), "month", 12, date(2019, 3, 1), date(2020, 2, 29)),  # the month's last day
        (date(2018, 2, 28), "day", 12, date(2019, 3, 1), date(2020, 2, 28)),
        (date(2020, 2, 29), "day", 12, date(2020, 2, 29), date(2021, 2, 28)),
        (
            date(2020, 2, 29),
            "day",
            12,
            date(2023, 3, 1),
            date(2024, 2, 29),
        ),  # counted from the first, never month by month
        (date(2018, 8, 31), "day", 6, date(2018, 9, 1), date(2019, 2, 28)),
        (date(2018, 8, 31), "day", 6, date(2019, 2, 28), date(2019, 8, 31)),
        (date(2018, 1, 31), "day", 3, date(2018, 4, 29), date(2018, 4, 30)),
        (date(2018, 1, 31), "day", 3, date(2018, 4, 30), date(2018, 7, 31)),
    ],
)
def test_the_next_round_is_counted_from_the_first_date(
    first: date, precision: str, every: int, checked_on: date, due: date
) -> None:
    assert next_round(first, precision, every, checked_on) == due


@pytest.fixture
def yearly() -> TrackedFinding:
    """A recommendation due at least once a year from July 2018."""
    return tracked_finding(
        kind="recommendation",
        due_on=date(2018, 7, 31),
        due_precision="month",
        recurs_every=12,
        deadline_wording="annually",
    )


def achieved(tracked: TrackedFinding, day: date) -> None:
    evidence = signed_off_evidence(tracked)
    change_status(
        Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Done.", day, evidence=evidence),
        member(Role.OFFICER, tracked.force),
    )
    tracked.refresh_from_db()


def test_achieved_is_due_again_a_round_later_and_then_late(yearly: TrackedFinding) -> None:
    achieved(yearly, date(2020, 6, 1))
    assert (yearly.status, yearly.due_on) == ("achieved", date(2020, 7, 31))
    on_the_day, a_day_later = date(2020, 7, 31), date(2020, 8, 1)
    assert colour_of(yearly, on_the_day)[0] is Rag.GREEN
    colour, reason = colour_of(yearly, a_day_later)
    assert (colour, reason) == (Rag.RED, "achieved, and due again since July 2020")
    rows = TrackedFinding.objects.filter(pk=yearly.pk)
    assert not rows.filter(overdue_on(on_the_day)).exists()
    assert rows.filter(overdue_on(a_day_later)).exists()
    assert rows.filter(coloured(Rag.RED, a_day_later)).exists()


def test_each_check_moves_the_date_to_the_next_round_and_leaves_its_row(yearly: TrackedFinding) -> None:
    achieved(yearly, date(2020, 6, 1))
    officer = member(Role.OFFICER, yearly.force)
    evidence = yearly.evidence.get()
    for day in (date(2020, 9, 1), date(2022, 1, 15)):
        record_check(yearly.pk, day, evidence, officer, "Read what was published.")
    yearly.refresh_from_db()
    assert yearly.due_on == date(2022, 7, 31)
    assert list(yearly.date_changes.values_list("cause", "to_on")) == [
        ("recurrence", date(2020, 7, 31)),
        ("recurrence", date(2021, 7, 31)),
        ("recurrence", date(2022, 7, 31)),
    ]


def test_an_inspections_verdict_is_a_check_as_well(yearly: TrackedFinding) -> None:
    verdict = AssessmentFactory(tracked_finding=yearly)
    decide(verdict.pk, Decision.CONFIRM, member(Role.OFFICER, yearly.force), "Read.")
    yearly.refresh_from_db()
    assert later_report(yearly.force).published_on == date(2022, 10, 3)
    assert yearly.due_on == date(2023, 7, 31)


def test_a_check_is_refused_where_it_proves_nothing(yearly: TrackedFinding) -> None:
    officer = member(Role.OFFICER, yearly.force)
    evidence = signed_off_evidence(yearly)
    once = tracked_finding(yearly.force)
    for tracked, day, shown, code in (
        (yearly, date(2020, 1, 1), evidence, "not_met_yet"),
        (once, date(2020, 1, 1), evidence, "does_not_recur"),
    ):
        with pytest.raises(Refused) as refused:
            record_check(tracked.pk, day, shown, officer)
        assert refused.value.code == code
    achieved(yearly, date(2020, 6, 1))
    unsigned = yearly.evidence.create(title="Draft", link="https://force.example/draft", recorded_by=officer)
    with pytest.raises(Refused) as refused:
        record_check(yearly.pk, date(2020, 7, 1), unsigned, officer)
    assert refused.value.code == "evidence_not_signed_off"
    with pytest.raises(Incomplete):
        record_check(yearly.pk, date(2999, 1, 1), evidence, officer)
    record_check(yearly.pk, date(2020, 7, 1), evidence, officer)
    with pytest.raises(Refused) as refused:
        record_check(yearly.pk, date(2020, 7, 1), evidence, officer)
    assert refused.value.code == "checked_already"


def test_a_limb_comes_round_on_its_own(yearly: TrackedFinding) -> None:
    tracked = tracked_finding(yearly.force, elements=2, kind="recommendation")
    first, second = tracked.elements.order_by("element__position")
    for limb, day, every in ((first, date(2018, 7, 31), None), (second, date(2018, 12, 31), 12)):
        limb.element.due_on, limb.element.due_precision, limb.element.recurs_every = day, "month", every
        limb.element.save()
    TrackedFinding.objects.filter(pk=tracked.pk).update(recurs=True)
    evidence, officer = signed_off_evidence(tracked), member(Role.OFFICER, tracked.force)
    for limb in (first, second):
        change_status(
            Move(
                tracked.pk,
                Status.ACHIEVED,
                Basis.EVIDENCE,
                "Done.",
                date(2020, 6, 1),
                evidence=evidence,
                element=limb.pk,
            ),
            officer,
        )
    tracked.refresh_from_db()
    assert (tracked.status, tracked.due_on) == ("achieved", date(2020, 12, 31))
    record_check(tracked.pk, date(2021, 2, 1), evidence, officer, element=second.pk)
    tracked.refresh_from_db()
    assert tracked.due_on == date(2021, 12, 31)
    with pytest.raises(Refused) as refused:
        record_check(tracked.pk, date(2021, 2, 1), evidence, officer, element=first.pk)
    assert refused.value.code == "does_not_recur"
