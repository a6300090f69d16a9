"""The one writer of how a force follows the reminder rules: on or off, by which days, and who is told."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from findings.models import Force
from tracking import access
from tracking.models import ReminderSetting, ReminderSettingChange, User
from tracking.owed import plans_of_forces
from tracking.reminder_rules import FARTHEST, RULES, Counted, Plan
from tracking.vocabulary import Audience, ReminderRule, SubjectKind
from tracking.workflow import Incomplete, Refused

MOST_STEPS = 6
# What is not about a finding has neither owner nor lead.
OF_A_FINDING = {SubjectKind.FINDING, SubjectKind.ELEMENT}


def may_set(user: User, force: Force) -> bool:
    """Whether this person may change how the force is reminded: its officers and signatories."""
    return access.may(user, access.Act.CHANGE_STATUS, force.pk)


def plan_of(force: Force, rule: ReminderRule) -> Plan:
    """How the force follows this rule now."""
    return plans_of_forces()[force.pk][rule]


def audiences_of(rule: ReminderRule) -> list[Audience]:
    """Whom this rule can tell."""
    whole = RULES[rule].about in OF_A_FINDING
    return [one for one in Audience if whole or one in {Audience.OFFICERS, Audience.SIGNATORIES}]


@transaction.atomic
def set_rule(force: Force, rule: ReminderRule, plan: Plan, by: User) -> Plan:
    """Keeps how the force follows a rule, and that `by` changed it; what is as it was leaves no row.

    Raises Refused where `by` may not; Incomplete for days that cannot be, and where nobody would be told.
    """
    if not may_set(by, force):
        raise Refused("not_yours", "Only officers and signatories of the force may change its reminder rules.")
    _check(rule, plan)
    Force.objects.select_for_update().get(pk=force.pk)
    before, after = plan_of(force, rule), _in_order(rule, plan)
    if before == after:
        return after
    ReminderSetting.objects.update_or_create(force=force, rule=rule.value, defaults=_kept(after))
    ReminderSettingChange.objects.create(
        force=force, rule=rule.value, before=_kept(before), after=_kept(after), changed_by=by
    )
    return after


def _in_order(rule: ReminderRule, plan: Plan) -> Plan:
    who = tuple(one for one in Audience if one in plan.who)
    return Plan(plan.on, tuple(sorted(set(plan.days), reverse=True)), who)


def _check(rule: ReminderRule, plan: Plan) -> None:
    most = MOST_STEPS if RULES[rule].counted is Counted.BEFORE and RULES[rule].days != (0,) else 1
    _check_days(rule, plan.days, most)
    if not plan.who or not set(plan.who) <= set(audiences_of(rule)):
        raise Incomplete("who_unfit", "Name somebody whom this rule can tell; to tell nobody, switch it off.")


def _check_days(rule: ReminderRule, days: Sequence[int], most: int) -> None:
    least = 0 if RULES[rule].counted is Counted.BEFORE else 1
    if not days or len(set(days)) > most:
        wanted = "one number of days" if most == 1 else f"one to {most} numbers of days"
        raise Incomplete("days_unfit", f"Give {wanted}.")
    if RULES[rule].days == (0,) and set(days) != {0}:
        raise Incomplete("days_unfit", "This rule tells on the day itself: leave its days at 0.")
    if not all(least <= day <= FARTHEST for day in days):
        raise Incomplete("days_unfit", f"Days are from {least} to {FARTHEST}.")


def _kept(plan: Plan) -> dict[str, Any]:
    return {"on": plan.on, "days": list(plan.days), "who": [one.value for one in plan.who]}
