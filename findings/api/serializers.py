"""The published record on the wire."""

from rest_framework import serializers

from findings.api.fields import NullableTextField, RowSerializer
from findings.models import Cycle, Element, Finding, Force, Judgment, Report, Theme


class ForceSerializer(RowSerializer[Force]):
    class Meta:
        model = Force
        fields = ("slug", "name", "ons_code", "is_example")


class CycleSerializer(RowSerializer[Cycle]):
    class Meta:
        model = Cycle
        fields = ("code", "scale", "order")


class ThemeSerializer(RowSerializer[Theme]):
    class Meta:
        model = Theme
        fields = ("slug", "name")


class ReportSerializer(RowSerializer[Report]):
    force = serializers.SlugRelatedField[Force](slug_field="slug", read_only=True, allow_null=True)
    cycle = serializers.SlugRelatedField[Cycle](slug_field="code", read_only=True, allow_null=True)
    pillar = NullableTextField()
    published_precision = NullableTextField()
    overall_grade = NullableTextField()
    inspector = NullableTextField()
    sha256 = serializers.CharField(source="document.sha256", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Report
        fields = (
            "id",
            "reference",
            "force",
            "programme",
            "cycle",
            "pillar",
            "title",
            "published_on",
            "published_precision",
            "updated_on",
            "overall_grade",
            "inspector",
            "sha256",
        )


class ReportBriefSerializer(ReportSerializer):
    """A report as other records name it."""

    class Meta(ReportSerializer.Meta):
        fields = ("id", "title", "cycle", "pillar", "published_on", "updated_on")  # type: ignore[assignment]  # fewer of the same


class JudgmentSerializer(RowSerializer[Judgment]):
    report = ReportBriefSerializer(read_only=True)
    force = serializers.CharField(source="report.force.slug", read_only=True)
    grade = NullableTextField()
    carried_over_from = NullableTextField()
    ungraded_reason = NullableTextField()
    also_called = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Judgment
        fields = (
            "id",
            "report",
            "force",
            "number",
            "question",
            "also_called",
            "grade",
            "carried_over_from",
            "ungraded_reason",
            "line",
        )


class ElementSerializer(RowSerializer[Element]):
    class Meta:
        model = Element
        fields = ("id", "position", "text", "due_on")


class FindingBriefSerializer(RowSerializer[Finding]):
    """A finding as the records about it name it. `text` is null until its document is taken in."""

    report = ReportBriefSerializer(read_only=True)
    heading = NullableTextField()
    text = NullableTextField()
    summary = NullableTextField()

    class Meta:
        model = Finding
        fields = ("id", "reference", "kind", "scope", "heading", "text", "summary", "report")


class FindingSerializer(FindingBriefSerializer):
    force = serializers.CharField(source="report.force.slug", read_only=True, default=None, allow_null=True)
    question = serializers.CharField(source="judgment.question", read_only=True, default=None, allow_null=True)
    deadline_wording = NullableTextField()
    due_precision = NullableTextField()
    elements = ElementSerializer(many=True, read_only=True)
    themes = serializers.SlugRelatedField[Theme](slug_field="slug", many=True, read_only=True)

    class Meta(FindingBriefSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more of the same
            *FindingBriefSerializer.Meta.fields,
            "force",
            "question",
            "number",
            "parent",
            "line",
            "end_line",
            "deadline_wording",
            "due_on",
            "due_precision",
            "elements",
            "themes",
        )
