"""Figures over one's findings: cross-tables, series over time, time to achieve, and one recommendation by force."""

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from findings.api.filters import NamedFilters
from findings.models import Finding
from tracking.api.filters import TrackedFindingFilters
from tracking.api.moments import AS_OF, day_asked, moment_asked, refuse_other_parameters
from tracking.api.own_work import OwnWork
from tracking.api.work_serializers import ComparisonSerializer
from tracking.comparison import compare
from tracking.models import TrackedFinding
from tracking.past import Moment
from tracking.querysets import NOW, THEN
from tracking.statistics import MOST_POINTS, Dimension, Step, cross_table, series, time_to_achieve
from tracking.vocabulary import Status

MOST_DIMENSIONS = 3
FIVE_YEARS = relativedelta(years=5)
LONGEST = relativedelta(years=30)
BY = OpenApiParameter("by", str, many=True, enum=[*Dimension], description="What to count by; may be repeated, at most three times.")  # fmt: skip
BY_ONE = OpenApiParameter(
    "by", str, enum=[*Dimension], description="Which groups to tell apart; all together without it."
)
SINCE = OpenApiParameter("since", date, description="The first day; five years before the last without it.")
STEP = OpenApiParameter("every", str, enum=[*Step], description="How far apart the points lie; a month without it.")


class CountSerializer(serializers.Serializer[Any]):
    """One cell of a cross-table: what was counted by, and how many."""

    force = serializers.CharField(required=False, allow_null=True)
    kind = serializers.CharField(required=False, allow_null=True)
    scope = serializers.CharField(required=False, allow_null=True)
    cycle = serializers.CharField(required=False, allow_null=True)
    pillar = serializers.CharField(required=False, allow_null=True)
    theme = serializers.CharField(required=False, allow_null=True)
    status = serializers.CharField(required=False, allow_null=True)
    position = serializers.CharField(required=False, allow_null=True)
    rag = serializers.CharField(required=False, allow_null=True)
    count = serializers.IntegerField()


class CrossTableSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    total = serializers.IntegerField()
    rows = CountSerializer(many=True)


class PointSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    counts = serializers.DictField(child=serializers.IntegerField())


class SeriesSerializer(serializers.Serializer[Any]):
    """How many findings stood with each status at the end of each day named."""

    statuses = serializers.ListField(child=serializers.ChoiceField(choices=Status.choices()))
    points = PointSerializer(many=True)


class TimeToAchieveSerializer(serializers.Serializer[Any]):
    """Days from the day a finding stood until it was first achieved; the quartiles are null where none was."""

    group = serializers.CharField(allow_null=True)
    achieved = serializers.IntegerField()
    not_yet = serializers.IntegerField()
    lower_quartile = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    upper_quartile = serializers.FloatField(allow_null=True)


class TimesSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    groups = TimeToAchieveSerializer(many=True)


class StatisticsViewSet(OwnWork, GenericViewSet[TrackedFinding]):
    """Over the findings that one may read, with the filters of their list."""

    lookup_url_kwarg = "finding"
    queryset = TrackedFinding.objects.all()
    serializer_class = CrossTableSerializer
    filterset_class = TrackedFindingFilters
    filter_backends = (NamedFilters,)
    pagination_class = None
    own_parameters: frozenset[str] = frozenset()

    def get_queryset(self) -> QuerySet[TrackedFinding]:
        return self.visible(super().get_queryset(), "force")

    @extend_schema(responses=CrossTableSerializer, parameters=[BY])
    @action(detail=False)
    def counts(self, request: Request) -> Response:
        """How many findings there are for each combination of what `by` names, now or `as_of` a day."""
        self.own_parameters = frozenset({"by"})
        by = _dimensions(request)
        rows = self.filter_queryset(self.get_queryset())
        at = moment_asked(request)
        day = at.as_of if at else timezone.localdate()
        counted = cross_table(rows, by, day, THEN if at else NOW)
        total = rows.order_by().values("pk").distinct().count()
        return Response({"as_of": day, "total": total, "rows": counted})  # a cell has what was asked for, and no more

    @extend_schema(responses=SeriesSerializer, parameters=[SINCE, STEP])
    @action(detail=False)
    def series(self, request: Request) -> Response:
        """How statuses stood over time, by the history; `as_of` is the last day, and `known_on` what was recorded by then."""
        self.own_parameters = frozenset({"since", "every"})
        rows, at = self._over_time(request)
        since, step = _since(request, at.as_of), _choice(request, "every", Step, Step.MONTH)
        assert step is not None  # noqa: S101 - it has a default
        points = series(rows, since, at, step)
        return Response(SeriesSerializer({"statuses": list(Status), "points": points}).data)

    @extend_schema(responses=TimesSerializer, parameters=[BY_ONE])
    @action(detail=False, url_path="time-to-achieve")
    def time_to_achieve(self, request: Request) -> Response:
        """Median and quartiles of the days from the day a finding stood until it was first achieved."""
        self.own_parameters = frozenset({"by"})
        by = _choice(request, "by", Dimension, None)
        rows, at = self._over_time(request)
        groups = [
            {
                "group": one.group,
                "achieved": one.achieved,
                "not_yet": one.not_yet,
                **dict(zip(("lower_quartile", "median", "upper_quartile"), one.quartiles or (None,) * 3, strict=True)),
            }
            for one in time_to_achieve(rows, by, at)
        ]
        return Response(TimesSerializer({"as_of": at.as_of, "groups": groups}).data)

    @extend_schema(responses=ComparisonSerializer, parameters=[AS_OF], filters=False)
    @action(detail=False, url_path=r"comparison/(?P<finding>[0-9]{1,18})", filter_backends=())
    def comparison(self, request: Request, finding: str) -> Response:
        """One national recommendation against all forces, by what inspectors had said (by `as_of`)."""
        refuse_other_parameters(request)
        national = (
            Finding.objects.national().select_related("report__cycle", "report__force").filter(pk=finding).first()
        )
        if national is None:
            raise Http404
        at = moment_asked(request)
        return Response(ComparisonSerializer(compare(national, at.as_of if at else None)).data)

    def _over_time(self, request: Request) -> tuple[QuerySet[TrackedFinding], Moment]:
        """The findings that stood by the last day, and that moment; today where the request names none."""
        today = timezone.localdate()
        return self.filter_queryset(self.get_queryset()), moment_asked(request) or Moment(today, today)


def _dimensions(request: Request) -> list[Dimension]:
    asked = request.query_params.getlist("by")
    if not 1 <= len(asked) <= MOST_DIMENSIONS or len(set(asked)) != len(asked):
        raise ValidationError({"by": [f"Expected one to {MOST_DIMENSIONS} of: {', '.join(Dimension)}."]})
    return [_word(Dimension, "by", name) for name in asked]


def _choice(request: Request, name: str, words: Any, default: Any) -> Any:
    given = request.query_params.get(name)
    return _word(words, name, given) if given else default


def _word(words: Any, name: str, given: str) -> Any:
    if given not in set(words):
        raise ValidationError({name: [f"“{given}” is none of: {', '.join(words)}."]})
    return words(given)


def _since(request: Request, until: date) -> date:
    since = day_asked(request, "since") or until - FIVE_YEARS
    if not until - LONGEST <= since <= until:
        raise ValidationError({"since": [f"Expected a day within {LONGEST.years} years before {until}."]})
    return since


assert LONGEST.years * 12 < MOST_POINTS  # noqa: S101 - so that no series is cut
