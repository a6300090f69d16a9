"""The published record: public, readable to everyone signed in, written by intake alone."""

from findings.api.filters import FindingFilters, JudgmentFilters, ReportFilters
from findings.api.lists import Listed, Readable
from findings.api.serializers import (
    CycleSerializer,
    FindingSerializer,
    ForceSerializer,
    JudgmentSerializer,
    ReportSerializer,
    ThemeSerializer,
)
from findings.models import Cycle, Finding, Force, Judgment, Report, Theme


class ForceViewSet(Readable[Force]):
    """The 43 forces, and the fictional one of the examples where the demo is loaded."""

    queryset = Force.objects.all()
    serializer_class = ForceSerializer
    lookup_field = "slug"
    lookup_value_regex = "[a-z0-9-]{1,50}"
    ordering_fields = ("name", "slug")


class CycleViewSet(Listed[Cycle]):
    queryset = Cycle.objects.all()
    serializer_class = CycleSerializer


class ThemeViewSet(Listed[Theme]):
    queryset = Theme.objects.all()
    serializer_class = ThemeSerializer


class ReportViewSet(Readable[Report]):
    queryset = Report.objects.published().select_related("force", "cycle", "document").defer("document__text")
    serializer_class = ReportSerializer
    filterset_class = ReportFilters
    ordering_fields = ("id", "published_on", "updated_on")


class JudgmentViewSet(Readable[Judgment]):
    queryset = Judgment.objects.select_related("report__force", "report__cycle")
    serializer_class = JudgmentSerializer
    filterset_class = JudgmentFilters
    ordering_fields = ("id", "position", "grade")


class FindingViewSet(Readable[Finding]):
    queryset = (
        Finding.objects.published()
        .select_related("report__force", "report__cycle", "judgment")
        .prefetch_related("elements", "themes")
    )
    serializer_class = FindingSerializer
    filterset_class = FindingFilters
    ordering_fields = ("id", "due_on", "kind")
