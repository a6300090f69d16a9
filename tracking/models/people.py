"""Who uses the service, and as what."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models

from findings.models import Force
from tracking.vocabulary import Role

FORCE_ROLES = [role.value for role in Role if role.is_of_a_force]


class User(AbstractUser):
    """A person who signs in. What they may do comes from their memberships alone."""

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def held_roles(self) -> frozenset[tuple[Role, int | None]]:
        """Each role held, with the id of the force it is held in (none: the whole service). Read once per request."""
        return frozenset(
            (Role(role), force_id) for role, force_id in self.memberships.order_by().values_list("role", "force_id")
        )


class Membership(models.Model):
    """One role of one person: in a force, or (national users, administrators) for the whole service."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    force = models.ForeignKey(Force, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=15, choices=Role.choices())

    class Meta:
        verbose_name = "role"
        verbose_name_plural = "roles"
        ordering = ("user", "force", "role")
        constraints = (
            models.UniqueConstraint(fields=("user", "force", "role"), name="membership_once_per_force"),
            models.UniqueConstraint(
                fields=("user", "role"), condition=models.Q(force__isnull=True), name="membership_once_for_the_service"
            ),
            models.CheckConstraint(
                condition=models.Q(force__isnull=False, role__in=FORCE_ROLES)
                | models.Q(force__isnull=True, role__in=[Role.NATIONAL.value, Role.ADMINISTRATOR.value]),
                name="membership_force_fits_role",
                violation_error_message="Viewers, officers and signatories belong to a force; national users and"
                " administrators to none.",
            ),
        )

    def __str__(self) -> str:
        where = self.force.name if self.force else "the whole service"
        return f"{self.user}: {Role(self.role).label.lower()} of {where}"
