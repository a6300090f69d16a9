"""When something is told: the days counted by hand."""

import itertools
from datetime import date, timedelta

import pytest

from tracking.reminder_rules import (
    RULES,
    USUAL,
    FindingFacts,
    Occasion,
    Plan,
    of_date,
    of_finding,
    step_on,
    to_come,
)
from tracking.vocabulary import Audience, ReminderRule

DUE = date(2026, 7, 1)  # a Wednesday
R = ReminderRule


def told(facts: FindingFacts, today: date) -> list[tuple[str, date]]:
    return [(one.rule.value, one.on) for one in of_finding(facts, today)]


def test_every_rule_is_in_the_table_with_words_days_and_somebody_to_tell() -> None:
    assert list(RULES) == list(ReminderRule)
    for code, rule in RULES.items():
        assert (rule.code, bool(rule.says), bool(rule.to_do), bool(rule.days), bool(rule.who)) == (code, *[True] * 4)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 5, 31), []),
        (date(2026, 6, 1), [("due_soon", date(2026, 6, 1))]),
        (date(2026, 6, 16), [("due_soon", date(2026, 6, 1))]),
        (date(2026, 6, 17), [("due_soon", date(2026, 6, 17))]),
        (date(2026, 6, 24), [("due_soon", date(2026, 6, 24))]),
        (date(2026, 6, 29), [("due_soon", date(2026, 6, 24))]),
        (date(2026, 6, 30), [("due_soon", date(2026, 6, 30))]),
        (date(2026, 7, 1), [("due_today", date(2026, 7, 1))]),
        (date(2026, 7, 2), [("overdue", date(2026, 7, 2))]),
        (date(2026, 7, 12), [("overdue", date(2026, 7, 2))]),
        (date(2026, 7, 13), [("overdue", date(2026, 7, 13))]),  # the first Monday a week on
        (date(2026, 7, 14), [("overdue", date(2026, 7, 13))]),
        (date(2026, 7, 15), [("overdue", date(2026, 7, 13)), ("overdue_lead", date(2026, 7, 15))]),
        (date(2026, 7, 20), [("overdue", date(2026, 7, 20)), ("overdue_lead", date(2026, 7, 15))]),
        (date(2026, 7, 27), [("overdue", date(2026, 7, 27)), ("overdue_lead", date(2026, 7, 27))]),
        (
            date(2026, 7, 29),
            [
                ("overdue", date(2026, 7, 27)),
                ("overdue_lead", date(2026, 7, 27)),
                ("overdue_signatory", date(2026, 7, 29)),
            ],
        ),
    ],
)
def test_a_finding_is_told_of_step_by_step(today: date, expected: list[tuple[str, date]]) -> None:
    assert told(FindingFacts(due_on=DUE), today) == expected
    assert told(FindingFacts(target_on=DUE), today) == expected  # where the inspectors gave no date


def test_what_was_missed_or_dated_late_is_told_by_one_step_alone() -> None:
    for ahead in range(1, 60):
        assert len(told(FindingFacts(due_on=DUE), DUE - timedelta(days=ahead))) == (ahead <= 30)


def test_overdue_is_told_once_a_week_and_never_twice_in_one() -> None:
    days = {step_on(RULES[R.OVERDUE], (1,), DUE, DUE + timedelta(days=n)) for n in range(1, 366)}
    assert len(days) == 52
    in_order = sorted(day for day in days if day)
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(in_order)]
    assert gaps[0] == 11
    assert set(gaps[1:]) == {7}


@pytest.mark.parametrize("weekday", range(7))
def test_a_first_repetition_comes_a_week_to_thirteen_days_on_and_on_a_monday(weekday: int) -> None:
    due = date(2026, 6, 29) + timedelta(days=weekday)
    days = sorted({day for n in range(1, 40) if (day := step_on(RULES[R.OVERDUE], (1,), due, due + timedelta(days=n)))})
    assert days[0] == due + timedelta(days=1)
    assert 7 <= (days[1] - days[0]).days <= 13
    assert {day.weekday() for day in days[1:]} == {0}


def test_a_target_that_passed_is_told_once_beside_the_inspectors_date() -> None:
    facts = FindingFacts(due_on=date(2026, 12, 1), target_on=DUE)
    assert told(facts, DUE) == []
    assert (
        told(facts, DUE + timedelta(days=1)) == told(facts, date(2026, 10, 1)) == [("target_passed", date(2026, 7, 2))]
    )
    assert told(FindingFacts(due_on=DUE, target_on=DUE), date(2026, 7, 2)) == [("overdue", date(2026, 7, 2))]


def test_an_extension_about_to_end_is_told_in_the_place_of_the_same_step() -> None:
    extended = FindingFacts(target_on=DUE, extended=True)
    assert told(extended, date(2026, 6, 1)) == [("due_soon", date(2026, 6, 1))]
    assert told(extended, date(2026, 6, 17)) == [("extension_ending", date(2026, 6, 17))]
    assert told(extended, DUE) == [("due_today", DUE)]
    beside = FindingFacts(due_on=date(2027, 1, 1), target_on=DUE, extended=True)
    assert told(beside, date(2026, 6, 25)) == [("extension_ending", date(2026, 6, 24))]


def test_what_is_due_again_has_the_inspectors_date_alone() -> None:
    facts = FindingFacts(due_on=date(2027, 1, 1), target_on=DUE, unmet=False, updated_on=date(2020, 1, 1))
    assert told(facts, date(2026, 7, 2)) == []


def test_silence_and_want_of_an_owner_are_told_by_day_and_rarely_again() -> None:
    quiet = FindingFacts(updated_on=date(2026, 1, 1), unowned_since=date(2026, 3, 20))
    assert told(quiet, date(2026, 3, 26)) == []
    assert told(quiet, date(2026, 3, 27)) == [("no_owner", date(2026, 3, 27))]
    assert told(quiet, date(2026, 4, 1)) == [("no_update", date(2026, 4, 1)), ("no_owner", date(2026, 3, 27))]
    assert told(quiet, date(2026, 4, 27)) == [("no_update", date(2026, 4, 1)), ("no_owner", date(2026, 4, 27))]
    assert told(quiet, date(2026, 7, 6))[0] == ("no_update", date(2026, 7, 6))


@pytest.mark.parametrize(
    ("rules", "days", "expected"),
    [
        ((R.STATUTORY_LATE, R.STATUTORY_DUE), -29, None),
        ((R.STATUTORY_LATE, R.STATUTORY_DUE), -28, ("statutory_due", -28)),
        ((R.STATUTORY_LATE, R.STATUTORY_DUE), -8, ("statutory_due", -14)),
        ((R.STATUTORY_LATE, R.STATUTORY_DUE), -7, ("statutory_due", -7)),
        ((R.STATUTORY_LATE, R.STATUTORY_DUE), -3, ("statutory_due", -3)),
        ((R.STATUTORY_LATE, R.STATUTORY_DUE), 0, ("statutory_due", -1)),
        ((R.STATUTORY_LATE, R.STATUTORY_DUE), 1, ("statutory_late", 1)),
        ((R.PROPOSALS_WAITING,), 13, None),
        ((R.PROPOSALS_WAITING,), 14, ("proposals_waiting", 14)),
        ((R.SIGN_OFF_WAITING,), 6, None),
        ((R.SIGN_OFF_WAITING,), 7, ("sign_off_waiting", 7)),
        ((R.ELEMENT_OVERDUE, R.ELEMENT_DUE), 0, ("element_due", 0)),
        ((R.ELEMENT_OVERDUE, R.ELEMENT_DUE), 1, ("element_overdue", 1)),
    ],
)
def test_what_has_one_date_is_told_by_its_own_steps(
    rules: tuple[R, ...], days: int, expected: tuple[str, int] | None
) -> None:
    found = of_date(rules, DUE, DUE + timedelta(days=days))
    wanted = [Occasion(R(expected[0]), DUE + timedelta(days=expected[1]), DUE)] if expected else []
    assert found == wanted


def test_a_force_may_follow_other_days_or_leave_a_rule_out() -> None:
    plans = {**USUAL, R.DUE_SOON: Plan(True, (60,), (Audience.OFFICERS,)), R.OVERDUE: Plan(False, (1,), ())}
    facts = FindingFacts(due_on=DUE)
    assert of_finding(facts, DUE - timedelta(days=59), plans)[0].on == DUE - timedelta(days=60)
    assert of_finding(facts, DUE + timedelta(days=1), plans) == []


def test_what_is_to_come_is_what_the_rules_will_say() -> None:
    coming = to_come(FindingFacts(due_on=DUE), date(2026, 6, 20))
    assert [(one.rule, one.on) for one in (next(coming), next(coming), next(coming), next(coming))] == [
        (R.DUE_SOON, date(2026, 6, 24)),
        (R.DUE_SOON, date(2026, 6, 30)),
        (R.DUE_TODAY, DUE),
        (R.OVERDUE, date(2026, 7, 2)),
    ]
    assert list(to_come(FindingFacts(), DUE)) == []
