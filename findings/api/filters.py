"""Filters of API lists. A query parameter that is not known, or not of its type, is a 400 that names it."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError as FormValidationError
from django.db.models import F, Q, QuerySet
from django.forms import IntegerField, NullBooleanField
from django_filters import rest_framework as django_filters
from django_filters.rest_framework.filters import BooleanWidget
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from findings.grades import Grade
from findings.models import Cycle, Finding, Force, Judgment, Report, Theme
from findings.vocabulary import FindingKind, Pillar, Scope

EARLIEST_YEAR, LATEST_YEAR = 1900, 2999


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """A query parameter that nobody declared is a 400 that names it, and those there are."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        expected = ", ".join(sorted(known)) or "none"
        raise ValidationError({name: [f"Unknown query parameter; known are {expected}."] for name in unknown})


class NamedFilters(django_filters.DjangoFilterBackend):
    """django-filter's backend that also refuses parameters nobody declared."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        known = set(filterset_class.base_filters) if filterset_class else set()
        known |= _of_every_list(view)
        refuse_unknown(request, known)
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


def _of_every_list(view: Any) -> set[str]:
    """The parameters that a view's paging, ordering and formats read."""
    if not getattr(view, "pagination_class", None):
        return set(getattr(view, "own_parameters", ()))
    pages = view.pagination_class
    paged = {"page_size", "cursor" if issubclass(pages, CursorPagination) else "page", "format"}
    return paged | ({"ordering"} if any(issubclass(b, OrderingFilter) for b in view.filter_backends) else set())


class NamedOrdering(OrderingFilter):
    """Orders by the fields that a view names; any other is a 400, not silence. Unknown values come last on any database."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        names = self.get_ordering(request, queryset, view)
        if not names:
            return queryset
        column = getattr(view, "ordering_column", str)  # a view may keep what it orders by under another name
        order = [
            F(column(n[1:])).desc(nulls_last=True) if n.startswith("-") else F(column(n)).asc(nulls_last=True)
            for n in names
        ]
        return queryset.order_by(*order, "pk")

    def remove_invalid_fields(self, queryset: Any, fields: Any, view: Any, request: Request) -> list[str]:
        valid = {name for name, _ in self.get_valid_fields(queryset, view, {"request": request})}
        for field in fields:
            if field.removeprefix("-") not in valid:
                names = ", ".join(sorted(valid)) or "none"
                raise ValidationError({"ordering": [f"“{field}” is not a field to order by; known are {names}."]})
        return list(fields)


class AskedFilters(django_filters.FilterSet):
    """A filter set that builds the filters which a request names: to copy all of them costs more than to ask them."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        asked = set(data or ())
        declared: dict[str, Any] = vars(type(self))["base_filters"]
        self.base_filters = {name: made for name, made in declared.items() if name in asked}
        super().__init__(data, *args, **kwargs)


class YesNoWidget(BooleanWidget):
    """Leaves a word that is neither true nor false as it is, for the field to refuse."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        known = super().value_from_datadict(data, files, name)
        return data.get(name) if known is None else known


class YesNoField(NullBooleanField):
    def to_python(self, value: Any) -> Any:
        known = super().to_python(value)
        if known is None and value not in {None, ""}:
            raise FormValidationError("Expected true or false.")
        return known


class YesNo(django_filters.BooleanFilter):
    """True or false; any other word is a 400."""

    field_class = YesNoField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=YesNoWidget, **kwargs)


class Moment(django_filters.IsoDateTimeFilter):
    """A moment in a year that inspections know; others are a 400, whatever their time zone makes of them."""

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        if value is not None and not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            raise ValidationError(
                {
                    self.extra.get("label") or "changed_since": [
                        f"Expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}."
                    ]
                }
            )
        # A database may know fewer offsets than the address did.
        found: QuerySet[Any] = super().filter(qs, value.astimezone(UTC) if value else value)
        return found


class RowId(django_filters.NumberFilter):
    """The id of a row: a whole number that a database can hold."""

    field_class = IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)


def words_in(queryset: QuerySet[Any], path: str, value: str) -> QuerySet[Any]:
    """The rows whose finding, found at `path`, holds every word of `value`."""
    for word in value.split()[:10]:
        held = Q()
        for field in ("heading", "text", "summary"):
            held |= Q(**{f"{path}{field}__icontains": word})
        queryset = queryset.filter(held)
    return queryset


class ReportFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(queryset=Force.objects.all(), to_field_name="slug")
    cycle = django_filters.ModelChoiceFilter(queryset=Cycle.objects.all(), to_field_name="code")
    pillar = django_filters.ChoiceFilter(choices=Pillar.choices())
    published_after = django_filters.DateFilter("published_on", lookup_expr="gte")
    published_before = django_filters.DateFilter("published_on", lookup_expr="lte")
    search = django_filters.CharFilter("title", lookup_expr="icontains")

    class Meta:
        model = Report
        fields = ("force", "cycle", "pillar", "published_after", "published_before", "search")


class JudgmentFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter("report__force", queryset=Force.objects.all(), to_field_name="slug")
    cycle = django_filters.ModelChoiceFilter("report__cycle", queryset=Cycle.objects.all(), to_field_name="code")
    pillar = django_filters.ChoiceFilter("report__pillar", choices=Pillar.choices())
    report = django_filters.ModelChoiceFilter(queryset=Report.objects.published())
    grade = django_filters.ChoiceFilter(choices=Grade.choices())
    carried_over = YesNo("carried_over_from", method="carried")

    class Meta:
        model = Judgment
        fields = ("force", "cycle", "pillar", "report", "grade", "carried_over")

    def carried(self, queryset: QuerySet[Judgment], name: str, value: bool) -> QuerySet[Judgment]:
        return queryset.exclude(**{name: ""}) if value else queryset.filter(**{name: ""})


class FindingFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter("report__force", queryset=Force.objects.all(), to_field_name="slug")
    cycle = django_filters.ModelChoiceFilter("report__cycle", queryset=Cycle.objects.all(), to_field_name="code")
    pillar = django_filters.ChoiceFilter("report__pillar", choices=Pillar.choices())
    report = django_filters.ModelChoiceFilter(queryset=Report.objects.published())
    kind = django_filters.ChoiceFilter(choices=FindingKind.choices())
    scope = django_filters.ChoiceFilter(choices=Scope.choices())
    theme = django_filters.ModelChoiceFilter("themes", queryset=Theme.objects.all(), to_field_name="slug")
    due_after = django_filters.DateFilter("due_on", lookup_expr="gte")
    due_before = django_filters.DateFilter("due_on", lookup_expr="lte")
    search = django_filters.CharFilter(method="holding")

    class Meta:
        model = Finding
        fields = ()

    def holding(self, queryset: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        return words_in(queryset, "", value)
