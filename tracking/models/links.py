"""That one finding asks again for what an older one asked for."""

from django.db import models

from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import LinkRule


class FindingLink(models.Model):
    """A newer finding of a force repeats an older one; both are kept, and neither moves the other.

    Written by `tracking.links` alone. A link that a person has withdrawn stays, and is not made again.
    """

    newer = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="repeats")
    older = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="repeated_by")
    rule = models.CharField(max_length=10, choices=LinkRule.choices())
    score = models.FloatField(null=True, blank=True, help_text="How alike the wordings are, a share of 1.")
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("newer", "older")
        constraints = (
            models.UniqueConstraint(fields=("newer", "older"), name="one_link_per_pair_of_findings"),
            models.CheckConstraint(condition=~models.Q(newer=models.F("older")), name="a_finding_repeats_another"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | models.Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~models.Q(withdrawn_reason=""),
                name="link_withdrawn_by_someone_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.newer} repeats {self.older}"
