"""What the service's e-mails say: each as text and as HTML, with what to do, a link for each matter, and the way to end them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
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
from tracking.reminder_rules import RULES
from tracking.standing import status_sentence
from tracking.vocabulary import MailKind, ReminderRule, SubjectKind

TITLE = 120  # letters of a finding
WHY = (
    "You get this because you own, lead, decide or sign off what is named above. The page of a force's reminder rules says what is"
    " told when, and to whom."
)
LATE, SOON, WAITING = "Overdue", "Coming", "Waiting"
# Where what is told waits for somebody, and is not a date to come or that has passed.
WAITS = {ReminderRule.NO_UPDATE, ReminderRule.NO_OWNER, ReminderRule.PROPOSALS_WAITING, ReminderRule.SIGN_OFF_WAITING}


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
        "force",
        "report__cycle",
        "report__force",
        "response__report__cycle",
        "response__force",
        "tracked_element__element",
        "tracked_finding__force",
        "tracked_finding__finding__report__cycle",
        "tracked_finding__standing_change__assessment__report",
        "tracked_finding__standing_change__evidence__signed_off_by",
        "tracked_finding__last_word__report",
        "tracked_finding__last_word__decided_by",
    )


def digest_message(digest: Digest, reminders: Sequence[Reminder]) -> EmailMultiAlternatives:
    """What one person is told of these reminders: what is overdue first, each date of a thing once, as it stands on that day."""
    today = timezone.localdate() if digest.decided_at else digest.day
    matters = {(one.subject, one.about_on, _heading(one, today)): one for one in reminders}.values()
    lines = {
        name: [_line(one, name) for one in matters if _heading(one, today) == name] for name in (LATE, SOON, WAITING)
    }
    counts = [(lines[LATE], "overdue"), (lines[SOON], "due soon"), (lines[WAITING], "waiting")]
    said = _spoken([f"{len(found)} {words}" for found, words in counts if found])
    letter = Letter(
        subject=f"peeltrack: {said}",
        opening=f"{said[:1].upper()}{said[1:]}.",
        why=WHY,
        sections=[Section(name, found) for name, found in lines.items() if found],
    )
    return message(digest.recipient, MailKind(digest.kind), letter, f"peeltrack.{digest.kind}.{digest.pk}")


def _heading(reminder: Reminder, today: date) -> str:
    if reminder.rule in WAITS:
        return WAITING
    return LATE if reminder.about_on < today else SOON


def _spoken(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _line(reminder: Reminder, heading: str) -> Line:
    day = f"{reminder.about_on:%-d %B %Y}"
    when = {LATE: f"Was due {day}", SOON: f"Due {day}", WAITING: f"{ReminderRule(reminder.rule).label}, since {day}"}
    tracked = reminder.tracked_finding
    told = {"when": when[heading], "to_do": _to_do(reminder, heading)}
    if tracked is None:
        return Line(title=shortened(reminder.thing, TITLE), url=_where(reminder), of=reminder.force.name, **told)
    named = reminder.tracked_element or tracked.finding.title
    return Line(
        title=shortened(str(named), TITLE),
        url=_where(reminder),
        of=f"{tracked.force.name}; from {tracked.finding.report}",
        stands=status_sentence(tracked),
        **told,
    )


def _to_do(reminder: Reminder, heading: str) -> str:
    """What the rule says is to be done; what was to come and has passed since is late."""
    rule = RULES[ReminderRule(reminder.rule)]
    passed = heading == LATE and rule.about in {SubjectKind.FINDING, SubjectKind.ELEMENT} and not rule.late
    return RULES[ReminderRule.OVERDUE].to_do if passed else rule.to_do


def _where(reminder: Reminder) -> str:
    """The page on which the matter is dealt with."""
    if reminder.response_id:
        return link("admin:tracking_statutoryresponse_change", reminder.response_id)
    if reminder.report_id:
        return link("admin:tracking_assessment_changelist")
    return link("admin:tracking_trackedfinding_change", reminder.tracked_finding_id)
