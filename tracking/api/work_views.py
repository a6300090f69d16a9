"""Evidence, sign-off, links, contradictions and comparisons over HTTP. Doors only."""

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from findings.api.lists import Listed, Readable
from findings.api.serializers import FindingSerializer
from findings.api.views import FindingViewSet
from findings.themes import UnknownTheme, correct_themes
from tracking import access
from tracking.access import Act
from tracking.api.filters import ContradictionFilters, EvidenceFilters, ReminderFilters, SignOffFilters
from tracking.api.idempotency import once
from tracking.api.own_work import OwnWork
from tracking.api.work_serializers import (
    ContradictorySerializer,
    ElsewhereSerializer,
    EvidenceSerializer,
    FindingLinkSerializer,
    ReasonSerializer,
    ReminderSerializer,
    SignOffDecisionSerializer,
    SignOffRequestSerializer,
    ThemesSerializer,
)
from tracking.contradictions import with_contradictions
from tracking.downloads import attachment
from tracking.evidence import sign_off
from tracking.links import withdraw_link
from tracking.models import Evidence, FindingLink, Reminder, SignOffRequest, TrackedFinding
from tracking.progress import decide_sign_off
from tracking.querysets import with_what_is_shown
from tracking.similar import elsewhere


class EvidenceViewSet(OwnWork, Readable[Evidence]):
    queryset = Evidence.objects.select_related("recorded_by", "signed_off_by", "tracked_finding")
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilters
    ordering_fields = ("id", "recorded_at")

    def get_queryset(self) -> QuerySet[Evidence]:
        return self.visible(super().get_queryset(), "tracked_finding__force")

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, filter_backends=())
    def file(self, request: Request, pk: str) -> FileResponse:
        """The file itself, as an attachment; a 404 where the evidence is a link."""
        evidence = self.get_object()
        if not evidence.file:
            raise Http404
        return attachment(evidence)

    @extend_schema(request=None, responses=EvidenceSerializer)
    @action(detail=True, methods=["post"], url_path="sign-off", filter_backends=())
    @once
    def sign_off(self, request: Request, pk: str) -> Response:
        """Signs evidence off, once, as a signatory who did not record it."""
        evidence = self.get_object()
        self.need(Act.SIGN_OFF, evidence.tracked_finding.force_id)
        return Response(EvidenceSerializer(sign_off(evidence.pk, self.asker)).data)


class SignOffViewSet(OwnWork, Readable[SignOffRequest]):
    """Requests for sign-off, the newest first."""

    queryset = (
        SignOffRequest.objects.select_related("asked_by", "decided_by", "tracked_finding")
        .prefetch_related("evidence")
        .order_by("-id")
    )
    serializer_class = SignOffRequestSerializer
    filterset_class = SignOffFilters
    ordering_fields = ("id", "asked_at", "decided_at")

    def get_queryset(self) -> QuerySet[SignOffRequest]:
        return self.visible(super().get_queryset(), "tracked_finding__force")

    @extend_schema(request=SignOffDecisionSerializer, responses=SignOffRequestSerializer)
    @action(detail=True, methods=["post"], filter_backends=())
    @once
    def decision(self, request: Request, pk: str) -> Response:
        """Accepts or returns what somebody else asked for, once; a return needs a reason."""
        asked_for = self.get_object()
        self.need(Act.SIGN_OFF, asked_for.tracked_finding.force_id)
        words = self.asked(SignOffDecisionSerializer)
        decide_sign_off(asked_for.pk, words["decision"] == "accept", self.asker, words["reason"])
        return Response(SignOffRequestSerializer(self.get_object()).data)


class LinkViewSet(OwnWork, GenericViewSet[FindingLink]):
    queryset = FindingLink.objects.select_related("newer", "withdrawn_by")
    serializer_class = FindingLinkSerializer

    def get_queryset(self) -> QuerySet[FindingLink]:
        return self.visible(super().get_queryset(), "newer__force")

    @extend_schema(request=ReasonSerializer, responses=FindingLinkSerializer)
    @action(detail=True, methods=["post"], filter_backends=())
    @once
    def withdrawal(self, request: Request, pk: str) -> Response:
        """Sets a link between two findings aside, with a reason; it is not made again by itself."""
        link = self.get_object()
        self.need(Act.RECORD, link.newer.force_id)
        words = self.asked(ReasonSerializer)
        return Response(FindingLinkSerializer(withdraw_link(link.pk, words["reason"], self.asker)).data)


class ContradictionViewSet(OwnWork, Listed[TrackedFinding]):
    """Findings in whose record something does not go together, or is missing."""

    queryset = with_what_is_shown(TrackedFinding.objects.all())
    serializer_class = ContradictorySerializer
    filterset_class = ContradictionFilters
    ordering_fields = ("id", "due_on")

    def get_queryset(self) -> QuerySet[TrackedFinding]:
        rows = self.visible(super().get_queryset(), "force")
        return with_contradictions(rows, timezone.localdate())


class ReminderViewSet(OwnWork, Listed[Reminder]):
    """What one was reminded of, the newest first: by which rule, for which date, and whether it went out or was cancelled."""

    queryset = Reminder.objects.select_related("digest", "tracked_finding__finding__report__cycle").order_by("-id")
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilters
    ordering_fields = ("id", "occasion")

    def get_queryset(self) -> QuerySet[Reminder]:
        rows = super().get_queryset().filter(recipient=self.asker)
        return self.visible(rows, "force")


class FindingInContextViewSet(OwnWork, FindingViewSet):
    @extend_schema(responses=ElsewhereSerializer, filters=False)
    @action(detail=True, filter_backends=())
    def similar(self, request: Request, pk: str) -> Response:
        """The most similar findings of other forces, with what inspectors said of them, and practice worth copying."""
        return Response(ElsewhereSerializer(elsewhere(self.get_object())).data)

    @extend_schema(request=ThemesSerializer, responses=FindingSerializer, filters=False)
    @action(detail=True, methods=["put"], filter_backends=())
    def themes(self, request: Request, pk: str) -> Response:
        """Corrects the themes of a finding: an administrator's, or (of its own force) an officer's, to decide."""
        finding = self.get_object()
        if not access.may_correct_themes(self.asker, finding):
            raise PermissionDenied
        try:
            correct_themes(finding, self.asked(ThemesSerializer)["themes"])
        except UnknownTheme as error:
            raise ValidationError({"themes": [str(error)]}) from error
        return Response(self.get_serializer(self.get_object()).data)
