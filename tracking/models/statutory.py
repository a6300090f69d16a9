"""What a local policing body must publish about a report (Police Act 1996, section 55)."""

from django.db import models

from findings.models import Force, Report
from tracking.models.people import User
from tracking.models.tracked import TrackedFinding


class StatutoryResponse(models.Model):
    """The comments on one report for one force's area: when due, published and sent. Written by `tracking.statutory`.

    `same_findings_as` names the report that an answer refers to instead of repeating itself.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="responses")
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="responses")
    counted_from = models.DateField(help_text="The day of publication that the term is counted from.")
    due_on = models.DateField(help_text="The last lawful day: 56 days beginning with the day of publication.")
    published_on = models.DateField(null=True, blank=True)
    link = models.URLField(max_length=500, blank=True)
    sent_to_inspectors_on = models.DateField(null=True, blank=True)
    sent_to_secretary_of_state_on = models.DateField(null=True, blank=True)
    same_findings_as = models.ForeignKey(
        Report, on_delete=models.PROTECT, null=True, blank=True, related_name="answers_elsewhere"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("report", "force"), name="one_response_per_report_and_force"),
            models.CheckConstraint(
                condition=models.Q(published_on__isnull=False)
                | models.Q(sent_to_inspectors_on__isnull=True, sent_to_secretary_of_state_on__isnull=True),
                name="response_sent_once_published",
            ),
        )

    def __str__(self) -> str:
        return f"{self.force}: comments on {self.report}"


class Explanation(models.Model):
    """What a response says of one recommendation: the action taken or proposed, or why there is none.

    A new wording is a new row; the newest of a recommendation counts, and the older ones stay.
    """

    response = models.ForeignKey(StatutoryResponse, on_delete=models.PROTECT, related_name="explanations")
    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="explanations")
    text = models.TextField()
    no_action = models.BooleanField(default=False, help_text="The text says why no action is taken or proposed.")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("response", "id")
        constraints = (models.CheckConstraint(condition=~models.Q(text=""), name="explanation_says_something"),)

    def __str__(self) -> str:
        return self.text
