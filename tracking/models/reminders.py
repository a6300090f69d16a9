"""What people are reminded of. The row is the record of what is owed; e-mail is only its messenger."""

from django.db import models

from findings.models import Force, Report
from tracking.models.people import User
from tracking.models.statutory import StatutoryResponse
from tracking.models.tracked import TrackedElement, TrackedFinding
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
    """That one person is to be told of one thing by one rule on one occasion. Written by `tracking.reminders` alone.

    `occasion` is the day since which it was to be told, `about_on` the true date that it is about: a date that moves makes a new
    row. What is no longer owed and was not told is cancelled, with the reason, and stays; what is owed again is restored.
    """

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders")
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="reminders")
    rule = models.CharField(max_length=20, choices=ReminderRule.choices())
    subject = models.CharField(max_length=40, help_text="What it is about, as kind and number.")
    tracked_finding = models.ForeignKey(
        TrackedFinding, on_delete=models.CASCADE, null=True, blank=True, related_name="reminders"
    )
    tracked_element = models.ForeignKey(
        TrackedElement, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    response = models.ForeignKey(StatutoryResponse, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    occasion = models.DateField("since")
    about_on = models.DateField("date")
    made_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=200, blank=True)
    digest = models.ForeignKey(Digest, on_delete=models.SET_NULL, null=True, blank=True, related_name="reminders")

    class Meta:
        ordering = ("occasion", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "subject", "rule", "occasion", "about_on"), name="one_reminder_per_occasion"
            ),
            models.CheckConstraint(
                condition=models.Q(tracked_finding__isnull=False)
                | models.Q(response__isnull=False)
                | models.Q(report__isnull=False),
                name="reminder_is_about_something",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True, cancelled_because="")
                | models.Q(cancelled_at__isnull=False) & ~models.Q(cancelled_because=""),
                name="reminder_cancelled_with_a_reason",
            ),
        )
        indexes = (
            models.Index(fields=("occasion", "subject"), name="reminders_by_occasion"),
            models.Index(fields=("made_at",), name="reminders_by_making"),
            models.Index(
                fields=("recipient",), condition=models.Q(cancelled_at__isnull=True), name="reminders_that_stand"
            ),
        )

    def __str__(self) -> str:
        return f"{ReminderRule(self.rule).label}: {self.thing}"

    @property
    def thing(self) -> str:
        """What it is about, by name."""
        about = self.response or self.report or self.tracked_finding
        return f"{about}: {self.tracked_element}" if self.tracked_element else str(about)


class ReminderSetting(models.Model):
    """How one force follows one rule, where it is not as usual. Written by `tracking.reminder_settings` alone."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="reminder_settings")
    rule = models.CharField(max_length=20, choices=ReminderRule.choices())
    on = models.BooleanField(default=True)
    days = models.JSONField()
    who = models.JSONField()

    class Meta:
        ordering = ("force", "rule")
        constraints = (models.UniqueConstraint(fields=("force", "rule"), name="one_setting_per_force_and_rule"),)

    def __str__(self) -> str:
        return f"{self.force}: {ReminderRule(self.rule).label}"


class ReminderSettingChange(models.Model):
    """One change of how a force follows one rule: from what to what, by whom, when. Never altered."""

    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="reminder_setting_changes")
    rule = models.CharField(max_length=20, choices=ReminderRule.choices())
    before = models.JSONField()
    after = models.JSONField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.force}: {ReminderRule(self.rule).label}, {self.changed_at:%-d %B %Y}"


class Snooze(models.Model):
    """That one person is told nothing of one finding until a day, for a reason. Written by `tracking.snoozes` alone."""

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="snoozes")
    tracked_finding = models.ForeignKey(TrackedFinding, on_delete=models.CASCADE, related_name="snoozes")
    until = models.DateField(help_text="The first day on which reminders go again.")
    reason = models.TextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=~models.Q(reason=""), name="snooze_has_a_reason"),
            models.UniqueConstraint(
                fields=("recipient", "tracked_finding"),
                condition=models.Q(ended_at__isnull=True),
                name="one_snooze_per_person_and_finding",
            ),
        )

    def __str__(self) -> str:
        return f"{self.recipient} until {self.until:%-d %B %Y}: {self.tracked_finding}"
