"""Statutory comments: what is due on which report, when it was published and sent, and what it says of each recommendation."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from findings.admin import ReadOnlyAdmin
from findings.models import Force, Report
from tracking import access
from tracking.access import Act
from tracking.admin.filters import ByForce
from tracking.admin.forms import LONGEST_TEXT, DayInput, named_with_report, offer
from tracking.admin.pages import confirm_page
from tracking.admin.picking import FINDING_WORDS, REPORT_WORDS, offer_few
from tracking.models import StatutoryResponse, TrackedFinding
from tracking.statutory import (
    explain,
    open_by_hand,
    recommendations,
    record_response,
    standing,
    with_recommendations,
)
from tracking.workflow import Incomplete, Stale

RECORDED = ("published_on", "link", "sent_to_inspectors_on", "sent_to_secretary_of_state_on", "same_findings_as")


class ResponseForm(forms.Form):
    """When the comments were published and sent."""

    published_on = forms.DateField(widget=DayInput, required=False, label="Published on")
    link = forms.URLField(max_length=500, required=False, assume_scheme="https", label="Where they are")
    sent_to_inspectors_on = forms.DateField(widget=DayInput, required=False, label="Sent to the inspectors on")
    sent_to_secretary_of_state_on = forms.DateField(
        widget=DayInput, required=False, label="Sent to the Secretary of State on"
    )
    same_findings_as = forms.ModelChoiceField(
        Report.objects.none(),
        required=False,
        label="Same findings as",
        help_text="Where the comments refer to those on another report instead of repeating them.",
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, response: StatutoryResponse, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in RECORDED:
            self.fields[name].initial = getattr(response, name)
        self.fields["seen_version"].initial = response.version
        others = Report.objects.published().filter(responses__force=response.force_id).exclude(pk=response.report_id)
        self.initial.setdefault("same_findings_as", response.same_findings_as_id)
        offer_few(self, "same_findings_as", others.select_related("cycle", "force"), REPORT_WORDS)


class ExplainForm(forms.Form):
    """What the comments say of one recommendation."""

    tracked_finding = forms.ModelChoiceField(TrackedFinding.objects.none(), label="Recommendation")
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
        help_text="The action taken or proposed, or why there is none.",
    )
    no_action = forms.BooleanField(required=False, label="No action is taken or proposed")

    def __init__(self, response: StatutoryResponse, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [tracked.pk for tracked in recommendations(response)]
        rows = TrackedFinding.objects.filter(pk__in=asked).select_related("finding__report", "force")
        offer_few(self, "tracked_finding", rows, FINDING_WORDS, label=named_with_report)


class OpenForm(forms.Form):
    """A report that does not give its day of publication, and that day."""

    force = forms.ModelChoiceField(Force.objects.none(), empty_label=None)
    report = forms.ModelChoiceField(Report.objects.none())
    published_on = forms.DateField(widget=DayInput, label="Published on")

    def __init__(self, forces: QuerySet[Force], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "force", forces)
        about = Report.objects.published().filter(Q(force__in=forces) | Q(force__isnull=True))
        answered = StatutoryResponse.objects.filter(force__in=forces, report=OuterRef("pk"))
        settled = answered.filter(Q(published_on__isnull=False) | Q(recorded_by__isnull=True))
        offer_few(self, "report", about.exclude(Exists(settled)).select_related("cycle", "force"), REPORT_WORDS)


@admin.register(StatutoryResponse)
class StatutoryResponseAdmin(ReadOnlyAdmin):
    """Read here; each change goes through its page to `tracking.statutory`."""

    change_list_template = "admin/tracking/responses.html"
    list_display = ("report", "force", "last_day", "state", "unexplained")
    list_filter = (ByForce,)
    ordering = ("due_on", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatutoryResponse]:
        user: Any = request.user
        return access.visible(with_recommendations(super().get_queryset(request)), user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user)

    def has_view_permission(self, request: HttpRequest, obj: StatutoryResponse | None = None) -> bool:
        user: Any = request.user
        return obj is None or access.may(user, Act.READ, obj.force_id)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("open/", view(self.open_page), name="tracking_response_open"),
            path("<int:pk>/change/", view(self.response_page), name="tracking_statutoryresponse_record"),
            path("<int:pk>/explain/", view(self.explain_page), name="tracking_response_explain"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        user: Any = request.user
        may = bool(access.force_ids(user, Act.RECORD))
        return super().changelist_view(
            request, {"title": "Statutory comments", "may_open": may, **(extra_context or {})}
        )

    def response_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One response: where it stands, what it says, and when it was published and sent."""
        response = get_object_or_404(self.get_queryset(request), pk=pk)
        may = access.may(self._user(request), Act.RECORD, response.force_id)
        if request.method == "POST" and not may:
            raise PermissionDenied

        def write(asked: dict[str, Any]) -> str:
            version = asked.pop("seen_version")
            try:
                record_response(response.pk, asked, self._user(request), version)
            except Stale as stale:
                raise Incomplete("stale_version", f"{stale} Look at it again.") from stale
            return "Recorded."

        form = ResponseForm(response, request.POST or None)
        about = self._about(response, "Statutory comments", "Record" if may else "")
        return confirm_page(request, form, write, request.path, {**about, "may_explain": may})

    def explain_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Adds what the comments say of one recommendation."""
        response = get_object_or_404(self.get_queryset(request), pk=pk)
        if not access.may(self._user(request), Act.RECORD, response.force_id):
            raise PermissionDenied

        def write(asked: dict[str, Any]) -> str:
            said = asked["tracked_finding"], asked["text"], self._user(request)
            explain(response.pk, *said, no_action=asked["no_action"])
            return "Kept. An earlier wording stays in the record."

        back = reverse("admin:tracking_statutoryresponse_record", args=[response.pk])
        form = ExplainForm(response, request.POST or None)
        return confirm_page(request, form, write, back, self._about(response, "Explain a recommendation", "Keep"))

    def open_page(self, request: HttpRequest) -> HttpResponse:
        """Opens the comments on a report that does not give its day of publication."""
        forces = Force.objects.filter(pk__in=access.force_ids(self._user(request), Act.RECORD))
        if not forces:
            raise PermissionDenied

        def write(asked: dict[str, Any]) -> str:
            made = open_by_hand(asked["report"], asked["force"], asked["published_on"], self._user(request))
            return f"Open. The last lawful day is {made.due_on:%-d %B %Y}."

        form = OpenForm(forces, request.POST or None)
        back = reverse("admin:tracking_statutoryresponse_changelist")
        about = {"title": "Open statutory comments", "button": "Open", "opts": StatutoryResponse._meta}
        return confirm_page(request, form, write, back, about)

    @admin.display(description="last lawful day", ordering="due_on")
    def last_day(self, row: StatutoryResponse) -> str:
        return f"{row.due_on:%-d %B %Y}"

    @admin.display(description="state")
    def state(self, row: StatutoryResponse) -> str:
        found = standing(row, timezone.localdate())
        late = f" ({found.days_late} day{'' if found.days_late == 1 else 's'} late)" if found.days_late else ""
        return f"{found.state.label}{late}"

    @admin.display(description="not explained yet")
    def unexplained(self, row: StatutoryResponse) -> str:
        count = len(standing(row, timezone.localdate()).unexplained)
        return f"{count} recommendation{'' if count == 1 else 's'}" if count else "none"

    def _about(self, response: StatutoryResponse, title: str, button: str) -> dict[str, Any]:
        found = standing(response, timezone.localdate())
        asked = recommendations(response)
        said = {one.tracked_finding_id: one for one in response.explanations.all()}  # the newest of each counts
        return {
            "title": title,
            "button": button,
            "response": response,
            "standing": found,
            "explained": [(tracked, said.get(tracked.pk)) for tracked in asked],
            "opts": StatutoryResponse._meta,
        }

    def _user(self, request: HttpRequest) -> Any:
        return request.user
