"""What a slip of the pen, or one person alone, may not do to the record; and how a slip is mended."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from findings.reference import load_forces
from tests.factories import (
    AssessmentFactory,
    CycleFactory,
    ForceFactory,
    ReportFactory,
    member,
    signed_off_evidence,
    tracked_finding,
)
from tracking.changes import Move, change_status
from tracking.contradictions import contradictions_of, with_contradictions
from tracking.dates import FARTHEST, change_date
from tracking.decisions import decide
from tracking.evidence import sign_off
from tracking.intake import take_in
from tracking.models import Evidence, FindingLink, TrackedFinding, User
from tracking.progress import ask_sign_off, record_progress
from tracking.standing import colour_of, status_sentence
from tracking.uninspected import evidence_from
from tracking.vocabulary import Basis, Contradiction, DateCause, DateKind, Decision, Role, Status
from tracking.workflow import Incomplete, Refused

pytestmark = pytest.mark.django_db
DUE = date(2018, 7, 31)


@pytest.fixture
def dated() -> TrackedFinding:
    """A recommendation whose date is past."""
    return tracked_finding(kind="recommendation", due_on=DUE, due_precision="month", report=undated_report("2016"))


def undated_report(cycle: str, force: Any = None) -> Any:
    return ReportFactory(force=force or ForceFactory(), cycle=CycleFactory(code=cycle), published_on=None, published_precision="")  # fmt: skip


def officer_of(tracked: TrackedFinding) -> User:
    return member(Role.OFFICER, tracked.force)


def achieve(tracked: TrackedFinding, day: date = date(2020, 6, 1)) -> Evidence:
    evidence = signed_off_evidence(tracked)
    change_status(
        Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", day, evidence=evidence), officer_of(tracked)
    )
    return evidence


def test_a_letters_date_may_be_past_and_is_taken_back_by_the_reports_own(dated: TrackedFinding) -> None:
    officer = officer_of(dated)
    change_date(dated.pk, DateKind.DUE, date(2027, 3, 31), "A letter, entered for the wrong finding.", officer)
    back = change_date(dated.pk, DateKind.DUE, DUE, "The letter was about another finding.", officer)
    dated.refresh_from_db()
    assert (dated.due_on, dated.due_precision, back.cause) == (DUE, "month", DateCause.CORRECTION)
    earlier = change_date(dated.pk, DateKind.DUE, date(2018, 1, 31), "Their letter of 3 May.", officer)
    assert earlier.cause == DateCause.LETTER


def test_a_date_on_a_finding_that_has_none_is_taken_off_again() -> None:
    tracked = tracked_finding()
    change_date(tracked.pk, DateKind.DUE, date(2027, 3, 31), "A letter.", officer_of(tracked))
    change_date(tracked.pk, DateKind.DUE, None, "It was about another finding.", officer_of(tracked))
    tracked.refresh_from_db()
    assert (tracked.due_on, tracked.due_precision) == (None, "")


@pytest.mark.parametrize("kind", list(DateKind))
def test_a_date_lies_neither_before_the_report_nor_in_another_age(kind: DateKind, dated: TrackedFinding) -> None:
    officer = officer_of(dated)
    with pytest.raises(Incomplete, match="20 years"):
        change_date(dated.pk, kind, timezone.localdate() + FARTHEST + timedelta(days=1), "So it is.", officer)
    if kind is DateKind.DUE:
        with pytest.raises(Incomplete, match="not older than 1 January 2016"):
            change_date(dated.pk, kind, date(2015, 12, 31), "So it is.", officer)


def test_nothing_is_true_before_the_report_that_it_rests_on() -> None:
    force = ForceFactory()
    tracked = tracked_finding(force, report=undated_report("2018", force))
    newer = tracked_finding(force, report=ReportFactory(force=force, published_on=date(2022, 10, 13)))
    evidence = signed_off_evidence(tracked)
    by = officer_of(tracked)
    early = Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", date(2013, 1, 1), evidence=evidence)
    over = Move(tracked.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Again.", date(2022, 1, 1), successor=newer)
    for move in (early, over):
        with pytest.raises(Incomplete) as refused:
            change_status(move, by)
        assert refused.value.code == "earlier_than_report"
    later = AssessmentFactory(tracked_finding=tracked, outcome="achieved", report=undated_report("2023-25", force))
    with pytest.raises(Incomplete, match="not older than 1 January 2023"):
        decide(later.pk, Decision.CONFIRM, by, "Read.", effective_on=date(2018, 1, 1))


def test_a_status_beside_another_last_word_is_listed() -> None:
    tracked = tracked_finding()
    achieve(tracked, date(2024, 1, 1))
    said = AssessmentFactory(tracked_finding=tracked, outcome="not_achieved")
    decide(said.pk, Decision.CONFIRM, officer_of(tracked), "Read.")
    assert Contradiction.LAST_WORD_DIFFERS not in found_in(tracked)  # the force has shown it since that report
    undated = AssessmentFactory(
        tracked_finding=tracked, outcome="not_achieved", report=undated_report("2023-25", tracked.force)
    )
    decide(undated.pk, Decision.CONFIRM, officer_of(tracked), "Read.", effective_on=date(2023, 6, 1))
    tracked.refresh_from_db()
    assert tracked.status == "achieved"
    assert Contradiction.LAST_WORD_DIFFERS in found_in(tracked)


def found_in(tracked: TrackedFinding) -> list[Contradiction]:
    rows = with_contradictions(TrackedFinding.objects.filter(pk=tracked.pk), timezone.localdate())
    return contradictions_of(rows.get())


def test_a_colour_says_whose_word_it_rests_on() -> None:
    tracked = tracked_finding()
    evidence = signed_off_evidence(tracked)
    move = Move(tracked.pk, Status.PARTLY_COMPLIED, Basis.EVIDENCE, "Audit.", date(2020, 6, 1), evidence=evidence)
    change_status(move, officer_of(tracked))
    tracked.refresh_from_db()
    why = colour_of(tracked, date(2020, 7, 1))[1]
    assert why == "partly complied on the force's evidence, not yet confirmed by an inspection"


def test_a_finding_that_was_taken_over_says_by_which_and_counts_no_evidence_for_it() -> None:
    older = tracked_finding()
    newer = tracked_finding(older.force, report=ReportFactory(force=older.force, published_on=date(2022, 10, 13)))
    move = Move(older.pk, Status.SUPERSEDED, Basis.SUCCESSOR, "Again.", date(2022, 10, 13), successor=newer)
    change_status(move, officer_of(older))
    older.refresh_from_db()
    assert f"taken over by “{newer.finding.title}”" in status_sentence(older)
    assert evidence_from(older) == date(2019, 5, 2)


def test_an_undated_report_still_tells_since_when() -> None:
    tracked = tracked_finding(report=undated_report("2018"))
    said = "Open since its report of 2018, which gives no day: no verdict of a later report is confirmed yet."
    assert status_sentence(tracked) == said


def test_after_a_correction_evidence_is_signed_off_anew() -> None:
    tracked = tracked_finding()
    evidence = achieve(tracked)
    signatory = member(Role.SIGNATORY, tracked.force)
    with pytest.raises(Refused, match="signed off already"):
        sign_off(evidence.pk, signatory)
    back = Move(tracked.pk, Status.OPEN, Basis.CORRECTION, "Wrong day.", date(2020, 6, 1))
    change_status(back, signatory)
    again = Move(tracked.pk, Status.ACHIEVED, Basis.EVIDENCE, "Audit.", date(2020, 6, 2), evidence=evidence)
    with pytest.raises(Refused):
        change_status(again, officer_of(tracked))
    sign_off(evidence.pk, signatory)
    assert change_status(again, officer_of(tracked)).to_status == "achieved"


def test_sign_off_is_asked_for_once(api: Callable[[User], APIClient]) -> None:
    tracked = tracked_finding()
    officer = officer_of(tracked)
    ask_sign_off(tracked.pk, officer, "Done.")
    with pytest.raises(Refused, match="asked for already"):
        ask_sign_off(tracked.pk, officer, "Done as well.", [signed_off_evidence(tracked)])
    answer = api(officer).post(f"/api/v1/tracked-findings/{tracked.pk}/sign-offs/", {"comment": "Again."})
    assert (answer.status_code, answer.json()["code"]) == (409, "asked_already")


def test_a_first_target_may_be_past_by_either_door_and_a_moved_one_may_not() -> None:
    one, two = tracked_finding(), tracked_finding()
    record_progress(one.pk, {"target_on": date(2020, 1, 1)}, officer_of(one))
    change_date(two.pk, DateKind.TARGET, date(2020, 1, 1), "As it was before.", officer_of(two))
    for tracked in (one, two):
        with pytest.raises(Incomplete, match="in the past"):
            change_date(tracked.pk, DateKind.TARGET, date(2020, 2, 1), "Later.", officer_of(tracked))


def test_a_repeat_is_linked_though_the_restatement_comes_later(reference: None, real_reports: Path) -> None:
    """A force's finding that was there before the report that restates the national one came in is linked all the same."""
    reports = sorted(real_reports.glob("*.txt"))
    for path in reports:
        take_in(path.name, path.read_bytes())
    known = set(FindingLink.objects.values_list("newer__finding__reference", "older__finding__reference"))
    assert known
    FindingLink.objects.all().delete()
    for path in reports:
        take_in(path.name, path.read_bytes())
    assert set(FindingLink.objects.values_list("newer__finding__reference", "older__finding__reference")) == known


def test_a_colour_lists_what_is_achieved_as_well(browser: Callable[[User], Client]) -> None:
    tracked = tracked_finding()
    achieve(tracked)
    client = browser(officer_of(tracked))
    listing = reverse("admin:tracking_trackedfinding_changelist")
    assert tracked.finding.title in client.get(f"{listing}?rag=green").content.decode()
    assert tracked.finding.title not in client.get(listing).content.decode()


def test_a_form_from_before_a_new_sign_in_says_what_to_do() -> None:
    officer = member(Role.OFFICER, ForceFactory())
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer, backend="tracking.access.MembershipBackend")
    answer = client.post(reverse("admin:password_change"), {})
    assert answer.status_code == 403
    assert "Go back, load it again" in answer.content.decode()
    assert "DEBUG" not in answer.content.decode()


def test_what_would_be_reminded_of_is_listed() -> None:
    tracked = tracked_finding()
    officer = officer_of(tracked)
    TrackedFinding.objects.filter(pk=tracked.pk).update(due_on=date(2020, 1, 1))
    said = StringIO()
    call_command("send_reminders", "--dry-run", stdout=said)
    assert f"{officer}: 1 January 2020, {tracked.finding.title}" in said.getvalue()


def test_moving_in_says_what_is_in_and_which_columns_were_left_aside(tmp_path: Path, reference: None) -> None:
    load_forces("example_force.json")
    officer = member(Role.OFFICER, "exampleshire")
    path = tmp_path / "tracker.csv"
    path.write_text("Text,Owner,Shelf\nThe force should count its bicycles each year.,,3\n,,4\n")
    said = StringIO()
    with pytest.raises(CommandError, match="1 of 2 rows were refused"):
        call_command("import_tracker", str(path), "--force", "exampleshire", "--by", officer.username, stdout=said)
    assert "Rows that are in now: 1." in said.getvalue()
    assert "columns left aside: Shelf" in said.getvalue()
    opening = TrackedFinding.objects.get(force__slug="exampleshire", finding__text__contains="bicycles").changes.get()
    assert opening.reason == "Brought over from the force's own tracker."
