"""When a person is reminded of what. Pure: dates in, occasions out.

Each function answers for one day: which occasions stand on it. Of a row of steps (30, 14, 7 days before a date) only the newest
stands, so what was missed is told once, by the step that it has come to, and never three times at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from tracking.vocabulary import Audience, ReminderRule, SubjectKind

DAY, WEEK = timedelta(days=1), 7
FARTHEST = 365  # days that a force may set
# How far ahead the next reminder is looked for.
AHEAD = timedelta(days=400)


class Counted(Enum):
    """From where the days of a rule are counted: back from its date, or on from it."""

    BEFORE = auto()
    AFTER = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as people are shown it. `again`: after how many days more it is told anew, on a Monday; 0 for never."""

    code: ReminderRule
    about: SubjectKind
    says: str
    to_do: str
    counted: Counted
    days: tuple[int, ...]
    who: tuple[Audience, ...]
    again: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule as one force follows it."""

    on: bool
    days: tuple[int, ...]
    who: tuple[Audience, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """That by one rule something is to be told, since `on`; `about` is the true date that it is about."""

    rule: ReminderRule
    on: date
    about: date


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """What the rules ask of one finding that presses. `unmet` is false for what was achieved and is due again."""

    due_on: date | None = None
    target_on: date | None = None
    unmet: bool = True
    extended: bool = False
    updated_on: date | None = None
    unowned_since: date | None = None


Plans = Mapping[ReminderRule, Plan]
_BEFORE, _AFTER = Counted.BEFORE, Counted.AFTER
_OWNER, _OFFICERS, _LEAD, _SIGNATORIES = Audience
_ANSWER = "Record the evidence and ask for sign-off, or say in a progress update when it will be met."
_LATE = "Record the evidence if it is done; if not, give the reason and a planned closing date."
_COMMENTS = "Publish the comments, and record where and when."

RULES: dict[ReminderRule, Rule] = {
    rule.code: rule
    for rule in (
        Rule(ReminderRule.DUE_SOON, SubjectKind.FINDING,
             "A finding is due: the inspectors' date, or the force's own target where they gave none.",
             _ANSWER, _BEFORE, (30, 14, 7, 1), (_OWNER,)),
        Rule(ReminderRule.DUE_TODAY, SubjectKind.FINDING, "A finding is due today.", _ANSWER, _BEFORE, (0,), (_OWNER,)),
        Rule(ReminderRule.OVERDUE, SubjectKind.FINDING, "A finding is past its date. Told again each week.",
             _LATE, _AFTER, (1,), (_OWNER,), WEEK, late=True),
        Rule(ReminderRule.OVERDUE_LEAD, SubjectKind.FINDING,
             "A finding is long past its date: its strategic lead is told as well. Told again each week.",
             _LATE, _AFTER, (14,), (_LEAD,), WEEK, late=True),
        Rule(ReminderRule.OVERDUE_SIGNATORY, SubjectKind.FINDING,
             "A finding is very long past its date: the signatories are told as well. Told again each week.",
             _LATE, _AFTER, (28,), (_SIGNATORIES,), WEEK, late=True),
        Rule(ReminderRule.TARGET_PASSED, SubjectKind.FINDING,
             "The force's own target has passed; the inspectors' date has not.",
             "Say how far it is, and set a target that can be kept.", _AFTER, (1,), (_OWNER,), late=True),
        Rule(ReminderRule.EXTENSION_ENDING, SubjectKind.FINDING, "A target that was extended is about to come.",
             _ANSWER, _BEFORE, (14, 7, 1), (_OWNER,)),
        Rule(ReminderRule.ELEMENT_DUE, SubjectKind.ELEMENT, "One element of a finding is due before or after the rest.",
             _ANSWER, _BEFORE, (30, 14, 7, 1, 0), (_OWNER,)),
        Rule(ReminderRule.ELEMENT_OVERDUE, SubjectKind.ELEMENT,
             "One element of a finding is past a date of its own. Told again each week.",
             _LATE, _AFTER, (1,), (_OWNER,), WEEK, late=True),
        Rule(ReminderRule.NO_UPDATE, SubjectKind.FINDING, "Nothing has been recorded of an open finding for long.",
             "Say in a progress update how it stands.", _AFTER, (90,), (_OWNER,), 90),
        Rule(ReminderRule.NO_OWNER, SubjectKind.FINDING, "An open finding has no delivery owner.",
             "Give it an owner.", _AFTER, (7,), (_OFFICERS,), 28),
        Rule(ReminderRule.PROPOSALS_WAITING, SubjectKind.REPORT, "Verdicts of a report wait for a decision.",
             "Confirm or reject each.", _AFTER, (14,), (_OFFICERS,), 14),
        Rule(ReminderRule.SIGN_OFF_WAITING, SubjectKind.SIGN_OFF, "Work waits for sign-off. Told again each week.",
             "Accept it, or return it with a reason.", _AFTER, (7,), (_SIGNATORIES,), WEEK),
        Rule(ReminderRule.STATUTORY_DUE, SubjectKind.RESPONSE, "Comments on a report are due by law.",
             _COMMENTS, _BEFORE, (28, 14, 7, 3, 1), (_OFFICERS, _SIGNATORIES)),
        Rule(ReminderRule.STATUTORY_LATE, SubjectKind.RESPONSE,
             "Comments on a report are past their last lawful day. Told again each week.",
             _COMMENTS, _AFTER, (1,), (_OFFICERS, _SIGNATORIES), WEEK, late=True),
    )
}  # fmt: skip
USUAL: dict[ReminderRule, Plan] = {code: Plan(True, rule.days, rule.who) for code, rule in RULES.items()}


def of_finding(facts: FindingFacts, today: date, plans: Plans = USUAL) -> list[Occasion]:
    """What stands on `today` of one finding that presses.

    Late is late by the date that counts: the inspectors', else the force's own target. A target that passed is told apart only
    where the inspectors' date counts, and an extension in the place of the step that falls on the same day.
    """
    target = facts.target_on if facts.unmet else None
    leading = facts.due_on or target
    standing = _Standing(today, plans)
    standing.take(leading, (ReminderRule.OVERDUE, ReminderRule.OVERDUE_LEAD, ReminderRule.OVERDUE_SIGNATORY))
    if facts.due_on and target != facts.due_on:
        standing.take(target, (ReminderRule.TARGET_PASSED,))
    standing.take(leading, (ReminderRule.DUE_TODAY,))
    if facts.extended:
        standing.take(target, (ReminderRule.EXTENSION_ENDING,))
    if not standing.has(ReminderRule.DUE_TODAY):
        standing.take(leading, (ReminderRule.DUE_SOON,))
    elif target == leading:
        standing.drop(ReminderRule.EXTENSION_ENDING)
    standing.one_of(ReminderRule.EXTENSION_ENDING, ReminderRule.DUE_SOON)
    if facts.unmet:
        standing.take(facts.updated_on, (ReminderRule.NO_UPDATE,))
        standing.take(facts.unowned_since, (ReminderRule.NO_OWNER,))
    return standing.occasions


def of_date(rules: Sequence[ReminderRule], about: date, today: date, plans: Plans = USUAL) -> list[Occasion]:
    """What stands on `today` by these rules of one thing that has one date: when it is due, or since when it waits."""
    standing = _Standing(today, plans)
    standing.take(about, rules)
    return standing.occasions


def to_come(facts: FindingFacts, today: date, plans: Plans = USUAL) -> Iterator[Occasion]:
    """What of a finding is to be told after `today`, the next first, if nothing of it changes."""
    for ahead in range(1, AHEAD.days + 1):
        day = today + timedelta(days=ahead)
        yield from (occasion for occasion in of_finding(facts, day, plans) if occasion.on == day)


def step_on(rule: Rule, days: Sequence[int], about: date, today: date) -> date | None:
    """The day since which this rule stands, on `today`, for the date `about`; None where it does not stand."""
    if rule.counted is Counted.BEFORE:
        begun = [step for ahead in days if (step := about - timedelta(days=ahead)) <= today]
        return max(begun) if begun and about >= today else None
    first = about + timedelta(days=max(days))
    if today < first:
        return None
    monday = today - timedelta(days=today.weekday())
    rounds = (monday - first).days // rule.again if rule.again else 0
    return _monday_from(first + timedelta(days=rule.again * rounds)) if rounds > 0 else first


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % WEEK)


class _Standing:
    """The occasions of one thing on one day, as they are gathered."""

    def __init__(self, today: date, plans: Plans) -> None:
        self._today, self._plans = today, plans
        self.occasions: list[Occasion] = []

    def take(self, about: date | None, rules: Sequence[ReminderRule]) -> None:
        for code in rules:
            plan = self._plans[code]
            if about is None or not plan.on:
                continue
            since = step_on(RULES[code], plan.days, about, self._today)
            if since:
                self.occasions.append(Occasion(code, since, about))

    def has(self, code: ReminderRule) -> bool:
        return any(occasion.rule is code for occasion in self.occasions)

    def drop(self, code: ReminderRule) -> None:
        self.occasions = [occasion for occasion in self.occasions if occasion.rule is not code]

    def one_of(self, kept: ReminderRule, spared: ReminderRule) -> None:
        """Spares a rule where another tells of the same date since the same day."""
        told = {(one.on, one.about) for one in self.occasions if one.rule is kept}
        self.occasions = [one for one in self.occasions if one.rule is not spared or (one.on, one.about) not in told]
