"""What people are reminded of. The row is the record of what is owed; e-mail is only its messenger."""

from django.db import models

from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import DigestState, ReminderRule


class Digest(models.Model):
    """One day's e-mail to one person. Claimed before it is sent, so that it goes out at most once.

    A digest left *claimed* was interrupted between claim and answer: whether it arrived is not known, and
    it is listed for a person instead of being sent again.
    """

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=DigestState.choices(), default=DigestState.CLAIMED.value)
    attempts = models.PositiveSmallIntegerField(default=1)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-day", "recipient")
        constraints = (models.UniqueConstraint(fields=("recipient", "day"), name="one_digest_per_person_and_day"),)

    def __str__(self) -> str:
        return f"{self.recipient}, {self.day:%-d %B %Y}"


class Reminder(models.Model):
    """That one person is to be told of one deadline by one rule; `occasion` is the deadline."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.CASCADE, related_name="reminders")
    rule = models.CharField(max_length=20, choices=ReminderRule.choices())
    occasion = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    digest = models.ForeignKey(Digest, on_delete=models.SET_NULL, null=True, blank=True, related_name="reminders")

    class Meta:
        ordering = ("occasion", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "tracked_finding", "rule", "occasion"), name="one_reminder_per_occasion"
            ),
        )

    def __str__(self) -> str:
        return f"{ReminderRule(self.rule).label}: {self.tracked_finding}"
