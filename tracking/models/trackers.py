"""An officer's spreadsheet on its way in."""

from django.db import models

from findings.models import Force
from tracking.models.people import User
from tracking.models.tracked import TrackedFinding


class TrackerFile(models.Model):
    """A spreadsheet as it was given: its headers and rows as text, and how its columns were understood.

    Written by `tracking.moving_in` alone. Nothing of it is stored elsewhere before a person has seen the preview.
    """

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="tracker_files")
    original_name = models.CharField(max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    headers = models.JSONField(default=list)
    rows = models.JSONField(default=list, help_text="Lists of texts, one for each row, with the row's number first.")
    columns = models.JSONField(default=dict, help_text="Field to header.")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tracker_files")
    given_at = models.DateTimeField(auto_now_add=True)
    stored_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(
        default=dict, blank=True, help_text="How many rows were new, changed, unchanged, refused."
    )

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.original_name} of {self.force}"


class TrackerColumns(models.Model):
    """How a force's spreadsheets with these headers are to be understood: asked once, remembered."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="tracker_columns")
    headers_digest = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("force", "headers_digest"), name="columns_remembered_once_per_headers"),
        )

    def __str__(self) -> str:
        return f"Columns of {self.force}"


class TrackerRow(models.Model):
    """One row that was stored: the same row again changes nothing, whatever people did since."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="tracker_rows")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the row's understood fields.")
    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.PROTECT, related_name="tracker_rows")
    file = models.ForeignKey(TrackerFile, on_delete=models.PROTECT, related_name="stored_rows")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("force", "digest"), name="one_stored_row_per_content"),)

    def __str__(self) -> str:
        return f"Row of {self.file}"
