"""What became of a finding's dates."""

from django.db import models

from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import DateCause, DateKind


class DateChange(models.Model):
    """One move of one date, with the reason and who made it; written by `tracking.dates` alone, never changed.

    Triggers in the database refuse to alter or remove a row. No person stands behind a move that follows the
    published record or a limb that was met.
    """

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="date_changes")
    kind = models.CharField(max_length=10, choices=DateKind.choices())
    cause = models.CharField(max_length=20, choices=DateCause.choices())
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("tracked_finding", "id")
        constraints = (
            models.CheckConstraint(condition=~models.Q(reason=""), name="date_change_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(from_on__isnull=True, to_on__isnull=False)
                | models.Q(from_on__isnull=False, to_on__isnull=True)
                | models.Q(from_on__isnull=False, to_on__isnull=False) & ~models.Q(from_on=models.F("to_on")),
                name="date_change_goes_somewhere",
            ),
        )

    def __str__(self) -> str:
        return f"{DateKind(self.kind).label}: {self.from_on} to {self.to_on}"
