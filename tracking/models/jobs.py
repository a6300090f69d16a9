"""When each scheduled piece of work last ran, and how it ended."""

from django.db import models

from tracking.vocabulary import JobName, JobOutcome


class JobRun(models.Model):
    """The last run of one job; a row a job. Written by `tracking.jobs` alone.

    `succeeded_at` stays where a later run fails: how late a job is counts from the last time it did its work.
    """

    name = models.CharField(max_length=20, choices=JobName.choices(), unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=JobOutcome.choices(), default=JobOutcome.RUNNING.value)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{JobName(self.name).label}: {JobOutcome(self.outcome).label.lower()}"

    @property
    def failed_last(self) -> bool:
        """Whether the last run that ended failed; another may be at work since."""
        return bool(self.error)
