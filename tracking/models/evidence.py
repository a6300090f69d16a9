"""What a force shows for having met a finding."""

from django.db import models

from tracking.models.people import User
from tracking.models.tracked import TrackedElement, TrackedFinding


class Evidence(models.Model):
    """A link to something that shows the work done, or a file of it; written by `tracking.evidence` alone.

    A file is kept under a generated name, and known by the SHA-256 of its bytes. Evidence carries a status only
    once a second person, a signatory of the force, has signed it off.
    """

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    link = models.URLField(max_length=500, blank=True)
    file = models.FileField(max_length=100, blank=True)
    original_name = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True, help_text="Bytes.")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(file="", sha256="") & ~models.Q(link="")
                | ~models.Q(file="") & ~models.Q(sha256="") & models.Q(link=""),
                name="evidence_is_a_link_or_a_file",
            ),
            models.UniqueConstraint(
                fields=("tracked_finding", "sha256"),
                condition=~models.Q(sha256=""),
                name="one_evidence_per_finding_and_file",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Check(models.Model):
    """One look at an obligation that comes round again; written by `tracking.recurrence` alone."""

    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="checks")
    element = models.ForeignKey(TrackedElement, on_delete=models.PROTECT, null=True, blank=True, related_name="checks")
    checked_on = models.DateField()
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="checks")
    comment = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("tracked_finding", "checked_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("tracked_finding", "checked_on"),
                condition=models.Q(element__isnull=True),
                name="one_check_per_finding_and_day",
            ),
            models.UniqueConstraint(fields=("element", "checked_on"), name="one_check_per_element_and_day"),
        )

    def __str__(self) -> str:
        return f"Checked on {self.checked_on:%-d %B %Y}"
