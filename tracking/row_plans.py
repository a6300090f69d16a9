"""Plans what becomes of each row of a force's spreadsheet; writes nothing.

A row brings what the force itself says to the finding that it means, never leaves the force, and never moves a status.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from findings.models import Finding, Force
from findings.reading.gazetteer import known_forces
from findings.reading.sentences import shortened
from findings.vocabulary import FindingKind
from tracking.models import ProgressUpdate, TrackedFinding, TrackerRow, User
from tracking.progress import WITH_A_REASON, check_progress
from tracking.trackers.matching import Known, Match, Matcher
from tracking.trackers.plan import Change, PlannedRow
from tracking.trackers.rows import UnderstoodRow
from tracking.trackers.values import RowState
from tracking.trackers.words import folded_words
from tracking.vocabulary import UNMET, Position
from tracking.workflow import Refused

SHOWN = 70
SHOWN_AS = {"position": "Position", "target_on": "Target", "owner": "Owner"}
NOBODY = "No member of {force} is called “{name}”: the name is kept in the comment."
SEVERAL = "{count} members of {force} are called “{name}”: the name is kept in the comment."


class Planner:
    """Decides what becomes of rows, one after the other, against the force's own findings and people."""

    def __init__(self, force: Force, by: User) -> None:
        self._force, self._by = force, by
        rows = TrackedFinding.objects.filter(force=force).select_related("finding__report__cycle", "owner")
        self._tracked = {tracked.pk: tracked for tracked in rows}
        self._matcher = Matcher([_known(tracked) for tracked in self._tracked.values()])
        self._stored = dict(TrackerRow.objects.filter(force=force).values_list("digest", "tracked_finding_id"))
        self._other_slugs = set(Force.objects.exclude(pk=force.pk).values_list("slug", flat=True))
        self._people = _members_by_name(force)
        self._said: dict[int, list[str]] = defaultdict(list)
        for pk, comment in ProgressUpdate.objects.filter(tracked_finding__force=force).values_list(
            "tracked_finding", "comment"
        ):
            self._said[pk].append(comment)
        self._taken: dict[int | tuple[FindingKind, str], int] = {}

    def planned(self, row: UnderstoodRow, earlier: UnderstoodRow | None) -> PlannedRow:
        """What becomes of `row`; `earlier` is the row of this file that says the same, where there is one."""
        if row.faults:
            return _refused(row, "; ".join(row.faults))
        if self._is_about_another_force(row):
            return _refused(row, f"the row is about another force than {self._force.name}")
        if earlier:
            return PlannedRow(row, RowState.UNCHANGED, notes=(f"Says the same as row {earlier.number}.",))
        stored = self._stored.get(row.digest)
        if stored:
            self._taken.setdefault(stored, row.number)
            return PlannedRow(
                row,
                RowState.UNCHANGED,
                tracked=stored,
                title=self._tracked[stored].finding.title,
                notes=("Brought over before.",),
            )
        match = self._matcher.match(row)
        if match.key is not None:
            return self._matched(row, match, self._tracked[match.key])
        return _refused(row, _unsure(match), score=match.score) if match.offered else self._new(row)

    def _is_about_another_force(self, row: UnderstoodRow) -> bool:
        """Whether its force column names anything but this force, or its reference is one of another force's."""
        opening = row.reference.casefold().partition("/")
        if opening[1] and opening[0].strip() in self._other_slugs:
            return True
        return bool(row.force) and not self._names_this_force(row.force)

    def _names_this_force(self, words: str) -> bool:
        if folded_words(words) in {folded_words(self._force.slug), folded_words(self._force.name)}:
            return True
        known = known_forces().find(words)
        return known is not None and known.slug == self._force.slug

    def _matched(self, row: UnderstoodRow, match: Match, tracked: TrackedFinding) -> PlannedRow:
        refused = _refused(row, "", tracked=tracked.pk, title=tracked.finding.title, score=match.score)
        refused = replace(refused, by_reference=match.by_reference)
        first = self._taken.setdefault(tracked.pk, row.number)
        if first != row.number:
            return replace(refused, reason=f"row {first} is about the same finding")
        asked = self._asked(row, tracked)
        said = (row.comment, asked.owner_words)
        comment = "\n".join(words for words in said if self._is_fresh(tracked, words))
        try:
            differing = check_progress(tracked, asked.values, self._by, row.comment)
        except Refused as error:
            return replace(refused, reason=error.message)
        changes = _changes(tracked, differing, comment)
        return replace(
            refused,
            state=RowState.CHANGED if changes else RowState.UNCHANGED,
            changes=changes,
            notes=asked.notes,
            values=asked.values if differing else {},
            comment=comment,
            is_stored=True,
        )

    def _new(self, row: UnderstoodRow) -> PlannedRow:
        if not row.text:
            return _refused(
                row, f"no finding of {self._force.name} has this reference, and the row has no text to go by"
            )
        kind = row.kind_if_new
        first = self._taken.setdefault((kind, folded_words(row.text)), row.number)
        if first != row.number:
            return _refused(row, f"row {first} is about the same finding")
        tracked = TrackedFinding(force=self._force, finding=Finding(kind=kind.value, text=row.text))
        asked = self._asked(row, tracked)
        try:
            differing = check_progress(tracked, asked.values, self._by, row.comment)
        except Refused as error:
            return _refused(row, error.message)
        comment = "\n".join(filter(None, (row.comment, asked.owner_words, *_own_words(row))))
        return PlannedRow(
            row,
            RowState.NEW,
            changes=_changes(tracked, differing, comment),
            notes=(f"Kind: {kind.label}.", *asked.notes),
            values=asked.values,
            comment=comment,
            is_stored=True,
        )

    def _asked(self, row: UnderstoodRow, tracked: TrackedFinding) -> "_Asked":
        values, notes = _values(row, tracked)
        owner, unmatched = self._owner(row)
        if owner:
            values["owner"] = owner
        words = f"Owner in the spreadsheet: {row.owner}" if unmatched else ""
        return _Asked(values, words, (*notes, *unmatched))

    def _owner(self, row: UnderstoodRow) -> tuple[User | None, tuple[str, ...]]:
        """The one active member that the row names, else what to say of it."""
        if not row.owner:
            return None, ()
        people = self._people.get(folded_words(row.owner), set())
        if len(people) == 1:
            return next(iter(people)), ()
        said = (SEVERAL if people else NOBODY).format(count=len(people), force=self._force.name, name=row.owner)
        return None, (said,)

    def _is_fresh(self, tracked: TrackedFinding, words: str) -> bool:
        """Whether no entry of the finding holds these words already, as lines of their own."""
        return bool(words) and not any(f"\n{words}\n" in f"\n{said}\n" for said in self._said[tracked.pk])


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a row asks of the force's own fields, its owner's name where nobody has it, and what to say of it."""

    values: dict[str, Any]
    owner_words: str
    notes: tuple[str, ...]


def _known(tracked: TrackedFinding) -> Known:
    finding = tracked.finding
    texts = tuple(filter(None, [f"{finding.heading} {finding.text}".strip(), finding.summary]))
    return Known(tracked.pk, finding.reference, FindingKind(finding.kind), texts, frozenset(finding.report.years))


def _members_by_name(force: Force) -> dict[str, set[User]]:
    """The active members of the force by each name that a spreadsheet may call them."""
    found: dict[str, set[User]] = defaultdict(set)
    for user in User.objects.filter(memberships__force=force, is_active=True).distinct():
        for name in (user.username, user.email, user.get_full_name()):
            if name:
                found[folded_words(name)].add(user)
    return found


def _values(row: UnderstoodRow, tracked: TrackedFinding) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The row's values for the force's own fields but the owner, and what to say of those that are left aside."""
    values: dict[str, Any] = {}
    if row.target_on and row.target_on != tracked.due_on and tracked.status in UNMET:
        values["target_on"] = row.target_on
    if row.position is None:
        return values, ()
    if tracked.position == Position.SIGNED_OFF:
        return values, ("It is signed off here: the spreadsheet’s status is left aside.",)
    if row.position is Position.READY_FOR_SIGN_OFF and tracked.status not in UNMET:
        return values, ("The inspectors have closed it: there is nothing to sign off.",)
    values["position"] = row.position.value
    if row.position in WITH_A_REASON and row.comment:
        values["shortfall_reason"] = row.comment
    return values, ()


def _own_words(row: UnderstoodRow) -> list[str]:
    """What a new finding keeps of the row beside its text."""
    said = (("Reference", row.reference), ("Report", row.report))
    return [f"{name} in the spreadsheet: {words}" for name, words in said if words]


def _changes(tracked: TrackedFinding, differing: Mapping[str, Any], comment: str) -> tuple[Change, ...]:
    moved = [
        Change(name, _worded(field, getattr(tracked, field)), _worded(field, differing[field]))
        for field, name in SHOWN_AS.items()
        if field in differing
    ]
    return (*moved, *([Change("Comment", "", comment)] if comment else []))


def _worded(field: str, value: Any) -> str:
    if field == "position":
        return Position(value).label
    return f"{value:%-d %B %Y}" if isinstance(value, date) else str(value or "nothing")


def _unsure(match: Match) -> str:
    offered = " or ".join(
        f"{known.reference} ({score:.0%}: “{shortened(known.texts[-1], SHOWN)}”)" for known, score in match.offered
    )
    return f"not sure which finding is meant: {offered}; write the reference of the right one into the row"


def _refused(
    row: UnderstoodRow, reason: str, tracked: int | None = None, title: str = "", score: float | None = None
) -> PlannedRow:
    return PlannedRow(row, RowState.REFUSED, reason=reason, tracked=tracked, title=title, score=score)
