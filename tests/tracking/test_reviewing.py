"""A person looks through what was read in a report, decides its verdicts in their place, and publishes the reading."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from findings.models import Report
from tests.factories import AssessmentFactory, DocumentFactory, ReportFactory, later_report, member, tracked_finding
from tracking import access
from tracking.intake import take_in
from tracking.models import Assessment, Review, TrackedFinding, User
from tracking.reviewing import decide_in_review, publish
from tracking.side_by_side import side_by_side, warnings_of
from tracking.vocabulary import Decision, ReviewState, Role
from tracking.workflow import Incomplete, Refused

TEXT = "Title\n\nThe force has met the area for\nimprovement. It did so well.\nUnread line"
WARNINGS = [{"line": 5, "code": "unread", "message": "this line was not understood"}]


@pytest.fixture
def tracked(db: None) -> TrackedFinding:
    return tracked_finding()


@pytest.fixture
def assessment(tracked: TrackedFinding) -> Assessment:
    return AssessmentFactory(tracked_finding=tracked, line=3)


@pytest.fixture
def review(assessment: Assessment) -> Review:
    report = assessment.report
    report.document = DocumentFactory(text=TEXT)
    report.save()
    return Review.objects.create(report=report, document=report.document, warnings=WARNINGS)


@pytest.fixture
def officer(tracked: TrackedFinding) -> User:
    return member(Role.OFFICER, tracked.force)


def taken_in(samples: Path, **replaced: str) -> Review:
    text = (samples / "exampleshire-2016-legitimacy.txt").read_text().replace("Exampleshire", "Kent")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    report = take_in("kent.txt", text.encode()).report
    return Review.objects.get(report=report)


def test_a_report_taken_in_waits_for_its_review_and_its_findings_are_tracked_all_the_same(
    reference: None, samples: Path
) -> None:
    review = taken_in(samples)
    assert (review.state, review.published_by, review.document) == ("in_review", None, review.report.document)
    assert TrackedFinding.objects.filter(finding__report=review.report).exists()


def test_the_same_document_again_leaves_a_published_review_and_a_new_one_opens_it_again(
    reference: None, samples: Path
) -> None:
    review = taken_in(samples)
    publish(review.pk, member(Role.OFFICER, "kent"), left_waiting=0, warnings_seen=True)
    assert taken_in(samples).state == ReviewState.PUBLISHED
    again = taken_in(samples, **{"\n": "\n\n"})
    assert (again.pk, again.state, again.published_at) == (review.pk, "in_review", None)
    assert again.document != review.document
    assert Review.objects.count() == 1


def test_publishing_says_who_and_when_and_hides_nothing(review: Review, assessment: Assessment, officer: User) -> None:
    decide_in_review(assessment, Decision.CONFIRM, officer, "Read.")
    publish(review.pk, officer, left_waiting=0, warnings_seen=True)
    review.refresh_from_db()
    assert (review.state, review.published_by, review.left_waiting) == ("published", officer, 0)
    assert review.published_at is not None
    with pytest.raises(Refused, match="published already"):
        publish(review.pk, officer, left_waiting=0, warnings_seen=True)


@pytest.mark.parametrize(("left", "said"), [(0, "1 verdict of this report waits"), (2, "you would leave 2")])
def test_what_is_left_waiting_is_left_knowingly(left: int, said: str, review: Review, officer: User) -> None:
    with pytest.raises(Incomplete, match=said):
        publish(review.pk, officer, left_waiting=left, warnings_seen=True)
    review.refresh_from_db()
    assert review.state == ReviewState.IN_REVIEW
    published = publish(review.pk, officer, left_waiting=1, warnings_seen=True)
    assert (published.state, published.left_waiting) == ("published", 1)


def test_what_was_not_understood_is_looked_at_before_publishing(review: Review, officer: User) -> None:
    with pytest.raises(Incomplete, match="looked at what was not understood"):
        publish(review.pk, officer, left_waiting=1, warnings_seen=False)
    Review.objects.update(warnings=[])
    assert publish(review.pk, officer, left_waiting=1, warnings_seen=False).state == "published"


def test_a_published_review_names_who_published_it(review: Review) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state="published")


def test_confirming_in_its_place_may_go_without_words_and_rejecting_may_not(
    assessment: Assessment, officer: User
) -> None:
    with pytest.raises(Incomplete, match="Say why"):
        decide_in_review(assessment, Decision.REJECT, officer, "  ")
    decided = decide_in_review(assessment, Decision.CONFIRM, officer, "  ")
    assert decided.assessment.reason == "Read in its place in the report, line 3."
    assert decided.change is not None
    assert decided.change.to_status == "achieved"


def test_both_sides_tell_the_same_places(review: Review, assessment: Assessment) -> None:
    sides = side_by_side(review.report, review, verdicts=True)
    assert [(item.kind, item.line) for item in sides.items] == [("verdict", 3), ("warning", 5)]
    marked = {(line.number, part.text, part.kind) for line in sides.lines for part in line.stretches if part.kind}
    assert marked == {
        (3, "The force has met the area for", "verdict"),
        (4, "improvement.", "verdict"),
        (5, "Unread line", "warning"),
    }
    assert [line.number for line in sides.lines] == [1, 3, 4, 5]
    assert "".join(part.text for line in sides.lines for part in line.stretches) == TEXT.replace("\n", "")
    assert sides.waiting == 1


def test_runners_up_are_offered_best_first_with_the_linked_one_chosen(assessment: Assessment, review: Review) -> None:
    other = tracked_finding(assessment.force)
    gone = 10**6
    assessment.candidates = [
        {"tracked_finding": other.pk, "score": 0.7},
        {"tracked_finding": assessment.tracked_finding_id, "score": 0.6},
        {"tracked_finding": gone, "score": 0.5},
    ]
    assessment.save()
    (item,) = side_by_side(review.report, review, verdicts=True).of("verdict")
    assert [(one.tracked, one.score, one.chosen) for one in item.candidates] == [
        (other, 0.7, False),
        (assessment.tracked_finding, 0.6, True),
    ]


def test_without_sight_of_the_forces_work_there_are_no_verdicts(review: Review) -> None:
    assert side_by_side(review.report, review, verdicts=False).of("verdict") == []


def test_warnings_of_older_intakes_are_read_anew(reference: None, samples: Path) -> None:
    review = taken_in(samples)
    kept = warnings_of(review.report, review)
    Review.objects.update(warnings=None)
    assert warnings_of(review.report, Review.objects.get()) == kept
    assert warnings_of(review.report, None) == kept


@pytest.mark.parametrize(
    ("role", "mine", "national"),
    [
        (Role.OFFICER, True, False),
        (Role.VIEWER, False, False),
        (Role.SIGNATORY, False, False),
        (Role.NATIONAL, False, False),
        (Role.ADMINISTRATOR, True, True),
    ],
)
def test_who_may_take_a_report_in_may_review_it(role: Role, mine: bool, national: bool, db: None) -> None:
    report = later_report(tracked_finding().force)
    user = member(role, report.force if role.is_of_a_force else None)
    stranger = member(Role.OFFICER, "elsewhere")
    of_all = ReportFactory(force=None)
    assert (access.may_review(user, report), access.may_review(user, of_all)) == (mine, national)
    assert not access.may_review(stranger, report)
    document = DocumentFactory()
    for row in (report, of_all):
        Review.objects.create(report=row, document=document)
    seen = {review.report for review in access.to_review(Review.objects.all(), user)}
    assert seen == {row for row, may in ((report, mine), (of_all, national)) if may}


def test_reading_the_real_reports_marks_each_thing_that_was_read(reference: None, real_reports: Path) -> None:
    for path in sorted(real_reports.glob("*.txt")):
        report = Report.objects.select_related("document").get(pk=take_in(path.name, path.read_bytes()).report.pk)
        sides = side_by_side(report, report.review, verdicts=True)
        shown = {item.anchor for line in sides.lines for item in line.items}
        assert shown == {item.anchor for item in sides.items}, path.name
        for item in sides.of("verdict"):
            marked = [part.text for line in sides.lines for part in line.stretches if part.kind == "verdict"]
            assert item.row.quote.split()[0] in " ".join(marked), (path.name, item.line)
