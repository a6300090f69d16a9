"""A year of many forces, day by day, with outages: that each reminder owed was made once, and how many e-mails people get.

`make year` lives it for 43 forces with 200 findings each; the suite for a few. What is owed is told here from facts kept in
memory, one finding at a time, and compared with the rows that the sweeps left in the database.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import time_machine

from findings.models import Cycle, Finding, Force, Report
from tracking.models import Digest, Membership, ProgressUpdate, Reminder, StatusChange, TrackedFinding, User
from tracking.reminder_rules import FindingFacts, of_finding
from tracking.reminders import sweep
from tracking.vocabulary import ReminderRule, Role

BEGIN, DAYS, WEEK = date(2026, 1, 1), 365, 7
LONDON, SEED, OFFICERS = ZoneInfo("Europe/London"), 20260101, 4
# Of each outage the first day without a sweep, and how many. The days on which the clocks go are among them.
OUTAGES = ((date(2026, 2, 10), 1), (date(2026, 3, 27), 4), (date(2026, 6, 1), 9), (date(2026, 10, 24), 3))
DAY = timedelta(days=1)

Key = tuple[int, str, str, date, date]


@dataclass(slots=True)
class Known:
    """One finding as the year goes on."""

    pk: int
    force: int
    due_on: date | None
    target_on: date | None
    owner: int | None
    updated_on: date
    opened_on: date
    done: bool = False

    def facts(self) -> FindingFacts:
        unowned = None if self.owner else self.opened_on
        return FindingFacts(self.due_on, self.target_on, updated_on=self.updated_on, unowned_since=unowned)


@dataclass(slots=True)
class Figures:
    """What a year came to."""

    findings: int
    made: int
    cancelled: int
    missing: int
    too_many: int
    repeated: int
    seconds: list[float]
    a_week: list[int]

    def __str__(self) -> str:
        return (
            f"{self.findings} findings, {len(self.seconds)} sweeps: {self.made} reminders made, {self.cancelled} of them cancelled"
            f" untold; {self.missing} missing, {self.too_many} not owed, {self.repeated} repeated.\n"
            f"E-mails an officer a week: median {median(self.a_week):g}, at most {max(self.a_week)}.\n"
            f"A sweep takes {median(self.seconds):.2f} s (median), {max(self.seconds):.2f} s at most."
        )


@dataclass(slots=True)
class World:
    """The forces, their people and findings, and chance, which is the same each time."""

    chance: Random
    officers: dict[int, list[int]] = field(default_factory=dict)
    signatory: dict[int, int] = field(default_factory=dict)
    findings: list[Known] = field(default_factory=list)


def live_a_year(forces: int, each: int) -> Figures:
    """Makes the forces in an empty database, lives the year and compares."""
    world, owed, seconds = World(Random(SEED)), set[Key](), []  # noqa: S311 - the same each time, and no secret
    with _noon(BEGIN):
        _make(world, forces, each)
    for day in _days_of_sweeps():
        with _noon(day):
            _happens(world, day)
            begun = perf_counter()
            sweep(day)
            seconds.append(perf_counter() - begun)
            owed.update(_owed_on(world, day))
            _tell(day)
        if day.day == 1:
            print(f"{day:%B}: {Reminder.objects.count()} reminders, a sweep takes {median(seconds):.2f} s", flush=True)  # noqa: T201
    return _compared(world, owed, seconds)


def _noon(day: date) -> time_machine.travel:
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=LONDON), tick=False)


def _days_of_sweeps() -> Iterator[date]:
    away = {first + n * DAY for first, days in OUTAGES for n in range(days)}
    return (day for n in range(DAYS) if (day := BEGIN + n * DAY) not in away)


def _make(world: World, forces: int, each: int) -> None:
    cycle = Cycle.objects.create(code="year", scale="four_tier", order=9000)
    for number in range(forces):
        force = Force.objects.create(slug=f"year-{number}", name=f"Year {number} Police")
        people = [
            User.objects.create(username=f"y{number}-{n}", email=f"y{number}-{n}@peeltrack.example", password="!")
            for n in range(OFFICERS + 1)
        ]
        roles = [Role.OFFICER] * OFFICERS + [Role.SIGNATORY]
        Membership.objects.bulk_create(
            Membership(user=person, force=force, role=role.value) for person, role in zip(people, roles, strict=True)
        )
        world.officers[force.pk] = [person.pk for person in people[:-1]]
        world.signatory[force.pk] = people[-1].pk
        report = Report.objects.create(reference=f"year-{number}", force=force, cycle=cycle, title="Year")
        _findings(world, force, report, each)


def _findings(world: World, force: Force, report: Report, each: int) -> None:
    chance = world.chance
    published = Finding.objects.bulk_create(
        Finding(report=report, reference=f"{report.pk}-{n}", kind="afi", scope="force", number=n, text=f"Mend {n}.")
        for n in range(each)
    )
    rows = [
        TrackedFinding(
            finding=finding,
            force=force,
            due_on=BEGIN + chance.randrange(-30, 500) * DAY if chance.random() < 0.6 else None,
            target_on=BEGIN + chance.randrange(-10, 400) * DAY if chance.random() < 0.5 else None,
            owner_id=chance.choice(world.officers[force.pk]) if chance.random() < 0.9 else None,
        )
        for finding in published
    ]
    now = datetime(BEGIN.year, BEGIN.month, BEGIN.day, 12, tzinfo=LONDON)
    for row in TrackedFinding.objects.bulk_create(rows):
        world.findings.append(Known(row.pk, force.pk, row.due_on, row.target_on, row.owner_id, BEGIN, BEGIN))
    opened = {"to_status": "open", "basis": "publication", "recorded_by_name": "year", "reason": "Published."}
    StatusChange.objects.bulk_create(
        StatusChange(tracked_finding=row, recorded_at=now, hash="0", **opened) for row in rows
    )


def _happens(world: World, day: date) -> None:
    """Some work is recorded, some is done, some dates are moved, some owners change."""
    chance, met, updates = world.chance, [], []
    for known in world.findings:
        if known.done:
            continue
        leading = known.due_on or known.target_on
        near = leading is not None and leading <= day + 20 * DAY
        if near and chance.random() < 0.03:
            known.done = True
            met.append(known.pk)
        elif near and chance.random() < 0.003 and known.due_on:
            known.due_on = day + chance.randrange(5, 120) * DAY
            TrackedFinding.objects.filter(pk=known.pk).update(due_on=known.due_on)
        elif chance.random() < 0.001:
            known.owner = chance.choice(world.officers[known.force])
            TrackedFinding.objects.filter(pk=known.pk).update(owner=known.owner)
        elif chance.random() < 0.02:
            known.updated_on = day
            updates.append(known)
    TrackedFinding.objects.filter(pk__in=met).update(status="achieved")
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(tracked_finding_id=known.pk, comment="At work.", recorded_by_id=world.officers[known.force][0])
        for known in updates
    )


def _owed_on(world: World, day: date) -> Iterator[Key]:
    """What the rules owe on this day, and to whom."""
    for known in world.findings:
        if known.done:
            continue
        for occasion in of_finding(known.facts(), day):
            for person in _told(world, known, occasion.rule):
                yield (person, f"finding:{known.pk}", occasion.rule.value, occasion.on, occasion.about)


def _told(world: World, known: Known, rule: ReminderRule) -> list[int]:
    if rule is ReminderRule.OVERDUE_LEAD:
        return []  # nobody is named
    if rule is ReminderRule.OVERDUE_SIGNATORY:
        return [world.signatory[known.force]]
    return [known.owner] if known.owner else world.officers[known.force]


def _tell(day: date) -> None:
    """Each person gets one e-mail of what they were not told yet."""
    waiting = Reminder.objects.filter(digest__isnull=True, cancelled_at__isnull=True)
    people = set(waiting.order_by().values_list("recipient_id", flat=True))
    now = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
    for person in people:
        digest = Digest.objects.create(recipient_id=person, day=day, state="sent", claimed_at=now, sent_at=now)
        waiting.filter(recipient_id=person).update(digest=digest)


def _compared(world: World, owed: set[Key], seconds: list[float]) -> Figures:
    names = ("recipient_id", "subject", "rule", "occasion", "about_on")
    made = Counter(Reminder.objects.order_by().values_list(*names))
    mails: dict[tuple[int, int], int] = defaultdict(int)
    for person, day in Digest.objects.order_by().values_list("recipient_id", "day"):
        mails[person, (day - BEGIN).days // WEEK] += 1
    officers = [person for people in world.officers.values() for person in people]
    return Figures(
        findings=len(world.findings),
        made=made.total(),
        cancelled=Reminder.objects.filter(cancelled_at__isnull=False).count(),
        missing=len(owed - set(made)),
        too_many=len(set(made) - owed),
        repeated=sum(1 for count in made.values() if count > 1),
        seconds=seconds,
        a_week=[mails[person, week] for person in officers for week in range(DAYS // WEEK)],
    )
