"""A force's findings walk at random through all that the writers allow and refuse, beside a model of the rules.

The model is written from the rules as people read them (docs/workflow.md). It asks no code of the service what holds, so
that a rule which that code forgets, or adds, is found.
"""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from findings.models import Element, Report
from tests.factories import AssessmentFactory, CycleFactory, ForceFactory, ReportFactory, member, tracked_finding
from tracking.changes import Move, change_status, change_statuses
from tracking.dates import change_date
from tracking.decisions import decide
from tracking.evidence import record_evidence, sign_off
from tracking.history import verify_history
from tracking.models import (
    Assessment,
    Evidence,
    SignOffRequest,
    TrackedElement,
    TrackedFinding,
    User,
)
from tracking.progress import decide_sign_off, record_progress
from tracking.vocabulary import Basis, DateKind, Decision, Position, Role, Status
from tracking.workflow import Refused, Stale

pytestmark = pytest.mark.django_db

START = datetime(2026, 6, 1, 11, tzinfo=UTC)
TODAY = START.date()
OPENED, LATER = date(2019, 5, 2), date(2022, 10, 3)
# Cycle and day of each report, oldest first: the place in this list tells which is later.
REPORTS = [("2016", date(2017, 3, 1)), ("2018", OPENED), ("2021/22", LATER), ("2023-25", date(2024, 2, 1)), ("2025", None)]  # fmt: skip
PLAIN, OF_TWO_LIMBS, NEWER, ANOTHER_FORCES = range(4)
OWN_REPORT = {PLAIN: 1, OF_TWO_LIMBS: 1, NEWER: 2, ANOTHER_FORCES: 1}
LIMBS_DUE = (date(2027, 1, 31), date(2027, 6, 30))
SIGNATORIES = ({"signatory", "deputy"}, {"stranger"})
TABLES = (
    "tracking_trackedfinding",
    "tracking_trackedelement",
    "tracking_statuschange",
    "tracking_assessment",
    "tracking_evidence",
    "tracking_signoffrequest",
    "tracking_signoffrequest_evidence",
    "tracking_progressupdate",
    "tracking_datechange",
)

# The table of docs/workflow.md.
UP = {("open", "partly_complied"), ("open", "achieved"), ("partly_complied", "achieved")}
DOWN = {("partly_complied", "open"), ("achieved", "open"), ("achieved", "partly_complied")}
AWAY = {("open", "superseded"), ("partly_complied", "superseded"), ("achieved", "superseded")}
BACK = {("superseded", "open")}
MOVES_ON = {"assessment": UP | DOWN, "evidence": UP, "correction": DOWN | BACK, "successor": AWAY}
LEADS_TO = {"achieved": "achieved", "partly_complied": "partly_complied", "not_achieved": "open"}
NEEDS_A_REASON = {"no_action", "depends_on_another_body"}


@dataclass
class Shown:
    """Evidence, as the model has it."""

    row: int
    finding: int
    recorded_by: str
    signed_at: int | None = None


@dataclass
class Verdict:
    """An assessment, as the model has it."""

    row: int
    report: int
    outcome: str
    finding: int | None
    state: str = "proposed"
    decided_at: int = -1

    @property
    def leads_to(self) -> str | None:
        return LEADS_TO.get(self.outcome)


@dataclass
class Request:
    """A request for sign-off, as the model has it."""

    row: int
    finding: int
    asked_by: str
    evidence: list[int]
    state: str = "asked"


@dataclass
class Stand:
    """A finding, as the model has it. A change is (limb or None, before, after, basis)."""

    own_report: int
    force: int = 0
    status: str = "open"
    limbs: list[str] = field(default_factory=list)
    successor: int | None = None
    changes: list[tuple[int | None, str, str, str]] = field(default_factory=lambda: [(None, "", "open", "publication")])
    own_day: date = OPENED  # since when its own status is true
    last_day: date = OPENED  # of its newest change, a limb's included
    on_report: int | None = None  # the report on whose word its own status rests
    corrected_at: int = -1
    position: str = "not_started"
    target: date | None = None
    due: date | None = None
    by_letter: bool = False

    @property
    def adds_up_to(self) -> str:
        """All met is achieved, none is open, anything else partly complied; superseded limbs count for nothing."""
        counted = [limb for limb in self.limbs if limb != "superseded"]
        if not counted:
            return "superseded"
        return counted[0] if len(set(counted)) == 1 else "partly_complied"

    @property
    def needs_work(self) -> bool:
        return self.status in {"open", "partly_complied"}

    @property
    def published_due(self) -> date | None:
        """The date that counts by the report: of the nearest limb that is not met."""
        unmet = [due for due, limb in zip(LIMBS_DUE, self.limbs, strict=False) if limb in {"open", "partly_complied"}]
        return None if self.status == "achieved" else min(unmet, default=None)

    def overtaken(self, report: int, day: date | None) -> bool:
        """Whether the status rests on a later report, or on a later day."""
        told_later = self.on_report is not None and self.on_report > report
        return told_later or (day is not None and day < self.own_day)

    def move(self, limb: int | None, to: str, basis: str, day: date, at: int) -> None:
        self.changes.append((limb, self.status if limb is None else self.limbs[limb], to, basis))
        self.last_day = day
        if basis == "correction":
            self.corrected_at = at
        if limb is None:
            self.status, self.own_day, self.on_report, self.successor = to, day, None, None
            return
        self.limbs[limb] = to
        whole = self.adds_up_to
        if "superseded" not in {whole, self.status} and whole != self.status and self.on_report is None:
            self.move(None, whole, "elements", day, at)
        if not self.by_letter:
            self.due = self.published_due


@dataclass(frozen=True)
class Asked:
    """A move as somebody may ask for it; `pick` tells on which evidence or verdict."""

    finding: int
    limb: int | None
    to: str
    basis: str
    day: date | None
    reason: str
    pick: int
    successor: int
    names_more: bool


@dataclass
class World:
    """What is there before anybody acts."""

    findings: list[TrackedFinding]
    limbs: list[TrackedElement]
    reports: list[Report]
    people: dict[str, User]
    walked: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    ended: set[str] = field(default_factory=set)
    refused: int = 0


PEOPLE = st.sampled_from(["officer", "colleague", "signatory", "signatory", "deputy", "stranger"])
FINDINGS = st.sampled_from([PLAIN, PLAIN, OF_TWO_LIMBS, OF_TWO_LIMBS, OF_TWO_LIMBS, NEWER, ANOTHER_FORCES])
REASONS = st.sampled_from(["It is so.", "The audit shows it.", "Read.", " "])
DAYS = st.sampled_from([None, None, date(2018, 1, 1), date(2020, 6, 1), date(2023, 6, 1), LATER, TODAY, TODAY, TODAY + timedelta(days=1)])  # fmt: skip
PICK = st.integers(0, 59)
NEWEST, OLDEST = -1, -3
LIMBS = st.sampled_from([None, 0, 1])
GIVEN_DAYS = st.sampled_from([None] * 5 + [TODAY, OPENED])  # none: the day of the last change
MOSTLY = st.sampled_from([True] * 5 + [False])
OFF = MOSTLY.map(lambda usual: not usual)
STATUSES = st.sampled_from([status.value for status in Status])
ASKED = st.builds(
    Asked,
    finding=FINDINGS,
    limb=LIMBS,
    to=STATUSES,
    basis=st.sampled_from(list(MOVES_ON)),
    day=DAYS,
    reason=REASONS,
    pick=PICK,
    successor=st.integers(0, 3),
    names_more=st.sampled_from([False] * 7 + [True]),
)


Rows = dict[str, list[dict[str, Any]]]


def read_rows() -> Rows:
    """Every row that a step may write, as the database has it: read past the ORM, which costs more than the rest."""
    read: Rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            names = [column[0] for column in cursor.description]
            read[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return read


def earliest(report: int) -> date:
    """Before which nothing is true by a report's word: its day, or its year's first."""
    cycle, day = REPORTS[report]
    return day or date(int(cycle[:4]), 1, 1)


class Walk(RuleBasedStateMachine):
    """One walk. Everything that it stores is taken back at its end."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.taken_back = transaction.atomic()
        self.taken_back.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.at = 0
        self.stands = [Stand(own_report=OWN_REPORT[place]) for place in range(4)]
        self.stands[OF_TWO_LIMBS].limbs = ["open", "open"]
        self.stands[OF_TWO_LIMBS].due = LIMBS_DUE[0]
        self.stands[NEWER].own_day = self.stands[NEWER].last_day = LATER
        self.stands[ANOTHER_FORCES].force = 1
        self.shown: list[Shown] = []
        self.verdicts: list[Verdict] = []
        self.requests: list[Request] = []
        self.rows = read_rows()
        self.unproved = True

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.taken_back.__exit__(None, None, None)

    @rule(finding=FINDINGS, by=PEOPLE, signer=st.none() | PEOPLE)
    def show_evidence(self, finding: int, by: str, signer: str | None) -> None:
        tracked = self.world.findings[finding]
        made = self._try(True, partial(record_evidence, tracked, "Audit", "https://force.example/audit", self._who(by)))
        self.shown.append(Shown(made.pk, finding, by))
        if signer:
            self._sign_off(self.shown[-1], signer)

    @rule(pick=PICK, by=PEOPLE)
    def sign_evidence_off(self, pick: int, by: str) -> None:
        if self.shown:
            self._sign_off(self.shown[pick % len(self.shown)], by)

    @rule(finding=st.none() | FINDINGS, report=st.integers(0, 4), outcome=st.sampled_from([*LEADS_TO, "in_progress"]))
    def propose_a_verdict(self, finding: int | None, report: int, outcome: str) -> None:
        made = AssessmentFactory(
            tracked_finding=None if finding is None else self.world.findings[finding],
            force=self.world.findings[finding or PLAIN].force,
            report=self.world.reports[report],
            outcome=outcome,
        )
        self.verdicts.append(Verdict(made.pk, report, outcome, finding))
        self.rows = read_rows()

    @rule(
        pick=PICK,
        decision=st.sampled_from([Decision.CONFIRM] * 4 + [Decision.REJECT]),
        by=PEOPLE,
        chosen=st.none() | FINDINGS,
        reason=REASONS,
        day=DAYS,
    )
    def decide_on_a_verdict(
        self, pick: int, decision: Decision, by: str, chosen: int | None, reason: str, day: date | None
    ) -> None:
        waiting = [verdict for verdict in self.verdicts if verdict.state == "proposed"]
        verdict = self._picked(self.verdicts, waiting, pick)
        if verdict is None:
            return
        force = self.stands[verdict.finding or PLAIN].force
        meant = verdict.finding if chosen is None else chosen
        to = self._to_by_decision(verdict, meant, day)
        true_on = REPORTS[verdict.report][1] or day
        allowed = verdict.state == "proposed" and bool(reason.strip())
        if decision is Decision.CONFIRM:
            allowed = (
                allowed
                and meant is not None
                and self.stands[meant].force == force
                and (verdict.leads_to is None or verdict.report > self.stands[meant].own_report)
                and (to is None or self._may_be_true_on(meant, true_on, day, verdict.report))
            )
        named = None if chosen is None else self.world.findings[chosen]
        self._try(allowed, partial(decide, verdict.row, decision, self._who(by), reason, named, day))
        if not allowed:
            return
        verdict.state, verdict.decided_at = "confirmed" if decision is Decision.CONFIRM else "rejected", self.at
        if decision is Decision.CONFIRM:
            verdict.finding = meant
            if meant is not None and to is not None and true_on is not None:
                self._moved(self.stands[meant], None, to, "assessment", true_on)
                self.stands[meant].on_report = verdict.report

    @rule(asked=st.lists(ASKED, min_size=1, max_size=2), by=PEOPLE)
    def move(self, asked: list[Asked], by: str) -> None:
        """One move, or several of which all are made or none; most are refused."""
        self._move(asked, by)

    @rule(pick=PICK, off=OFF, day=GIVEN_DAYS, signer=st.sampled_from(["signatory"] * 6 + [None]), fresh=MOSTLY)
    def move_on_evidence(self, pick: int, off: bool, day: date | None, signer: str | None, fresh: bool) -> None:
        if subject := self._subject("evidence", pick, off):
            self.make("evidence", *subject, day, signer=signer, fresh=fresh)

    @rule(pick=PICK, off=OFF, day=GIVEN_DAYS, report=st.sampled_from([4, 4, 4, 3, 2, 1]))
    def move_on_a_verdict(self, pick: int, off: bool, day: date | None, report: int) -> None:
        if subject := self._subject("assessment", pick, off):
            self.make("assessment", *subject, day, report=report)

    @rule(pick=PICK, off=OFF, day=GIVEN_DAYS, by=st.sampled_from(["deputy"] * 6 + ["officer", "stranger"]))
    def correct(self, pick: int, off: bool, day: date | None, by: str) -> None:
        if subject := self._subject("correction", pick, off):
            self.make("correction", *subject, day, by=by)

    @rule(pick=PICK, off=OFF, day=GIVEN_DAYS, taker=st.none() | st.integers(0, 3))
    def supersede(self, pick: int, off: bool, day: date | None, taker: int | None) -> None:
        if subject := self._subject("successor", pick, off):
            self.make("successor", *subject, day, taker=taker)

    def _subject(self, basis: str, pick: int, off: bool) -> tuple[int, int | None, str] | None:
        """A finding or limb with a status that the table names from where it stands; or, with `off`, one that it does not."""
        named = [
            (finding, limb, after)
            for finding in (PLAIN, OF_TWO_LIMBS, NEWER)
            for limb, before in [(None, self.stands[finding].status), *enumerate(self.stands[finding].limbs)]
            for after in ("open", "partly_complied", "achieved", "superseded")
            if ((before, after) in MOVES_ON[basis]) is not off
        ]
        return named[pick % len(named)] if named else None

    def make(
        self,
        basis: str,
        finding: int,
        limb: int | None,
        to: str,
        day: date | None = None,
        by: str = "deputy",
        signer: str | None = "signatory",
        report: int = 4,
        taker: int | None = None,
        fresh: bool = True,
    ) -> None:
        """A move with all that it needs, unless told otherwise."""
        if taker is None:
            taker = next((taker for taker in range(4) if self._may_take_over(taker, finding)), ANOTHER_FORCES)
        rests_on = {"assessment": report, "successor": self.stands[taker].own_report}.get(basis, OWN_REPORT[finding])
        day = day or max(self.stands[finding].last_day, earliest(rests_on))
        if basis == "evidence" and fresh:
            self.show_evidence(finding, "officer", signer)
        if basis == "assessment":
            outcome = next((said for said, leads in LEADS_TO.items() if leads == to), "in_progress")
            day = None if REPORTS[report][1] else day
            self.propose_a_verdict(finding, report, outcome)
            self.decide_on_a_verdict(NEWEST, Decision.CONFIRM, "officer", None, "Read.", day)
        pick = NEWEST if fresh else OLDEST
        self._move([Asked(finding, limb, to, basis, day, "So it is.", pick, taker, names_more=False)], by)

    def _move(self, asked: list[Asked], by: str) -> None:
        before, walked = deepcopy(self.stands), self.world.walked.copy()
        moves = [self._as_move(one) for one in asked]
        allowed = all(self._moves_in_the_model(one, by) for one in asked)
        if not allowed:
            self.stands, self.world.walked = before, walked
        if len(moves) == 1:
            self._try(allowed, partial(change_status, moves[0], self._who(by)))
        else:
            self._try(allowed, partial(change_statuses, moves, self._who(by)))

    @rule(
        finding=FINDINGS,
        position=st.sampled_from(["ready_for_sign_off", *(position.value for position in Position)]),
        by=PEOPLE,
        comment=st.sampled_from(["Said at the board.", "Done.", " "]),
        stale=st.sampled_from([False] * 5 + [True]),
        pick=st.none() | PICK,
    )
    def take_a_position(
        self, finding: int, position: str, by: str, comment: str, stale: bool, pick: int | None
    ) -> None:
        shown = [] if pick is None else [item for item in [self._picked(self.shown, [], pick)] if item]
        allowed = not stale and self._may_take(finding, position, by, comment, shown)
        version = TrackedFinding.objects.get(pk=self._row(finding)).version - stale
        named = Evidence.objects.filter(pk__in=[item.row for item in shown])
        writes = partial(
            record_progress, self._row(finding), {"position": position}, self._who(by), comment, version, named
        )
        self._try(allowed, writes)
        if allowed:
            self._taken(finding, position, by, shown)

    @rule(pick=PICK, accept=st.booleans(), by=PEOPLE, reason=REASONS)
    def decide_on_a_request(self, pick: int, accept: bool, by: str, reason: str) -> None:
        waiting = [request for request in self.requests if request.state == "asked"]
        request = self._picked(self.requests, waiting, pick)
        if request is None:
            return
        position = "signed_off" if accept else "in_progress"
        allowed = (
            request.state == "asked"
            and by != request.asked_by
            and self._may_take(request.finding, position, by, reason, [])
        )
        self._try(allowed, partial(decide_sign_off, request.row, accept, self._who(by), reason))
        if allowed:
            self._taken(request.finding, position, by, [])

    @rule(finding=FINDINGS, accept=st.booleans(), reason=st.sampled_from(["The board has seen it.", " "]))
    def see_a_request_through(self, finding: int, accept: bool, reason: str) -> None:
        """Somebody asks, and a signatory decides: what chance alone brings together too seldom."""
        if self._waiting(finding) is None:
            self.take_a_position(finding, "ready_for_sign_off", "officer", "Done.", stale=False, pick=None)
        if self._waiting(finding) is not None:
            self.decide_on_a_request(NEWEST, accept, "signatory", reason)

    @rule(
        finding=FINDINGS,
        kind=st.sampled_from(DateKind),
        to=st.none() | st.sampled_from([TODAY - timedelta(days=1), TODAY, date(2026, 12, 1), LIMBS_DUE[0]]),
        reason=REASONS,
        by=PEOPLE,
    )
    def move_a_date(self, finding: int, kind: DateKind, to: date | None, reason: str, by: str) -> None:
        stand, is_due = self.stands[finding], kind is DateKind.DUE
        allowed = (
            to != (stand.due if is_due else stand.target)
            and bool(reason.strip())
            and stand.needs_work
            and (self._may_be_due(stand, to) if is_due else self._may_be_the_target(stand, to))
        )
        self._try(allowed, partial(change_date, self._row(finding), kind, to, reason, self._who(by)))
        if allowed and is_due:
            stand.due, stand.by_letter = to, to != stand.published_due
        elif allowed:
            stand.target = to

    def _may_be_due(self, stand: Stand, to: date | None) -> bool:
        """A letter may name a past day; it drops no date that a report gives."""
        return to is not None or stand.published_due is None

    def _may_be_the_target(self, stand: Stand, to: date | None) -> bool:
        """Not in the past, unless it is the first; dropped only where the force does nothing, or waits."""
        if to is None:
            return stand.position in NEEDS_A_REASON
        return to >= TODAY or stand.target is None

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        stored = {row["id"]: row for row in self.rows["tracking_trackedfinding"]}
        for place, stand in enumerate(self.stands):
            row = stored[self._row(place)]
            successor = None if stand.successor is None else self._row(stand.successor)
            assert (row["status"], row["successor_id"], row["position"]) == (stand.status, successor, stand.position)
            assert (str(row["target_on"]), str(row["due_on"])) == (str(stand.target), str(stand.due))
        limbs = {row["id"]: row["status"] for row in self.rows["tracking_trackedelement"]}
        assert [limbs[limb.pk] for limb in self.world.limbs] == self.stands[OF_TWO_LIMBS].limbs
        signed = {row["id"]: row["signed_off_at"] is not None for row in self.rows["tracking_evidence"]}
        assert signed == {item.row: item.signed_at is not None for item in self.shown}
        for table, known in (("tracking_assessment", self.verdicts), ("tracking_signoffrequest", self.requests)):
            assert {row["id"]: row["state"] for row in self.rows[table]} == {item.row: item.state for item in known}

    @invariant()
    def each_move_left_one_change_and_the_changes_lead_to_where_all_stands(self) -> None:
        stored = {row["id"]: row for row in self.rows["tracking_trackedfinding"]}
        limbs = {row["id"]: row["status"] for row in self.rows["tracking_trackedelement"]}
        place_of = {None: None, **{limb.pk: place for place, limb in enumerate(self.world.limbs)}}
        for place, stand in enumerate(self.stands):
            row = stored[self._row(place)]
            changes = [c for c in self.rows["tracking_statuschange"] if c["tracked_finding_id"] == row["id"]]
            left = [(place_of[c["element_id"]], c["from_status"], c["to_status"], c["basis"]) for c in changes]
            assert left == stand.changes
            assert row["last_change_id"] == changes[-1]["id"]
            assert row["standing_change_id"] == max(c["id"] for c in changes if c["element_id"] is None)
            replayed: dict[int | None, str] = {}
            for change in changes:
                before = replayed.get(change["element_id"], "open" if change["element_id"] else "")
                assert change["from_status"] == before
                replayed[change["element_id"]] = change["to_status"]
                self._rests_on_what_it_says(change)
            assert replayed.pop(None) == row["status"]
            assert all(limbs[limb] == status for limb, status in replayed.items() if limb)

    @invariant()
    def every_seal_holds(self) -> None:
        if self.unproved:
            assert [str(fault) for fault in verify_history() if fault] == []
        self.unproved = False

    @invariant()
    def a_superseded_finding_names_another_of_its_force(self) -> None:
        stored = {row["id"]: row for row in self.rows["tracking_trackedfinding"]}
        for row in stored.values():
            if row["status"] == "superseded":
                assert row["successor_id"] != row["id"]
                assert stored[row["successor_id"]]["force_id"] == row["force_id"]
            else:
                assert row["successor_id"] is None

    @invariant()
    def one_request_waits_exactly_where_the_force_is_ready(self) -> None:
        waiting = [r["tracked_finding_id"] for r in self.rows["tracking_signoffrequest"] if r["state"] == "asked"]
        ready = [r["id"] for r in self.rows["tracking_trackedfinding"] if r["position"] == "ready_for_sign_off"]
        assert sorted(waiting) == sorted(ready)

    def _try(self, allowed: bool, act: Callable[[], Any]) -> Any:
        """Does it; what the model allows must be done, and what it forbids refused without a trace."""
        self.at += 1
        self.time.shift(60)
        refused: Exception | None = None
        try:
            done = act()
        except (Refused, Stale) as error:
            refused = error
        assert allowed is (refused is None), refused or "done, though the rules forbid it"
        if refused:
            self.world.refused += 1
            assert read_rows() == self.rows
            return None
        before, self.rows = self.rows, read_rows()
        self.unproved |= before["tracking_statuschange"] != self.rows["tracking_statuschange"]
        return done

    def _rests_on_what_it_says(self, change: dict[str, Any]) -> None:
        rests_on = ("assessment", "evidence", "successor")
        assert [basis for basis in rests_on if change[f"{basis}_id"]] == [b for b in rests_on if b == change["basis"]]
        if change["to_status"] == "achieved":
            assert change["basis"] in {"assessment", "evidence", "elements"}

    def _waits(self, item: Shown) -> bool:
        """Whether evidence is not signed off, or was before a correction."""
        return item.signed_at is None or item.signed_at <= self.stands[item.finding].corrected_at

    def _sign_off(self, item: Shown, by: str) -> None:
        allowed = self._waits(item) and by != item.recorded_by
        self._try(allowed, partial(sign_off, item.row, self._who(by)))
        if allowed:
            item.signed_at = self.at

    def _as_move(self, asked: Asked) -> Move:
        shown, verdict = self._evidence(asked), self._verdict(asked)
        names = {asked.basis, "successor"} if asked.names_more else {asked.basis}
        return Move(
            self._row(asked.finding),
            Status(asked.to),
            Basis(asked.basis),
            asked.reason,
            asked.day,
            assessment=Assessment.objects.get(pk=verdict.row) if verdict and "assessment" in names else None,
            evidence=Evidence.objects.get(pk=shown.row) if shown and "evidence" in names else None,
            successor=TrackedFinding.objects.get(pk=self._row(asked.successor)) if "successor" in names else None,
            element=None if asked.limb is None else self.world.limbs[asked.limb].pk,
        )

    def _moves_in_the_model(self, asked: Asked, by: str) -> bool:
        """Whether the rules allow this move; it is made in the model where they do."""
        stand, shown, verdict = self.stands[asked.finding], self._evidence(asked), self._verdict(asked)
        if asked.limb is not None and not stand.limbs:
            return False
        before = stand.status if asked.limb is None else stand.limbs[asked.limb]
        true_on = asked.day
        if asked.basis == "assessment" and verdict:
            true_on = REPORTS[verdict.report][1] or asked.day
        holds = {
            "assessment": verdict is not None
            and (verdict.state, verdict.finding, verdict.leads_to) == ("confirmed", asked.finding, asked.to)
            and verdict.report > stand.own_report
            and not stand.overtaken(verdict.report, true_on)
            and (verdict.decided_at > stand.corrected_at or by in SIGNATORIES[stand.force]),
            "evidence": shown is not None
            and shown.finding == asked.finding
            and shown.signed_at is not None
            and shown.signed_at > stand.corrected_at,
            "correction": by in SIGNATORIES[stand.force],
            "successor": self._may_take_over(asked.successor, asked.finding),
        }
        whole_by_the_force = asked.limb is None and asked.basis in {"evidence", "correction"} and before != "superseded"
        allowed = (
            (before, asked.to) in MOVES_ON[asked.basis]
            and holds[asked.basis]
            and bool(asked.reason.strip())
            and not (asked.names_more and asked.basis != "successor")
            and not (whole_by_the_force and stand.limbs and stand.adds_up_to != asked.to)
            and self._may_be_true_on(asked.finding, true_on, asked.day, self._other_report(asked, verdict))
        )
        if allowed and true_on is not None:
            self._moved(stand, asked.limb, asked.to, asked.basis, true_on)
            if asked.limb is None and asked.basis == "successor":
                stand.successor = asked.successor
            if asked.limb is None and asked.basis == "assessment" and verdict:
                stand.on_report = verdict.report
        return allowed

    def _other_report(self, asked: Asked, verdict: Verdict | None) -> int | None:
        """The report beside its own that the move rests on."""
        if asked.basis == "assessment" and verdict:
            return verdict.report
        return self.stands[asked.successor].own_report if asked.basis == "successor" else None

    def _may_take_over(self, successor: int, finding: int) -> bool:
        """Another finding of the same force, no older, that stands itself."""
        taker, stand = self.stands[successor], self.stands[finding]
        return (
            successor != finding
            and taker.force == stand.force
            and taker.own_report >= stand.own_report
            and taker.status != "superseded"
        )

    def _may_be_true_on(self, finding: int, true_on: date | None, given: date | None, other: int | None = None) -> bool:
        """A known day, the report's own where it has one, not in the future, before the last change, or before a report."""
        if true_on is None or (given is not None and given != true_on):
            return False
        stand = self.stands[finding]
        reports = {stand.own_report, stand.own_report if other is None else other}
        return max(stand.last_day, *(earliest(report) for report in reports)) <= true_on <= TODAY

    def _to_by_decision(self, verdict: Verdict, meant: int | None, day: date | None) -> str | None:
        """Where confirming leads: nowhere without a status, where it stands already, is taken over, or is overtaken."""
        if meant is None:
            return None
        stand, to = self.stands[meant], verdict.leads_to
        if stand.status in {to, "superseded"} or stand.overtaken(verdict.report, REPORTS[verdict.report][1] or day):
            return None
        return to

    def _moved(self, stand: Stand, limb: int | None, to: str, basis: str, day: date) -> None:
        before = stand.status if limb is None else stand.limbs[limb]
        stand.move(limb, to, basis, day, self.at + 1)
        self.world.walked["whole" if limb is None else "limb", f"{before} → {to}", basis] += 1

    def _may_take(self, finding: int, position: str, by: str, comment: str, shown: list[Shown]) -> bool:
        stand, request = self.stands[finding], self._waiting(finding)
        if position == stand.position:
            return True
        signs = by in SIGNATORIES[stand.force]
        if position in NEEDS_A_REASON and not comment.strip():
            return False
        if position == "signed_off":
            own = [item for item in self.shown if request and item.row in request.evidence and self._waits(item)]
            return signs and request is not None and by != request.asked_by and all(i.recorded_by != by for i in own)
        returned = request is not None and signs and by != request.asked_by
        if returned and not comment.strip():
            return False
        return position != "ready_for_sign_off" or all(item.finding == finding for item in shown)

    def _taken(self, finding: int, position: str, by: str, shown: list[Shown]) -> None:
        stand, request = self.stands[finding], self._waiting(finding)
        if position == stand.position:
            return
        stand.position = position
        if request:
            signs = by in SIGNATORIES[stand.force] and by != request.asked_by
            request.state = "accepted" if position == "signed_off" else "returned" if signs else "withdrawn"
            self.world.ended.add(request.state)
        if request and request.state == "accepted":
            for item in self.shown:
                if item.row in request.evidence and self._waits(item):
                    item.signed_at = self.at
        if position == "ready_for_sign_off":
            made = SignOffRequest.objects.get(tracked_finding=self._row(finding), state="asked")
            self.requests.append(Request(made.pk, finding, by, [item.row for item in shown]))

    def _waiting(self, finding: int) -> Request | None:
        return next((r for r in self.requests if r.finding == finding and r.state == "asked"), None)

    def _evidence(self, asked: Asked) -> Shown | None:
        fitting = [item for item in self.shown if item.finding == asked.finding and item.signed_at is not None]
        return self._picked(self.shown, fitting, asked.pick)

    def _verdict(self, asked: Asked) -> Verdict | None:
        fitting = [
            v for v in self.verdicts if (v.state, v.finding, v.leads_to) == ("confirmed", asked.finding, asked.to)
        ]
        return self._picked(self.verdicts, fitting, asked.pick)

    def _picked(self, everything: list[Any], fitting: list[Any], pick: int) -> Any:
        """One of those that fit, now and then one of all; None where there is none."""
        among = fitting if fitting and pick % 4 else everything
        if not among:
            return None
        return among[0] if pick == OLDEST else among[pick % len(among)]

    def _who(self, name: str) -> User:
        return self.world.people[name]

    def _row(self, finding: int) -> int:
        return self.world.findings[finding].pk


@pytest.fixture
def world() -> World:
    """Three findings of one force and one of another, five reports, and people of both."""
    with time_machine.travel(START - timedelta(days=1), tick=False):
        ours, theirs = ForceFactory(slug="ours"), ForceFactory(slug="theirs")
        reports = [
            ReportFactory(
                force=ours, cycle=CycleFactory(code=code), published_on=day, published_precision="day" if day else ""
            )
            for code, day in REPORTS
        ]
        findings = [
            tracked_finding(ours, report=reports[OWN_REPORT[PLAIN]]),
            tracked_finding(ours, report=reports[OWN_REPORT[OF_TWO_LIMBS]], elements=2),
            tracked_finding(ours, report=reports[OWN_REPORT[NEWER]]),
            tracked_finding(theirs),
        ]
        limbs = list(findings[OF_TWO_LIMBS].elements.order_by("element__position"))
        for limb, due in zip(limbs, LIMBS_DUE, strict=True):
            Element.objects.filter(pk=limb.element_id).update(due_on=due, due_precision="day")
        TrackedFinding.objects.filter(pk=findings[OF_TWO_LIMBS].pk).update(due_on=LIMBS_DUE[0], due_precision="day")
        people = {
            "officer": member(Role.OFFICER, ours),
            "colleague": member(Role.OFFICER, ours),
            "signatory": member(Role.SIGNATORY, ours),
            "deputy": member(Role.SIGNATORY, ours),
            "stranger": member(Role.SIGNATORY, theirs),
        }
    return World(findings, limbs, reports, people)


@pytest.mark.parametrize("start", range(4))
def test_the_service_and_the_rules_agree_on_every_walk(start: int, world: World) -> None:
    """Four times 50 walks of 25 steps; fifty that make few moves, or are seldom refused, would prove little."""
    how = settings(
        max_examples=50,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        # A step is a writer's whole transaction with all that is checked after it: too slow for the limits, which
        # are meant for functions.
        suppress_health_check=(HealthCheck.too_slow,),
    )
    run_state_machine_as_test(seed(start)(partial(Walk, world)), settings=how)
    # Guards against walks that prove nothing. The walks differ with the modules that are loaded, as hypothesis draws on the
    # constants in them: some 80 to 160 moves of 16 to 18 kinds, 540 to 630 refusals. Every move is made in the test below.
    assert len(world.walked) > 10
    assert world.walked.total() > 50
    assert world.refused > 300
    assert world.ended


@pytest.mark.parametrize("limb", [None, 0], ids=["finding", "limb"])
@pytest.mark.parametrize(
    ("basis", "before", "after"),
    [(basis, *move) for basis, moves in MOVES_ON.items() for move in sorted(moves)],
)
def test_every_move_of_the_table_is_made(basis: str, before: str, after: str, limb: int | None, world: World) -> None:
    finding = PLAIN if limb is None else OF_TWO_LIMBS
    walk = Walk(world)
    try:
        if before != "open":
            walk.make("successor" if before == "superseded" else "evidence", finding, limb, before)
        walk.make(basis, finding, limb, after)
        for holds in (
            walk.the_rows_are_what_the_model_says,
            walk.each_move_left_one_change_and_the_changes_lead_to_where_all_stands,
            walk.every_seal_holds,
            walk.a_superseded_finding_names_another_of_its_force,
        ):
            holds()
    finally:
        walk.teardown()
    assert world.walked["whole" if limb is None else "limb", f"{before} → {after}", basis] == 1
