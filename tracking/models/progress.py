"""What the force itself says and does."""

from django.db import models

from tracking.models.people import User
from tracking.models.tracked import TrackedFinding


class ProgressUpdate(models.Model):
    """One entry by the force: a comment, and the fields it moved with their values before and after.

    Written by `tracking.progress` alone, kept for good, newest last.
    """

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="updates")
    comment = models.TextField(blank=True)
    moved = models.JSONField(default=dict, help_text="Field to [before, after].")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="progress_updates")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("tracked_finding", "id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(comment="") | ~models.Q(moved={}), name="progress_update_says_something"
            ),
        )

    def __str__(self) -> str:
        return self.comment or ", ".join(self.moved)
