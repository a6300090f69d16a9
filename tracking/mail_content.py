"""What the service's e-mails say: each as text and as HTML, with what to do, a link for each matter, and the way to end them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from findings.reading.sentences import shortened
from tracking.models import Digest, Reminder, User
from tracking.preferences import address_to_stop
from tracking.standing import status_sentence
from tracking.vocabulary import MailKind, ReminderRule

TITLE = 120  # letters of a finding
TO_DO = {
    ReminderRule.DUE_WITHIN_30_DAYS: "Record the evidence and ask for sign-off, or say in a progress update when it will be met.",
    ReminderRule.OVERDUE: "Record the evidence if it is done; if not, give the reason and a planned closing date.",
}
WHY = "You get this because you own these findings, or are an officer of their force. Each deadline is told once by each rule."


@dataclass(frozen=True, slots=True)
class Line:
    """One matter: what it is, where to see it, when it is or was due, how it stands, what to do."""

    title: str
    url: str
    of: str
    when: str
    stands: str = ""
    to_do: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Matters under one heading."""

    heading: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Table:
    """Figures under one heading: the names of the columns, then rows, each with what it is of and a figure a column."""

    heading: str
    columns: Sequence[str]
    figures: Sequence[tuple[str, Sequence[int]]]

    @property
    def rows(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """The rows, each figure with its column's name, for who reads them without a table."""
        named = [f"{column[:1].lower()}{column[1:]}" for column in self.columns]
        return [(name, list(zip(figures, named, strict=True))) for name, figures in self.figures]


@dataclass(frozen=True, slots=True)
class Letter:
    """What one e-mail says."""

    subject: str
    opening: str
    why: str
    sections: Sequence[Section] = field(default=())
    tables: Sequence[Table] = field(default=())


def link(route: str, *arguments: object, query: str = "") -> str:
    """The whole address of a page of this service."""
    return f"{settings.SITE_ADDRESS.rstrip('/')}{reverse(route, args=arguments)}{query}"


def message(user: User, kind: MailKind, letter: Letter, identity: str) -> EmailMultiAlternatives:
    """The e-mail as it goes out. `identity` names it for good: who gets it twice sees that it is one."""
    stop = address_to_stop(user, kind)
    shown = {
        "letter": letter,
        "person": user,
        "kind": kind,
        "stop": stop,
        "preferences": link("admin:preferences"),
        "site": settings.SITE_ADDRESS,
    }
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Message-ID": f"<{identity}@{urlsplit(settings.SITE_ADDRESS).hostname or 'peeltrack'}>",
    }
    text = render_to_string("tracking/mail.txt", shown)
    made = EmailMultiAlternatives(letter.subject, text, to=[user.email], headers=headers)
    made.attach_alternative(render_to_string("tracking/mail.html", shown), "text/html")
    return made


def digest_rows(rows: QuerySet[Reminder]) -> QuerySet[Reminder]:
    """The reminders with all that an e-mail says of them."""
    return rows.select_related(
        "tracked_finding__force",
        "tracked_finding__finding__report__cycle",
        "tracked_finding__standing_change__assessment__report",
        "tracked_finding__standing_change__evidence__signed_off_by",
        "tracked_finding__last_word__report",
        "tracked_finding__last_word__decided_by",
    )


def digest_message(digest: Digest, reminders: Sequence[Reminder]) -> EmailMultiAlternatives:
    """What one person is told of these reminders: what is overdue first, each deadline once."""
    today = timezone.localdate() if digest.decided_at else digest.day
    deadlines = {(one.tracked_finding_id, one.occasion): one for one in reminders}.values()
    overdue = [_line(one, ReminderRule.OVERDUE) for one in deadlines if one.occasion < today]
    coming = [_line(one, ReminderRule.DUE_WITHIN_30_DAYS) for one in deadlines if one.occasion >= today]
    counts = [f"{len(overdue)} overdue" if overdue else "", f"{len(coming)} due within 30 days" if coming else ""]
    said = " and ".join(filter(None, counts))
    sections = [Section("Overdue", overdue), Section("Due within 30 days", coming)]
    letter = Letter(
        subject=f"peeltrack: {said}",
        opening=f"{said[:1].upper()}{said[1:]}.",
        why=WHY,
        sections=[section for section in sections if section.lines],
    )
    return message(digest.recipient, MailKind(digest.kind), letter, f"peeltrack.{digest.kind}.{digest.pk}")


def _line(reminder: Reminder, as_it_is: ReminderRule) -> Line:
    tracked = reminder.tracked_finding
    word = "Was due" if as_it_is is ReminderRule.OVERDUE else "Due"
    return Line(
        title=shortened(tracked.finding.title, TITLE),
        url=link("admin:tracking_trackedfinding_change", tracked.pk),
        of=f"{tracked.force.name}; from {tracked.finding.report}",
        when=f"{word} {reminder.occasion:%-d %B %Y}",
        stands=status_sentence(tracked),
        to_do=TO_DO[as_it_is],
    )
