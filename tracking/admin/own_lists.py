"""The list of findings as a person likes it: saved views, chosen columns."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from findings.admin import NamedLookups
from tracking import access
from tracking.models import SavedView
from tracking.own_lists import COLUMNS, PASSING, choose_columns, columns_of, forget_view, save_view
from tracking.uninspected import aged
from tracking.workflow import Refused

# Views that everybody has. Each is what somebody asks for every morning.
EVERYBODYS = (
    ("All open", ""),
    ("Mine", "owner=me"),
    ("Overdue", "due=overdue"),
    ("Due soon", "due=soon"),
    ("Without an owner", "owner=none"),
    ("Waiting for sign-off", "sign_off=asked"),
)
LISTING = "admin:tracking_trackedfinding_changelist"


class OwnLists(NamedLookups):
    """Saves and forgets views, chooses columns; each answers with the list that one was on."""

    def get_urls(self) -> list[URLPattern]:
        def view(page: Any) -> Any:
            return self.admin_site.admin_view(require_POST(page))

        return [
            path("views/", view(self.save_view), name="tracking_save_view"),
            path("views/<int:pk>/forget/", view(self.forget_view), name="tracking_forget_view"),
            path("columns/", view(self.choose_columns), name="tracking_columns"),
            *super().get_urls(),
        ]

    def save_view(self, request: HttpRequest) -> HttpResponse:
        """Keeps the filters of the list that the person is on."""
        user: Any = request.user
        query = request.POST.get("query", "")
        try:
            view = save_view(user, request.POST.get("name", ""), query)
        except Refused as refused:
            messages.error(request, refused.message)
            return _listed(query)
        messages.success(request, f"Kept as “{view}”.")
        return _listed(view.query)

    def forget_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Drops a view of one's own."""
        view = get_object_or_404(SavedView, pk=pk, user=request.user.pk)
        forget_view(view)
        messages.success(request, f"“{view}” is forgotten. The findings stay as they are.")
        return _listed("")

    def choose_columns(self, request: HttpRequest) -> HttpResponse:
        """Keeps the columns that are ticked."""
        user: Any = request.user
        try:
            choose_columns(user, request.POST.getlist("column"))
        except Refused as refused:
            messages.error(request, refused.message)
        return _listed(request.POST.get("query", ""))

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["title", *_shown(request)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the day of the newest evidence, where the list shows it."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "tracking_trackedfinding_changelist" and "newest" in _shown(request):
            return aged(rows, timezone.localdate())
        return rows

    def liked(self, request: HttpRequest) -> dict[str, Any]:
        """What the list's page shows of it: the views, which of them is on, the columns with those that are shown."""
        user: Any = request.user
        shown = _shown(request)
        here = "&".join(f"{k}={v}" for k, v in sorted(request.GET.items()) if k not in PASSING)
        force = f"force={request.GET['force']}&" if "force" in request.GET else ""
        kept = list(SavedView.objects.filter(user=user))
        return {
            "everybodys": [(name, query, query == here) for name, query in EVERYBODYS],
            "saved": [(view, view.query == request.GET.urlencode()) for view in kept],
            "within": force,
            "columns": [(name, label, name in shown) for name, label in COLUMNS.items()],
            "query": request.GET.urlencode(),
            "may_save": access.may_enter(user),
        }


def _shown(request: HttpRequest) -> list[str]:
    """The person's columns, asked for once in a request."""
    user: Any = request.user
    if not hasattr(request, "shown_columns"):
        several = "force" not in request.GET and access.reads_several_forces(user)
        request.shown_columns = columns_of(user, several=several)  # type: ignore[attr-defined]  # kept for this request
    shown: list[str] = request.shown_columns  # type: ignore[attr-defined]  # set just above
    return shown


def _listed(query: str) -> HttpResponse:
    return redirect(f"{reverse(LISTING)}?{query}" if query else reverse(LISTING))
