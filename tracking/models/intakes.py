"""What somebody gave to be taken in, and what became of each document of it."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from findings.models import Report
from tracking.models.people import User
from tracking.vocabulary import IntakeState

# One document is read in seconds; what is still "reading" after this was broken off.
LONGEST_READING = timedelta(minutes=5)


class Intake(models.Model):
    """Documents given together by one person; written by `tracking.intakes` alone."""

    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="intakes")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Taken in on {timezone.localtime(self.given_at):%-d %B %Y at %H:%M}"


class IntakeItem(models.Model):
    """One document of an intake and what became of it; written by `tracking.intakes` alone.

    `message` says why it was refused, `line` where in the document (0: nowhere in particular). `counts` are those of
    the intake's result.
    """

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="items")
    name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=IntakeState.choices(), default=IntakeState.WAITING.value)
    message = models.TextField(blank=True)
    line = models.PositiveIntegerField(default=0)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, null=True, blank=True, related_name="intake_items")
    counts = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("intake", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in IntakeState]), name="intake_item_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[IntakeState.TAKEN_IN.value, IntakeState.ALREADY_IN.value], report__isnull=False
                )
                | models.Q(
                    state__in=[IntakeState.WAITING.value, IntakeState.READING.value, IntakeState.REFUSED.value],
                    report__isnull=True,
                ),
                name="intake_item_taken_in_names_its_report",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def broke_off(self) -> bool:
        """Whether its reading ended without a word: the service was stopped meanwhile."""
        unfinished = self.state in {IntakeState.WAITING, IntakeState.READING}
        return unfinished and timezone.now() - self.changed_at > LONGEST_READING
