"""How a person wants to be told by e-mail. What they are reminded of stands in the application whatever they choose."""

from django.db import models

from tracking.models.people import User
from tracking.vocabulary import MailKind

EARLIEST_HOUR, LATEST_HOUR, USUAL_HOUR = 0, 23, 7


class MailPreference(models.Model):
    """One person's choices; who has no row gets everything at seven, every day. Written by `tracking.preferences` alone."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="mail_preference")
    hour = models.PositiveSmallIntegerField(default=USUAL_HOUR, help_text="From which hour of the day, in London.")
    days_off = models.JSONField(default=list, blank=True, help_text="Days of the week without e-mail; Monday is 0.")
    at_once = models.JSONField(default=list, blank=True, help_text="Rules whose reminders do not wait for the digest.")
    muted = models.JSONField(default=list, blank=True, help_text="Rules whose reminders are not e-mailed.")
    stopped = models.JSONField(default=list, blank=True, help_text="Kinds of e-mail that the person has ended.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(hour__gte=EARLIEST_HOUR, hour__lte=LATEST_HOUR), name="mail_hour_is_of_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"E-mail of {self.user}"

    def wants(self, kind: MailKind) -> bool:
        """Whether the person gets this kind of e-mail at all."""
        return kind.value not in self.stopped
