"""Ids of another force: as targets of writes, in nested routes and in filters they are as unknown as ids of nothing."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django_filters.rest_framework import FilterSet
from rest_framework import serializers
from rest_framework.test import APIClient

from tests.factories import ForceFactory, member
from tests.two_forces import Work, work_of
from tracking.api import filters as own_filters
from tracking.api.urls import router
from tracking.models import ApiToken, Delivery, Event, Evidence, Membership, StatusChange, TrackedFinding, User
from tracking.tokens import issue_token
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
NOTHING = 987_654_321


@pytest.fixture
def mine() -> Work:
    return work_of()


@pytest.fixture
def theirs(mine: Work) -> Work:
    return work_of(ForceFactory())


@pytest.fixture
def officer(mine: Work, api: Api) -> APIClient:
    return api(mine.officer)


# Serializer and field, with the address, the rest of a good body, and the other force's row.
CHANGE = {"to_status": "achieved", "effective_on": "2024-01-01", "reason": "Ours?"}
TARGETS: dict[str, tuple[str, dict[str, Any], str]] = {
    "MoveSerializer.tracked_finding": ("status-changes/", {**CHANGE, "basis": "correction"}, "tracked"),
    "MoveSerializer.assessment": ("status-changes/", {**CHANGE, "basis": "assessment"}, "confirmed"),
    "MoveSerializer.evidence": ("status-changes/", {**CHANGE, "basis": "evidence"}, "signed"),
    "MoveSerializer.successor": ("status-changes/", {**CHANGE, "to_status": "superseded", "basis": "successor"}, "tracked"),
    "DecisionSerializer.tracked_finding": ("assessments/{0.assessment.pk}/decision/", {"decision": "confirm", "reason": "x"}, "tracked"),
    "ExplainSerializer.tracked_finding": ("responses/{0.response.pk}/explanations/", {"text": "We act."}, "answer"),
    "AskSignOffSerializer.evidence": ("tracked-findings/{0.tracked.pk}/sign-offs/", {"comment": "Done."}, "unsigned"),
    "CheckRecordSerializer.evidence": ("tracked-findings/{0.tracked.pk}/checks/", {"checked_on": "2024-01-01"}, "signed"),
    "LinkSerializer.older": ("tracked-findings/{0.tracked.pk}/links/", {"reason": "Same."}, "older"),
}  # fmt: skip
# Reports are public record, forces are known to everybody; what may be written about them is checked for itself.
PUBLIC = {
    "OpenResponseSerializer.report",
    "OpenResponseSerializer.force",
    "ResponseRecordSerializer.same_findings_as",
}


def related_fields() -> set[str]:
    found = set()
    for module in ("tracking.api.serializers", "tracking.api.work_serializers", "findings.api.serializers"):
        for name, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass):
            if issubclass(kind, serializers.BaseSerializer) and kind is not serializers.BaseSerializer:
                fields = getattr(kind, "_declared_fields", {})
                for field, made in fields.items():
                    inner = getattr(made, "child_relation", made)
                    if isinstance(inner, serializers.RelatedField) and not made.read_only:
                        found.add(f"{name}.{field}")
    return found


def test_every_related_field_is_listed() -> None:
    assert related_fields() == set(TARGETS) | PUBLIC


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_a_target_of_another_force_is_as_unknown_as_none(
    target: str, mine: Work, theirs: Work, officer: APIClient
) -> None:
    route, rest, attribute = TARGETS[target]
    field = target.split(".")[1]
    listed = target.startswith("AskSignOff")
    before = state(mine, theirs)

    def refused(pk: int) -> Any:
        own = {} if field == "tracked_finding" and route == "status-changes/" else {"tracked_finding": mine.tracked.pk}
        body = {**(own if route == "status-changes/" else {}), **rest, field: [pk] if listed else pk}
        response = officer.post(f"/api/v1/{route.format(mine)}", body)
        assert response.status_code == 400, response.json()
        return response.json()

    foreign, missing = (refused(pk) for pk in (getattr(theirs, attribute).pk, NOTHING))
    assert field in foreign["errors"]
    assert str(foreign).replace(f'"{getattr(theirs, attribute).pk}"', "N") == str(missing).replace(f'"{NOTHING}"', "N")
    assert state(mine, theirs) == before


def state(*works: Work) -> Any:
    forces = [work.force.pk for work in works]
    rows = TrackedFinding.objects.filter(force__in=forces).order_by("pk")
    return list(rows.values()), StatusChange.objects.count(), list(Evidence.objects.order_by("pk").values())


def test_one_foreign_row_among_ones_own_refuses_the_whole_list(mine: Work, theirs: Work, officer: APIClient) -> None:
    good = {**CHANGE, "basis": "evidence", "tracked_finding": mine.tracked.pk, "evidence": mine.signed.pk}
    bad = {**good, "tracked_finding": theirs.tracked.pk, "evidence": theirs.signed.pk}
    before = state(mine, theirs)
    response = officer.post("/api/v1/status-changes/", [good, bad])
    assert response.status_code == 400
    assert state(mine, theirs) == before


@pytest.mark.parametrize(
    "route",
    [
        "tracked-findings/{0.tracked.pk}/",
        *(f"tracked-findings/{{0.tracked.pk}}/{part}/" for part in ("chain", "checks", "date-changes", "evidence", "links", "sign-offs", "updates")),
        "status-changes/{0.change.pk}/",
        "assessments/{0.assessment.pk}/",
        "evidence-notes/{0.note.pk}/",
        "responses/{0.response.pk}/",
        "evidence/{0.file.pk}/",
        "evidence/{0.file.pk}/file/",
        "sign-offs/{0.request.pk}/",
        "forces/{0.force.slug}/summary/",
    ],
)  # fmt: skip
def test_a_row_of_another_force_answers_as_one_that_does_not_exist(
    route: str, mine: Work, theirs: Work, officer: APIClient
) -> None:
    foreign = officer.get(f"/api/v1/{route.format(theirs)}")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")
    own = officer.get(f"/api/v1/{route.format(mine)}")
    assert own.status_code == 200
    if own.streaming:
        assert b"".join(own.streaming_content)


@pytest.mark.parametrize(
    "field", ["force", "status", "version", "id", "contradicted", "last_word", "stands_from", "finding"]
)
def test_what_is_not_the_forces_to_write_is_refused_by_name(
    field: str, mine: Work, theirs: Work, officer: APIClient
) -> None:
    where = f"/api/v1/tracked-findings/{mine.tracked.pk}/"
    tag = officer.get(where)["ETag"]
    before = state(mine, theirs)
    response = officer.patch(where, {field: theirs.force.slug}, headers={"If-Match": tag})
    assert response.status_code == 400
    assert field in response.json()["errors"]
    assert state(mine, theirs) == before


# Filters that take an id or a slug of something of a force's own, with the row that names it.
OWN_FILTERS = {
    "TrackedFindingFilters.owner": ("tracked-findings/", lambda work: work.officer.username, "nobody"),
    "StatusChangeFilters.tracked_finding": ("status-changes/", lambda work: work.tracked.pk, NOTHING),
    "EvidenceNoteFilters.tracked_finding": ("evidence-notes/", lambda work: work.tracked.pk, NOTHING),
    "EvidenceFilters.tracked_finding": ("evidence/", lambda work: work.tracked.pk, NOTHING),
    "SignOffFilters.tracked_finding": ("sign-offs/", lambda work: work.asked.pk, NOTHING),
    "EventFilters.tracked_finding": ("events/", lambda work: work.tracked.pk, NOTHING),
    "DeliveryFilters.webhook": ("deliveries/", lambda work: work.webhook.pk, NOTHING),
    "ReminderFilters.tracked_finding": ("reminders/", lambda work: work.tracked.pk, NOTHING),
    "AssessmentFilters.tracked_finding": ("assessments/", lambda work: work.tracked.pk, NOTHING),
}
# Filters over words, days, and what is public: forces, cycles, themes, published reports.
OPEN_FILTERS = {
    "standing",
    "as_of", "known_on", "force", "status", "position", "rag", "kind", "scope", "cycle", "pillar", "report", "theme", "no_owner",
    "due_after", "due_before", "overdue", "changed_since", "search", "state", "unpublished", "outcome", "unlinked", "signed_off", "code", "rule", "to_status", "basis",
}  # fmt: skip


def test_every_filter_is_listed() -> None:
    named = {
        f"{name}.{field}"
        for name, kind in inspect.getmembers(own_filters, inspect.isclass)
        if issubclass(kind, FilterSet) and kind is not FilterSet
        for field in kind.base_filters
        if field not in OPEN_FILTERS
    }
    assert named == set(OWN_FILTERS)


@pytest.mark.parametrize("name", sorted(OWN_FILTERS))
def test_a_filter_tells_nothing_of_another_forces_rows(name: str, mine: Work, theirs: Work, officer: APIClient) -> None:
    route, of, missing = OWN_FILTERS[name]
    field = name.split(".")[1]
    foreign, unknown, own = (
        officer.get(f"/api/v1/{route}?{field}={value}") for value in (of(theirs), missing, of(mine))
    )
    assert (
        (foreign.status_code, foreign.json()["results"])
        == (unknown.status_code, unknown.json()["results"])
        == (200, [])
    )
    assert own.json()["results"]


@pytest.mark.parametrize(
    "listing", sorted({prefix for prefix, viewset, _ in router.registry if hasattr(viewset, "list")})
)
@pytest.mark.parametrize(
    "query", ["nonsense=1", "tracked_finding__force=1", "ordering=force__slug", "ordering=tracked_finding__owner"]
)
def test_a_path_that_nobody_declared_is_a_400(listing: str, query: str, mine: Work, officer: APIClient) -> None:
    response = officer.get(f"/api/v1/{listing}/?{query}")
    assert response.status_code == 400
    assert query.split("=", maxsplit=1)[0] in response.json()["errors"]


def test_every_list_is_the_askers_own(mine: Work, theirs: Work, officer: APIClient) -> None:
    """Both forces have a row of every kind; the canary looks at the words, this at the ids."""
    TrackedFinding.objects.filter(pk__in=[mine.tracked.pk, theirs.tracked.pk]).update(owner=None)  # which contradicts
    for prefix, viewset, _ in router.registry:
        rows = getattr(getattr(viewset, "queryset", None), "model", None)
        if rows is None or rows._meta.app_label != "tracking" or not hasattr(viewset, "list"):
            continue
        listed = {
            row.get("id", row.get("position", row.get("tracked_finding")))
            for row in officer.get(f"/api/v1/{prefix}/").json()["results"]
        }
        foreign = set(
            rows._default_manager.filter(**{_path_to_force(rows): theirs.force}).values_list(
                "position" if rows is Event else "pk", flat=True
            )
        )
        assert listed, prefix
        assert foreign, prefix
        assert not listed & foreign, prefix


def _path_to_force(rows: Any) -> str:
    names = {field.name for field in rows._meta.fields}
    elsewhere = {ApiToken: "user__memberships__force", Delivery: "webhook__force"}
    if rows in elsewhere:
        return elsewhere[rows]
    return "force" if "force" in names else "tracked_finding__force"


@pytest.mark.parametrize("how", ["token", "session"])
@pytest.mark.parametrize("lost", ["role", "account", "force", "sign-in"])
def test_what_is_lost_is_lost_at_the_next_request(lost: str, how: str, mine: Work) -> None:
    user = mine.officer
    client = APIClient()
    if how == "token":
        client = APIClient(headers={"authorization": f"Token {issue_token(user)[1]}"})
    else:
        client.force_login(user, backend="tracking.access.MembershipBackend")
    where = f"/api/v1/tracked-findings/{mine.tracked.pk}/"
    assert client.get(where).status_code == 200
    if lost == "role":
        user.memberships.all().delete()
    elif lost == "account":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif lost == "force":
        Membership.objects.filter(user=user).update(force=ForceFactory())
    elif how == "token":
        ApiToken.objects.filter(user=user).delete()
    else:
        client.logout()
    assert client.get(where).status_code == {"role": 403, "account": 401, "force": 404, "sign-in": 401}[lost]


def test_a_viewer_writes_nothing_by_any_route(mine: Work, theirs: Work, api: Api) -> None:
    viewer = api(member(Role.VIEWER, mine.force))
    before = state(mine, theirs)
    for route, rest, attribute in TARGETS.values():
        body = {"tracked_finding": mine.tracked.pk, **rest}
        assert viewer.post(f"/api/v1/{route.format(mine)}", body).status_code == 403, attribute
    assert state(mine, theirs) == before
