"""A finding as one force must deal with it."""

from django.db import models

from findings.models import Element, Finding, Force
from findings.vocabulary import Precision
from tracking.models.people import User
from tracking.vocabulary import Position, Status


class TrackedFinding(models.Model):
    """One finding for one force it binds.

    `status` is what the inspectors last said and is written by `tracking.changes` alone; `position` and the
    fields after it are the force's own and are written by `tracking.progress` alone. `version` counts every
    write, so that two people cannot silently overwrite each other.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="tracked")
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="tracked_findings")
    status = models.CharField(max_length=15, choices=Status.choices(), default=Status.OPEN.value)
    due_on = models.DateField("due", null=True, blank=True, help_text="The inspectors' date.")
    due_precision = models.CharField(max_length=5, choices=Precision.choices(), blank=True)
    recurs = models.BooleanField(default=False, help_text="It, or one of its limbs, is due again after each check.")
    stands_from = models.DateField(
        null=True, blank=True, help_text="The first day on which the finding is known to stand."
    )
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors")
    last_change = models.ForeignKey(
        "tracking.StatusChange", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    standing_change = models.ForeignKey(
        "tracking.StatusChange",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The newest change of the finding itself, not of an element: its status rests on it.",
    )
    last_word = models.ForeignKey(
        "tracking.Assessment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="What inspectors last said of it: the newest confirmed assessment, whether it moved the status or not.",
    )
    position = models.CharField(max_length=25, choices=Position.choices(), default=Position.NOT_STARTED.value)
    contradicted = models.BooleanField(
        default=False, help_text="Inspectors have said otherwise since the force signed it off."
    )
    shortfall_reason = models.TextField(
        "reason for red or white", blank=True, help_text="Why it is late, will not be met, or waits for another body."
    )
    lead = models.CharField("strategic lead", max_length=100, blank=True)
    owner = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_findings",
        verbose_name="delivery owner",
    )
    target_on = models.DateField("internal target", null=True, blank=True)
    closing_plan = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = (models.F("due_on").asc(nulls_last=True), "id")
        constraints = (
            models.UniqueConstraint(fields=("finding", "force"), name="one_tracked_finding_per_force"),
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in Status]), name="tracked_finding_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(position__in=[p.value for p in Position]), name="tracked_finding_position_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.SUPERSEDED.value) | models.Q(successor__isnull=False),
                name="superseded_names_its_successor",
            ),
            models.CheckConstraint(
                condition=models.Q(due_precision="") | models.Q(due_on__isnull=False),
                name="tracked_due_precision_needs_a_date",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_on",),
                condition=models.Q(status__in=[Status.OPEN.value, Status.PARTLY_COMPLIED.value]),
                name="tracked_due_while_unmet",
            ),
            models.Index(fields=("force", "status"), name="tracked_by_force_and_status"),
            models.Index(fields=("force", "due_on", "id"), name="tracked_by_force_in_list_order"),
        )

    def __str__(self) -> str:
        return f"{self.force.name}: {self.finding.title}"


class TrackedElement(models.Model):
    """One limb of a tracked finding, with a status of its own, written by `tracking.changes` alone."""

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="elements")
    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="tracked")
    status = models.CharField(max_length=15, choices=Status.choices(), default=Status.OPEN.value)

    class Meta:
        ordering = ("tracked_finding", "element__position")
        constraints = (
            models.UniqueConstraint(fields=("tracked_finding", "element"), name="one_tracked_element_per_element"),
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in Status]), name="tracked_element_status_known"
            ),
        )

    def __str__(self) -> str:
        return self.element.text
