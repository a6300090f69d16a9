"""The site itself: who may enter, and what its first page shows."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from tracking import access
from tracking.digests import refused_address
from tracking.models import Membership
from tracking.navigation import navigation
from tracking.officers_accounts import OwnPassword, account_pages, roles_page
from tracking.officers_keys import keys_page
from tracking.officers_preferences import preferences_page
from tracking.officers_reminders import reminder_rules_page
from tracking.today import Today, forces_of
from tracking.vocabulary import Status
from tracking.watching import jobs_standing

LONGEST_NUMBER = 18  # digits of what a database can hold for sure


def _too_large(value: str) -> bool:
    """Whether this is a number that no row can have."""
    digits = value.strip().lstrip("+-")
    return digits.isdigit() and len(digits) > LONGEST_NUMBER


class SignInForm(AuthenticationForm):
    """Username and password; a person without a membership is told so, as no page would open to them."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not access.may_enter(user):
            raise ValidationError("Your account has no role yet: ask an administrator of the service.", code="no_role")


class OfficersSite(AdminSite):
    """Open to every active person with a membership; what they see there follows from it."""

    site_header = "peeltrack"
    site_title = "peeltrack"
    index_title = "Where things stand"
    login_form = SignInForm
    index_template = "admin/officers_index.html"
    enable_nav_sidebar = False
    site_url = None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page; a number in its address that no row can have is a page that is not there."""
        page = super().admin_view(view, cacheable)

        @wraps(page)
        def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if any(_too_large(value) for _, values in request.GET.lists() for value in values):
                raise Http404
            return page(request, *args, **kwargs)

        return answering

    def has_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user)

    def get_urls(self) -> list[Any]:
        return [
            path("keys/", self.admin_view(self.keys), name="keys"),
            path("preferences/", self.admin_view(self.preferences), name="preferences"),
            path("reminder-rules/", self.admin_view(self.reminder_rules), name="reminder_rules"),
            path("roles/", self.admin_view(self.roles), name="roles"),
            *account_pages(self),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page shows: the tasks, where the person may enter."""
        tasks = navigation(request.user, request.path) if self.has_permission(request) else []
        return {**super().each_context(request), "tasks": tasks}

    def keys(self, request: HttpRequest) -> HttpResponse:
        """A person's own tokens, calendar address and webhooks."""
        return keys_page(self, request)

    def preferences(self, request: HttpRequest) -> HttpResponse:
        """What a person is told by e-mail, and when."""
        return preferences_page(self, request)

    def reminder_rules(self, request: HttpRequest) -> HttpResponse:
        """What people of a force are reminded of, when and who."""
        return reminder_rules_page(self, request)

    def roles(self, request: HttpRequest) -> HttpResponse:
        """A person's own roles, and what they may do."""
        return roles_page(self, request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Changes one's own password."""
        return OwnPassword.as_view(site=self)(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Signs out, and says so in our words."""
        return super().logout(request, {"title": "You are signed out", **(extra_context or {})})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Nobody works by app: what there is to do is on the first page."""
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What needs the person today, and how their forces stand; `force` chooses one of several."""
        user: Any = request.user
        own = list(forces_of(user))
        chosen = next((force for force in own if force.slug == request.GET.get("force")), None)
        context = {
            **self.each_context(request),
            "title": "Today",
            "choices": own,
            "chosen": chosen,
            "refused": refused_address(user),
            "today": Today(user, [chosen] if chosen else own, timezone.localdate(), chosen),
            "statuses": list(Status),
            "jobs": jobs_standing(timezone.now()) if access.is_administrator(user) else [],
            "roles": Membership.objects.filter(user=user).select_related("force"),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.index_template or "admin/index.html", context)
