"""What a person is told by e-mail, and when: chosen by themselves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from tracking import access
from tracking.digests import refused_address
from tracking.models import MailPreference, User
from tracking.preferences import Wishes, choose, preference_of
from tracking.vocabulary import MailKind, ReminderRule, Weekday
from tracking.workflow import Refused

HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
DAYS = [(str(day.value), day.name.capitalize()) for day in Weekday]
FIELD_OF = {"hour_unknown": "hour", "no_day_left": "days_off", "at_once_and_muted": "at_once"}
SAID_OF = {
    MailKind.DAILY: "What is due and overdue, once a day",
    MailKind.AT_ONCE: "Each kind chosen below as soon as it arises",
    MailKind.WEEKLY: "Each Monday, how what you lead stands: for strategic leads and signatories",
    MailKind.MONTHLY: "On the first of each month, the figures of all forces: for national users",
}


class PreferencesForm(forms.Form):
    """All that can be chosen. The kinds are those that this person can get."""

    kinds = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="E-mails that you want",
        help_text="Reminders stand in the application whatever you choose here.",
    )  # fmt: skip
    hour = forms.ChoiceField(choices=HOURS, label="From which hour of the day", help_text="In the time of London.")
    days_off = forms.MultipleChoiceField(
        choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple, label="Days without e-mail",
        help_text="What arises then is told on the next day on which e-mail may come.",
    )  # fmt: skip
    at_once = forms.MultipleChoiceField(
        choices=ReminderRule.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Told at once",
        help_text="These do not wait for the hour of the digest.",
    )  # fmt: skip
    muted = forms.MultipleChoiceField(
        choices=ReminderRule.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Not e-mailed",
        help_text="These are shown in the application alone.",
    )  # fmt: skip

    def __init__(self, user: User, kept: MailPreference, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = kinds_for(user)
        self.ended = kept.stopped
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.MultipleChoiceField)  # noqa: S101 - declared so above
        kinds.choices = [(kind.value, f"{kind.label}: {SAID_OF[kind]}") for kind in self.offered]
        self.initial = {
            "kinds": [kind.value for kind in self.offered if kept.wants(kind)],
            "hour": str(kept.hour),
            "days_off": [str(day) for day in kept.days_off],
            "at_once": kept.at_once,
            "muted": kept.muted,
        }

    def wishes(self) -> Wishes:
        """What was chosen. A kind that is not offered stays as it was."""
        asked = self.cleaned_data
        elsewhere = [MailKind(kind) for kind in self.ended if MailKind(kind) not in self.offered]
        return Wishes(
            hour=int(asked["hour"]),
            days_off=[Weekday(int(day)) for day in asked["days_off"]],
            at_once=[ReminderRule(rule) for rule in asked["at_once"]],
            muted=[ReminderRule(rule) for rule in asked["muted"]],
            stopped=[*elsewhere, *(kind for kind in self.offered if kind.value not in asked["kinds"])],
        )


def kinds_for(user: User) -> list[MailKind]:
    """The kinds of e-mail that this person's roles can bring."""
    kinds = [MailKind.DAILY, MailKind.AT_ONCE]
    if access.force_ids(user, access.Act.READ):
        kinds.append(MailKind.WEEKLY)
    if access.reads_all_forces(user):
        kinds.append(MailKind.MONTHLY)
    return kinds


def preferences_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Shows what the person chose; keeps what they choose."""
    user: Any = request.user
    form = PreferencesForm(user, preference_of(user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            choose(user, form.wishes())
        except Refused as refused:
            form.add_error(FIELD_OF.get(refused.code), refused.message)
        else:
            messages.success(request, "Kept.")
            return redirect("admin:preferences")
    context = {**site.each_context(request), "title": "Preferences", "form": form, "refused": refused_address(user)}
    return TemplateResponse(request, "admin/tracking/preferences.html", context)
