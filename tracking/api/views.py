"""A force's own work over HTTP. Doors only: they check who may, call the writer, show the result."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet, prefetch_related_objects
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from findings.api.filters import NamedFilters
from findings.api.lean import shown
from findings.api.lists import Readable
from findings.api.paging import LARGEST_PAGE, Feed
from findings.api.views import ForceViewSet, ReportViewSet
from findings.reading.documents import MAX_BYTES
from tracking import access
from tracking.access import Act
from tracking.api.documented import one_or_many
from tracking.api.filters import (
    AssessmentFilters,
    EvidenceNoteFilters,
    StatusChangeFilters,
    StatutoryResponseFilters,
    TrackedFindingFilters,
)
from tracking.api.idempotency import once
from tracking.api.moments import PARAMETERS, moment_asked, refuse_other_parameters
from tracking.api.own_work import OwnWork
from tracking.api.preconditions import IF_MATCH, etag, version_from
from tracking.api.serializers import (
    AssessmentSerializer,
    DecidedSerializer,
    DecisionSerializer,
    DocumentSerializer,
    EvidenceNoteSerializer,
    ExplainSerializer,
    ExplanationSerializer,
    IntakeSerializer,
    MoveSerializer,
    NoteDecisionSerializer,
    OpenResponseSerializer,
    ProgressSerializer,
    ResponseRecordSerializer,
    StatusChangeSerializer,
    StatutoryResponseSerializer,
    SummarySerializer,
    TrackedFindingSerializer,
)
from tracking.api.tracked_parts import TrackedParts
from tracking.api.work_serializers import TrackedFindingDetailSerializer
from tracking.changes import Move, change_status, change_statuses
from tracking.decisions import decide
from tracking.events import number_events
from tracking.intake import take_in
from tracking.loading import filled, narrow, whole
from tracking.models import Assessment, EvidenceNote, StatusChange, StatutoryResponse, TrackedFinding, User
from tracking.notes import decide_note
from tracking.past import as_they_stood, stood
from tracking.progress import acts_for, record_progress
from tracking.querysets import THEN, with_what_is_shown
from tracking.statistics import summary_of
from tracking.statutory import explain, open_by_hand, record_response, with_recommendations
from tracking.vocabulary import Basis, Decision, Status
from tracking.workflow import Incomplete


class ForceSummaryViewSet(OwnWork, ForceViewSet):
    @extend_schema(responses=SummarySerializer, filters=False, parameters=PARAMETERS)
    @action(detail=True, filter_backends=())
    def summary(self, request: Request, slug: str) -> Response:
        """Counts by kind, status, colour and lateness, now or on a past day, for a force whose work the asker may read."""
        refuse_other_parameters(request)
        force = self.get_object()
        if not access.may(self.asker, Act.READ, force.pk):
            raise Http404
        rows, at = TrackedFinding.objects.filter(force=force), moment_asked(request)
        counts = summary_of(stood(rows, at), at.as_of, THEN) if at else summary_of(rows, timezone.localdate())
        return Response(SummarySerializer({"force": force.slug, **counts}).data)


class ReportIntakeViewSet(OwnWork, ReportViewSet):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        request={"multipart/form-data": DocumentSerializer}, responses={200: IntakeSerializer, 201: IntakeSerializer}
    )
    def create(self, request: Request) -> Response:
        """Takes a published report in: 201 with what came of it, 200 where that report was in already."""
        asked = DocumentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        document = asked.validated_data["document"]
        if document.size > MAX_BYTES:
            raise ValidationError({"document": [f"At most {MAX_BYTES // 2**20} MB."]})
        result = take_in(document.name, document.read(), self.asker)
        code = status.HTTP_201_CREATED if result.is_new or result.created or result.changed else status.HTTP_200_OK
        return Response(IntakeSerializer(result).data, status=code)


class TrackedFindingViewSet(TrackedParts, Readable[TrackedFinding]):
    queryset = TrackedFinding.objects.all()
    filterset_class = TrackedFindingFilters
    ordering_fields = ("id", "due_on", "target_on", "changed_at", "status")

    def get_serializer_class(self) -> type[TrackedFindingSerializer]:
        return TrackedFindingSerializer if self.action == "list" else TrackedFindingDetailSerializer

    def get_queryset(self) -> QuerySet[TrackedFinding]:
        rows = self.visible(super().get_queryset(), "force")
        if moment_asked(self.request):
            return with_what_is_shown(rows)
        return narrow(rows) if self.action == "list" else whole(rows)

    def as_shown(self, rows: Sequence[TrackedFinding]) -> Sequence[TrackedFinding]:
        at = moment_asked(self.request)
        return as_they_stood(rows, at) if at else filled(rows)

    def ordering_column(self, name: str) -> str:
        """The column that a name orders by: that of now, or of the moment asked for."""
        then = moment_asked(self.request) and name in {"due_on", "target_on", "status"}
        return f"{THEN}{name}" if then else name

    @extend_schema(parameters=PARAMETERS)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One finding, now or (without an ETag: the past is not written) as it stood on a past day."""
        at = moment_asked(request)
        if at is None:
            return self._answer(self.get_object())
        (tracked,) = as_they_stood([self.get_object()], at)
        return Response(shown(self.get_serializer_class(), [tracked])[0])

    @extend_schema(
        request=ProgressSerializer,
        responses=TrackedFindingDetailSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Changes what is the force's own. Needs the ETag in If-Match: 428 without, 412 where it is stale."""
        if moment_asked(request):
            raise ValidationError({"as_of": ["The past is read, not written."]})
        tracked = self.get_object()
        values = dict(self.asked(ProgressSerializer))
        comment = values.pop("comment", "")
        for act in acts_for(values):
            self.need(act, tracked.force_id)
        if values.get("owner"):
            values["owner"] = self._member(values["owner"])
        record_progress(tracked.pk, values, self.asker, comment, version_from(request))
        return self._answer(self.get_object())

    def _answer(self, tracked: TrackedFinding) -> Response:
        prefetch_related_objects([tracked], "finding__themes")
        (body,) = shown(self.get_serializer_class(), filled([tracked]))
        return Response(body, headers={"ETag": etag(tracked.version)})

    def _member(self, username: str) -> User:
        owner = User.objects.filter(username=username, is_active=True).first()
        if owner is None:
            raise Incomplete("owner_unknown", "The owner must be a member of the force.")
        return owner


class StatusChangeViewSet(OwnWork, Readable[StatusChange]):
    queryset = StatusChange.objects.all()
    serializer_class = StatusChangeSerializer
    filterset_class = StatusChangeFilters
    pagination_class = Feed
    filter_backends = (NamedFilters,)  # the feed keeps its own order

    def get_queryset(self) -> QuerySet[StatusChange]:
        rows = self.visible(super().get_queryset(), "tracked_finding__force")
        return rows.annotate(position=F("event__position")) if self.action == "list" else rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Changes in the order in which they became visible. `resume` leads on from the last one shown, today or in a year."""
        number_events()
        return super().list(request, *args, **kwargs)

    def in_table_order(self, rows: QuerySet[StatusChange]) -> QuerySet[StatusChange]:
        return rows.order_by("event__position")

    @extend_schema(request=MoveSerializer, responses={201: StatusChangeSerializer})
    @one_or_many
    @once
    def create(self, request: Request) -> Response:
        """Moves one finding (an object), or several (a list): all of them or none."""
        many = isinstance(request.data, list)
        if not access.force_ids(self.asker, Act.CHANGE_STATUS):
            raise PermissionDenied
        listed: dict[str, Any] = {"many": True, "allow_empty": False, "max_length": LARGEST_PAGE} if many else {}
        asked = MoveSerializer(data=request.data, context={"visible": self.visible}, **listed)
        asked.is_valid(raise_exception=True)
        moves = [_move(row) for row in (asked.validated_data if many else [asked.validated_data])]
        for row in asked.validated_data if many else [asked.validated_data]:
            self.need(Act.CHANGE_STATUS, row["tracked_finding"].force_id)
        made = change_statuses(moves, self.asker) if many else [change_status(moves[0], self.asker)]
        body = shown(StatusChangeSerializer, made)
        return Response(body if many else body[0], status=status.HTTP_201_CREATED)


class AssessmentViewSet(OwnWork, Readable[Assessment]):
    queryset = Assessment.objects.select_related("force", "report__cycle", "document", "decided_by").defer(
        "document__text"
    )
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilters
    ordering_fields = ("id", "confidence", "decided_at")

    def get_queryset(self) -> QuerySet[Assessment]:
        return self.visible(super().get_queryset(), "force")

    @extend_schema(request=DecisionSerializer, responses={200: DecidedSerializer})
    @action(detail=True, methods=["post"])
    @once
    def decision(self, request: Request, pk: str) -> Response:
        """Confirms or rejects, once; a second decision is a 409."""
        assessment = self.get_object()
        self.need(Act.DECIDE, assessment.force_id)
        asked = DecisionSerializer(data=request.data, context={"visible": self.visible})
        asked.is_valid(raise_exception=True)
        words = asked.validated_data
        decided = decide(
            assessment.pk,
            Decision(words["decision"]),
            self.asker,
            words["reason"],
            words.get("tracked_finding"),
            words.get("effective_on"),
        )
        change = StatusChangeSerializer(decided.change).data if decided.change else None
        return Response({**AssessmentSerializer(self.get_object()).data, "status_change": change})


class EvidenceNoteViewSet(OwnWork, Readable[EvidenceNote]):
    queryset = EvidenceNote.objects.select_related(
        "report__cycle", "report__force", "document", "decided_by", "tracked_finding"
    ).defer("document__text")
    serializer_class = EvidenceNoteSerializer
    filterset_class = EvidenceNoteFilters
    ordering_fields = ("id", "score")

    def get_queryset(self) -> QuerySet[EvidenceNote]:
        return self.visible(super().get_queryset(), "tracked_finding__force")

    @extend_schema(request=NoteDecisionSerializer, responses={200: EvidenceNoteSerializer})
    @action(detail=True, methods=["post"])
    @once
    def decision(self, request: Request, pk: str) -> Response:
        """Keeps the note beside its finding or dismisses it, once; a second decision is a 409. Moves no status."""
        note = self.get_object()
        self.need(Act.DECIDE, note.tracked_finding.force_id)
        asked = NoteDecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        keep = asked.validated_data["decision"] == "keep"
        decide_note(note.pk, keep, self.asker, asked.validated_data["reason"])
        return Response(self.get_serializer(self.get_object()).data)


class StatutoryResponseViewSet(OwnWork, Readable[StatutoryResponse]):
    queryset = with_recommendations(StatutoryResponse.objects.all())
    serializer_class = StatutoryResponseSerializer
    filterset_class = StatutoryResponseFilters
    ordering_fields = ("id", "due_on", "published_on")

    def get_queryset(self) -> QuerySet[StatutoryResponse]:
        return self.visible(super().get_queryset(), "force")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=OpenResponseSerializer, responses={201: StatutoryResponseSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Opens the comments on a report that does not give its day of publication, from the day given."""
        words = self.asked(OpenResponseSerializer)
        if words["force"].pk not in access.force_ids(self.asker, Act.RECORD):
            raise PermissionDenied
        made = open_by_hand(words["report"], words["force"], words["published_on"], self.asker)
        body = self.get_serializer(self.get_queryset().get(pk=made.pk)).data
        return Response(body, status=status.HTTP_201_CREATED, headers={"ETag": etag(made.version)})

    @extend_schema(request=ResponseRecordSerializer, responses=StatutoryResponseSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Records when the comments were published and sent. Needs the ETag in If-Match, as findings do."""
        response = self.get_object()
        self.need(Act.RECORD, response.force_id)
        record_response(response.pk, self.asked(ResponseRecordSerializer), self.asker, version_from(request))
        return self._answer(self.get_object())

    @extend_schema(request=ExplainSerializer, responses={201: ExplanationSerializer})
    @action(detail=True, methods=["post"])
    @once
    def explanations(self, request: Request, pk: str) -> Response:
        """Adds what the comments say of one recommendation."""
        response = self.get_object()
        self.need(Act.RECORD, response.force_id)
        words = self.asked(ExplainSerializer)
        made = explain(response.pk, words["tracked_finding"], words["text"], self.asker, no_action=words["no_action"])
        return Response(ExplanationSerializer(made).data, status=status.HTTP_201_CREATED)

    def _answer(self, response: StatutoryResponse) -> Response:
        return Response(self.get_serializer(response).data, headers={"ETag": etag(response.version)})


def _move(row: dict[str, Any]) -> Move:
    return Move(
        tracked_finding=row["tracked_finding"].pk,
        to=Status(row["to_status"]),
        basis=Basis(row["basis"]),
        reason=row["reason"],
        effective_on=row.get("effective_on"),
        assessment=row.get("assessment"),
        evidence=row.get("evidence"),
        successor=row.get("successor"),
        element=row.get("element"),
    )
