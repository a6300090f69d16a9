"""The real reports followed across documents, as a careful officer records them, on three days of the past.

The facts are those of the follow-up that a person made of the five reports: what each finding's row must show.
"""

from datetime import date
from pathlib import Path

import pytest

from findings.models import Finding
from tests.factories import member
from tracking.chains import chain_of
from tracking.changes import Move, change_status
from tracking.comparison import compare
from tracking.decisions import decide
from tracking.evidence import record_evidence
from tracking.intake import take_in
from tracking.models import Assessment, EvidenceNote, FindingLink, TrackedFinding, User
from tracking.notes import decide_note
from tracking.past import Moment, as_they_stood, stood
from tracking.progress import decide_sign_off, record_progress
from tracking.querysets import with_what_is_shown
from tracking.similar import elsewhere
from tracking.standing import status_sentence
from tracking.uninspected import not_inspected
from tracking.vocabulary import Basis, Decision, Role, Status

pytestmark = pytest.mark.django_db

LATE_2018, LATE_2020, LATE_2022 = date(2018, 12, 31), date(2020, 12, 31), date(2022, 12, 31)
VETTING = "national/2016/legitimacy/recommendation/1"
ABUSE = "national/2016/legitimacy/recommendation/2"
STOP_AND_SEARCH = "national/2017/legitimacy/recommendation/1"
SUPERVISORS, TALENT = "lancashire/2018/legitimacy/q3/afi/1", "lancashire/2018/legitimacy/q3/afi/2"
ETHICS, IT_MONITORING = "lancashire/2018/legitimacy/q2/afi/1", "lancashire/2018/legitimacy/q2/afi/2"
CAPACITY, RECORDING = "lancashire/2018/legitimacy/q2/afi/3", "lancashire/2018/legitimacy/q2/afi/4"

# Force and finding, with the status at the end of 2018, 2020 and 2022; none: not known to stand yet.
ROWS = [
    # Part A: Lancashire 2018, followed into 2021/22.
    ("lancashire", ETHICS, None, "open", "open"),
    ("lancashire", IT_MONITORING, None, "open", "open"),
    ("lancashire", CAPACITY, None, "open", "open"),
    ("lancashire", RECORDING, None, "open", "open"),
    ("lancashire", SUPERVISORS, None, "open", "partly_complied"),
    ("lancashire", TALENT, None, "open", "partly_complied"),
    ("lancashire", STOP_AND_SEARCH, "open", "partly_complied", "partly_complied"),
    ("lancashire", VETTING, "open", "achieved", "achieved"),
    ("lancashire", ABUSE, "open", "open", "open"),
    # Part B: the same national recommendations in the other forces.
    ("cheshire", VETTING, "open", "open", "open"),
    ("cheshire", STOP_AND_SEARCH, "open", "open", "open"),
    ("cheshire", ABUSE, "open", "open", "open"),
    ("west-mercia", VETTING, "open", "achieved", "achieved"),
    ("west-mercia", STOP_AND_SEARCH, "open", "partly_complied", "partly_complied"),
    ("west-mercia", ABUSE, "open", "open", "open"),
    ("leicestershire", VETTING, "open", "open", "open"),
    ("leicestershire", STOP_AND_SEARCH, "open", "open", "open"),
    ("leicestershire", ABUSE, "open", "open", "open"),
    ("leicestershire", "leicestershire/2016/legitimacy/q2/afi/1", "open", "open", "open"),
    ("cheshire", "cheshire/2018/legitimacy/q2/afi/2", None, "open", "open"),
]


@pytest.fixture
def record(reference: None, real_reports: Path) -> dict[str, User]:
    """The five reports in, and every stated verdict that names a finding here confirmed; people by force."""
    for page in sorted(real_reports.glob("0*.txt")):
        take_in(page.name, page.read_bytes())
    officers = {
        slug: member(Role.OFFICER, slug) for slug in ("lancashire", "cheshire", "west-mercia", "leicestershire")
    }
    for proposed in Assessment.objects.filter(tracked_finding__isnull=False).select_related("force"):
        decide(proposed.pk, Decision.CONFIRM, officers[proposed.force.slug], "The page says so.")
    _record_what_the_force_saw(officers["lancashire"], SUPERVISORS)
    _record_what_the_force_saw(officers["lancashire"], TALENT)
    return officers


def _record_what_the_force_saw(officer: User, reference: str) -> None:
    """Inferred from a later page: kept as notes, shown by the force's own evidence, signed off by a second person."""
    tracked = of("lancashire", reference)
    for note in EvidenceNote.objects.filter(tracked_finding=tracked):
        decide_note(note.pk, True, officer, "It bears on the finding.")
    evidence = record_evidence(tracked, "What the 2021/22 report saw", "https://force.example/2021-22", officer)
    record_progress(tracked.pk, {"position": "ready_for_sign_off"}, officer, "In part.", evidence=[evidence])
    decide_sign_off(tracked.sign_off_requests.get().pk, True, member(Role.SIGNATORY, "lancashire"))
    evidence.refresh_from_db()
    change_status(
        Move(tracked.pk, Status.PARTLY_COMPLIED, Basis.EVIDENCE, "Seen in part.", date(2022, 10, 1), evidence=evidence),
        officer,
    )


def of(force: str, reference: str) -> TrackedFinding:
    return TrackedFinding.objects.get(force__slug=force, finding__reference=reference)


def at_the_end_of(day: date) -> dict[tuple[str, str], TrackedFinding]:
    at = Moment(day, date.today())  # noqa: DTZ011 - all that is recorded by today
    rows = with_what_is_shown(TrackedFinding.objects.all())
    return {(row.force.slug, row.finding.reference): row for row in as_they_stood(stood(rows, at), at)}


def test_every_row_stands_as_a_careful_officer_records_it(record: dict[str, User]) -> None:
    found = {day: at_the_end_of(day) for day in (LATE_2018, LATE_2020, LATE_2022)}
    for force, reference, *expected in ROWS:
        rows = [found[day].get((force, reference)) for day in found]
        assert [row.status if row else None for row in rows] == expected, (force, reference)


def test_what_the_later_report_left_to_another_inspection_says_so(record: dict[str, User]) -> None:
    for reference in (IT_MONITORING, CAPACITY, RECORDING, VETTING, ABUSE):
        (reason,) = not_inspected(of("lancashire", reference))
        assert (reason.question, reason.report.cycle.code) == ("Vetting and counter corruption", "2021/22"), reference
    for reference in (ETHICS, SUPERVISORS, TALENT, STOP_AND_SEARCH):
        assert not_inspected(of("lancashire", reference)) == [], reference
    (carried_over,) = not_inspected(of("cheshire", STOP_AND_SEARCH))
    assert carried_over.reason == "not inspected this time; the judgment is that of 2017"


def test_an_achieved_recommendation_keeps_its_caveat(record: dict[str, User]) -> None:
    rows = at_the_end_of(LATE_2020)
    west_mercia, lancashire = rows["west-mercia", VETTING], rows["lancashire", VETTING]
    assert status_sentence(west_mercia).startswith("Achieved since 27 September 2019, with a caveat, on the word of")
    assert status_sentence(lancashire).startswith("Achieved since 21 January 2020, on the word of")


def test_work_in_progress_stays_open_and_says_what_was_said(record: dict[str, User]) -> None:
    row = at_the_end_of(LATE_2022)["lancashire", ABUSE]
    assert "; in progress, says Lancashire Constabulary, PEEL 2018, legitimacy (21 January 2020)" in status_sentence(
        row
    )
    leicestershire = at_the_end_of(LATE_2022)["leicestershire", ABUSE]
    assert "no verdict given in Leicestershire Police, PEEL 2016, legitimacy" in status_sentence(leicestershire)


def test_inferred_passages_are_offered_and_move_nothing_by_themselves(record: dict[str, User]) -> None:
    offered = set(
        EvidenceNote.objects.filter(report__cycle__code="2021/22").values_list(
            "tracked_finding__finding__reference", "line"
        )
    )
    assert {(ETHICS, 457), (SUPERVISORS, 485), (SUPERVISORS, 489)} <= offered
    assert not Assessment.objects.filter(report__cycle__code="2021/22").exists()
    stop_and_search = of("lancashire", STOP_AND_SEARCH)
    assert stop_and_search.changes.count() == 2  # opened, and partly complied by the report that named it


def test_a_finding_that_repeats_the_national_recommendation_is_linked_and_both_are_kept(
    record: dict[str, User],
) -> None:
    links = set(FindingLink.objects.values_list("newer__finding__reference", "older__finding__reference"))
    assert links == {
        ("cheshire/2018/legitimacy/q2/afi/2", VETTING),
        ("west-mercia/2018/legitimacy/q1/afi/2", STOP_AND_SEARCH),
    }
    chain = [ring.tracked_finding.finding.reference for ring in chain_of(of("cheshire", VETTING))]
    assert chain == [VETTING, "cheshire/2018/legitimacy/q2/afi/2"]


def test_the_explicitly_closed_finding_of_an_absent_report_waits_for_it(record: dict[str, User]) -> None:
    waiting = Assessment.objects.get(tracked_finding__isnull=True)
    assert (waiting.force.slug, waiting.outcome, waiting.state) == ("cheshire", "achieved", "proposed")


@pytest.mark.parametrize(
    ("national", "achieved", "partly", "spoken_of"),
    [(VETTING, 2, 0, 3), (STOP_AND_SEARCH, 0, 2, 2), (ABUSE, 0, 0, 2)],
)
def test_all_forces_stand_beside_each_other(
    record: dict[str, User], national: str, achieved: int, partly: int, spoken_of: int
) -> None:
    compared = compare(Finding.objects.get(reference=national))
    assert len(compared.forces) == 43
    assert compared.counts == {
        Status.ACHIEVED: achieved,
        Status.PARTLY_COMPLIED: partly,
        Status.OPEN: 43 - achieved - partly,
        Status.SUPERSEDED: 0,
    }
    assert sum(standing.said.report is not None for standing in compared.forces) == spoken_of
    before = compare(Finding.objects.get(reference=national), LATE_2018)
    assert before.counts[Status.OPEN] == 43


def test_near_copies_elsewhere_come_first_and_are_never_linked(record: dict[str, User]) -> None:
    capacity = {
        "lancashire/2018/legitimacy/q2/afi/3",
        "cheshire/2018/legitimacy/q2/afi/4",
        "west-mercia/2018/legitimacy/q2/afi/1",
        "leicestershire/2016/legitimacy/q2/afi/3",
    }
    for reference in capacity:
        finding = Finding.objects.get(reference=reference)
        found = [similar.finding.reference for similar in elsewhere(finding).similar]
        others = capacity - {reference}
        assert others <= set(found), reference
        assert all(name.split("/")[0] != reference.split("/")[0] for name in found)
    assert not FindingLink.objects.filter(newer__finding__reference__in=capacity).exists()
