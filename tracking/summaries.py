"""The e-mails of a week and of a month: how what somebody leads stands, and the figures of all forces.

A finding's strategic lead is a name in words. Where it is the name, username or address of one member of the force, that person
leads it; signatories answer for all of their force. Each e-mail goes once to each person for each week or month.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.mail import EmailMessage
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from findings.models import Force
from findings.reading.sentences import shortened
from tracking import access
from tracking.digests import send_period
from tracking.mail_content import TITLE, Letter, Line, Section, Table, link, message
from tracking.models import Digest, Membership, StatusChange, TrackedFinding, User
from tracking.querysets import due_within, overdue_on, owed, with_what_is_shown
from tracking.standing import status_sentence
from tracking.statistics import summaries_by_force
from tracking.vocabulary import Basis, MailKind, Role, Status

WEEK, AHEAD = timedelta(days=7), timedelta(days=30)
MOST_LINES = 20
COLUMNS = ("Open", "Partly complied", "Achieved", "Overdue")
WEEKLY_WHY = (
    "You get this each week because you are a signatory of the force, or its findings name you as their strategic lead."
)
MONTHLY_WHY = "You get this each month because you read the work of all forces."


def send_weekly(now: datetime) -> Iterator[Digest]:
    """Tells strategic leads and signatories, once a week from Monday on, how what they answer for stands."""
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
    held = User.objects.filter(memberships__force__isnull=False).distinct()
    return send_period(MailKind.WEEKLY, held, monday, now, weekly_message)


def send_monthly(now: datetime) -> Iterator[Digest]:
    """Tells national users, once a month from the first on, the figures of all forces."""
    first = timezone.localdate(now).replace(day=1)
    national = User.objects.filter(memberships__role=Role.NATIONAL.value).distinct()
    return send_period(MailKind.MONTHLY, national, first, now, monthly_message)


def led_by(user: User) -> QuerySet[TrackedFinding]:
    """What this person answers for: all of the forces that they sign off for, and what names them, and no namesake, as its lead."""
    mine = access.force_ids(user, access.Act.READ)
    same_name = User.objects.filter(
        first_name__iexact=user.first_name, last_name__iexact=user.last_name, is_active=True
    )
    namesakes = Membership.objects.filter(user__in=same_name.exclude(pk=user.pk), force__isnull=False)
    by_name = Q(lead__iexact=user.get_full_name()) & ~Q(force__in=namesakes.values("force"))
    named = (by_name | Q(lead__iexact=user.username) | Q(lead__iexact=user.email)) & ~Q(lead="")
    signing = Q(force__in=access.force_ids(user, access.Act.SIGN_OFF))
    return TrackedFinding.objects.filter(signing | named, force__in=mine)


def weekly_message(user: User, monday: date) -> EmailMessage | None:
    """How what this person answers for stands; None where nothing of it is owed and nothing moved in the week before."""
    rows, today = led_by(user), timezone.localdate()
    late = _lines(rows.filter(overdue_on(today)), "Was due")
    soon = _lines(rows.filter(due_within(today, AHEAD)), "Due")
    moved = _moved(rows, monday - WEEK, monday)
    if not rows.filter(owed()).exists() and not moved:
        return None
    letter = Letter(
        subject=f"peeltrack: the week of {monday:%-d %B %Y}",
        opening=f"Where what you lead stands, in the week of {monday:%-d %B %Y}.",
        why=WEEKLY_WHY,
        tables=[Table("Figures", COLUMNS, _by_force(rows, today))],
        sections=[s for s in (Section("Overdue", late), Section("Due within 30 days", soon), Section("Moved in the week before", moved)) if s.lines],
    )  # fmt: skip
    return message(user, MailKind.WEEKLY, letter, f"peeltrack.weekly.{user.pk}.{monday:%Y%m%d}")


def monthly_message(user: User, first: date) -> EmailMessage | None:
    """The figures of every force with findings; None where there is none."""
    before = first - timedelta(days=1)
    rows = TrackedFinding.objects.filter(force__is_example=False)
    figures = _by_force(rows, timezone.localdate())
    if not figures:
        return None
    achieved = _achieved(before.replace(day=1), first)
    whole = [(name, [*counts, achieved.get(name, 0)]) for name, counts in figures]
    total = [sum(column) for column in zip(*(counts for _, counts in whole), strict=True)]
    columns = (*COLUMNS, f"Achieved in {before:%B}")
    letter = Letter(
        subject=f"peeltrack: figures of {before:%B %Y}",
        opening=f"The figures of all forces after {before:%B %Y}.",
        why=MONTHLY_WHY,
        tables=[Table("All forces", columns, [("All forces", total)]), Table("Each force", columns, whole)],
    )
    return message(user, MailKind.MONTHLY, letter, f"peeltrack.monthly.{user.pk}.{first:%Y%m%d}")


def _by_force(rows: QuerySet[TrackedFinding], today: date) -> list[tuple[str, list[int]]]:
    counts = summaries_by_force(rows, today)
    names = Force.objects.filter(pk__in=counts).order_by("name").values_list("pk", "name")
    unmet = (Status.OPEN, Status.PARTLY_COMPLIED, Status.ACHIEVED)
    return [(name, [*(counts[pk]["status"][s.value] for s in unmet), counts[pk]["overdue"]]) for pk, name in names]


def _achieved(since: date, until: date) -> dict[str, int]:
    """How many findings were recorded as achieved from a day on and before another, by their force's name."""
    changes = StatusChange.objects.filter(
        element__isnull=True, to_status=Status.ACHIEVED.value, recorded_at__date__gte=since, recorded_at__date__lt=until
    )
    counted = (
        changes.order_by()
        .values("tracked_finding__force__name")
        .annotate(found=Count("tracked_finding", distinct=True))
    )
    return {row["tracked_finding__force__name"]: row["found"] for row in counted}


def _lines(rows: QuerySet[TrackedFinding], word: str) -> list[Line]:
    shown = with_what_is_shown(rows).order_by("due_on", "target_on", "pk")[:MOST_LINES]
    return [_line(tracked, f"{word} {tracked.due_on or tracked.target_on:%-d %B %Y}") for tracked in shown]


def _moved(rows: QuerySet[TrackedFinding], since: date, until: date) -> list[Line]:
    changes = StatusChange.objects.filter(
        tracked_finding__in=rows, element__isnull=True, recorded_at__date__gte=since, recorded_at__date__lt=until
    ).exclude(basis=Basis.PUBLICATION.value)
    moved = with_what_is_shown(rows.filter(pk__in=changes.values("tracked_finding"))).order_by("pk")[:MOST_LINES]
    return [_line(tracked, Status(tracked.status).label) for tracked in moved]


def _line(tracked: TrackedFinding, when: str) -> Line:
    return Line(
        title=shortened(tracked.finding.title, TITLE),
        url=link("admin:tracking_trackedfinding_change", tracked.pk),
        of=f"{tracked.force.name}; owner: {tracked.owner or 'nobody yet'}",
        when=when,
        stands=status_sentence(tracked),
    )
