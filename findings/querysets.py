"""Questions that the published record answers, by name."""

from typing import Self

from django.db import models

from findings.vocabulary import Scope


class ForceQuerySet(models.QuerySet):  # type: ignore[type-arg]  # the model is defined from this class
    def national(self) -> Self:
        """The 43 forces that national figures count; examples are none of them."""
        return self.filter(is_example=False)


# The programme of what a force brought over from its own tracker: its own words, and no published record.
BROUGHT_OVER = "tracker"


class ReportQuerySet(models.QuerySet):  # type: ignore[type-arg]  # the model is defined from this class
    def published(self) -> Self:
        """What the inspectorate published: not what forces brought over from their trackers, nor a national report that
        only one force's document speaks of yet.
        """
        binding = models.Exists(
            self.model.findings.rel.related_model.objects.filter(report=models.OuterRef("pk"), binds_forces=True)
        )
        return self.exclude(programme=BROUGHT_OVER).exclude(~binding, programme="national", document__isnull=True)


class FindingQuerySet(models.QuerySet):  # type: ignore[type-arg]  # the model is defined from this class
    def published(self) -> Self:
        """What the inspectorate published: not what forces brought over from their trackers, nor a national recommendation
        that only one force's document speaks of yet.
        """
        spoken_of = models.Q(scope=Scope.NATIONAL, binds_forces=False, report__document__isnull=True)
        return self.standing().exclude(report__programme=BROUGHT_OVER).exclude(spoken_of)

    def standing(self) -> Self:
        """All but those that a person merged into another."""
        return self.filter(merged_into__isnull=True)

    def national(self) -> Self:
        """What was made to every force; recommendations to other bodies alone are none of them."""
        return self.standing().filter(scope=Scope.NATIONAL, binds_forces=True)
