"""One person's dates as a calendar (RFC 5545): what is due, the force's own targets, the last days for statutory comments."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from findings.vocabulary import Precision
from tracking import access
from tracking.models import StatutoryResponse, TrackedFinding, User
from tracking.querysets import owed, with_what_is_shown
from tracking.standing import status_sentence
from tracking.vocabulary import UNMET

NAME = "peeltrack: findings"
ASK_AGAIN = timedelta(hours=6)
TITLE_LENGTH = 120


def calendar_of(user: User, *, everything: bool = False) -> bytes:
    """The calendar of `user`: what they are reminded of (what they own, and as officers what nobody owns, with the
    statutory days), or with `everything` all that their forces have to do. All-day events, one for each date.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//peeltrack//findings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME)
    calendar.add("name", NAME)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for row in _findings(user, everything):
        for event in _dates_of(row):
            calendar.add_component(event)
    for response in _responses(user, everything):
        calendar.add_component(_statutory(response))
    return bytes(calendar.to_ical())


def _findings(user: User, everything: bool) -> QuerySet[TrackedFinding]:
    rows = access.visible(with_what_is_shown(TrackedFinding.objects.filter(owed())), user)
    rows = rows.filter(Q(due_on__isnull=False) | Q(target_on__isnull=False)).order_by("id")
    if everything:
        return rows
    unowned = Q(owner__isnull=True, force__in=access.force_ids(user, access.Act.RECORD))
    return rows.filter(Q(owner=user) | unowned)


def _responses(user: User, everything: bool) -> QuerySet[StatutoryResponse]:
    rows = access.visible(StatutoryResponse.objects.filter(published_on__isnull=True), user)
    if not everything:
        rows = rows.filter(force__in=access.force_ids(user, access.Act.CHANGE_STATUS))
    return rows.select_related("report__cycle", "force").order_by("id")


def _dates_of(row: TrackedFinding) -> Iterator[Event]:
    if row.due_on:
        by_month = " (within the month)" if row.due_precision == Precision.MONTH else ""
        yield _of_finding(row, "due", row.due_on, f"Due{by_month}")
    if row.target_on and row.status in UNMET:
        yield _of_finding(row, "target", row.target_on, "Internal target")
    for element in row.elements.all():
        if element.element.due_on and element.status in UNMET and element.element.due_on != row.due_on:
            place = f"Due, part {element.element.position}"
            yield _of_finding(row, f"element-{element.pk}", element.element.due_on, place)


def _of_finding(row: TrackedFinding, what: str, day: date, label: str) -> Event:
    title = f"{label}: {row.force.name}, {row.finding.title}"
    where = reverse("admin:tracking_trackedfinding_change", args=[row.pk])
    return _event(f"{what}-{row.pk}", day, title, status_sentence(row), where, row.changed_at, row.version)


def _statutory(response: StatutoryResponse) -> Event:
    title = f"Last day for comments: {response.force.name}, {response.report}"
    where = reverse("admin:tracking_statutoryresponse_change", args=[response.pk])
    said = "56 days beginning with the day of publication (Police Act 1996, section 55)."
    made = timezone.make_aware(datetime.combine(response.counted_from, time.min))
    return _event(f"comments-{response.pk}", response.due_on, title, said, where, made, response.version)


def _event(name: str, day: date, title: str, said: str, where: str, changed: datetime, version: int) -> Event:
    address = f"{settings.SITE_ADDRESS.rstrip('/')}{where}"
    event = Event()
    event.add("uid", f"{name}@peeltrack")  # the same for as long as it is the same date of the same thing
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", version)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…")
    event.add("description", f"{said}\n{address}")
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event
