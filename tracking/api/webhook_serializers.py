"""Webhooks on the wire."""

from typing import Any

from rest_framework import serializers

from findings.api.fields import RowSerializer
from findings.models import Force
from findings.vocabulary import FindingKind
from tracking.models import Delivery, Event, Webhook
from tracking.vocabulary import EventKind


class WebhookSerializer(RowSerializer[Webhook]):
    """An address that is told; `events` and `kinds` are empty where it is told of all."""

    force = serializers.SlugRelatedField[Force](slug_field="slug", read_only=True)
    events = serializers.ListField(child=serializers.ChoiceField(choices=EventKind.choices()), read_only=True)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=FindingKind.choices()), read_only=True)

    class Meta:
        model = Webhook
        fields = ("id", "force", "address", "events", "kinds", "made_at", "stopped_at", "stopped_because")


class NewWebhookSerializer(WebhookSerializer):
    """With the secret that its deliveries are signed with, shown this once (Standard Webhooks, HMAC-SHA256)."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")  # type: ignore[assignment]  # one more


class SubscribeSerializer(serializers.Serializer[Any]):
    """What to be told of, and where."""

    force = serializers.SlugRelatedField[Force](slug_field="slug", queryset=Force.objects.all())
    address = serializers.CharField(max_length=500, help_text="https, to a public host.")
    events = serializers.ListField(child=serializers.ChoiceField(choices=EventKind.choices()), default=list)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=FindingKind.choices()), default=list)


class DeliverySerializer(RowSerializer[Delivery]):
    """One telling of one event, with how it went last."""

    event = serializers.CharField(source="event.kind", read_only=True)
    tracked_finding = serializers.IntegerField(source="event.tracked_finding_id", read_only=True, allow_null=True)
    position = serializers.IntegerField(source="event.position", read_only=True)

    class Meta:
        model = Delivery
        fields = (
            "id",
            "webhook",
            "event",
            "tracked_finding",
            "position",
            "state",
            "attempts",
            "last_tried_at",
            "next_try_at",
            "answer",
            "error",
        )


class EventSerializer(RowSerializer[Event]):
    """What happened: `subject` is the id of the change, update, evidence, request or assessment that `kind` speaks of."""

    force = serializers.SlugRelatedField[Force](slug_field="slug", read_only=True)

    class Meta:
        model = Event
        fields = ("position", "kind", "force", "tracked_finding", "status_change", "subject", "happened_at")
