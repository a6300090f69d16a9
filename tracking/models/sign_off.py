"""Requests to sign a force's work off, and what became of them."""

from django.db import models

from tracking.models.evidence import Evidence
from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import SignOffState

DECIDED = [SignOffState.ACCEPTED.value, SignOffState.RETURNED.value, SignOffState.WITHDRAWN.value]


class SignOffRequest(models.Model):
    """Somebody says that a finding is dealt with; a signatory, never the same person, accepts or returns it.

    Written by `tracking.sign_off` alone, which follows the position that `tracking.progress` writes.
    """

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="sign_off_requests")
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="sign_off_requests")
    comment = models.TextField(blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="asked_sign_offs")
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=SignOffState.choices(), default=SignOffState.ASKED.value)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("tracked_finding", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("tracked_finding",),
                condition=models.Q(state=SignOffState.ASKED.value),
                name="one_open_sign_off_request_per_finding",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SignOffState.ASKED.value, decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(state__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False),
                name="sign_off_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[SignOffState.ACCEPTED.value, SignOffState.RETURNED.value])
                | ~models.Q(decided_by=models.F("asked_by")),
                name="sign_off_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=SignOffState.RETURNED.value) | ~models.Q(reason=""),
                name="sign_off_returned_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"Sign-off {self.state}: {self.tracked_finding}"
