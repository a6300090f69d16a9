"""What later reports say about earlier findings."""

from django.db import models

from findings.models import Document, Force, Report
from findings.vocabulary import Outcome
from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import AssessmentState


class Assessment(models.Model):
    """A verdict proposed from a report's own sentence, until a person confirms or rejects it.

    `tracking.intake` proposes, `tracking.decisions` decides; nobody else writes. `quote` is verbatim, `line`
    and `document` say where it stands, `rule` and `confidence` how it was found. `candidates` holds the
    earlier findings that it may mean, best first, with a score, for the officer to choose from.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="assessments")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="assessments")
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="assessments")
    tracked_finding = models.ForeignKey(
        TrackedFinding, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    stated = models.BooleanField(default=True, help_text="The report names the earlier finding itself.")
    outcome = models.CharField(max_length=15, choices=Outcome.choices())
    quote = models.TextField()
    quote_digest = models.CharField(max_length=64, help_text="SHA-256 of the quote with white space folded.")
    line = models.PositiveIntegerField()
    caveat = models.TextField(blank=True)
    gaps = models.JSONField(default=list, blank=True)
    confidence = models.FloatField()
    rule = models.CharField(max_length=60)
    refers_to = models.JSONField(default=dict)
    candidates = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=AssessmentState.choices(), default=AssessmentState.PROPOSED.value)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("report", "line", "id")
        constraints = (
            models.UniqueConstraint(fields=("report", "quote_digest"), name="one_assessment_per_report_and_quote"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=[o.value for o in Outcome]), name="assessment_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=AssessmentState.PROPOSED.value, decided_by__isnull=True, decided_at__isnull=True
                )
                | models.Q(
                    state__in=[AssessmentState.CONFIRMED.value, AssessmentState.REJECTED.value],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="assessment_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AssessmentState.CONFIRMED.value) | models.Q(tracked_finding__isnull=False),
                name="confirmed_assessment_names_its_finding",
            ),
        )

    def __str__(self) -> str:
        return f"{Outcome(self.outcome).label}, says {self.report}"
