"""Tracked findings by the thousand, the same for the same seed: forces, reports, findings, statuses with their histories.

Django must be set up, and the reference data loaded, before this is imported.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from findings.models import Cycle, Document, Element, Finding, Force, Report, Theme
from findings.vocabulary import FindingKind, Pillar, Scope
from tracking.events import announce_changes, number_events
from tracking.models import Assessment, Evidence, Membership, StatusChange, TrackedElement, TrackedFinding, User
from tracking.vocabulary import EventKind, Position

SEED = 20260101
AT_ONCE = 2_000
NEIGHBOURS = 9
ARE_RECOMMENDATIONS, ARE_OWNED, HAVE_MOVED = 0.3, 0.6, 0.4
CYCLES = ("2015", "2016", "2017", "2018", "2021/22", "2023-25")
WORDS = [
    "force",
    "officers",
    "staff",
    "public",
    "victims",
    "demand",
    "risk",
    "training",
    "vetting",
    "supervision",
    "leaders",
    "records",
    "quality",
    "response",
    "custody",
    "crime",
    "digital",
    "neighbourhood",
    "consistent",
    "understand",
    "improve",
    "ensure",
    "timely",
    "evidence",
    "performance",
    "wellbeing",
    "corruption",
    "complaints",
    "domestic",
    "missing",
]
RECORDED = datetime(2024, 1, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class People:
    """One force's people, whose requests are measured."""

    force: Force
    officer: User
    signatory: User


def people_of(slug: str) -> People:
    """An officer and a signatory of one force and of its neighbours, so that there is enough to change."""
    force = Force.objects.get(slug=slug)
    neighbours = Force.objects.national().exclude(pk=force.pk).order_by("slug")[:NEIGHBOURS]
    made = []
    for role in ("officer", "signatory"):
        user = User.objects.create_user(f"{slug}-{role}", password=None)
        Membership.objects.bulk_create(Membership(user=user, force=one, role=role) for one in (force, *neighbours))
        made.append(user)
    return People(force, *made)


class Population:
    """Grows a database to a number of tracked findings, spread evenly over the 43 forces and six cycles."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)
        self._forces = list(Force.objects.national().order_by("slug"))
        self._themes = list(Theme.objects.order_by("slug"))
        self._recorder = User.objects.create_user("recorder", password=None)
        self._signer = User.objects.create_user("signer", password=None)
        self._document = Document.objects.create(
            sha256="0" * 64, original_name="b.txt", media_type="text/plain", text="."
        )
        self._reports = self._made_reports()
        self._made = 0

    def grow(self, size: int) -> None:
        """Adds what is missing to `size` tracked findings, showing how far it is."""
        while self._made < size:
            count = min(AT_ONCE, size - self._made)
            with transaction.atomic():
                self._add(count)
            self._made += count
            print(f"\r  {self._made:,} tracked findings", end="", flush=True)
        number_events()
        print()

    def _made_reports(self) -> list[Report]:
        reports = []
        for force in self._forces:
            for place, code in enumerate(CYCLES):
                cycle, _ = Cycle.objects.get_or_create(
                    code=code, defaults={"scale": "four_tier", "order": int(code[:4])}
                )
                reports.append(
                    Report(
                        reference=f"{force.slug}/{code}",
                        force=force,
                        cycle=cycle,
                        pillar=Pillar.LEGITIMACY.value,
                        title=f"{force.name}, PEEL {code}, legitimacy",
                        published_on=date(2016 + place, 3, 1),
                        published_precision="day",
                    )
                )
        return Report.objects.bulk_create(reports)

    def _add(self, count: int) -> None:
        findings = Finding.objects.bulk_create(self._finding(self._made + place) for place in range(count))
        themed = Finding.themes.through
        themed.objects.bulk_create(
            themed(finding_id=finding.pk, theme_id=self._chance.choice(self._themes).pk) for finding in findings
        )
        tracked = TrackedFinding.objects.bulk_create(self._tracked(finding) for finding in findings)
        with_limbs = [row for row in tracked if row.finding.kind == FindingKind.RECOMMENDATION and row.pk % 3 == 0]
        limbs = Element.objects.bulk_create(
            Element(finding=row.finding, position=place, text=self._words(12))
            for row in with_limbs
            for place in (1, 2, 3)
        )
        of = {row.finding_id: row for row in with_limbs}
        TrackedElement.objects.bulk_create(
            TrackedElement(tracked_finding=of[limb.finding_id], element=limb) for limb in limbs
        )
        self._write_histories(tracked, {row.pk for row in with_limbs})

    def _finding(self, number: int) -> Finding:
        kind = FindingKind.RECOMMENDATION if self._chance.random() < ARE_RECOMMENDATIONS else FindingKind.AFI
        due = date(2023, 1, 1) + timedelta(days=self._chance.randrange(2000))
        is_dated = kind is FindingKind.RECOMMENDATION
        return Finding(
            report=self._reports[number % len(self._reports)],
            reference=f"bench/{number}",
            kind=kind.value,
            scope=Scope.FORCE.value,
            number=number // len(self._reports) + 1,
            text=f"The force should {self._words(50)}.",
            due_on=due if is_dated else None,
            due_precision="day" if is_dated else "",
        )

    def _tracked(self, finding: Finding) -> TrackedFinding:
        position = self._chance.choice([Position.NOT_STARTED, Position.IN_PROGRESS, Position.IN_PROGRESS])
        return TrackedFinding(
            finding=finding,
            force=finding.report.force,
            due_on=finding.due_on,
            due_precision=finding.due_precision,
            stands_from=finding.report.published_on,
            position=position.value,
            lead=self._words(2),
            owner=self._recorder if self._chance.random() < ARE_OWNED else None,
            closing_plan=self._words(20),
        )

    def _write_histories(self, tracked: list[TrackedFinding], with_limbs: set[int]) -> None:
        """An opening for each; for two in five, a verdict or evidence that made it achieved or partly complied."""
        openings = [self._change(row, "", "open", "publication", row.stands_from, "") for row in tracked]
        StatusChange.objects.bulk_create(openings)
        announce_changes(EventKind.FINDING_OPENED, openings)
        moving = [row for row in tracked if row.pk not in with_limbs and self._chance.random() < HAVE_MOVED]
        seals = {change.tracked_finding_id: change.hash for change in openings}
        said = self._assessments([row for row in moving if row.pk % 2])
        shown = self._evidence([row for row in moving if not row.pk % 2])
        later = []
        for row in moving:
            to = "achieved" if row.pk in said else "partly_complied"
            basis = {"assessment": said[row.pk]} if row.pk in said else {"evidence": shown[row.pk]}
            later.append(self._change(row, "open", to, next(iter(basis)), date(2023, 6, 1), seals[row.pk], **basis))
        StatusChange.objects.bulk_create(later)
        announce_changes(EventKind.STATUS_CHANGED, later)
        for change in (*openings, *later):
            row = change.tracked_finding
            row.status, row.last_change, row.standing_change = change.to_status, change, change
            row.last_word = change.assessment
        fields = ["status", "last_change", "standing_change", "last_word"]
        TrackedFinding.objects.bulk_update(tracked, fields, batch_size=500)

    def _change(self, row: TrackedFinding, before: str, to: str, basis: str, day: date | None, seal: str, **rests: object) -> StatusChange:  # fmt: skip
        change = StatusChange(
            tracked_finding=row,
            from_status=before,
            to_status=to,
            effective_on=day,
            recorded_at=RECORDED,
            recorded_by=self._recorder,
            recorded_by_name="recorder",
            basis=basis,
            reason=self._words(8),
            previous_hash=seal,
            **rests,
        )
        change.hash = change.sealed()
        return change

    def _assessments(self, rows: list[TrackedFinding]) -> dict[int, Assessment]:
        made = Assessment.objects.bulk_create(
            Assessment(
                tracked_finding=row,
                force=row.force,
                report=row.finding.report,
                document=self._document,
                outcome="achieved",
                quote=self._words(15),
                quote_digest=f"{row.pk:064d}",
                line=1,
                confidence=0.95,
                rule="bench",
                refers_to={},
                state="confirmed",
                decided_by=self._recorder,
                decided_at=RECORDED,
                reason="Read.",
            )
            for row in rows
        )
        return {one.tracked_finding_id: one for one in made if one.tracked_finding_id}

    def _evidence(self, rows: list[TrackedFinding]) -> dict[int, Evidence]:
        made = Evidence.objects.bulk_create(
            Evidence(
                tracked_finding=row,
                title=self._words(5),
                link="https://force.example/audit",
                recorded_by=self._recorder,
                signed_off_by=self._signer,
                signed_off_at=RECORDED,
            )
            for row in rows
        )
        return {one.tracked_finding_id: one for one in made}

    def _words(self, count: int) -> str:
        return " ".join(self._chance.choices(WORDS, k=count))
