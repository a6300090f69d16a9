"""Webhooks, their deliveries, and the feed of events over HTTP. Doors only."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from findings.api.filters import NamedFilters
from findings.api.lists import Listed, Readable
from findings.api.paging import Feed
from findings.vocabulary import FindingKind
from tracking.api.filters import DeliveryFilters, EventFilters
from tracking.api.own_work import OwnWork
from tracking.api.webhook_serializers import (
    DeliverySerializer,
    EventSerializer,
    NewWebhookSerializer,
    SubscribeSerializer,
    WebhookSerializer,
)
from tracking.events import number_events
from tracking.models import Delivery, Event, Webhook
from tracking.vocabulary import EventKind
from tracking.webhooks import secret_of, subscribe, unsubscribe


class EventViewSet(OwnWork, Listed[Event]):
    """All that happens in the work of one's forces, in the order in which it became visible: what webhooks tell, to be asked for."""

    queryset = Event.objects.select_related("force")
    serializer_class = EventSerializer
    filterset_class = EventFilters
    pagination_class = Feed
    filter_backends = (NamedFilters,)  # the feed keeps its own order

    def get_queryset(self) -> QuerySet[Event]:
        return self.visible(super().get_queryset(), "force")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """What happened. `resume` leads on from the last one shown, today or in a year."""
        number_events()
        return super().list(request, *args, **kwargs)

    def in_table_order(self, rows: QuerySet[Event]) -> QuerySet[Event]:
        return rows.filter(position__isnull=False).order_by("position")


class WebhookViewSet(OwnWork, Readable[Webhook]):
    """One's own webhooks."""

    queryset = Webhook.objects.select_related("force").order_by("-id")
    serializer_class = WebhookSerializer
    ordering_fields = ("id",)

    def get_queryset(self) -> QuerySet[Webhook]:
        return super().get_queryset().filter(user=self.asker)

    @extend_schema(request=SubscribeSerializer, responses={201: NewWebhookSerializer})
    def create(self, request: Request) -> Response:
        """Has an address told of what happens in a force's work from now on."""
        words = self.asked(SubscribeSerializer)
        made = subscribe(
            self.asker,
            words["force"],
            words["address"],
            [EventKind(event) for event in words["events"]],
            [FindingKind(kind) for kind in words["kinds"]],
        )
        body = {**WebhookSerializer(made).data, "secret": secret_of(made)}
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Ends a webhook."""
        unsubscribe(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeliveryViewSet(OwnWork, Listed[Delivery]):
    """What one's webhooks were told, the newest first, and how that went."""

    queryset = Delivery.objects.select_related("event").order_by("-id")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters
    ordering_fields = ("id", "last_tried_at", "next_try_at")

    def get_queryset(self) -> QuerySet[Delivery]:
        return self.visible(super().get_queryset().filter(webhook__user=self.asker), "webhook__force")
