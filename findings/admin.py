"""The published record: read-only for everyone. Reference data: for administrators to correct."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from findings.deadlines import spoken_day
from findings.models import Cycle, Finding, Force, Judgment, Report, Theme


class NamedLookups(admin.ModelAdmin[Any]):
    """Lists filter by the filters they show and by nothing else.

    Django lets anybody with a list try lookups of their own in its address: a regular expression can hang the
    service, a reverse relation can answer about another force's rows.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        shown = [str(name) for name in self.list_filter if isinstance(name, str)]
        allowed = {name + ending for name in shown for ending in FILTER_ENDINGS}
        allowed |= {str(getattr(own, "parameter_name", "")) for own in self.list_filter}
        if self.date_hierarchy:
            allowed |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        return lookup in allowed and "\x00" not in str(value)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *where: Any) -> Any:
        """Acts on the rows that were chosen; what is no row's number is not to be found."""
        if not all(pk.isdecimal() for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise Http404
        return super().response_action(request, queryset, *where)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Searches by the first words; each becomes a condition of the query, and a database takes so many."""
        words = search_term.replace("\x00", "").split()[:MOST_WORDS]
        return super().get_search_results(request, queryset, " ".join(words))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Named for what it lists, not for what one may do with it."""
        named = str(self.opts.verbose_name_plural)
        context = {"title": named[:1].upper() + named[1:], **(extra_context or {})}
        return super().changelist_view(request, context)


MOST_WORDS = 20
FILTER_ENDINGS = ("", "__exact", "__isnull", "__id__exact", "__isnull__exact")


class ReadOnlyAdmin(NamedLookups):
    """Pages of what nobody edits by hand: what the inspectorate published, and what only a writer writes."""

    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "force", "cycle", "overall_grade", "published", "updated_on")
    list_filter = ("cycle", "pillar", "force")
    list_select_related = ("force", "cycle")
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).filter(pk__in=Report.objects.published())

    @admin.display(description="published", ordering="published_on")
    def published(self, row: Report) -> str:
        """The day, or the month alone where the report gives no more."""
        return spoken_day(row.published_on, row.published_precision) if row.published_on else "not given"

    fields = (
        "title", "reference", "force", "programme", "cycle", "pillar", "overall_grade", "published_on",
        "published_precision", "updated_on", "inspector", "document",
    )  # fmt: skip


@admin.register(Judgment)
class JudgmentAdmin(ReadOnlyAdmin):
    list_display = ("question", "report", "grade", "carried_over_from")
    list_filter = ("grade", "report__cycle", "report__pillar")
    list_select_related = ("report",)
    search_fields = ("question",)


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "scope", "report", "due")
    list_filter = ("kind", "scope", "report__cycle", "report__force")
    list_select_related = ("report",)
    search_fields = ("heading", "text", "summary")
    fields = (
        "reference", "report", "judgment", "kind", "scope", "heading", "text", "summary", "deadline_wording", "due_on",
        "due_precision", "line", "themes",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Finding]:
        return super().get_queryset(request).filter(pk__in=Finding.objects.published())

    @admin.display(description="due", ordering="due_on")
    def due(self, row: Finding) -> str:
        return spoken_day(row.due_on, row.due_precision) if row.due_on else "none given"


class ReferenceAdmin(NamedLookups):
    show_facets = admin.ShowFacets.NEVER


@admin.register(Force)
class ForceAdmin(ReferenceAdmin):
    list_display = ("name", "slug", "ons_code", "is_example")
    search_fields = ("name", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Force | None = None) -> tuple[str, ...]:
        """A slug once given never changes: references are made of it."""
        return ("slug",) if obj else ()


@admin.register(Cycle)
class CycleAdmin(ReferenceAdmin):
    list_display = ("code", "scale", "order")


@admin.register(Theme)
class ThemeAdmin(ReferenceAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
