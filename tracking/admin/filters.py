"""Filters of the officers' lists; they name only what the officer may see."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from findings.models import Force, Report
from tracking import access
from tracking.access import Act
from tracking.models import Assessment, Review, SignOffRequest, TrackedFinding
from tracking.querysets import STILL_UNMET, coloured, due_within, overdue_on
from tracking.today import SOON
from tracking.uninspected import EvidenceAge, aged
from tracking.vocabulary import AssessmentState, Rag, ReviewState, SignOffState, Status

# Who asks for a colour, or for what is late, means all of it: what is achieved is green, and may be due again.
MEANS_ALL = {"rag", "due", "sign_off"}


class ByForce(SimpleListFilter):
    title = "force"
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        user: Any = request.user
        reach = access.visible(Force.objects.all(), user, "pk")
        return [(force.slug, str(force)) for force in reach]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {slug for slug, _ in self.lookup_choices}
        if self.value() in known:
            return queryset.filter(force__slug=self.value())
        user: Any = request.user
        # Across forces an example's rows would be counted among real ones.
        return queryset.exclude(force__is_example=True) if access.reads_all_forces(user) else queryset


class ForWhom(SimpleListFilter):
    title = "for whom"
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [("me", "For me to decide")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> QuerySet[Assessment]:
        user: Any = request.user
        return queryset.filter(force__in=access.force_ids(user, Act.DECIDE)) if self.value() == "me" else queryset


class WithDefault(SimpleListFilter):
    """A filter that shows what is still to do unless asked for more."""

    default_label: str
    all_value = "all"

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": self.default_label}
        yield from others


class ByReview(WithDefault):
    title = "state"
    parameter_name = "state"
    default_label = "Not reviewed yet"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(ReviewState.PUBLISHED.value, ReviewState.PUBLISHED.label), (self.all_value, "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> QuerySet[Review]:
        if self.value() == self.all_value:
            return queryset
        known = self.value() in set(ReviewState)
        return queryset.filter(state=self.value() if known else ReviewState.IN_REVIEW.value)


class ByStatus(WithDefault):
    title = "status"
    parameter_name = "status"
    default_label = "Not achieved yet"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [*Status.choices(), (self.all_value, "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        if self.value() in set(Status):
            return queryset.filter(status=self.value())
        everything = self.value() == self.all_value or MEANS_ALL & set(request.GET)
        return queryset if everything else queryset.filter(STILL_UNMET)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": "Any" if MEANS_ALL & set(changelist.params) else self.default_label}
        yield from others


class ByRag(SimpleListFilter):
    title = "RAG"
    parameter_name = "rag"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [*Rag.choices(), ("overdue", "Overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        today = timezone.localdate()
        if self.value() == "overdue":
            return queryset.filter(overdue_on(today))
        colour = next((rag for rag in Rag if rag == self.value()), None)
        return queryset.filter(coloured(colour, today)) if colour else queryset


class ByState(WithDefault):
    title = "decision"
    parameter_name = "state"
    default_label = "Waiting for a decision"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [*AssessmentState.choices()[1:], (self.all_value, "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> QuerySet[Assessment]:
        if self.value() == self.all_value:
            return queryset
        decided = self.value() in set(AssessmentState)
        return queryset.filter(state=self.value() if decided else AssessmentState.PROPOSED.value)


class ByOwner(SimpleListFilter):
    title = "owner"
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [("me", "Me"), ("none", "Nobody yet"), ("somebody", "Somebody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        asked = {
            "me": Q(owner=request.user.pk),
            "none": Q(owner__isnull=True),
            "somebody": Q(owner__isnull=False),
        }.get(self.value() or "")
        return queryset.filter(asked) if asked else queryset


class ByDue(SimpleListFilter):
    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [("overdue", "Overdue"), ("soon", "In the next 30 days"), ("quarter", "In the next 90 days"), ("none", "No date set")]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        today = timezone.localdate()
        asked = {
            "overdue": overdue_on(today),
            "soon": due_within(today, SOON),
            "quarter": due_within(today, timedelta(days=90)),
            "none": Q(due_on__isnull=True, target_on__isnull=True),
        }.get(self.value() or "")
        return queryset.filter(asked) if asked else queryset


class ByEvidenceAge(SimpleListFilter):
    title = "newest evidence"
    parameter_name = "evidence"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return EvidenceAge.choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        if self.value() not in set(EvidenceAge):
            return queryset
        return aged(queryset, timezone.localdate()).filter(evidence_age=self.value())


class ByReport(SimpleListFilter):
    """Chosen from a report or a finding, never from a list of all reports: that would grow with the data."""

    title = "report"
    parameter_name = "report"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        user: Any = request.user
        asked = request.GET.get(self.parameter_name, "")
        if not asked.isdecimal():
            return []
        known = access.known_reports(Report.objects.filter(pk=asked), user).select_related("force", "cycle")
        return [(str(report.pk), str(report)) for report in known]

    def has_output(self) -> bool:
        return bool(self.lookup_choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {pk for pk, _ in self.lookup_choices}
        return queryset.filter(finding__report=self.value()) if self.value() in known else queryset


class BySignOff(SimpleListFilter):
    title = "sign-off"
    parameter_name = "sign_off"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [("asked", "Asked for"), ("for_me", "Asked for, by somebody else than me")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        if self.value() not in {"asked", "for_me"}:
            return queryset
        asked = SignOffRequest.objects.filter(state=SignOffState.ASKED.value)
        by_others = asked.exclude(asked_by=request.user.pk) if self.value() == "for_me" else asked
        return queryset.filter(pk__in=by_others.values("tracked_finding"))
