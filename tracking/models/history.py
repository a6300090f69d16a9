"""The history of statuses: append-only, each row sealed by a hash over its own content and the row before it."""

import hashlib
import json
from typing import Any

from django.db import models

from tracking.models.assessments import Assessment
from tracking.models.evidence import Evidence
from tracking.models.people import User
from tracking.models.tracked import TrackedElement, TrackedFinding
from tracking.vocabulary import Basis, Status


class AppendOnly(Exception):
    """Somebody tried to alter or delete a recorded change."""


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnly("Recorded changes are never altered.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Recorded changes are never deleted.")


class StatusChange(models.Model):
    """One move of one tracked finding (or of one of its elements); written by `tracking.changes` alone.

    `effective_on` is the day from which the status was true (the assessing report's date), `recorded_at` the
    moment it was entered here. Only the opening change has no status before it, and no date where the report
    has none. Database triggers refuse UPDATE, DELETE and TRUNCATE.
    """

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="changes")
    element = models.ForeignKey(TrackedElement, on_delete=models.PROTECT, null=True, blank=True, related_name="changes")
    from_status = models.CharField(max_length=15, choices=Status.choices(), blank=True)
    to_status = models.CharField(max_length=15, choices=Status.choices())
    effective_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="recorded_changes")
    recorded_by_name = models.CharField(max_length=200)
    basis = models.CharField(max_length=15, choices=Basis.choices())
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="changes")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, related_name="changes")
    successor = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    request_id = models.CharField(  # noqa: DJ001 - to add a column that may not be null, SQLite would lose the triggers
        max_length=36, null=True, help_text="The request that it came by; none where it came by the command line."
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(to_status__in=[s.value for s in Status]), name="status_change_to_known_status"
            ),
            models.CheckConstraint(
                condition=models.Q(basis=Basis.PUBLICATION.value, from_status="")
                | models.Q(from_status__in=[s.value for s in Status]),
                name="status_change_from_known_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(from_status=models.F("to_status")), name="status_change_goes_somewhere"
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=[b.value for b in Basis]), name="status_change_basis_known"
            ),
            models.CheckConstraint(
                condition=models.Q(basis=Basis.ASSESSMENT.value, assessment__isnull=False)
                | models.Q(basis=Basis.EVIDENCE.value, evidence__isnull=False)
                | models.Q(basis=Basis.SUCCESSOR.value, successor__isnull=False)
                | models.Q(basis__in=[Basis.PUBLICATION.value, Basis.CORRECTION.value, Basis.ELEMENTS.value]),
                name="status_change_names_what_it_rests_on",
            ),
            models.CheckConstraint(
                condition=~models.Q(to_status=Status.ACHIEVED.value)
                | models.Q(basis__in=[Basis.ASSESSMENT.value, Basis.EVIDENCE.value, Basis.ELEMENTS.value]),
                name="achieved_has_a_basis",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_on__isnull=False) | models.Q(basis=Basis.PUBLICATION.value),
                name="status_change_is_dated",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="status_change_has_a_reason"),
            models.UniqueConstraint(fields=("tracked_finding", "previous_hash"), name="one_change_after_each_change"),
        )

    def __str__(self) -> str:
        return f"{self.get_to_status_display()} since {self.effective_on or 'publication'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("Recorded changes are never altered.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("Recorded changes are never deleted.")

    def sealed(self) -> str:
        """SHA-256, in hex, over this row's content in canonical JSON, the hash of the row before it included."""
        content = {
            "tracked_finding": self.tracked_finding_id,
            "element": self.element_id,
            "from_status": self.from_status,
            "to_status": self.to_status,
            "effective_on": self.effective_on.isoformat() if self.effective_on else None,
            "recorded_at": self.recorded_at.isoformat(),
            "recorded_by": self.recorded_by_id,
            "recorded_by_name": self.recorded_by_name,
            "basis": self.basis,
            "assessment": self.assessment_id,
            "evidence": self.evidence_id,
            "successor": self.successor_id,
            "reason": self.reason,
            "previous_hash": self.previous_hash,
            **({"request_id": self.request_id} if self.request_id else {}),  # rows from before it was kept have none
        }
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
