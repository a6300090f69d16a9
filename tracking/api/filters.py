"""Filters of a force's own lists. Choices that name a person or a row list only what the asker may read."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as django_filters
from rest_framework.request import Request

from findings.api.filters import AskedFilters, Moment, RowId, YesNo, words_in
from findings.models import Cycle, Force, Report, Theme
from findings.vocabulary import FindingKind, Outcome, Pillar, Scope
from tracking import access
from tracking.contradictions import only_contradictory
from tracking.models import (
    Assessment,
    Delivery,
    Event,
    Evidence,
    EvidenceNote,
    Reminder,
    SignOffRequest,
    StatusChange,
    StatutoryResponse,
    TrackedFinding,
)
from tracking.past import moment, stood
from tracking.querysets import NOW, THEN, coloured, overdue_on
from tracking.vocabulary import (
    AssessmentState,
    Basis,
    Contradiction,
    DeliveryState,
    EventKind,
    NoteState,
    Position,
    Rag,
    ReminderRule,
    SignOffState,
    Status,
)


def reports_known(request: Request | None) -> QuerySet[Report]:
    """The published reports, and what the asker's own forces brought over from their trackers."""
    if request is None:  # the schema is drawn without one
        return Report.objects.none()
    return access.known_reports(Report.objects.all(), request.user)


class TrackedFindingFilters(AskedFilters):
    """With `as_of` or `known_on`, all filters ask how the findings stood at that moment."""

    as_of = django_filters.DateFilter(method="of_that_moment", label="True on this day")
    known_on = django_filters.DateFilter(method="of_that_moment", label="By what was recorded by this day")
    force = django_filters.ModelChoiceFilter(queryset=Force.objects.all(), to_field_name="slug")
    status = django_filters.MultipleChoiceFilter(choices=Status.choices(), method="one_of")
    position = django_filters.MultipleChoiceFilter(choices=Position.choices(), method="one_of")
    rag = django_filters.ChoiceFilter(choices=Rag.choices(), method="of_colour")
    kind = django_filters.MultipleChoiceFilter(field_name="finding__kind", choices=FindingKind.choices())
    scope = django_filters.ChoiceFilter("finding__scope", choices=Scope.choices())
    cycle = django_filters.ModelChoiceFilter(
        "finding__report__cycle", queryset=Cycle.objects.all(), to_field_name="code"
    )
    pillar = django_filters.ChoiceFilter("finding__report__pillar", choices=Pillar.choices())
    report = django_filters.ModelChoiceFilter("finding__report", queryset=reports_known)
    theme = django_filters.ModelChoiceFilter("finding__themes", queryset=Theme.objects.all(), to_field_name="slug")
    owner = django_filters.CharFilter(method="owned_by")
    no_owner = YesNo(method="unowned")
    due_after = django_filters.DateFilter(method="due_from")
    due_before = django_filters.DateFilter(method="due_until")
    overdue = YesNo(method="past_due")
    changed_since = Moment("changed_at", lookup_expr="gte")
    search = django_filters.CharFilter(method="holding")

    class Meta:
        model = TrackedFinding
        fields = ()

    def filter_queryset(self, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        asked = self.form.cleaned_data
        self.moment = moment(asked.get("as_of"), asked.get("known_on"))
        filtered: QuerySet[TrackedFinding] = super().filter_queryset(
            stood(queryset, self.moment) if self.moment else queryset
        )
        return filtered

    @property
    def at(self) -> str:
        """Which columns to ask: those of now, or of the moment."""
        return THEN if self.moment else NOW

    @property
    def day(self) -> date:
        """The day by which things are late."""
        return self.moment.as_of if self.moment else timezone.localdate()

    def of_that_moment(self, queryset: QuerySet[TrackedFinding], name: str, value: date) -> QuerySet[TrackedFinding]:
        return queryset

    def one_of(self, queryset: QuerySet[TrackedFinding], name: str, value: list[str]) -> QuerySet[TrackedFinding]:
        return queryset.filter(**{f"{self.at}{name}__in": value}) if value else queryset

    def of_colour(self, queryset: QuerySet[TrackedFinding], name: str, value: str) -> QuerySet[TrackedFinding]:
        return queryset.filter(coloured(Rag(value), self.day, self.at))

    def owned_by(self, queryset: QuerySet[TrackedFinding], name: str, value: str) -> QuerySet[TrackedFinding]:
        return queryset.filter(**{"then_owner" if self.moment else "owner__username": value})

    def unowned(self, queryset: QuerySet[TrackedFinding], name: str, value: bool) -> QuerySet[TrackedFinding]:
        return queryset.filter(**{f"{self.at}owner__isnull": value})

    def past_due(self, queryset: QuerySet[TrackedFinding], name: str, value: bool) -> QuerySet[TrackedFinding]:
        late = overdue_on(self.day, self.at)
        return queryset.filter(late) if value else queryset.exclude(late)

    def due_from(self, queryset: QuerySet[TrackedFinding], name: str, value: date) -> QuerySet[TrackedFinding]:
        return queryset.filter(**{f"{self.at}due_on__gte": value})

    def due_until(self, queryset: QuerySet[TrackedFinding], name: str, value: date) -> QuerySet[TrackedFinding]:
        return queryset.filter(**{f"{self.at}due_on__lte": value})

    def holding(self, queryset: QuerySet[TrackedFinding], name: str, value: str) -> QuerySet[TrackedFinding]:
        return words_in(queryset, "finding__", value)


class StatusChangeFilters(AskedFilters):
    tracked_finding = RowId("tracked_finding_id")
    force = django_filters.ModelChoiceFilter(
        "tracked_finding__force", queryset=Force.objects.all(), to_field_name="slug"
    )
    changed_since = Moment("recorded_at", lookup_expr="gte")
    to_status = django_filters.MultipleChoiceFilter(choices=Status.choices())
    basis = django_filters.MultipleChoiceFilter(choices=Basis.choices())
    kind = django_filters.MultipleChoiceFilter("tracked_finding__finding__kind", choices=FindingKind.choices())

    class Meta:
        model = StatusChange
        fields = ()


class EvidenceNoteFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(
        "tracked_finding__force", queryset=Force.objects.all(), to_field_name="slug"
    )
    tracked_finding = RowId("tracked_finding_id")
    report = django_filters.ModelChoiceFilter(queryset=Report.objects.published())
    state = django_filters.ChoiceFilter(choices=NoteState.choices())

    class Meta:
        model = EvidenceNote
        fields = ()


class EvidenceFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(
        "tracked_finding__force", queryset=Force.objects.all(), to_field_name="slug"
    )
    tracked_finding = RowId("tracked_finding_id")
    signed_off = YesNo("signed_off_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Evidence
        fields = ()


class SignOffFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(
        "tracked_finding__force", queryset=Force.objects.all(), to_field_name="slug"
    )
    tracked_finding = RowId("tracked_finding_id")
    state = django_filters.ChoiceFilter(choices=SignOffState.choices())

    class Meta:
        model = SignOffRequest
        fields = ()


class ContradictionFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(queryset=Force.objects.all(), to_field_name="slug")
    code = django_filters.MultipleChoiceFilter(choices=Contradiction.choices(), method="of_code")

    class Meta:
        model = TrackedFinding
        fields = ()

    def filter_queryset(self, queryset: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
        filtered: QuerySet[TrackedFinding] = super().filter_queryset(queryset)
        return only_contradictory(filtered)

    def of_code(self, queryset: QuerySet[TrackedFinding], name: str, value: list[str]) -> QuerySet[TrackedFinding]:
        return only_contradictory(queryset, [Contradiction(code) for code in value])


class StatutoryResponseFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(queryset=Force.objects.all(), to_field_name="slug")
    report = django_filters.ModelChoiceFilter(queryset=Report.objects.published())
    due_before = django_filters.DateFilter("due_on", lookup_expr="lte")
    due_after = django_filters.DateFilter("due_on", lookup_expr="gte")
    unpublished = YesNo("published_on", lookup_expr="isnull")

    class Meta:
        model = StatutoryResponse
        fields = ()


class AssessmentFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(queryset=Force.objects.all(), to_field_name="slug")
    state = django_filters.ChoiceFilter(choices=AssessmentState.choices())
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome.choices())
    report = django_filters.ModelChoiceFilter(queryset=Report.objects.published())
    tracked_finding = RowId("tracked_finding_id")
    unlinked = YesNo("tracked_finding", lookup_expr="isnull")

    class Meta:
        model = Assessment
        fields = ()


class EventFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(queryset=Force.objects.all(), to_field_name="slug")
    kind = django_filters.MultipleChoiceFilter(choices=EventKind.choices())
    tracked_finding = RowId("tracked_finding_id")
    changed_since = Moment("happened_at", lookup_expr="gte")

    class Meta:
        model = Event
        fields = ()


class DeliveryFilters(AskedFilters):
    webhook = RowId("webhook_id")
    state = django_filters.ChoiceFilter(choices=DeliveryState.choices())

    class Meta:
        model = Delivery
        fields = ()


class ReminderFilters(AskedFilters):
    force = django_filters.ModelChoiceFilter(queryset=Force.objects.all(), to_field_name="slug")
    tracked_finding = RowId("tracked_finding_id")
    standing = django_filters.BooleanFilter("cancelled_at", lookup_expr="isnull", label="Not cancelled")
    rule = django_filters.ChoiceFilter(choices=ReminderRule.choices())

    class Meta:
        model = Reminder
        fields = ()
