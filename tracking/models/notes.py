"""Passages of later reports that cover a finding's subject without naming it."""

from django.db import models

from findings.models import Document, Report
from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import NoteState


class EvidenceNote(models.Model):
    """A passage offered to an officer beside a finding; written by `tracking.notes` alone.

    It is inferred, never stated: no verdict, no proposal, and it moves no status whatever becomes of it.
    """

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="notes")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="notes")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="notes")
    quote = models.TextField()
    quote_digest = models.CharField(max_length=64, help_text="SHA-256 of the quote with white space folded.")
    line = models.PositiveIntegerField()
    score = models.FloatField(help_text="How much of the finding's subject the passage shares, a share of 1.")
    state = models.CharField(max_length=10, choices=NoteState.choices(), default=NoteState.OFFERED.value)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("tracked_finding", "report", "line")
        constraints = (
            models.UniqueConstraint(
                fields=("tracked_finding", "report", "quote_digest"), name="one_note_per_finding_report_and_quote"
            ),
            models.CheckConstraint(
                condition=models.Q(state=NoteState.OFFERED.value, decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(
                    state__in=[NoteState.KEPT.value, NoteState.DISMISSED.value],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="note_decided_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.report}, line {self.line}"
