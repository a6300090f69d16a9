"""Lists are shown by plain functions made of the serializers: the same as the serializers themselves would show."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIRequestFactory, force_authenticate

from findings.api.lean import shown
from findings.models import Theme
from tests.factories import AssessmentFactory, CycleFactory, ReportFactory, member, signed_off_evidence, tracked_finding
from tests.two_forces import Work, work_of
from tracking.api.serializers import TrackedFindingSerializer
from tracking.api.urls import router
from tracking.api.work_serializers import TrackedFindingDetailSerializer
from tracking.changes import Move, change_status
from tracking.decisions import decide
from tracking.loading import filled, narrow
from tracking.models import TrackedFinding
from tracking.querysets import with_what_is_shown
from tracking.vocabulary import Basis, Decision, Role, Status

pytestmark = pytest.mark.django_db
LISTS = {prefix: viewset for prefix, viewset, _ in router.registry if hasattr(viewset, "in_table_order")}


@pytest.fixture
def mine() -> Work:
    work = work_of()
    theme = Theme.objects.create(slug="vetting", name="Vetting")
    work.tracked.finding.themes.add(theme)
    AssessmentFactory(
        tracked_finding=work.tracked,
        candidates=[{"tracked_finding": 1, "score": 0.5}],
        gaps=["Too few."],
        caveat="However",
    )
    TrackedFinding.objects.filter(pk=work.tracked.pk).update(owner=None, due_on="2031-03-31", due_precision="day")
    return work


def plain(data: Any) -> Any:
    return json.loads(JSONRenderer().render(data))


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_is_what_its_serializer_shows(name: str, mine: Work) -> None:
    request = APIRequestFactory().get(f"/api/v1/{name}/")
    force_authenticate(request, mine.officer)
    view = LISTS[name](action_map={"get": "list"}, request=None, action="list")
    view.setup(request)
    view.request = view.initialize_request(request)
    view.format_kwarg = None
    rows = list(view.as_shown(list(view.get_queryset())))
    assert rows
    assert plain(shown(view.get_serializer_class(), rows)) == plain(view.get_serializer(rows, many=True).data)


@pytest.fixture
def every_way(mine: Work) -> list[TrackedFinding]:
    """Findings that stand on each kind of basis, spoken of and not, taken over, with limbs and without."""
    force, officer = mine.force, mine.officer
    on_evidence, over, corrected, said = (tracked_finding(force) for _ in range(4))
    day = timezone.localdate()
    evidence = signed_off_evidence(on_evidence)
    change_status(Move(on_evidence.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", day, evidence=evidence), officer)
    newer = tracked_finding(
        force, report=ReportFactory(force=force, cycle=CycleFactory(code="2021/22"), published_on=date(2022, 10, 13))
    )
    change_status(Move(over.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Again.", day, successor=newer), officer)
    decide(AssessmentFactory(tracked_finding=said, caveat="However").pk, Decision.CONFIRM, officer, "Read.")
    decide(AssessmentFactory(tracked_finding=corrected).pk, Decision.CONFIRM, officer, "Read.")
    signatory = member(Role.SIGNATORY, force)
    change_status(Move(corrected.pk, Status.OPEN, Basis.CORRECTION, "Of another finding.", day), signatory)
    return list(TrackedFinding.objects.filter(force=force).order_by("pk"))


@pytest.mark.parametrize("kind", [TrackedFindingSerializer, TrackedFindingDetailSerializer])
def test_narrow_queries_show_what_one_wide_query_shows(kind: Any, every_way: list[TrackedFinding]) -> None:
    ids = [row.pk for row in every_way]
    wide = with_what_is_shown(TrackedFinding.objects.filter(pk__in=ids)).order_by("pk")
    few = filled(list(narrow(TrackedFinding.objects.filter(pk__in=ids)).order_by("pk")))
    assert plain(shown(kind, few)) == plain(kind(wide, many=True).data)
    assert len(few) == 9


def test_moments_are_told_in_universal_time(mine: Work) -> None:
    change = mine.change
    change.recorded_at = datetime(2024, 7, 1, 12, 30, tzinfo=timezone.get_current_timezone())
    kind = LISTS["status-changes"].serializer_class
    assert kind(change).data["recorded_at"] == "2024-07-01T11:30:00.000000Z" == shown(kind, [change])[0]["recorded_at"]
