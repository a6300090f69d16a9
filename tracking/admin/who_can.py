"""The page that tells who can do what."""

from typing import Any

from django import forms
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from findings.models import Force
from tracking import access
from tracking.admin.forms import offer
from tracking.models import User
from tracking.who import forces_asked_of, headings, may_ask, people_known_to, standings

PER_PAGE = 50
ACTIVE, SWITCHED_OFF = "active", "off"


class WhoForm(forms.Form):
    """Whose people, and which."""

    force = forms.ModelChoiceField(
        Force.objects.none(), required=False, to_field_name="slug", empty_label="All that you may see"
    )
    show = forms.ChoiceField(
        choices=[(ACTIVE, "Who may sign in"), (SWITCHED_OFF, "Accounts that are switched off")], required=False
    )

    def __init__(self, forces: QuerySet[Force], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "force", forces)


def who_page(request: HttpRequest) -> HttpResponse:
    """People and what they may do: everybody for administrators, their own forces' for officers and signatories."""
    asker: Any = request.user
    if not may_ask(asker):
        raise PermissionDenied
    form = WhoForm(forces_asked_of(asker), request.GET)
    people: QuerySet[User] = User.objects.none()
    if form.is_valid():
        active = form.cleaned_data["show"] != SWITCHED_OFF
        people = people_known_to(asker, form.cleaned_data["force"], active=active)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": "Who can do what",
        "opts": User._meta,
        "form": form,
        "headings": headings(),
        "rows": standings(page.object_list, asker),
        "page": page,
        "asked": {name: request.GET[name] for name in form.fields if request.GET.get(name)},
        "administers": access.is_administrator(asker),
    }
    return TemplateResponse(request, "admin/tracking/who.html", context)
