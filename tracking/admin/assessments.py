"""What later reports were read to say, for an officer to confirm or reject."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from findings.admin import ReadOnlyAdmin
from findings.vocabulary import Outcome
from tracking import access
from tracking.access import Act
from tracking.admin.bulk import BulkVerdicts
from tracking.admin.filters import ByForce, ByState, ForWhom
from tracking.admin.forms import DecisionForm
from tracking.admin.pages import confirm_page
from tracking.admin.quoting import in_context, lines_of_documents
from tracking.decisions import decide
from tracking.models import Assessment
from tracking.vocabulary import STATUS_OF_OUTCOME, AssessmentState, Decision, Status

LARGEST_ID = 2**63 - 1


@admin.register(Assessment)
class AssessmentAdmin(BulkVerdicts, ReadOnlyAdmin):
    """Read here, decided on a page of its own; no field is ever edited."""

    change_list_template = "admin/tracking/assessments.html"
    list_display = ("verdict", "meant", "said_in", "sureness", "state", "force")
    list_filter = (ByForce, ByState, ForWhom, "outcome", "report__cycle")
    ordering = ("-confidence", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        rows = (
            super()
            .get_queryset(request)
            .select_related("report__cycle", "force", "tracked_finding__finding", "document", "decided_by")
        )
        return access.visible(rows, self._user(request)).defer("document__text")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Assessment | None = None) -> bool:
        return obj is None or access.may(self._user(request), Act.READ, obj.force_id)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/change/", view(self.decision_page), name="tracking_assessment_decide"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may = access.may_take_in_anything(self._user(request))
        return super().changelist_view(
            request, {"title": "What later reports say", "may_take_in": may, **(extra_context or {})}
        )

    def decision_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the sentence in its place and asks: is this what the report says of this finding?"""
        assessment = get_object_or_404(self.get_queryset(request), pk=pk if pk <= LARGEST_ID else 0)
        user = self._user(request)
        open_to_decide = assessment.state == AssessmentState.PROPOSED and access.may(
            user, Act.DECIDE, assessment.force_id
        )
        if request.method == "POST" and not access.may(user, Act.DECIDE, assessment.force_id):
            raise PermissionDenied

        def write(asked: dict[str, Any]) -> str:
            decision = Decision(asked["decision"])
            decided = decide(
                assessment.pk, decision, user, asked["reason"], asked["tracked_finding"], asked.get("effective_on")
            )
            if decision is Decision.REJECT:
                return "Rejected. Nothing was changed."
            if decided.change is None:
                return "Confirmed and kept as evidence. The status stays as it is."
            return f"Confirmed. The finding is now {Status(decided.change.to_status).label.lower()}."

        form = DecisionForm(assessment, request.POST or None)
        return confirm_page(
            request,
            form,
            write,
            self._back(assessment),
            {
                "title": "Confirm or reject" if open_to_decide else "What a later report says",
                "button": "Keep this decision" if open_to_decide else "",
                "assessment": assessment,
                "quoted": in_context(assessment, lines_of_documents([assessment])[assessment.document_id]),
                "leads_to": _leads_to(assessment),
                "opts": Assessment._meta,
            },
        )

    @admin.display(description="verdict", ordering="outcome")
    def verdict(self, row: Assessment) -> str:
        return Outcome(row.outcome).label + (", with a caveat" if row.caveat else "")

    @admin.display(description="on the finding")
    def meant(self, row: Assessment) -> str:
        return row.tracked_finding.finding.title if row.tracked_finding else "not linked yet: choose"

    @admin.display(description="says", ordering="report__cycle__order")
    def said_in(self, row: Assessment) -> str:
        return f"{row.report}, line {row.line}"

    @admin.display(description="sureness", ordering="confidence")
    def sureness(self, row: Assessment) -> str:
        return f"{row.confidence:.0%}"

    def _back(self, assessment: Assessment) -> str:
        if assessment.tracked_finding_id:
            return reverse("admin:tracking_trackedfinding_change", args=[assessment.tracked_finding_id])
        return reverse("admin:tracking_assessment_changelist")

    def _user(self, request: HttpRequest) -> Any:
        return request.user


def _leads_to(assessment: Assessment) -> str:
    status = STATUS_OF_OUTCOME.get(Outcome(assessment.outcome))
    return status.label.lower() if status else ""
