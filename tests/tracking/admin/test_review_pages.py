"""The review page: a document beside what was read in it, verdicts decided in their place, the reading published."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from findings.models import Document
from tests.factories import AssessmentFactory, DocumentFactory, FindingFactory, member, tracked_finding
from tests.two_forces import Work, work_of
from tracking.models import Assessment, Review, TrackedFinding, User
from tracking.vocabulary import Role

SignIn = Callable[[User], Client]
ONE = {"x-one-item": "1"}


@pytest.fixture
def work(db: None) -> Work:
    return work_of()


@pytest.fixture
def verdict(work: Work) -> Assessment:
    """A verdict of the report under review, in a document of its own words."""
    document = work.review.document
    Document.objects.filter(pk=document.pk).update(text="One <b>line</b>\nThe force has met the area for improvement.")
    Assessment.objects.filter(pk=work.assessment.pk).update(line=2)
    return Assessment.objects.get(pk=work.assessment.pk)


def page_of(work: Work) -> str:
    return reverse("admin:tracking_review_change", args=[work.review.pk])


def deciding(verdict: Assessment) -> str:
    return reverse("admin:tracking_review_verdict", args=[verdict.pk])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_both_sides_stand_on_the_page_and_lead_to_each_other(work: Work, verdict: Assessment, browser: SignIn) -> None:
    shown = text_of(browser(work.officer).get(page_of(work)))
    assert 'id="line-2"' in shown
    assert f'<mark class="of-verdict">{verdict.quote}</mark>' in shown
    assert f'href="#verdict-{verdict.pk}"' in shown
    assert f'id="verdict-{verdict.pk}" data-line="2" data-waits' in shown
    assert 'href="#line-2"' in shown
    assert "This line was not understood." in shown
    assert "Not reviewed yet" in shown
    assert "One &lt;b&gt;line&lt;/b&gt;" in shown
    assert work.answer.finding.text in shown


def test_a_verdict_is_confirmed_by_the_script_and_its_item_comes_back(
    work: Work, verdict: Assessment, browser: SignIn
) -> None:
    client = browser(work.officer)
    answer = client.post(deciding(verdict), {"decision": "confirm", "tracked_finding": work.tracked.pk}, headers=ONE)
    assert answer.status_code == 200
    shown = text_of(answer)
    assert shown.startswith("<article")
    assert "data-waits" not in shown
    assert "Read in its place in the report, line 2." in shown
    work.tracked.refresh_from_db()
    assert work.tracked.status == "achieved"


def test_what_the_rules_refuse_comes_back_with_what_was_typed(work: Work, verdict: Assessment, browser: SignIn) -> None:
    client = browser(work.officer)
    refused = client.post(deciding(verdict), {"decision": "reject", "reason": " "}, headers=ONE)
    assert refused.status_code == 409
    assert "Say why: every decision carries a reason." in text_of(refused)
    client.post(deciding(verdict), {"decision": "reject", "reason": "It speaks of another."}, headers=ONE)
    late = client.post(deciding(verdict), {"decision": "confirm", "reason": "Words of the second."}, headers=ONE)
    assert late.status_code == 409
    verdict.refresh_from_db()
    assert (verdict.state, verdict.reason) == ("rejected", "It speaks of another.")


def test_without_a_script_the_whole_page_comes_back(work: Work, verdict: Assessment, browser: SignIn) -> None:
    client = browser(work.officer)
    odd = client.post(deciding(verdict), {"decision": "perhaps", "reason": "Words that took long."})
    assert odd.status_code == 200
    assert 'value="Words that took long."' in text_of(odd)
    assert "errornote" in text_of(odd)
    done = client.post(deciding(verdict), {"decision": "reject", "reason": "Not about it."})
    assert done["Location"] == f"{page_of(work)}#verdict-{verdict.pk}"
    assert "Rejected by" in text_of(client.get(page_of(work)))


def test_a_runner_up_is_confirmed_instead_and_nothing_else_can_be(
    work: Work, verdict: Assessment, browser: SignIn
) -> None:
    client = browser(work.officer)
    runner_up, unrelated = tracked_finding(work.force), tracked_finding(work.force)
    theirs = tracked_finding()
    Assessment.objects.filter(pk=verdict.pk).update(candidates=[{"tracked_finding": runner_up.pk, "score": 0.5}])
    assert "fits 50%" in text_of(client.get(page_of(work)))
    for odd in (unrelated.pk, theirs.pk, "x"):
        refused = client.post(deciding(verdict), {"decision": "confirm", "tracked_finding": odd}, headers=ONE)
        assert (refused.status_code, "Select a valid choice" in text_of(refused)) == (409, True)
    client.post(deciding(verdict), {"decision": "confirm", "tracked_finding": runner_up.pk}, headers=ONE)
    statuses = TrackedFinding.objects.in_bulk([runner_up.pk, unrelated.pk, theirs.pk, work.tracked.pk])
    assert [statuses[row.pk].status for row in (runner_up, unrelated, theirs, work.tracked)] == ["achieved", "open", "open", "open"]  # fmt: skip


@pytest.mark.parametrize("role", ["viewer", "signatory", "national"])
def test_who_only_reads_the_forces_work_decides_nothing(
    role: str, work: Work, verdict: Assessment, browser: SignIn
) -> None:
    client = browser(work.people[role])
    assert client.post(deciding(verdict), {"decision": "confirm"}).status_code == 403
    assert client.post(reverse("admin:tracking_review_publish", args=[work.review.pk])).status_code == 403
    verdict.refresh_from_db()
    assert verdict.state == "proposed"


def test_an_administrator_reviews_the_reading_and_sees_no_verdict(
    work: Work, verdict: Assessment, browser: SignIn
) -> None:
    client = browser(work.people["administrator"])
    shown = text_of(client.get(page_of(work)))
    assert "decided by the force’s officers" in shown
    assert f"verdict-{verdict.pk}" not in shown
    assert client.post(deciding(verdict), {"decision": "confirm"}).status_code == 404


@pytest.mark.parametrize("act", ["decide", "publish"])
def test_an_officer_of_another_force_reaches_nothing(
    act: str, work: Work, verdict: Assessment, browser: SignIn
) -> None:
    stranger = browser(work_of().officer)
    where = deciding(verdict) if act == "decide" else reverse("admin:tracking_review_publish", args=[work.review.pk])
    for answer in (stranger.get(where), stranger.post(where, {"decision": "confirm", "leave_waiting": "on"})):
        assert answer.status_code == 404
    assert stranger.get(page_of(work)).status_code == 404
    assert work.force.name not in text_of(stranger.get(reverse("admin:tracking_review_changelist")))
    verdict.refresh_from_db()
    work.review.refresh_from_db()
    assert (verdict.state, work.review.state) == ("proposed", "in_review")


def test_the_reading_is_everybodys_and_the_forces_work_is_not(work: Work, verdict: Assessment, browser: SignIn) -> None:
    Assessment.objects.filter(pk=work.confirmed.pk).update(reason="CANARY")
    address = reverse("admin:tracking_reading", args=[work.review.report_id])
    shown = text_of(browser(member(Role.VIEWER, "elsewhere")).get(address))
    assert 'id="line-2"' in shown
    assert work.answer.finding.text in shown
    for hidden in ("CANARY", "verdict-", '<form method="post" action="/admin/tracking/review', str(work.officer)):
        assert hidden not in shown
    assert Client().get(address).status_code == 302


def test_a_report_without_its_document_has_no_reading(work: Work, browser: SignIn) -> None:
    report = work.tracked.finding.report
    assert browser(work.officer).get(reverse("admin:tracking_reading", args=[report.pk])).status_code == 404
    assert browser(work.officer).get(reverse("admin:tracking_reading", args=[10**17])).status_code == 404


def test_a_force_brings_its_tracker_to_nobodys_eyes(work: Work, browser: SignIn) -> None:
    report = work.review.report
    report.programme = "tracker"
    report.save()
    address = reverse("admin:tracking_reading", args=[report.pk])
    assert browser(member(Role.VIEWER, "elsewhere")).get(address).status_code == 404


def test_publishing_asks_what_is_left_and_what_was_seen(work: Work, verdict: Assessment, browser: SignIn) -> None:
    client = browser(work.officer)
    where = reverse("admin:tracking_review_publish", args=[work.review.pk])
    asked = text_of(client.get(where))
    assert "Leave 1 verdict waiting for a decision" in asked
    assert "I have looked at what was not understood" in asked
    assert "This field is required" in text_of(client.post(where, {"leave_waiting": "on"}))
    assert "This field is required" in text_of(client.post(where, {"warnings_seen": "on"}))
    done = client.post(where, {"leave_waiting": "on", "warnings_seen": "on"}, follow=True)
    assert "Published: the reading of" in text_of(done)
    assert "1 verdict left waiting" in text_of(done)
    work.review.refresh_from_db()
    assert (work.review.state, work.review.published_by, work.review.left_waiting) == ("published", work.officer, 1)
    assert 'value="Publish"' not in text_of(client.get(where))


def test_reviews_that_wait_come_first_and_the_first_page_counts_them(work: Work, browser: SignIn) -> None:
    client = browser(work.officer)
    listed = reverse("admin:tracking_review_changelist")
    assert page_of(work) in text_of(client.get(listed))
    assert '<span class="figure">1</span> <span class="asks">Reports to review' in text_of(client.get("/admin/"))
    client.post(
        reverse("admin:tracking_review_publish", args=[work.review.pk]), {"leave_waiting": "on", "warnings_seen": "on"}
    )
    assert page_of(work) not in text_of(client.get(listed))
    assert page_of(work) in text_of(client.get(listed, {"state": "published"}))
    assert '<span class="figure">0</span> <span class="asks">Reports to review' in text_of(client.get("/admin/"))


def test_a_finding_names_its_place_in_the_report_and_whether_it_was_reviewed(
    work: Work, verdict: Assessment, browser: SignIn
) -> None:
    finding = work.answer.finding
    finding.line = 2
    finding.save()
    client = browser(work.people["viewer"])
    shown = text_of(client.get(reverse("admin:tracking_trackedfinding_change", args=[work.answer.pk])))
    place = reverse("admin:tracking_reading", args=[finding.report_id])
    assert f'<a href="{place}#line-2">line 2</a>' in shown
    assert "Not reviewed yet" in shown
    assert place in text_of(client.get(reverse("admin:findings_report_change", args=[finding.report_id])))
    assert 'id="line-2"' in text_of(client.get(place))


@pytest.mark.parametrize("count", [1, 25])
def test_queries_do_not_grow_with_what_was_read(
    count: int, work: Work, browser: SignIn, django_assert_num_queries: Any
) -> None:
    report = work.review.report
    for number in range(count):
        FindingFactory(report=report, line=number + 1)
        offered = tracked_finding(work.force)
        AssessmentFactory(
            tracked_finding=work.tracked, report=report, candidates=[{"tracked_finding": offered.pk, "score": 0.5}]
        )
    client = browser(work.officer)
    with django_assert_num_queries(12):
        client.get(page_of(work))


@pytest.mark.parametrize("count", [1, 20])
def test_queries_of_the_list_do_not_grow_with_it(
    count: int, work: Work, browser: SignIn, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        report = FindingFactory(report__force=work.force, report__pillar="efficiency").report
        Review.objects.create(report=report, document=DocumentFactory())
    client = browser(work.officer)
    with django_assert_num_queries(6):
        client.get(reverse("admin:tracking_review_changelist"))


def test_a_page_of_a_hundred_items_stays_light(work: Work, browser: SignIn) -> None:
    report = work.review.report
    Document.objects.filter(pk=report.document_id).update(text="\n".join(f"Line {n} of it." for n in range(1, 1500)))
    for number in range(100):
        FindingFactory(report=report, line=10 * number + 1)
    body = browser(work.officer).get(page_of(work)).content
    assert len(re.findall(rb'class="item item-finding"', body)) == 101
    assert len(body) < 300_000


def correcting(work: Work, act: str) -> str:
    return reverse(f"admin:tracking_{act}", args=[work.published.pk])


def whole(work: Work, **values: Any) -> dict[str, Any]:
    """What the page of a correction sends when nothing is changed, with `values` changed."""
    return {
        "text": work.published.text,
        "kind": work.published.kind,
        "seen": 1,
        "reason": "The page says so.",
        **values,
    }


def test_a_finding_is_corrected_and_its_page_tells_it(work: Work, browser: SignIn) -> None:
    client = browser(work.officer)
    done = client.post(correcting(work, "correct"), whole(work, text="Two lines\r\nof it."), follow=True)
    assert done.redirect_chain[0][0] == f"{page_of(work)}#finding-{work.published.pk}"
    assert "Corrected: wording." in text_of(done)
    work.published.refresh_from_db()
    assert work.published.text == "Two lines\nof it."
    assert "Reading corrected: wording" in text_of(
        client.get(reverse("admin:tracking_trackedfinding_change", args=[work.answer.pk]))
    )


def test_what_cannot_be_corrected_keeps_what_was_typed(work: Work, browser: SignIn) -> None:
    client = browser(work.officer)
    late = client.post(correcting(work, "correct"), whole(work, text="Words that took long.", seen=0))
    assert "Somebody else corrected this finding meanwhile." in text_of(late)
    assert "Words that took long." in text_of(late)
    assert "This field is required" in text_of(client.post(correcting(work, "correct"), whole(work, reason=" ")))
    work.published.refresh_from_db()
    assert work.published.text != "Words that took long."


def test_two_findings_are_merged_on_a_page_and_one_of_another_report_is_no_choice(work: Work, browser: SignIn) -> None:
    client = browser(work.officer)
    beside = FindingFactory(report=work.review.report, line=7, text="It should do the rest.")
    for foreign in (work.tracked.finding_id, work_of().published.pk):
        refused = client.post(correcting(work, "merge"), {"other": foreign, "reason": "One."})
        assert "Select a valid choice" in text_of(refused)
    assert "Line 7: Area for improvement: It should do the rest." in text_of(client.get(correcting(work, "merge")))
    assert "Merged: one finding now" in text_of(
        client.post(correcting(work, "merge"), {"other": beside.pk, "reason": "One."}, follow=True)
    )
    assert client.get(reverse("admin:tracking_correct", args=[beside.pk])).status_code == 404
    shown = text_of(client.get(page_of(work)))
    assert f'id="finding-{beside.pk}"' not in shown
    assert "Corrected on" in shown


def test_a_finding_is_split_at_one_of_the_places_that_its_text_offers(work: Work, browser: SignIn) -> None:
    work.published.text = "It should mend it. It should oil it."
    work.published.save()
    client = browser(work.officer)
    assert "It should oil it." in text_of(client.get(correcting(work, "split")))
    assert "Select a valid choice" in text_of(client.post(correcting(work, "split"), {"place": 3, "reason": "Two."}))
    done = client.post(correcting(work, "split"), {"place": 19, "reason": "Two."}, follow=True)
    assert "Split: two findings now" in text_of(done)
    second = work.review.report.findings.get(text="It should oil it.")
    assert [row.force for row in second.tracked.all()] == [work.force]


def test_who_corrected_and_why_is_the_forces_own(work: Work, browser: SignIn) -> None:
    address = reverse("admin:tracking_reading", args=[work.review.report_id])
    mine = text_of(browser(work.people["viewer"]).get(address))
    assert f"by {work.officer}: {work.correction.reason}" in mine
    theirs = text_of(browser(member(Role.VIEWER, "elsewhere")).get(address))
    assert "Corrected on" in theirs
    assert work.correction.reason not in theirs
    assert str(work.officer) not in theirs


@pytest.mark.parametrize("act", ["correct", "merge", "split"])
def test_only_who_may_take_the_report_in_corrects_it(act: str, work: Work, browser: SignIn) -> None:
    answer = {**whole(work, text="Forged."), "other": work.tracked.finding_id, "place": 1}
    for role, status in (("viewer", 403), ("signatory", 403), ("national", 403)):
        assert browser(work.people[role]).post(correcting(work, act), answer).status_code == status
    assert browser(work_of().officer).post(correcting(work, act), answer).status_code == 404
    work.published.refresh_from_db()
    assert work.published.text != "Forged."
