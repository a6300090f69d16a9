"""The review of a report: its document beside what was read in it, each verdict decided in its place, then published."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from findings.models import Report
from tracking import access
from tracking.access import Act
from tracking.admin.corrections import CorrectionPages
from tracking.admin.filters import ByReview
from tracking.admin.forms import DayInput
from tracking.admin.pages import confirm_page
from tracking.models import Assessment, Review, TrackedFinding
from tracking.reviewing import decide_in_review, publish, waiting_for
from tracking.side_by_side import Item, side_by_side, verdict_items, warnings_of
from tracking.vocabulary import AssessmentState, Decision, ReviewState
from tracking.workflow import Refused

LARGEST_ID = 2**63 - 1
# What the page's script asks with, to get the one item back instead of the whole page.
ONE_ITEM = "x-one-item"


class VerdictForm(forms.Form):
    """A decision beside the document: which finding is meant, and why."""

    decision = forms.ChoiceField(choices=Decision.choices())
    tracked_finding = forms.ModelChoiceField(TrackedFinding.objects.none(), required=False)
    effective_on = forms.DateField(required=False, widget=DayInput)
    reason = forms.CharField(required=False)

    def __init__(self, item: Item, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meant = self.fields["tracked_finding"]
        assert isinstance(meant, forms.ModelChoiceField)  # noqa: S101 - declared above
        meant.queryset = TrackedFinding.objects.filter(pk__in=[one.tracked.pk for one in item.candidates])


class PublishForm(forms.Form):
    """What one says in publishing: that what was not understood was seen, and what is left waiting."""

    warnings_seen = forms.BooleanField(label="I have looked at what was not understood")
    leave_waiting = forms.BooleanField()

    def __init__(self, warnings: int, waiting: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        if not warnings:
            del self.fields["warnings_seen"]
        if waiting:
            verdicts = "1 verdict" if waiting == 1 else f"{waiting} verdicts"
            self.fields["leave_waiting"].label = f"Leave {verdicts} waiting for a decision"
        else:
            del self.fields["leave_waiting"]


@admin.register(Review)
class ReviewAdmin(CorrectionPages):
    """The reviews of the reports that a person may take in."""

    change_list_template = "admin/tracking/reviews.html"
    list_display = ("report", "force", "state", "waiting", "opened", "published")
    list_filter = (ByReview,)
    ordering = ("-opened_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        rows: QuerySet[Review] = super().get_queryset(request)
        waiting = Count("report__assessments", Q(report__assessments__state=AssessmentState.PROPOSED.value))
        within = access.to_review(rows, self._user(request)).annotate(proposed=waiting)
        return within.select_related("report__force", "report__cycle", "published_by")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user) and access.may_take_in_anything(self._user(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "Reports to review", **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("reading/<int:pk>/", view(self.reading_page), name="tracking_reading"),
            path("verdicts/<int:pk>/", view(self.verdict_page), name="tracking_review_verdict"),
            path("<int:pk>/publish/", view(self.publish_page), name="tracking_review_publish"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The document on one side, what was read in it on the other."""
        review = self._reached(request, int(object_id) if object_id.isdecimal() else 0)
        return self._both_sides(request, review.report, review)

    def reading_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same to read alone: what was published is everybody's."""
        reports = Report.objects.published().filter(document__isnull=False)
        report = get_object_or_404(reports.select_related("document", "force", "cycle", "review__published_by"), pk=pk)
        return self._both_sides(request, report, getattr(report, "review", None), reading=True)

    def verdict_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decides one verdict; answers the script with the item as it stands then, everybody else with the review."""
        row = get_object_or_404(Assessment.objects.select_related("report"), pk=pk if pk <= LARGEST_ID else 0)
        if not access.may(self._user(request), Act.READ, row.force_id):
            raise Http404
        if not access.may(self._user(request), Act.DECIDE, row.force_id):
            raise PermissionDenied
        review = get_object_or_404(Review, report=row.report_id)
        if request.method != "POST":
            return redirect(f"{self._address(review)}#verdict-{row.pk}")
        (item,) = verdict_items(Assessment.objects.filter(pk=row.pk))
        form = VerdictForm(item, request.POST)
        error = self._decide(request, item, form)
        if ONE_ITEM in request.headers:
            (item,) = verdict_items(Assessment.objects.filter(pk=row.pk))
            shown = {"item": item, "may_decide": True, "error": error, "typed": request.POST if error else None}
            answer = TemplateResponse(request, "admin/tracking/review_verdict.html", shown)
            answer.status_code = 409 if error else 200
            return answer
        if error:
            return self._both_sides(
                request, row.report, review, error={"pk": row.pk, "message": error, "typed": request.POST}
            )
        messages.success(request, f"Line {row.line}: {Assessment.objects.get(pk=row.pk).get_state_display().lower()}.")
        return redirect(f"{self._address(review)}#verdict-{row.pk}")

    def publish_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Says that the reading was looked through, with what is knowingly left."""
        review = self._reached(request, pk)
        warnings, waiting = len(warnings_of(review.report, review)), waiting_for(review.report)
        form = PublishForm(warnings, waiting, request.POST if request.method == "POST" else None)

        def write(asked: dict[str, Any]) -> str:
            left = waiting if asked.get("leave_waiting") else 0
            publish(review.pk, self._user(request), left_waiting=left, warnings_seen=asked.get("warnings_seen", False))
            return f"Published: the reading of {review.report}."

        return confirm_page(
            request,
            form,
            write,
            self._address(review),
            {
                "title": f"Publish the reading of {review.report}",
                "button": "" if review.state == ReviewState.PUBLISHED else "Publish",
                "publishing": review,
                "opts": Review._meta,
            },
        )

    @admin.display(description="force", ordering="report__force__name")
    def force(self, row: Review) -> str:
        return str(row.report.force or "national")

    @admin.display(description="verdicts waiting")
    def waiting(self, row: Any) -> int:
        return int(row.proposed)

    @admin.display(description="taken in", ordering="opened_at")
    def opened(self, row: Review) -> str:
        return f"{row.opened_at:%-d %B %Y}"

    @admin.display(description="published", ordering="published_at")
    def published(self, row: Review) -> str:
        return f"{row.published_at:%-d %B %Y}, {row.published_by}" if row.published_at else "not yet"

    def _decide(self, request: HttpRequest, item: Item, form: VerdictForm) -> str:
        """Decides, and returns what the rules refuse, in words; empty where it is done."""
        if not form.is_valid():
            return " ".join(str(said) for errors in form.errors.values() for said in errors)
        asked = form.cleaned_data
        try:
            decide_in_review(
                item.row,
                Decision(asked["decision"]),
                self._user(request),
                asked["reason"],
                asked["tracked_finding"],
                asked["effective_on"],
            )
        except Refused as refused:
            return refused.message
        return ""

    def _both_sides(
        self,
        request: HttpRequest,
        report: Report,
        review: Review | None,
        *,
        reading: bool = False,
        error: dict[str, Any] | None = None,
    ) -> HttpResponse:
        user = self._user(request)
        reads = report.force_id is not None and access.may(user, Act.READ, report.force_id)
        may_review = access.may_review(user, report)
        sides = side_by_side(report, review, verdicts=reads and not reading)
        context = {
            **self.admin_site.each_context(request),
            "title": str(report),
            "report": report,
            "review": review,
            "sides": sides,
            "first": next((one.anchor for one in [*(i for i in sides.items if i.waits), *sides.items]), ""),
            "reading": reading,
            "reads": reads,
            "may_review": may_review,
            "may_decide": not reading and report.force_id is not None and access.may(user, Act.DECIDE, report.force_id),
            "error": error,
            "opts": Review._meta,
        }
        return TemplateResponse(request, "admin/tracking/review.html", context)

    def _reached(self, request: HttpRequest, pk: int) -> Review:
        """The review; a 403 for whoever only reads the force's work or takes nothing in, a 404 where it is out of sight."""
        user = self._user(request)
        if not access.may_take_in_anything(user):
            raise PermissionDenied
        rows = Review.objects.select_related("report__document", "report__force", "report__cycle", "published_by")
        review: Review = get_object_or_404(rows, pk=pk if pk <= LARGEST_ID else 0)
        if access.may_review(user, review.report):
            return review
        force = review.report.force_id
        if force is not None and access.may(user, Act.READ, force):
            raise PermissionDenied
        raise Http404

    def _address(self, review: Review) -> str:
        return reverse("admin:tracking_review_change", args=[review.pk])

    def _user(self, request: HttpRequest) -> Any:
        return request.user
