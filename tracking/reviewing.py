"""The one writer of reviews: a person looks through what was read in a report, decides, and publishes the reading."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.utils import timezone

from findings.models import Document, Report
from findings.reading.values import ReadingWarning
from tracking.decisions import Decided, decide
from tracking.models import Assessment, Review, TrackedFinding, User
from tracking.vocabulary import AssessmentState, Decision, ReviewState
from tracking.workflow import Incomplete, Refused


def open_review(report: Report, document: Document, warnings: Sequence[ReadingWarning], *, anew: bool) -> Review:
    """The review of a report just taken in, open; one that was published opens again where the document says something new.

    `anew`: whether this intake brought anything. Must run inside a transaction.
    """
    kept = {"document": document, "warnings": [asdict(warning) for warning in warnings]}
    review, is_new = Review.objects.select_for_update().get_or_create(report=report, defaults=kept)
    if is_new or not (anew or review.document_id != document.pk):
        return review
    review.document, review.warnings = document, kept["warnings"]
    review.state, review.published_by, review.published_at = ReviewState.IN_REVIEW.value, None, None
    review.left_waiting = 0
    review.save()
    return review


def waiting_for(report: Report) -> int:
    """How many verdicts of the report wait for a decision."""
    return Assessment.objects.filter(report=report, state=AssessmentState.PROPOSED.value).count()


@transaction.atomic
def publish(review_id: int, by: User, *, left_waiting: int, warnings_seen: bool) -> Review:
    """Says that a person has looked through the whole reading. It hides and shows nothing.

    Raises Incomplete where passages that were not understood were not looked at, or where the verdicts knowingly left
    waiting are not as many as wait; Refused where it is published already.
    """
    review = Review.objects.select_for_update().select_related("report").get(pk=review_id)
    if review.state == ReviewState.PUBLISHED:
        raise Refused("already_published", "This reading is published already.")
    if review.warnings and not warnings_seen:
        raise Incomplete("warnings_not_seen", "Say that you have looked at what was not understood.")
    waiting = waiting_for(review.report)
    if waiting != left_waiting:
        raise Incomplete(
            "verdicts_waiting",
            f"{waiting} verdict{'' if waiting == 1 else 's'} of this report wait{'s' if waiting == 1 else ''} for a"
            f" decision, and you would leave {left_waiting}: decide them, or say that you leave them waiting.",
        )
    review.state, review.published_by, review.published_at = ReviewState.PUBLISHED.value, by, timezone.now()
    review.left_waiting = left_waiting
    review.save()
    return review


def decide_in_review(
    assessment: Assessment,
    decision: Decision,
    by: User,
    reason: str,
    tracked_finding: TrackedFinding | None = None,
    effective_on: date | None = None,
) -> Decided:
    """Decides a verdict beside its document, as `tracking.decisions` does; raises as that does.

    Who confirms there has the sentence in its place before them: without words of their own, the reason says so.
    """
    words = reason.strip()
    if not words and decision is Decision.CONFIRM:
        words = f"Read in its place in the report, line {assessment.line}."
    return decide(assessment.pk, decision, by, words, tracked_finding, effective_on)
