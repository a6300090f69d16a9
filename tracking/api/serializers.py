"""A force's own work on the wire."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from findings.api.fields import NullableTextField, RowSerializer, kept_with
from findings.api.serializers import FindingBriefSerializer, ReportBriefSerializer
from findings.models import Force, Report
from tracking.models import (
    Assessment,
    DateChange,
    Evidence,
    EvidenceNote,
    Explanation,
    StatusChange,
    StatutoryResponse,
    TrackedElement,
    TrackedFinding,
    User,
)
from tracking.standing import colour_of, elements_add_up_to, standing_of, status_sentence
from tracking.statutory import Standing, standing
from tracking.vocabulary import Basis, DateKind, Decision, Position, Rag, ResponseState, Status


class TrackedElementSerializer(RowSerializer[TrackedElement]):
    position = serializers.IntegerField(source="element.position", read_only=True)
    text = serializers.CharField(source="element.text", read_only=True)
    due_on = serializers.DateField(source="element.due_on", read_only=True, allow_null=True)

    class Meta:
        model = TrackedElement
        fields = ("id", "position", "text", "status", "due_on")


class StatusChangeSerializer(RowSerializer[StatusChange]):
    from_status = NullableTextField()
    recorded_by = serializers.CharField(source="recorded_by_name", read_only=True)

    class Meta:
        model = StatusChange
        fields = (
            "id",
            "tracked_finding",
            "element",
            "from_status",
            "to_status",
            "effective_on",
            "recorded_at",
            "recorded_by",
            "basis",
            "assessment",
            "evidence",
            "successor",
            "reason",
            "request_id",
            "hash",
        )


class TrackedFindingSerializer(RowSerializer[TrackedFinding]):
    force = serializers.SlugRelatedField[Force](slug_field="slug", read_only=True)
    finding = FindingBriefSerializer(read_only=True)
    status_sentence = serializers.SerializerMethodField()
    rag = serializers.SerializerMethodField()
    rag_reason = serializers.SerializerMethodField()
    overdue = serializers.SerializerMethodField()
    due_precision = NullableTextField()
    lead = NullableTextField()
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)
    elements = TrackedElementSerializer(many=True, read_only=True)
    elements_add_up_to = serializers.SerializerMethodField(
        help_text="What the elements add up to, where an inspection's overall verdict says otherwise; else null."
    )
    shortfall_reason = NullableTextField()
    last_change = StatusChangeSerializer(read_only=True)

    class Meta:
        model = TrackedFinding
        fields = (
            "id",
            "force",
            "finding",
            "status",
            "status_sentence",
            "position",
            "rag",
            "rag_reason",
            "due_on",
            "due_precision",
            "target_on",
            "overdue",
            "lead",
            "owner",
            "closing_plan",
            "shortfall_reason",
            "stands_from",
            "recurs",
            "contradicted",
            "successor",
            "last_word",
            "elements",
            "elements_add_up_to",
            "version",
            "last_change",
        )

    def get_status_sentence(self, row: TrackedFinding) -> str:
        return status_sentence(row)

    def get_rag(self, row: TrackedFinding) -> Rag:
        return _colour(row)[0]

    def get_rag_reason(self, row: TrackedFinding) -> str:
        return _colour(row)[1]

    def get_overdue(self, row: TrackedFinding) -> bool:
        return standing_of(row).is_late(_day_of(row))

    @extend_schema_field(serializers.ChoiceField(choices=Status.choices(), allow_null=True))
    def get_elements_add_up_to(self, row: TrackedFinding) -> Status | None:
        return elements_add_up_to(row)


def _colour(row: TrackedFinding) -> tuple[Rag, str]:
    return kept_with(row, "_colour", lambda: colour_of(row, _day_of(row)))


def _day_of(row: TrackedFinding) -> date:
    """The day to colour a row by: the past one that it is shown on, else today."""
    day: date = getattr(row, "seen_on", None) or timezone.localdate()
    return day


class DateChangeSerializer(RowSerializer[DateChange]):
    """One move of one date; no person stands behind a move that follows the record."""

    recorded_by = serializers.CharField(source="recorded_by_name", read_only=True)

    class Meta:
        model = DateChange
        fields = ("id", "tracked_finding", "kind", "cause", "from_on", "to_on", "reason", "recorded_by", "recorded_at")


class DateMoveSerializer(serializers.Serializer[Any]):
    """A date to move: the inspectors' (due), where a letter of theirs says so, or the force's own (target)."""

    kind = serializers.ChoiceField(choices=DateKind.choices())
    to_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(max_length=10_000)


class ProgressSerializer(serializers.Serializer[Any]):
    """What a force may change of its own: any of these, with a comment."""

    position = serializers.ChoiceField(choices=Position.choices(), required=False)
    lead = serializers.CharField(max_length=100, allow_blank=True, required=False)
    owner = serializers.CharField(max_length=150, allow_null=True, required=False, help_text="A username.")
    target_on = serializers.DateField(allow_null=True, required=False)
    closing_plan = serializers.CharField(allow_blank=True, max_length=10_000, required=False)
    shortfall_reason = serializers.CharField(
        allow_blank=True, max_length=10_000, required=False, help_text="Why it is red or white."
    )
    comment = serializers.CharField(allow_blank=True, max_length=10_000, required=False)


class CandidateSerializer(serializers.Serializer[Any]):
    tracked_finding = serializers.IntegerField()
    score = serializers.FloatField()


class AssessmentSerializer(RowSerializer[Assessment]):
    force = serializers.SlugRelatedField[Force](slug_field="slug", read_only=True)
    report = ReportBriefSerializer(read_only=True)
    caveat = NullableTextField()
    gaps = serializers.ListField(child=serializers.CharField(), read_only=True)
    refers_to = serializers.DictField(read_only=True)
    candidates = CandidateSerializer(many=True, read_only=True)
    decided_by = serializers.CharField(read_only=True, allow_null=True)
    reason = NullableTextField()
    sha256 = serializers.CharField(source="document.sha256", read_only=True)

    class Meta:
        model = Assessment
        fields = (
            "id",
            "state",
            "stated",
            "outcome",
            "quote",
            "line",
            "caveat",
            "gaps",
            "confidence",
            "rule",
            "force",
            "report",
            "sha256",
            "refers_to",
            "tracked_finding",
            "candidates",
            "decided_by",
            "decided_at",
            "reason",
        )


class EvidenceNoteSerializer(RowSerializer[EvidenceNote]):
    """A passage about a finding that the report does not name: no verdict, and it moves no status."""

    report = ReportBriefSerializer(read_only=True)
    decided_by = serializers.CharField(read_only=True, allow_null=True)
    reason = NullableTextField()
    sha256 = serializers.CharField(source="document.sha256", read_only=True)

    class Meta:
        model = EvidenceNote
        fields = (
            "id",
            "state",
            "tracked_finding",
            "report",
            "sha256",
            "quote",
            "line",
            "score",
            "decided_by",
            "decided_at",
            "reason",
        )


class NoteDecisionSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=[("keep", "Keep"), ("dismiss", "Dismiss")])
    reason = serializers.CharField(max_length=10_000)


class ExplanationSerializer(RowSerializer[Explanation]):
    recorded_by = serializers.CharField(read_only=True)

    class Meta:
        model = Explanation
        fields = ("id", "tracked_finding", "text", "no_action", "recorded_by", "recorded_at")


class StatutoryResponseSerializer(RowSerializer[StatutoryResponse]):
    """The comments on one report for one force's area, and where they stand today."""

    force = serializers.SlugRelatedField[Force](slug_field="slug", read_only=True)
    report = ReportBriefSerializer(read_only=True)
    link = NullableTextField()
    state = serializers.SerializerMethodField()
    days_late = serializers.SerializerMethodField()
    unexplained = serializers.SerializerMethodField()
    explanations = ExplanationSerializer(many=True, read_only=True)

    class Meta:
        model = StatutoryResponse
        fields = (
            "id",
            "force",
            "report",
            "counted_from",
            "due_on",
            "state",
            "days_late",
            "published_on",
            "link",
            "sent_to_inspectors_on",
            "sent_to_secretary_of_state_on",
            "same_findings_as",
            "unexplained",
            "explanations",
            "version",
        )

    def get_state(self, row: StatutoryResponse) -> ResponseState:
        return self._standing(row).state

    def get_days_late(self, row: StatutoryResponse) -> int:
        return self._standing(row).days_late

    def get_unexplained(self, row: StatutoryResponse) -> list[int]:
        return list(self._standing(row).unexplained)

    def _standing(self, row: StatutoryResponse) -> Standing:
        return kept_with(row, "_standing", lambda: standing(row, timezone.localdate()))


class ResponseRecordSerializer(serializers.Serializer[Any]):
    """What may be recorded of a response: any of these."""

    published_on = serializers.DateField(required=False, allow_null=True)
    link = serializers.CharField(required=False, allow_blank=True, max_length=500)
    sent_to_inspectors_on = serializers.DateField(required=False, allow_null=True)
    sent_to_secretary_of_state_on = serializers.DateField(required=False, allow_null=True)
    same_findings_as = serializers.PrimaryKeyRelatedField(
        queryset=Report.objects.published(), required=False, allow_null=True
    )


class OpenResponseSerializer(serializers.Serializer[Any]):
    """A report that does not give its day of publication, and that day."""

    report = serializers.PrimaryKeyRelatedField(queryset=Report.objects.published())
    force = serializers.SlugRelatedField[Force](slug_field="slug", queryset=Force.objects.all())
    published_on = serializers.DateField()


class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """A row of the asker's own reach; one of another force is as unknown as one that does not exist."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return self.context["visible"](
            rows, "force" if rows.model in {TrackedFinding, Assessment} else "tracked_finding__force"
        )


class DecisionSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=Decision.choices())
    reason = serializers.CharField(max_length=10_000)
    tracked_finding = VisibleField(queryset=TrackedFinding.objects.all(), required=False, allow_null=True)
    effective_on = serializers.DateField(required=False, help_text="Where the report has no date of its own.")


class DecidedSerializer(AssessmentSerializer):
    """A decided assessment with the status change that it brought, or null."""

    status_change = StatusChangeSerializer(read_only=True, allow_null=True)

    class Meta(AssessmentSerializer.Meta):
        fields = (*AssessmentSerializer.Meta.fields, "status_change")  # type: ignore[assignment]  # one more


class MoveSerializer(serializers.Serializer[Any]):
    tracked_finding = VisibleField(queryset=TrackedFinding.objects.all())
    element = serializers.IntegerField(required=False, allow_null=True)
    to_status = serializers.ChoiceField(choices=Status.choices())
    effective_on = serializers.DateField(required=False)
    basis = serializers.ChoiceField(
        choices=[c for c in Basis.choices() if c[0] not in {Basis.PUBLICATION, Basis.ELEMENTS}]
    )
    reason = serializers.CharField(max_length=10_000)
    assessment = VisibleField(queryset=Assessment.objects.all(), required=False, allow_null=True)
    evidence = VisibleField(queryset=Evidence.objects.all(), required=False, allow_null=True)
    successor = VisibleField(queryset=TrackedFinding.objects.all(), required=False, allow_null=True)


class ExplainSerializer(serializers.Serializer[Any]):
    tracked_finding = VisibleField(queryset=TrackedFinding.objects.all())
    text = serializers.CharField(max_length=20_000)
    no_action = serializers.BooleanField(default=False)


class DocumentSerializer(serializers.Serializer[Any]):
    document = serializers.FileField()


class WarningSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class IntakeSerializer(serializers.Serializer[Any]):
    """What became of one document. The first three count findings; assessments and notes are the new ones."""

    report = ReportBriefSerializer()
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    findings = serializers.IntegerField()
    tracked_findings = serializers.IntegerField()
    assessments = serializers.IntegerField()
    linked = serializers.IntegerField()
    unlinked = serializers.IntegerField()
    notes = serializers.IntegerField()
    warnings = WarningSerializer(many=True)


class SummarySerializer(serializers.Serializer[Any]):
    """Counts of one force's tracked findings."""

    force = serializers.CharField()
    total = serializers.IntegerField()
    kind = serializers.DictField(child=serializers.IntegerField())
    status = serializers.DictField(child=serializers.IntegerField())
    rag = serializers.DictField(child=serializers.IntegerField())
    overdue = serializers.IntegerField()
    no_owner = serializers.IntegerField()
