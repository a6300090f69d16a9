"""Every route by every role: a route that is not listed here fails."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories import (
    AssessmentFactory,
    EvidenceNoteFactory,
    FindingFactory,
    FindingLinkFactory,
    ForceFactory,
    StatutoryResponseFactory,
    member,
    tracked_finding,
)
from tracking.api.urls import urlpatterns
from tracking.evidence import record_evidence
from tracking.models import SignOffRequest, User
from tracking.vocabulary import Role

pytestmark = pytest.mark.django_db

PUBLIC = dict.fromkeys(("viewer", "officer", "signatory", "national", "administrator", "stranger"), 200)
OWN_LISTS = PUBLIC
OWN_ROWS = {"viewer": 200, "officer": 200, "signatory": 200, "national": 200, "administrator": 404, "stranger": 404}

WRITES = {"viewer": 403, "officer": 400, "signatory": 403, "national": 403, "administrator": 404, "stranger": 404}
PARTS = ("checks", "date-changes", "evidence", "links", "sign-offs", "updates")
SIGNS = {**WRITES, "officer": 403, "signatory": 400}

# Method and route, with the status that each role gets: in the force of the rows, or ("stranger") as an
# officer of another force. An empty body is a 400 to who may write, so 400 means "let in".
EXPECTED: dict[str, dict[str, int]] = {
    "GET forces/": PUBLIC,
    "GET forces/{slug}/": PUBLIC,
    "GET forces/{slug}/summary/": OWN_ROWS,
    "GET cycles/": PUBLIC,
    "GET themes/": PUBLIC,
    "GET reports/": PUBLIC,
    "GET reports/{pk}/": PUBLIC,
    "POST reports/": dict.fromkeys(PUBLIC, 400),
    "GET judgments/": PUBLIC,
    "GET judgments/{pk}/": dict.fromkeys(PUBLIC, 404),  # no judgment is made here
    "GET findings/": PUBLIC,
    "GET findings/{pk}/": PUBLIC,
    "GET tracked-findings/": OWN_LISTS,
    "GET tracked-findings/{pk}/": OWN_ROWS,
    "PATCH tracked-findings/{pk}/": {"viewer": 403, "officer": 428, "signatory": 403, "national": 403, "administrator": 404, "stranger": 404},
    **{f"GET tracked-findings/{{pk}}/{part}/": OWN_ROWS for part in (*PARTS, "chain")},
    **{f"POST tracked-findings/{{pk}}/{part}/": WRITES for part in PARTS if part not in {"date-changes", "sign-offs"}},
    "POST tracked-findings/{pk}/sign-offs/": {**WRITES, "officer": 201},
    "POST tracked-findings/{pk}/date-changes/": WRITES,
    "GET status-changes/": OWN_LISTS,
    "GET status-changes/{pk}/": OWN_ROWS,
    "POST status-changes/": {
        **dict.fromkeys(PUBLIC, 403),
        "officer": 400,
        "signatory": 400,
        "stranger": 400,
    },
    "GET assessments/": OWN_LISTS,
    "GET assessments/{pk}/": OWN_ROWS,
    "POST assessments/{pk}/decision/": WRITES,
    "GET evidence-notes/": OWN_LISTS,
    "GET evidence-notes/{pk}/": OWN_ROWS,
    "POST evidence-notes/{pk}/decision/": WRITES,
    "GET responses/": OWN_LISTS,
    "GET responses/{pk}/": OWN_ROWS,
    "POST responses/": dict.fromkeys(PUBLIC, 400),
    "PATCH responses/{pk}/": {"viewer": 403, "officer": 428, "signatory": 403, "national": 403, "administrator": 404, "stranger": 404},
    "POST responses/{pk}/explanations/": WRITES,
    "GET findings/{pk}/similar/": PUBLIC,
    "PUT findings/{pk}/themes/": {**dict.fromkeys(PUBLIC, 403), "officer": 400, "administrator": 400},
    "GET evidence/": OWN_LISTS,
    "GET evidence/{pk}/": OWN_ROWS,
    "GET evidence/{pk}/file/": dict.fromkeys(PUBLIC, 404),  # this evidence is a link
    "POST evidence/{pk}/sign-off/": {**SIGNS, "signatory": 200},
    "GET sign-offs/": OWN_LISTS,
    "GET sign-offs/{pk}/": OWN_ROWS,
    "POST sign-offs/{pk}/decision/": SIGNS,
    "POST links/{pk}/withdrawal/": WRITES,
    "GET contradictions/": OWN_LISTS,
    "GET reminders/": OWN_LISTS,
    "GET statistics/counts/": dict.fromkeys(PUBLIC, 400),  # needs to be told by what
    "GET statistics/series/": PUBLIC,
    "GET statistics/time-to-achieve/": PUBLIC,
    "GET statistics/comparison/{finding}/": PUBLIC,
    "GET events/": OWN_LISTS,
    "GET webhooks/": OWN_LISTS,
    "POST webhooks/": dict.fromkeys(PUBLIC, 400),
    "GET webhooks/{pk}/": dict.fromkeys(PUBLIC, 404),  # nobody's webhook here is one's own
    "DELETE webhooks/{pk}/": dict.fromkeys(PUBLIC, 404),
    "GET deliveries/": OWN_LISTS,
    "GET tokens/": OWN_LISTS,
    "POST tokens/": dict.fromkeys(PUBLIC, 400),
    "DELETE tokens/{pk}/": dict.fromkeys(PUBLIC, 404),  # nobody's token here is one's own
    "GET calendar.ics": PUBLIC,
    "GET calendar/": dict.fromkeys(PUBLIC, 404),  # nobody has asked for one yet
    "POST calendar/": dict.fromkeys(PUBLIC, 201),
    "DELETE calendar/current/": dict.fromkeys(PUBLIC, 204),
    "DELETE tokens/current/": dict.fromkeys(PUBLIC, 400),
}  # fmt: skip


def routes() -> set[str]:
    found = set()
    for pattern in urlpatterns:
        route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", str(pattern.pattern)).strip("^$").replace("\\Z", "")
        view = pattern.callback
        methods = view.actions if hasattr(view, "actions") else {m.lower() for m in view.view_class.http_method_names}
        found |= {f"{m.upper()} {route}" for m in methods if m != "head" and _answers(view, m)}
    return found


def _answers(view: Any, method: str) -> bool:
    return hasattr(view, "actions") or (method != "options" and hasattr(view.view_class, method))


def test_every_route_is_listed() -> None:
    assert routes() == set(EXPECTED)


@pytest.fixture
def address() -> Callable[[str], str]:
    """The address of a route, about the rows of one force."""
    tracked = tracked_finding()
    assessment = AssessmentFactory(tracked_finding=tracked)
    officer, other = member(Role.OFFICER, tracked.force), tracked_finding(tracked.force)
    ids = {
        "forces": tracked.force.slug,
        "reports": tracked.finding.report_id,
        "findings": tracked.finding_id,
        "tracked-findings": tracked.pk,
        "status-changes": tracked.last_change_id,
        "assessments": assessment.pk,
        "responses": StatutoryResponseFactory(force=tracked.force).pk,
        "evidence-notes": EvidenceNoteFactory(tracked_finding=tracked).pk,
        "evidence": record_evidence(tracked, "Audit", "https://force.example/audit", officer).pk,
        "sign-offs": SignOffRequest.objects.create(tracked_finding=other, asked_by=officer).pk,
        "links": FindingLinkFactory(newer=other, older=tracked).pk,
        "statistics": FindingFactory(scope="national", kind="recommendation").pk,
    }

    def of(route: str) -> str:
        return "/api/v1/" + re.sub(r"{\w+}", str(ids.get(route.split("/", maxsplit=1)[0], 1)), route)

    of.force = tracked.force
    return of


def people(force: Any) -> dict[str, User]:
    found = {role.value: member(role, force if role.is_of_a_force else None) for role in Role}
    return {**found, "stranger": member(Role.OFFICER, ForceFactory())}


@pytest.mark.parametrize("entry", sorted(EXPECTED))
def test_each_role_gets_what_it_may(entry: str, address: Any, api: Callable[[User], APIClient]) -> None:
    method, route = entry.split()
    got = {}
    for name, person in people(address.force).items():
        kind = {"format": "multipart"} if route == "reports/" and method == "POST" else {}
        got[name] = getattr(api(person), method.lower())(address(route), {}, **kind).status_code
    assert got == EXPECTED[entry]


@pytest.mark.parametrize("entry", sorted(EXPECTED))
def test_nobody_unknown_gets_anything_but_a_sign_in(entry: str, address: Any) -> None:
    method, route = entry.split()
    status = getattr(APIClient(), method.lower())(address(route)).status_code
    assert status == (400 if entry == "POST tokens/" else 401)


@pytest.mark.parametrize(
    "listing",
    [
        "tracked-findings/",
        "status-changes/",
        "assessments/",
        "evidence-notes/",
        "responses/",
        "evidence/",
        "sign-offs/",
        "contradictions/",
    ],
)
def test_lists_hold_no_word_of_another_force(listing: str, api: Callable[[User], APIClient]) -> None:
    theirs = tracked_finding(text="CANARY of another force")
    AssessmentFactory(tracked_finding=theirs, quote="CANARY quote")
    EvidenceNoteFactory(tracked_finding=theirs, quote="CANARY passage")
    StatutoryResponseFactory(force=theirs.force, link="https://example.org/CANARY")
    officer = member(Role.OFFICER, theirs.force)
    record_evidence(theirs, "CANARY audit", "https://force.example/audit", officer)
    SignOffRequest.objects.create(tracked_finding=theirs, asked_by=officer, comment="CANARY comment")
    mine = tracked_finding()
    response = api(member(Role.OFFICER, mine.force)).get(f"/api/v1/{listing}")
    assert "CANARY" not in response.content.decode()
    filtered = api(member(Role.OFFICER, mine.force)).get(f"/api/v1/{listing}?force={theirs.force.slug}")
    assert filtered.json()["results"] == []
