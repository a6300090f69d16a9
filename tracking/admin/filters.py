"""Filters of the officers' lists; they name only what the officer may see."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from findings.models import Force
from tracking import access
from tracking.models import Assessment, TrackedFinding
from tracking.querysets import STILL_UNMET, coloured, overdue_on
from tracking.vocabulary import AssessmentState, Rag, Status


class ByForce(SimpleListFilter):
    title = "force"
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        user: Any = request.user
        reach = access.visible(Force.objects.all(), user, "pk")
        return [(force.slug, str(force)) for force in reach]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {slug for slug, _ in self.lookup_choices}
        return queryset.filter(force__slug=self.value()) if self.value() in known else queryset


class WithDefault(SimpleListFilter):
    """A filter that shows what is still to do unless asked for more."""

    default_label: str
    all_value = "all"

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": self.default_label}
        yield from others


class ByStatus(WithDefault):
    title = "status"
    parameter_name = "status"
    default_label = "Not achieved yet"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [*Status.choices(), (self.all_value, "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        if self.value() in set(Status):
            return queryset.filter(status=self.value())
        # Who asks for a colour, or for what is late, means all of it: what is achieved is green, and may be due again.
        everything = self.value() == self.all_value or ByRag.parameter_name in request.GET
        return queryset if everything else queryset.filter(STILL_UNMET)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": "Any" if ByRag.parameter_name in changelist.params else self.default_label}
        yield from others


class ByRag(SimpleListFilter):
    title = "colour"
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
