"""The same by the book: a model viewset with nested model serializers, select_related, numbered pages with their count."""

from typing import Any

from django.db import transaction
from django.urls import include, path
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ModelViewSet

from findings.models import Finding, Report
from tracking.models import Evidence, Membership, StatusChange, TrackedElement, TrackedFinding


class ReportSerializer(serializers.ModelSerializer[Report]):
    cycle = serializers.CharField(source="cycle.code")

    class Meta:
        model = Report
        fields = ("id", "title", "cycle", "pillar", "published_on", "updated_on")


class FindingSerializer(serializers.ModelSerializer[Finding]):
    report = ReportSerializer()

    class Meta:
        model = Finding
        fields = ("id", "reference", "kind", "scope", "heading", "text", "summary", "report")


class ElementSerializer(serializers.ModelSerializer[TrackedElement]):
    position = serializers.IntegerField(source="element.position")
    text = serializers.CharField(source="element.text")
    due_on = serializers.DateField(source="element.due_on")

    class Meta:
        model = TrackedElement
        fields = ("id", "position", "text", "status", "due_on")


class ChangeSerializer(serializers.ModelSerializer[StatusChange]):
    class Meta:
        model = StatusChange
        fields = ("id", "from_status", "to_status", "effective_on", "recorded_at", "recorded_by_name", "basis", "reason", "hash")  # fmt: skip


class TrackedSerializer(serializers.ModelSerializer[TrackedFinding]):
    force = serializers.CharField(source="force.slug", read_only=True)
    owner = serializers.CharField(source="owner.username", default=None, read_only=True)
    finding = FindingSerializer(read_only=True)
    elements = ElementSerializer(many=True, read_only=True)
    last_change = ChangeSerializer(read_only=True)

    class Meta:
        model = TrackedFinding
        fields = (
            "id", "force", "finding", "status", "position", "due_on", "due_precision", "target_on", "lead", "owner", "closing_plan",
            "shortfall_reason", "stands_from", "recurs", "contradicted", "successor", "last_word", "elements", "version", "last_change",
        )  # fmt: skip


class Pages(PageNumberPagination):
    page_size = 50


class TrackedViewSet(ModelViewSet[TrackedFinding]):
    serializer_class = TrackedSerializer
    pagination_class = Pages
    filter_backends = (DjangoFilterBackend,)
    filterset_fields = ("force__slug", "status")

    def get_queryset(self) -> Any:
        forces = Membership.objects.filter(user=self.request.user).values("force")
        rows = TrackedFinding.objects.filter(force__in=forces)
        return rows.select_related("force", "owner", "finding__report__cycle", "last_change").prefetch_related(
            "elements__element"
        )

    @transaction.atomic
    def perform_update(self, serializer: Any) -> None:
        row = serializer.save()
        StatusChange.objects.create(
            tracked_finding=row,
            from_status="open",
            to_status=row.status,
            effective_on=timezone.localdate(),
            recorded_at=timezone.now(),
            recorded_by=self.request.user,
            recorded_by_name=str(self.request.user),
            basis="evidence",
            evidence=Evidence.objects.filter(tracked_finding=row).last(),
            reason="So it is.",
            previous_hash=f"{row.pk}-{row.version}-{timezone.now()}"[:64],
            hash="0",
        )


router = SimpleRouter()
router.register("tracked-findings", TrackedViewSet, basename="textbook")
urlpatterns = [path("textbook/", include(router.urls))]
