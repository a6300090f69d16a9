"""How far a person is with looking through what was read in a report."""

from django.db import models

from findings.models import Document, Report
from tracking.models.people import User
from tracking.vocabulary import ReviewState


class Review(models.Model):
    """The review of one report's reading; written by `tracking.reviewing` alone.

    It hides nothing: findings are tracked from the moment they are read, and the state says whether a person has looked.
    `warnings` are what the reader did not understand (null: taken in before they were kept).
    """

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="review")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=10, choices=ReviewState.choices(), default=ReviewState.IN_REVIEW.value)
    warnings = models.JSONField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")
    published_at = models.DateTimeField(null=True, blank=True)
    left_waiting = models.PositiveIntegerField(default=0, help_text="Verdicts that were knowingly left undecided.")

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state=ReviewState.IN_REVIEW.value, published_by__isnull=True, published_at__isnull=True
                )
                | models.Q(state=ReviewState.PUBLISHED.value, published_by__isnull=False, published_at__isnull=False),
                name="review_published_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"Review of {self.report}"
