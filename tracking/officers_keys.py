"""A person's own keys: what their programs, calendars and webhooks come in by, each to be ended with one press."""

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from tracking.models import ApiToken, CalendarAddress, Webhook
from tracking.tokens import DAYS, MOST_DAYS, issue_calendar, issue_token, revoke_calendar, revoke_token
from tracking.vocabulary import TokenScope
from tracking.webhooks import unsubscribe
from tracking.workflow import Refused


class TokenForm(forms.Form):
    """What a new token is for."""

    name = forms.CharField(
        max_length=100, label="What it is for", help_text="Such as the workbook or the program that will use it."
    )
    scope = forms.ChoiceField(choices=TokenScope.choices(), label="It may", initial=TokenScope.READ.value)
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS, initial=DAYS, label="For how many days")


def keys_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Shows the person's keys; makes and ends them. A new secret is shown on this one answer, and never again."""
    form = TokenForm(request.POST if request.POST.get("act") == "token" else None)
    shown: dict[str, Any] = {}
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act in ENDINGS:
            ENDINGS[act](request)
            return redirect("admin:keys")
        shown = _made(request, act, form)
    user: Any = request.user
    context = {
        **site.each_context(request),
        "title": "Your keys",
        "form": form,
        "tokens": ApiToken.objects.filter(user=user).order_by("-id"),
        "now": timezone.now(),
        "calendar": CalendarAddress.objects.filter(user=user).first(),
        "webhooks": Webhook.objects.filter(user=user).select_related("force").order_by("-id"),
        **shown,
    }
    answer = TemplateResponse(request, "admin/tracking/keys.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _made(request: HttpRequest, act: str, form: TokenForm) -> dict[str, Any]:
    """The new secret, for this one answer; nothing where the form does not hold."""
    user: Any = request.user
    if act == "calendar":
        _, secret = issue_calendar(user)
        return {"address": request.build_absolute_uri(f"{reverse('calendar')}?key={secret}")}
    if act != "token" or not form.is_valid():
        return {}
    asked = form.cleaned_data
    try:
        _, token = issue_token(user, asked["name"], TokenScope(asked["scope"]), asked["days"])
    except Refused as refused:
        form.add_error(None, refused.message)
        return {}
    return {"token": token, "form": TokenForm()}


def _own(request: HttpRequest, rows: Any) -> Any:
    given = request.POST.get("id", "")
    return get_object_or_404(rows.filter(user=request.user), pk=given if given.isdecimal() and len(given) < 19 else 0)  # noqa: PLR2004 - digits of what a database holds


ENDINGS = {
    "revoke": lambda request: revoke_token(_own(request, ApiToken.objects)),
    "end calendar": lambda request: revoke_calendar(request.user.pk),
    "end webhook": lambda request: unsubscribe(_own(request, Webhook.objects)),
}
