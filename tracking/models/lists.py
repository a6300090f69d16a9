"""How a person likes their list of findings: views that they saved, and the columns that they chose."""

from django.db import models

from tracking.models.people import User


class SavedView(models.Model):
    """A list with its filters under a name of its person; written by `tracking.own_lists` alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(
        max_length=1000, help_text="The filters, search and order, as the list's address has them."
    )

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=("user", "name"), name="one_saved_view_of_a_name"),)

    def __str__(self) -> str:
        return self.name


class ChosenColumns(models.Model):
    """The columns that a person sees in the list of findings, in order; written by `tracking.own_lists` alone."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="chosen_columns")
    names = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "chosen columns"

    def __str__(self) -> str:
        return ", ".join(self.names)
