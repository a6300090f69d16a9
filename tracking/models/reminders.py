"""What people are reminded of. The row is the record of what is owed; e-mail is only its messenger."""

from django.db import models

from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import DigestState, MailKind, ReminderRule


class Digest(models.Model):
    """One e-mail to one person: of a day, a week or a month, or at once. Written by `tracking.digests` alone.

    Claimed before it is sent, so that it goes out at most once. One left *claimed* was interrupted between claim and answer:
    whether it arrived is not known, and it is listed for an administrator instead of being sent again.
    """

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    kind = models.CharField(max_length=10, choices=MailKind.choices(), default=MailKind.DAILY.value)
    day = models.DateField(help_text="Of a weekly or monthly one, the first day of the week or month.")
    address = models.EmailField(blank=True, help_text="Where it went.")
    state = models.CharField(max_length=10, choices=DigestState.choices(), default=DigestState.CLAIMED.value)
    attempts = models.PositiveSmallIntegerField(default=1)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField("what was answered", blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField("why it was sent again or dismissed", blank=True)

    class Meta:
        verbose_name = "e-mail"
        ordering = ("-day", "recipient")
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "kind", "day"),
                condition=~models.Q(kind=MailKind.AT_ONCE.value),
                name="one_digest_per_person_kind_and_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DigestState.DISMISSED.value) | ~models.Q(reason=""),
                name="dismissed_has_a_reason",
            ),
        )
        indexes = (models.Index(fields=("state", "claimed_at"), name="digests_by_state"),)

    def __str__(self) -> str:
        return f"{MailKind(self.kind).label} to {self.recipient}, {self.day:%-d %B %Y}"


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
