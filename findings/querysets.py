"""Questions that the published record answers, by name."""

from typing import Self

from django.db import models

from findings.vocabulary import Scope


class ForceQuerySet(models.QuerySet):  # type: ignore[type-arg]  # the model is defined from this class
    def national(self) -> Self:
        """The 43 forces that national figures count; examples are none of them."""
        return self.filter(is_example=False)


class FindingQuerySet(models.QuerySet):  # type: ignore[type-arg]  # the model is defined from this class
    def national(self) -> Self:
        """What was made to every force; recommendations to other bodies alone are none of them."""
        return self.filter(scope=Scope.NATIONAL, binds_forces=True)
