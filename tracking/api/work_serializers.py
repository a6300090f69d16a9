"""Evidence, sign-off, checks, links, chains, contradictions and comparisons on the wire."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from findings.api.fields import NullableTextField, RowSerializer, UtcField, kept_with
from findings.api.serializers import FindingBriefSerializer, ReportBriefSerializer
from findings.vocabulary import Outcome
from tracking.api.serializers import TrackedFindingSerializer, VisibleField
from tracking.contradictions import SAID, contradictions_of
from tracking.models import (
    Check,
    Evidence,
    FindingLink,
    ProgressUpdate,
    Reminder,
    SignOffRequest,
    TrackedFinding,
)
from tracking.standing import status_sentence
from tracking.uninspected import evidence_from, not_inspected
from tracking.vocabulary import Contradiction, Status

NO_LONGER = 10_000


class ProgressUpdateSerializer(RowSerializer[ProgressUpdate]):
    """One entry of the force; `moved` names each field with its value before and after."""

    moved = serializers.DictField(child=serializers.ListField(), read_only=True)
    recorded_by = serializers.CharField(read_only=True)

    class Meta:
        model = ProgressUpdate
        fields = ("id", "tracked_finding", "comment", "moved", "recorded_by", "recorded_at")


class UpdateSerializer(serializers.Serializer[Any]):
    comment = serializers.CharField(max_length=NO_LONGER)


class EvidenceSerializer(RowSerializer[Evidence]):
    """A link, or a file to be fetched from `evidence/{id}/file/`."""

    link = NullableTextField()
    original_name = NullableTextField()
    media_type = NullableTextField()
    sha256 = NullableTextField()
    recorded_by = serializers.CharField(read_only=True)
    signed_off_by = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Evidence
        fields = (
            "id",
            "tracked_finding",
            "title",
            "link",
            "original_name",
            "media_type",
            "size",
            "sha256",
            "recorded_by",
            "recorded_at",
            "signed_off_by",
            "signed_off_at",
        )


class EvidenceRecordSerializer(serializers.Serializer[Any]):
    """A link or a file, one of the two."""

    title = serializers.CharField(max_length=200)
    link = serializers.CharField(max_length=500, required=False)
    file = serializers.FileField(required=False, max_length=None, allow_empty_file=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("link" in attrs) == ("file" in attrs):
            raise serializers.ValidationError({"link": ["Give a link or a file, one of the two."]})
        return attrs


class SignOffRequestSerializer(RowSerializer[SignOffRequest]):
    asked_by = serializers.CharField(read_only=True)
    decided_by = serializers.CharField(read_only=True, allow_null=True)
    reason = NullableTextField()

    class Meta:
        model = SignOffRequest
        fields = (
            "id",
            "tracked_finding",
            "evidence",
            "comment",
            "asked_by",
            "asked_at",
            "state",
            "decided_by",
            "decided_at",
            "reason",
        )


class AskSignOffSerializer(serializers.Serializer[Any]):
    comment = serializers.CharField(max_length=NO_LONGER, allow_blank=True, default="")
    evidence = VisibleField(queryset=Evidence.objects.all(), many=True, default=list)


class SignOffDecisionSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=[("accept", "Accept"), ("return", "Return")])
    reason = serializers.CharField(max_length=NO_LONGER, allow_blank=True, default="")


class CheckSerializer(RowSerializer[Check]):
    recorded_by = serializers.CharField(read_only=True)

    class Meta:
        model = Check
        fields = ("id", "tracked_finding", "element", "checked_on", "evidence", "comment", "recorded_by", "recorded_at")


class CheckRecordSerializer(serializers.Serializer[Any]):
    checked_on = serializers.DateField()
    evidence = VisibleField(queryset=Evidence.objects.all())
    element = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    comment = serializers.CharField(max_length=NO_LONGER, allow_blank=True, default="")


class FindingLinkSerializer(RowSerializer[FindingLink]):
    """That `newer` asks again for what `older` asked; a withdrawn link says by whom and why."""

    recorded_by = serializers.CharField(source="recorded_by_name", read_only=True)
    withdrawn_by = serializers.CharField(read_only=True, allow_null=True)
    withdrawn_reason = NullableTextField()

    class Meta:
        model = FindingLink
        fields = (
            "id",
            "newer",
            "older",
            "rule",
            "score",
            "reason",
            "recorded_by",
            "recorded_at",
            "withdrawn_by",
            "withdrawn_at",
            "withdrawn_reason",
        )


class LinkSerializer(serializers.Serializer[Any]):
    older = VisibleField(queryset=TrackedFinding.objects.select_related("finding__report__cycle"))
    reason = serializers.CharField(max_length=NO_LONGER)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=NO_LONGER)


class RingSerializer(serializers.Serializer[Any]):
    """One finding of a chain; `found_again`: it had been achieved when a newer finding repeated it."""

    tracked_finding = serializers.IntegerField(source="tracked_finding.pk")
    finding = FindingBriefSerializer(source="tracked_finding.finding")
    status = serializers.ChoiceField(choices=Status.choices(), source="tracked_finding.status")
    status_sentence = serializers.SerializerMethodField()
    found_again = serializers.BooleanField()

    def get_status_sentence(self, ring: Any) -> str:
        return status_sentence(ring.tracked_finding)


class NotInspectedSerializer(serializers.Serializer[Any]):
    """A later report that left the finding's subject out, and why."""

    report = ReportBriefSerializer()
    question = serializers.CharField()
    reason = serializers.CharField()


class TrackedFindingDetailSerializer(TrackedFindingSerializer):
    """One finding, with why there is no news of it, and how old what is known of it is."""

    themes = serializers.SlugRelatedField[Any](source="finding.themes", slug_field="slug", many=True, read_only=True)
    not_inspected = serializers.SerializerMethodField()
    evidence_from = serializers.SerializerMethodField()
    evidence_age_days = serializers.SerializerMethodField()

    class Meta(TrackedFindingSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more of them
            *TrackedFindingSerializer.Meta.fields,
            "themes",
            "not_inspected",
            "evidence_from",
            "evidence_age_days",
        )

    @extend_schema_field(NotInspectedSerializer(many=True))
    def get_not_inspected(self, row: TrackedFinding) -> Any:
        return NotInspectedSerializer(not_inspected(row), many=True).data

    def get_evidence_from(self, row: TrackedFinding) -> date | None:
        return self._evidence_from(row)

    def get_evidence_age_days(self, row: TrackedFinding) -> int | None:
        day = self._evidence_from(row)
        seen_on = getattr(row, "seen_on", None) or timezone.localdate()
        return (seen_on - day).days if day else None

    def _evidence_from(self, row: TrackedFinding) -> date | None:
        return kept_with(row, "_evidence_from", lambda: evidence_from(row))


class ContradictionSaidSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=Contradiction.choices())
    message = serializers.CharField()


class ContradictorySerializer(serializers.Serializer[Any]):
    """A finding in whose record something does not go together, or is missing."""

    tracked_finding = serializers.IntegerField(source="pk")
    force = serializers.CharField(source="force.slug")
    finding = FindingBriefSerializer()
    status = serializers.ChoiceField(choices=Status.choices())
    status_sentence = serializers.SerializerMethodField()
    contradictions = serializers.SerializerMethodField()

    def get_status_sentence(self, row: TrackedFinding) -> str:
        return status_sentence(row)

    @extend_schema_field(ContradictionSaidSerializer(many=True))
    def get_contradictions(self, row: TrackedFinding) -> Any:
        said = [{"code": code.value, "message": SAID[code]} for code in contradictions_of(row)]
        return ContradictionSaidSerializer(said, many=True).data


class SaidSerializer(serializers.Serializer[Any]):
    """Where a finding stands by the inspectors' published words, and their last confirmed verdict; null where none is."""

    status = serializers.ChoiceField(choices=Status.choices())
    since = serializers.DateField(allow_null=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices(), allow_null=True)
    quote = serializers.CharField(allow_null=True)
    caveat = serializers.CharField(allow_null=True)
    line = serializers.IntegerField(allow_null=True)
    report = ReportBriefSerializer(allow_null=True)


class ForceStandingSerializer(serializers.Serializer[Any]):
    force = serializers.CharField(source="tracked_finding.force.slug")
    said = SaidSerializer()


class ComparisonSerializer(serializers.Serializer[Any]):
    """One national recommendation against all forces, by the inspectors' words."""

    finding = FindingBriefSerializer()
    counts = serializers.DictField(child=serializers.IntegerField())
    forces = ForceStandingSerializer(many=True)


class SimilarSerializer(serializers.Serializer[Any]):
    finding = FindingBriefSerializer()
    force = serializers.CharField(source="finding.report.force.slug")
    score = serializers.FloatField()
    said = SaidSerializer(allow_null=True)


class ElsewhereSerializer(serializers.Serializer[Any]):
    """The findings of other forces most like this one, and innovative practice in the same themes."""

    similar = SimilarSerializer(many=True)
    practice = FindingBriefSerializer(many=True)


class ThemesSerializer(serializers.Serializer[Any]):
    themes = serializers.ListField(child=serializers.SlugField(max_length=50), max_length=20)


class ReminderSerializer(RowSerializer[Reminder]):
    """That one was to be told of something: `occasion` is since when, `about_on` the date that it is about.

    `mailed_at` is null until the e-mail that tells of it went out. What was owed no longer before that is cancelled, and stays.
    """

    finding = FindingBriefSerializer(source="tracked_finding.finding", read_only=True, default=None, allow_null=True)
    mailed_at = UtcField(source="digest.sent_at", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Reminder
        fields = ("id", "tracked_finding", "finding", "force", "subject", "tracked_element", "response", "report", "rule", "occasion", "about_on", "made_at", "mailed_at", "cancelled_at", "cancelled_because")  # fmt: skip
