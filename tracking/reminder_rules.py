"""When a person is reminded of what. Pure: dates in, occasions out."""

from datetime import date, timedelta

from tracking.vocabulary import ReminderRule

AHEAD = timedelta(days=30)


def rule_for(deadline: date, today: date) -> ReminderRule | None:
    """The rule by which `deadline` is told on `today`, or None while it is far off.

    Each rule holds from its first day on, not on that day alone: a day that was missed is told later.
    The occasion of a reminder is the deadline itself, so each rule speaks once per deadline, and again
    only when the deadline is moved.
    """
    if deadline < today:
        return ReminderRule.OVERDUE
    return ReminderRule.DUE_WITHIN_30_DAYS if deadline <= today + AHEAD else None
