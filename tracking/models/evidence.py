"""What a force shows for having met a finding."""

from django.db import models

from tracking.models.people import User
from tracking.models.tracked import TrackedFinding


class Evidence(models.Model):
    """A link to something that shows the work done; written by `tracking.evidence` alone.

    It carries a status only once a second person, a signatory of the force, has signed it off.
    """

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    link = models.URLField(max_length=500)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recorded_evidence")
    recorded_at = models.DateTimeField(auto_now_add=True)
    signed_off_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="signed_off_evidence"
    )
    signed_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("tracked_finding", "id")
        verbose_name_plural = "evidence"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(signed_off_by__isnull=True) | ~models.Q(signed_off_by=models.F("recorded_by")),
                name="evidence_signed_off_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_off_by__isnull=True, signed_off_at__isnull=True)
                | models.Q(signed_off_by__isnull=False, signed_off_at__isnull=False),
                name="evidence_sign_off_is_dated",
            ),
        )

    def __str__(self) -> str:
        return self.title
