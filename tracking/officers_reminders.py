"""The rules of reminders as one force follows them: read by its members, changed by its officers and signatories."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from findings.models import Force
from tracking import access
from tracking.models import ReminderSettingChange, User
from tracking.owed import plans_of_forces
from tracking.reminder_rules import RULES, Plan, Rule
from tracking.reminder_settings import audiences_of, may_set, set_rule
from tracking.vocabulary import Audience, ReminderRule
from tracking.workflow import Refused

CHANGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the table: the rule, and how the force follows it."""

    rule: Rule
    plan: Plan

    @property
    def days(self) -> str:
        """The days in words."""
        return ", ".join(str(day) for day in self.plan.days)

    @property
    def who(self) -> str:
        """Who is told, in words."""
        return "; ".join(one.label for one in self.plan.who)


class RuleForm(forms.Form):
    """How a force follows one rule."""

    on = forms.BooleanField(required=False, label="This rule is followed")
    days = forms.CharField(max_length=50, label="Days", help_text="Whole numbers with commas between them.")
    who = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False, label="Who is told")

    def __init__(self, rule: ReminderRule, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        assert isinstance(who, forms.MultipleChoiceField)  # noqa: S101 - declared so above
        who.choices = [(one.value, one.label) for one in audiences_of(rule)]
        self.initial = {
            "on": plan.on,
            "days": ", ".join(str(day) for day in plan.days),
            "who": [one.value for one in plan.who],
        }

    def clean_days(self) -> tuple[int, ...]:
        parts = [part.strip() for part in self.cleaned_data["days"].split(",")]
        if not all(part.isdecimal() and part.isascii() for part in parts):
            raise forms.ValidationError("Give whole numbers of days with commas between them, as 30, 14, 7.")
        return tuple(int(part) for part in parts)

    def plan(self) -> Plan:
        """What was asked for."""
        asked = self.cleaned_data
        return Plan(asked["on"], asked["days"], tuple(Audience(one) for one in asked["who"]))


def reminder_rules_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The whole table of rules for one force; `rule` opens the form of one of them, for those who may change it."""
    user: Any = request.user
    forces = list(access.visible(Force.objects.order_by("name"), user, "pk"))
    asked = request.GET.get("force")
    force = next((one for one in forces if one.slug == asked), None) if asked else next(iter(forces), None)
    if asked and force is None:
        raise Http404
    plans = plans_of_forces()[force.pk] if force else {}
    context = {
        **site.each_context(request),
        "title": "Reminder rules",
        "forces": forces,
        "force": force,
        "rules": [Shown(rule, plans[code]) for code, rule in RULES.items()] if force else [],
        "may_set": bool(force and may_set(user, force)),
        "changes": _changes(force),
    }
    chosen = request.GET.get("rule")
    if chosen and force:
        return _change(request, user, force, chosen, plans, context)
    return TemplateResponse(request, "admin/tracking/reminder_rules.html", context)


def _changes(force: Force | None) -> list[ReminderSettingChange]:
    rows = ReminderSettingChange.objects.filter(force=force).select_related("changed_by")
    return list(rows[:CHANGES_SHOWN]) if force else []


def _change(
    request: HttpRequest, user: User, force: Force, chosen: str, plans: Any, context: dict[str, Any]
) -> HttpResponse:
    if chosen not in set(ReminderRule) or not may_set(user, force):
        raise Http404
    rule = ReminderRule(chosen)
    form = RuleForm(rule, plans[rule], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_rule(force, rule, form.plan(), user)
        except Refused as refused:
            form.add_error({"days_unfit": "days", "who_unfit": "who"}.get(refused.code), refused.message)
        else:
            messages.success(request, "Kept. The next sweep, within five minutes, follows it.")
            return redirect(f"{request.path}?force={force.slug}")
    return TemplateResponse(
        request, "admin/tracking/reminder_rules.html", {**context, "form": form, "chosen": RULES[rule]}
    )
