"""What people are to be told by now: asks the record, the rules and who is told, in a number of queries that does not grow."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from tracking.models import (
    Assessment,
    DateChange,
    Evidence,
    Membership,
    ProgressUpdate,
    ReminderSetting,
    SignOffRequest,
    Snooze,
    StatusChange,
    StatutoryResponse,
    TrackedElement,
    TrackedFinding,
    User,
)
from tracking.reminder_rules import USUAL, FindingFacts, Occasion, Plan, Plans, of_date, of_finding
from tracking.vocabulary import (
    UNMET,
    AssessmentState,
    Audience,
    DateCause,
    DateKind,
    Position,
    ReminderRule,
    Role,
    SignOffState,
    Status,
    SubjectKind,
)

ELEMENT_RULES = (ReminderRule.ELEMENT_OVERDUE, ReminderRule.ELEMENT_DUE)
RESPONSE_RULES = (ReminderRule.STATUTORY_LATE, ReminderRule.STATUTORY_DUE)
# Who is told of the same lateness by one of these is not told of it by the next.
SAME_MATTER = (ReminderRule.OVERDUE, ReminderRule.OVERDUE_LEAD, ReminderRule.OVERDUE_SIGNATORY)

COLUMNS = ("id", "force_id", "owner_id", "lead", "status", "due_on", "target_on")
_RECORDED = ("moved_at", "told_at", "evidence_at")
_DATES = (*_RECORDED, "opened_at", "owner_moved_at", "target_cause")

Key = tuple[int, str, str, date, date]


@dataclass(frozen=True, slots=True)
class Owed:
    """That one person is to be told of one thing by one rule on one occasion."""

    recipient_id: int
    force_id: int
    subject: str
    occasion: Occasion
    about: Mapping[str, int]

    @property
    def key(self) -> Key:
        """What makes its row the only one."""
        return (self.recipient_id, self.subject, self.occasion.rule.value, self.occasion.on, self.occasion.about)


@dataclass(frozen=True, slots=True)
class Told:
    """Something that has occasions, in a force, and who of it is told apart from roles."""

    force_id: int
    subject: str
    occasions: list[Occasion]
    about: Mapping[str, int]
    owner_id: int | None = None
    lead: str = ""
    but_not: int | None = None


@dataclass(slots=True)
class People:
    """The active members of each force, by role, and by the names that a strategic lead may be given as."""

    officers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    signatories: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    named: dict[tuple[int, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    national: set[int] = field(default_factory=set)

    def told(self, thing: Told, audiences: Collection[Audience]) -> list[int]:
        """The ids of those of `audiences` who are told of this thing, each once."""
        found = dict.fromkeys(person for audience in audiences for person in self._of(thing, audience))
        return [person for person in found if person != thing.but_not]

    def may_read(self, person: int, force_id: int) -> bool:
        """Whether this person is active and may read the work of the force."""
        return person in self.members[force_id] or person in self.national

    def _of(self, thing: Told, audience: Audience) -> Iterable[int]:
        officers = self.officers[thing.force_id]
        if audience is Audience.OWNER:
            owner = thing.owner_id
            return [owner] if owner is not None and self.may_read(owner, thing.force_id) else officers
        if audience is Audience.LEAD:
            named = self.named.get((thing.force_id, thing.lead.strip().casefold()), set())
            return named if len(named) == 1 else ()
        return officers if audience is Audience.OFFICERS else self.signatories[thing.force_id]


def presses(path: str = "") -> Q:
    """Where a deadline presses somebody: unmet, unless the force will not act or has signed it off uncontradicted; or
    achieved, and due again.
    """
    no_action = Q(**{f"{path}position": Position.NO_ACTION.value})
    done = Q(**{f"{path}position": Position.SIGNED_OFF.value, f"{path}contradicted": False})
    again = Q(**{f"{path}status": Status.ACHIEVED.value, f"{path}recurs": True})
    return Q(**{f"{path}status__in": UNMET}) & ~no_action & ~done | again


def owed_by(today: date) -> list[Owed]:
    """Everything that somebody is to be told by `today`, told already or not; nothing that they snoozed."""
    people, plans, asleep = people_of_forces(), plans_of_forces(), _snoozed(today)
    found: dict[Key, Owed] = {}
    for thing in _things(today, plans):
        for owed in _for_each_person(thing, people, plans[thing.force_id]):
            if (owed.recipient_id, owed.about.get("tracked_finding_id")) not in asleep:
                found[owed.key] = owed
    return list(found.values())


def facts_of(rows: QuerySet[TrackedFinding]) -> Iterator[tuple[dict[str, Any], FindingFacts]]:
    """What the rules ask of each of these findings, beside its columns."""
    for row in _dated(rows).values(*COLUMNS, *_DATES).iterator(2000):
        moments = [moment for name in _RECORDED if (moment := row[name])]
        yield (
            row,
            FindingFacts(
                due_on=row["due_on"],
                target_on=row["target_on"],
                unmet=row["status"] in UNMET,
                extended=row["target_cause"] == DateCause.EXTENSION.value,
                updated_on=_day(max(moments, default=None)),
                unowned_since=None if row["owner_id"] else _day(row["owner_moved_at"] or row["opened_at"]),
            ),
        )


def plans_of_forces() -> Mapping[int, Plans]:
    """How each force follows each rule: as usual, but where it has settings of its own."""
    own: dict[int, dict[ReminderRule, Plan]] = defaultdict(lambda: dict(USUAL))
    for setting in ReminderSetting.objects.all():
        who = tuple(Audience(one) for one in setting.who)
        own[setting.force_id][ReminderRule(setting.rule)] = Plan(setting.on, tuple(setting.days), who)
    return own


def people_of_forces() -> People:
    """Who may be told of what, by force."""
    people = People()
    held = Membership.objects.filter(user__is_active=True).select_related("user").order_by("user_id", "pk")
    for membership in held:
        force_id, person = membership.force_id, membership.user_id
        if force_id is None:
            if membership.role == Role.NATIONAL:
                people.national.add(person)
            continue
        people.members[force_id].add(person)
        for name in names_of(membership.user):
            people.named[force_id, name].add(person)
        if membership.role == Role.OFFICER:
            people.officers[force_id].append(person)
        if membership.role == Role.SIGNATORY:
            people.signatories[force_id].append(person)
    return people


def names_of(user: User) -> set[str]:
    """The words by which a strategic lead may be named, folded."""
    return {name.strip().casefold() for name in (user.get_full_name(), user.username, user.email)} - {""}


def _for_each_person(thing: Told, people: People, plans: Plans) -> Iterator[Owed]:
    told_of_lateness: set[int] = set()
    for occasion in sorted(thing.occasions, key=lambda one: one.rule in SAME_MATTER and SAME_MATTER.index(one.rule)):
        same = occasion.rule in SAME_MATTER
        for person in people.told(thing, plans[occasion.rule].who):
            if same and person in told_of_lateness:
                continue
            if same:
                told_of_lateness.add(person)
            yield Owed(person, thing.force_id, thing.subject, occasion, thing.about)


def _things(today: date, plans: Mapping[int, Plans]) -> Iterator[Told]:
    yield from _findings(today, plans)
    yield from _elements(today, plans)
    yield from _responses(today, plans)
    yield from _sign_offs(today, plans)
    yield from _reports(today, plans)


def _findings(today: date, plans: Mapping[int, Plans]) -> Iterator[Told]:
    for row, facts in facts_of(TrackedFinding.objects.filter(presses())):
        occasions = of_finding(facts, today, plans[row["force_id"]])
        if occasions:
            subject = f"{SubjectKind.FINDING.value}:{row['id']}"
            about = {"tracked_finding_id": row["id"]}
            yield Told(row["force_id"], subject, occasions, about, row["owner_id"], row["lead"])


def _elements(today: date, plans: Mapping[int, Plans]) -> Iterator[Told]:
    """The limbs that have a date other than the one that leads their finding."""
    rows = TrackedElement.objects.filter(presses("tracked_finding__"), status__in=UNMET, element__due_on__isnull=False)
    rows = rows.filter(~Q(element__due_on=F("tracked_finding__due_on")) | Q(tracked_finding__due_on__isnull=True))
    names = ("id", "tracked_finding", "tracked_finding__force", "tracked_finding__owner", "tracked_finding__lead")
    for pk, finding, force, owner, lead, due in rows.order_by().values_list(*names, "element__due_on"):
        occasions = of_date(ELEMENT_RULES, due, today, plans[force])
        about = {"tracked_finding_id": finding, "tracked_element_id": pk}
        yield Told(force, f"{SubjectKind.ELEMENT.value}:{pk}", occasions, about, owner, lead)


def _responses(today: date, plans: Mapping[int, Plans]) -> Iterator[Told]:
    rows = StatutoryResponse.objects.filter(published_on__isnull=True).order_by()
    for pk, force, due in rows.values_list("id", "force_id", "due_on"):
        occasions = of_date(RESPONSE_RULES, due, today, plans[force])
        yield Told(force, f"{SubjectKind.RESPONSE.value}:{pk}", occasions, {"response_id": pk})


def _sign_offs(today: date, plans: Mapping[int, Plans]) -> Iterator[Told]:
    rows = SignOffRequest.objects.filter(state=SignOffState.ASKED.value).order_by()
    names = ("id", "tracked_finding", "tracked_finding__force", "asked_by", "asked_at")
    for pk, finding, force, asker, asked_at in rows.values_list(*names):
        occasions = of_date((ReminderRule.SIGN_OFF_WAITING,), timezone.localdate(asked_at), today, plans[force])
        subject = f"{SubjectKind.SIGN_OFF.value}:{pk}"
        yield Told(force, subject, occasions, {"tracked_finding_id": finding}, but_not=asker)


def _reports(today: date, plans: Mapping[int, Plans]) -> Iterator[Told]:
    """The verdicts that wait, a report and force as one: since when the oldest does."""
    waiting = Assessment.objects.filter(state=AssessmentState.PROPOSED.value).order_by()
    for row in waiting.values("report", "force").annotate(since=Min("document__received_at")):
        force, report = row["force"], row["report"]
        since = timezone.localdate(row["since"])
        occasions = of_date((ReminderRule.PROPOSALS_WAITING,), since, today, plans[force])
        yield Told(force, f"{SubjectKind.REPORT.value}:{report}:{force}", occasions, {"report_id": report})


def _snoozed(today: date) -> set[tuple[int, int | None]]:
    return set(
        Snooze.objects.filter(ended_at__isnull=True, until__gt=today).values_list("recipient_id", "tracked_finding_id")
    )


def _dated(rows: QuerySet[TrackedFinding]) -> QuerySet[TrackedFinding]:
    of_it = {"tracked_finding": OuterRef("pk")}
    updates = ProgressUpdate.objects.filter(**of_it).order_by()
    changes = StatusChange.objects.filter(**of_it).order_by("id")
    targets = DateChange.objects.filter(**of_it, kind=DateKind.TARGET.value).order_by("-id")
    return rows.order_by().annotate(
        opened_at=Subquery(changes.values("recorded_at")[:1]),
        moved_at=F("last_change__recorded_at"),
        told_at=_newest(updates),
        owner_moved_at=_newest(updates.filter(moved__has_key="owner")),
        evidence_at=_newest(Evidence.objects.filter(**of_it).order_by()),
        target_cause=Subquery(targets.values("cause")[:1]),
    )


def _newest(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.values("tracked_finding").annotate(newest=Max("recorded_at")).values("newest"))


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None
