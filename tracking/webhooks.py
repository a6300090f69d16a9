"""The one writer of webhooks: who is told of what, and each telling with its attempts.

As with reminders, the queue is never the record: a delivery is a row, made once for each webhook and event, claimed before
it is sent, tried again with growing pauses. A receiver may get one twice (an answer can be lost) and tells it by its id.
"""

import base64
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.crypto import salted_hmac
from requests_hardened.ip_filter import InvalidIPAddress
from standardwebhooks import Webhook as Signature

from findings.models import Force
from findings.vocabulary import FindingKind
from tracking import access, posting
from tracking.events import number_events
from tracking.models import Delivery, Event, Reminder, User, Webhook
from tracking.tokens import revoke_tokens
from tracking.vocabulary import DeliveryState, EventKind
from tracking.workflow import Incomplete, Refused

log = logging.getLogger(__name__)

MOST_WEBHOOKS = 20
# After each failure the next try waits longer; after the last the delivery is given up, two days and a half later.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 18 * 60, 24 * 60))
# One run holds up nothing else for longer than about this; what is left goes out with the next.
RUN_SECONDS = 60
# Who claims a delivery and dies has lost it after this long.
CLAIMED_FOR = timedelta(minutes=5)
AT_ONCE = 500
GONE = 410
ACCEPTED = range(200, 300)

# Sends a body with headers to an address; returns the status answered.
Post = Callable[[str, bytes, dict[str, str]], int]


@dataclass(frozen=True, slots=True)
class Told:
    """What one run did: deliveries made, accepted by their receivers, and not."""

    made: int
    delivered: int
    failed: int


@transaction.atomic
def subscribe(
    user: User, force: Force, address: str, events: Iterable[EventKind] = (), kinds: Iterable[FindingKind] = ()
) -> Webhook:
    """Has `address` told of what happens in a force's work from now on: of all, or of the events and kinds named.

    Raises Incomplete for an address that is none, or that leads to this machine or a private network, Refused where the
    person may not read that force's work or has 20 webhooks.
    """
    check_address(address)
    if not access.may(user, access.Act.READ, force.pk):
        raise Refused("not_your_force", "Only who may read a force's work can be told of it.")
    User.objects.select_for_update().get(pk=user.pk)
    if user.webhooks.count() >= MOST_WEBHOOKS:
        raise Refused("too_many_webhooks", f"A person has at most {MOST_WEBHOOKS} webhooks: end one first.")
    number_events()
    return Webhook.objects.create(
        user=user,
        force=force,
        address=address,
        events=[event.value for event in events],
        kinds=[kind.value for kind in kinds],
        salt=secrets.token_hex(16),
        position=Event.objects.aggregate(last=Max("position"))["last"] or 0,
    )


def unsubscribe(webhook: Webhook) -> None:
    """Ends a webhook, and forgets its deliveries."""
    webhook.delete()


def sign_programs_out(user_id: int) -> None:
    """Ends all by which programs act or are told for this person: tokens, the calendar's address, webhooks."""
    revoke_tokens(user_id)
    Webhook.objects.filter(user=user_id).delete()


def secret_of(webhook: Webhook) -> str:
    """What the webhook's deliveries are signed with. Derived from the service's own secret: a copy of the database does not
    give it away.
    """
    derived = salted_hmac("tracking.webhooks", f"{webhook.pk}:{webhook.salt}", algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(derived).decode()}"


def check_address(address: str) -> None:
    """Raises Incomplete where `address` is no web address that may be told: https, to a public host (see the settings).

    What a name stands for is looked up, and checked again, when something is sent.
    """
    schemes = ["http", "https"] if settings.WEBHOOKS_TO_PRIVATE_ADDRESSES else ["https"]
    try:
        URLValidator(schemes=schemes)(address)
    except ValidationError as error:
        raise Incomplete("address_invalid", "The address must be a full web address (https://…).") from error
    parts = urlsplit(address)
    if parts.username or parts.password:
        raise Incomplete("address_invalid", "The address may hold no name or password.")
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and _is_private(parts.hostname or ""):
        raise Incomplete("address_private", "The address leads to this machine or to a private network.")


def tell(now: datetime, post: Post | None = None) -> Told:
    """Makes the deliveries owed and sends those whose time has come. Safe to repeat, and from several places at once."""
    made = make_deliveries(now)
    states = [delivery.state for delivery in send_deliveries(now, post or posting.post)]
    delivered = states.count(DeliveryState.DELIVERED.value)
    return Told(made, delivered, len(states) - delivered)


def make_deliveries(now: datetime) -> int:
    """Records for each webhook what it is to be told of since it was last looked at; returns how many rows are new."""
    number_events()
    return sum(
        _make(webhook, now) for webhook in Webhook.objects.filter(stopped_at__isnull=True).select_related("user")
    )


def send_deliveries(now: datetime, post: Post) -> Iterator[Delivery]:
    """Sends what waits and is due, each claimed first; yields each delivery tried."""
    due = Delivery.objects.filter(
        state=DeliveryState.WAITING.value, next_try_at__lte=now, webhook__stopped_at__isnull=True
    ).order_by("next_try_at", "id")
    until = time.monotonic() + RUN_SECONDS
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        if time.monotonic() > until:
            return
        if _claim(pk, now):
            yield _send(_whole(pk), now, post)


def _make(webhook: Webhook, now: datetime) -> int:
    if not _may_be_told(webhook):
        _stop(webhook, now, "Its person may not read this force's work any more.")
        return 0
    found = _since(webhook)
    events = list(found[:AT_ONCE])
    if not events:
        return 0
    made = Delivery.objects.bulk_create(
        (Delivery(webhook=webhook, event=event, next_try_at=now) for event in events if _wanted(webhook, event)),
        ignore_conflicts=True,
    )
    Webhook.objects.filter(pk=webhook.pk).update(position=events[-1].position)
    return len(made)


def _may_be_told(webhook: Webhook) -> bool:
    return access.may_enter(webhook.user) and access.may(webhook.user, access.Act.READ, webhook.force_id)


def _since(webhook: Webhook) -> QuerySet[Event]:
    return (
        Event.objects.filter(force=webhook.force_id, position__gt=webhook.position)
        .select_related("tracked_finding__finding")
        .order_by("position")
    )


def _wanted(webhook: Webhook, event: Event) -> bool:
    kind = event.tracked_finding.finding.kind if event.tracked_finding else None
    return (not webhook.events or event.kind in webhook.events) and (not webhook.kinds or kind in webhook.kinds)


def _claim(pk: int, now: datetime) -> bool:
    """Whether this delivery is ours to send: only one of several gets it."""
    waiting = Delivery.objects.filter(pk=pk, state=DeliveryState.WAITING.value, next_try_at__lte=now)
    claimed = waiting.update(next_try_at=now + CLAIMED_FOR, attempts=F("attempts") + 1, last_tried_at=now)
    return claimed == 1


def _whole(pk: int) -> Delivery:
    return Delivery.objects.select_related(
        "webhook__user", "webhook__force", "event__force", "event__tracked_finding", "event__status_change"
    ).get(pk=pk)


def _send(delivery: Delivery, now: datetime, post: Post) -> Delivery:
    webhook = delivery.webhook
    if not _may_be_told(webhook):
        return _settle(delivery, DeliveryState.WITHHELD, "Its person may not read this force's work any more.")
    body = json.dumps(payload_of(delivery.event), ensure_ascii=False).encode()
    identity = f"msg_{delivery.pk}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "peeltrack",
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signature(secret_of(webhook)).sign(identity, now, body.decode()),
    }
    try:
        delivery.answer, error = post(webhook.address, body, headers), ""
    except requests.RequestException as failure:
        delivery.answer, error = None, _said_of(failure)
    if delivery.answer in ACCEPTED:
        return _settle(delivery, DeliveryState.DELIVERED, "")
    if delivery.answer == GONE:
        _stop(webhook, now, "The receiver answered that it is gone (410).")
        return _settle(delivery, DeliveryState.GIVEN_UP, "Gone.")
    return _try_again(delivery, now, error or f"The receiver answered {delivery.answer}.")


def _try_again(delivery: Delivery, now: datetime, error: str) -> Delivery:
    if delivery.attempts > len(PAUSES):
        return _settle(delivery, DeliveryState.GIVEN_UP, error)
    delivery.next_try_at = now + PAUSES[delivery.attempts - 1]
    return _settle(delivery, DeliveryState.WAITING, error)


def _settle(delivery: Delivery, state: DeliveryState, error: str) -> Delivery:
    delivery.state, delivery.error = state.value, error[:300]
    delivery.save(update_fields=["state", "error", "answer", "next_try_at"])
    if error:
        log.warning("delivery %s of webhook %s: %s", delivery.pk, delivery.webhook_id, delivery.error)
    return delivery


def _stop(webhook: Webhook, now: datetime, why: str) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(stopped_at=now, stopped_because=why)
    webhook.deliveries.filter(state=DeliveryState.WAITING.value).update(state=DeliveryState.WITHHELD.value, error=why)


def payload_of(event: Event) -> dict[str, Any]:
    """What a receiver is told: what happened, to which finding of which force, and where to read the rest."""
    change = event.status_change
    told: dict[str, Any] = {
        "type": event.kind,
        "position": event.position,
        "timestamp": event.happened_at.isoformat(),
        "data": {
            "force": event.force.slug,
            "tracked_finding": event.tracked_finding_id,
            "subject": event.subject,
        },
    }
    if change:
        told["data"] |= {
            "from_status": change.from_status or None,
            "to_status": change.to_status,
            "effective_on": change.effective_on.isoformat() if change.effective_on else None,
        }
    if event.kind == EventKind.REMINDER_MADE:
        made = Reminder.objects.filter(pk=event.subject).first()
        told["data"] |= {"rule": made.rule, "occasion": made.occasion.isoformat()} if made else {}
    return told


def _said_of(failure: requests.RequestException) -> str:
    """What went wrong, in words that tell nothing of the network behind this service."""
    if isinstance(failure, InvalidIPAddress):
        return "The address leads to this machine or to a private network."
    if isinstance(failure, requests.Timeout):
        return f"No answer within {posting.ANSWER_SECONDS} seconds."
    if isinstance(failure, requests.exceptions.SSLError):
        return "Its certificate is not valid."
    return "No connection."


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return not address.is_global or address.is_multicast
