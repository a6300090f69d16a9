"""What hangs on one tracked finding: dates, updates, evidence, requests for sign-off, checks, links, its chain."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer

from findings.api.filters import refuse_unknown
from findings.api.parsing import BoundedJSONParser
from findings.api.tables import as_table, columns_of, format_asked
from tracking.access import Act
from tracking.api.idempotency import once
from tracking.api.own_work import OwnWork
from tracking.api.serializers import DateChangeSerializer, DateMoveSerializer
from tracking.api.work_serializers import (
    AskSignOffSerializer,
    CheckRecordSerializer,
    CheckSerializer,
    EvidenceRecordSerializer,
    EvidenceSerializer,
    FindingLinkSerializer,
    LinkSerializer,
    ProgressUpdateSerializer,
    RingSerializer,
    SignOffRequestSerializer,
    UpdateSerializer,
)
from tracking.chains import chain_of
from tracking.dates import change_date
from tracking.evidence import record_evidence, record_file
from tracking.links import link_by_hand
from tracking.models import Evidence, FindingLink, TrackedFinding, User
from tracking.progress import ask_sign_off, record_progress
from tracking.recurrence import record_check
from tracking.vocabulary import DateKind

LINK_OR_FILE = {"application/json": EvidenceRecordSerializer, "multipart/form-data": EvidenceRecordSerializer}
Method = TypeVar("Method", bound=Callable[..., Response])


def part(
    path: str,
    listed: type[ModelSerializer[Any]],
    record: Any,
    parsers: Sequence[type[BaseParser]] = (BoundedJSONParser,),
) -> Callable[[Method], Method]:
    """A list that hangs on one finding: read whole (`listed`), and added to by posting `record`."""
    name = path.replace("-", "_")
    routed = action(
        detail=True,
        methods=["get", "post"],
        url_path=path,
        filter_backends=(),
        pagination_class=None,
        parser_classes=parsers,
    )
    listing = extend_schema(
        methods=["GET"], responses=listed(many=True), filters=False, operation_id=f"tracked_{name}_list"
    )
    adding = extend_schema(methods=["POST"], request=record, responses={201: listed})

    def decorate(method: Method) -> Method:
        made: Any = listing(adding(routed(once(_tabular(method, path, listed)))))
        return cast("Method", made)

    return decorate


def _tabular(method: Method, name: str, listed: type[ModelSerializer[Any]]) -> Method:
    """Gives what a list answers in the format that the request asks for, and refuses what it does not know."""

    @wraps(method)
    def answering(self: Any, request: Request, pk: str) -> Any:
        if request.method != "GET":
            return method(self, request, pk)
        form = format_asked(request.query_params)
        refuse_unknown(request, {"format"})
        answer = method(self, request, pk)
        return answer if form == "json" else as_table(form, f"{name}-{pk}", columns_of(listed()), answer.data)

    answering.is_tabular = True  # type: ignore[attr-defined]  # the schema says so
    return cast("Method", answering)


class TrackedParts(OwnWork, GenericAPIView[TrackedFinding]):
    """Adding to a list takes an officer of the force; each addition goes through its writer."""

    @part("date-changes", DateChangeSerializer, DateMoveSerializer)
    def date_changes(self, request: Request, pk: str) -> Response:
        """How the finding's dates moved, oldest first; posting moves one, with a reason."""
        tracked = self.get_object()
        if request.method == "GET":
            return Response(DateChangeSerializer(tracked.date_changes.all(), many=True).data)
        words = self._to_record(tracked, DateMoveSerializer)
        change = change_date(tracked.pk, DateKind(words["kind"]), words["to_on"], words["reason"], self.asker)
        return _made(DateChangeSerializer(change))

    @part("updates", ProgressUpdateSerializer, UpdateSerializer)
    def updates(self, request: Request, pk: str) -> Response:
        """What the force has said and moved, oldest first; posting adds a comment."""
        tracked = self.get_object()
        if request.method == "GET":
            rows = tracked.updates.select_related("recorded_by")
            return Response(ProgressUpdateSerializer(rows, many=True).data)
        words = self._to_record(tracked, UpdateSerializer)
        record_progress(tracked.pk, {}, self.asker, words["comment"])
        return _made(ProgressUpdateSerializer(tracked.updates.filter(recorded_by=self.asker).last()))

    @part("evidence", EvidenceSerializer, LINK_OR_FILE, (BoundedJSONParser, MultiPartParser))
    def evidence(self, request: Request, pk: str) -> Response:
        """The force's evidence, oldest first; posting adds a link, or (multipart) a file."""
        tracked = self.get_object()
        if request.method == "GET":
            rows = tracked.evidence.select_related("recorded_by", "signed_off_by")
            return Response(EvidenceSerializer(rows, many=True).data)
        words = self._to_record(tracked, EvidenceRecordSerializer)
        return _made(EvidenceSerializer(_recorded(tracked, words, self.asker)))

    @part("sign-offs", SignOffRequestSerializer, AskSignOffSerializer)
    def sign_offs(self, request: Request, pk: str) -> Response:
        """Requests for sign-off and what became of them, oldest first; posting asks."""
        tracked = self.get_object()
        if request.method == "GET":
            rows = tracked.sign_off_requests.select_related("asked_by", "decided_by").prefetch_related("evidence")
            return Response(SignOffRequestSerializer(rows, many=True).data)
        words = self._to_record(tracked, AskSignOffSerializer)
        made = ask_sign_off(tracked.pk, self.asker, words["comment"], words["evidence"])
        return _made(SignOffRequestSerializer(made))

    @part("checks", CheckSerializer, CheckRecordSerializer)
    def checks(self, request: Request, pk: str) -> Response:
        """The checks of what comes round again, oldest first; posting records one, and the next round is due."""
        tracked = self.get_object()
        if request.method == "GET":
            return Response(CheckSerializer(tracked.checks.select_related("recorded_by"), many=True).data)
        words = self._to_record(tracked, CheckRecordSerializer)
        check = record_check(
            tracked.pk, words["checked_on"], words["evidence"], self.asker, words["comment"], words.get("element")
        )
        return _made(CheckSerializer(check))

    @part("links", FindingLinkSerializer, LinkSerializer)
    def links(self, request: Request, pk: str) -> Response:
        """What the finding repeats, and what repeats it; posting says that it repeats an older one."""
        tracked = self.get_object()
        if request.method == "GET":
            rows = FindingLink.objects.filter(Q(newer=tracked) | Q(older=tracked)).select_related("withdrawn_by")
            return Response(FindingLinkSerializer(rows, many=True).data)
        words = self._to_record(tracked, LinkSerializer)
        return _made(FindingLinkSerializer(link_by_hand(tracked, words["older"], words["reason"], self.asker)))

    @extend_schema(responses=RingSerializer(many=True), filters=False, operation_id="tracked_chain_list")
    @action(detail=True, filter_backends=(), pagination_class=None)
    def chain(self, request: Request, pk: str) -> Response:
        """The findings of the force that ask for the same, over the cycles, oldest first, with where each stands."""
        return Response(RingSerializer(chain_of(self.get_object()), many=True).data)

    def _to_record(self, tracked: TrackedFinding, serializer: Any) -> dict[str, Any]:
        self.need(Act.RECORD, tracked.force_id)
        return self.asked(serializer)


def _recorded(tracked: TrackedFinding, words: dict[str, Any], by: User) -> Evidence:
    file: UploadedFile[Any] | None = words.get("file")
    if file is None:
        return record_evidence(tracked, words["title"], words["link"], by)
    return record_file(tracked, words["title"], file.name or "", file.read(), by)


def _made(serializer: ModelSerializer[Any]) -> Response:
    return Response(serializer.data, status=status.HTTP_201_CREATED)
