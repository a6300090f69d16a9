"""What happened, in the order in which it became visible: the feed, and what webhooks tell of it."""

from django.db import models

from findings.models import Force
from tracking.models.history import StatusChange
from tracking.models.people import User
from tracking.models.tracked import TrackedFinding
from tracking.vocabulary import DeliveryState, EventKind


class Event(models.Model):
    """One thing that happened, written with it, in its transaction. Written by `tracking.events` alone.

    `position` is given afterwards, to events whose transactions are committed: ids are drawn before that, and a reader
    that went by them would pass over the one that commits late.
    """

    kind = models.CharField(max_length=20, choices=EventKind.choices())
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="events")
    tracked_finding = models.ForeignKey(
        TrackedFinding, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    status_change = models.OneToOneField(
        StatusChange, on_delete=models.PROTECT, null=True, blank=True, related_name="event"
    )
    subject = models.BigIntegerField(help_text="The id of the row that the event is about, of a kind that `kind` says.")
    happened_at = models.DateTimeField()
    position = models.BigIntegerField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("subject",),
                condition=models.Q(kind=EventKind.REMINDER_MADE.value),
                name="one_event_per_reminder",
            ),
        )
        indexes = (
            models.Index(fields=("id",), condition=models.Q(position__isnull=True), name="events_without_position"),
            models.Index(fields=("force", "position"), name="events_of_a_force"),
        )

    def __str__(self) -> str:
        return f"{EventKind(self.kind).label} ({self.subject})"


class FeedHead(models.Model):
    """One row: who holds its lock gives positions."""

    def __str__(self) -> str:
        return "Head of the feed"


class Webhook(models.Model):
    """An address that is told of events. Written by `tracking.webhooks` alone.

    Its person's access counts at every delivery, not only when it was made.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="webhooks")
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="webhooks")
    address = models.URLField(max_length=500)
    events = models.JSONField(default=list, help_text="Which events; all where none is named.")
    kinds = models.JSONField(default=list, help_text="Which kinds of finding; all where none is named.")
    salt = models.CharField(max_length=32, help_text="What the signing secret is derived from, with the service's own.")
    position = models.BigIntegerField(default=0, help_text="The last event that was looked at for it.")
    made_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.address} ({self.force})"


class Delivery(models.Model):
    """That one webhook is to be told of one event, and how that went. Written by `tracking.webhooks` alone."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=DeliveryState.choices(), default=DeliveryState.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_tried_at = models.DateTimeField(null=True, blank=True)
    answer = models.PositiveSmallIntegerField("status answered", null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("webhook", "event"), name="one_delivery_per_webhook_and_event"),)
        indexes = (
            models.Index(
                fields=("next_try_at",),
                condition=models.Q(state=DeliveryState.WAITING.value),
                name="deliveries_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}: {self.state}"
