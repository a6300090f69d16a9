"""A report's document beside what was read in it: each line with what stands there, each thing read with its line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from findings.models import Correction, Finding, Judgment, Report
from findings.reading.places import Place, places_of
from findings.reading.reader import read_report
from findings.reading.values import NotReadable
from tracking.models import Assessment, Review, TrackedFinding
from tracking.vocabulary import AssessmentState


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier finding that a verdict may mean; `score` is a share of 1, None for one that a person chose."""

    tracked: TrackedFinding
    score: float | None
    chosen: bool


@dataclass(slots=True)
class Item:
    """One thing that was read: `anchor` names it on the page, `label` in the margin of its line."""

    kind: str
    anchor: str
    label: str
    line: int | None
    row: Any
    tracked: TrackedFinding | None = None
    candidates: list[Candidate] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether it is a verdict that nobody has decided yet."""
        return self.kind == "verdict" and self.row.state == AssessmentState.PROPOSED


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some words of a line, marked as of `kind` where anything was read in them."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the document, with the things that begin there."""

    number: int
    stretches: list[Stretch]
    items: list[Item]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Both sides of the page, in the document's order."""

    lines: list[Line]
    items: list[Item]

    @property
    def waiting(self) -> int:
        return sum(item.waits for item in self.items)

    @property
    def decided(self) -> int:
        return sum(item.kind == "verdict" and not item.waits for item in self.items)

    def of(self, kind: str) -> list[Item]:
        return [item for item in self.items if item.kind == kind]

    @property
    def counts(self) -> dict[str, int]:
        return {kind: len(self.of(kind)) for kind in KINDS}


KINDS = ("judgment", "finding", "verdict", "warning")


def side_by_side(report: Report, review: Review | None, *, verdicts: bool) -> SideBySide:
    """The report's document with what was read in it; its verdicts only where the reader may see the force's work."""
    text = report.document.text.split("\n") if report.document else []
    items = [
        *_judgments(report),
        *_findings(report, tracked=verdicts),
        *(verdict_items(report.assessments.all()) if verdicts else []),
        *_warnings(report, review),
    ]
    order = {kind: place for place, kind in enumerate(KINDS)}
    items.sort(key=lambda item: (item.line is None, item.line or 0, order[item.kind], item.anchor))
    return SideBySide(list(_lines(text, items)), items)


def verdict_items(assessments: Any) -> list[Item]:
    """The verdicts of `assessments` (rows, or a queryset), each with the findings that it may mean."""
    rows: list[Assessment] = list(assessments.select_related("decided_by", "report"))
    offered = {found["tracked_finding"] for row in rows for found in row.candidates}
    wanted = offered | {row.tracked_finding_id for row in rows if row.tracked_finding_id}
    known = TrackedFinding.objects.select_related("finding__report__cycle", "force").in_bulk(wanted)
    return [
        Item("verdict", f"verdict-{row.pk}", f"Verdict, line {row.line}", row.line, row, known.get(row.tracked_finding_id or 0), list(_candidates(row, known)))
        for row in rows
    ]  # fmt: skip


def _candidates(row: Assessment, known: dict[int, TrackedFinding]) -> Iterator[Candidate]:
    scores = {found["tracked_finding"]: found["score"] for found in row.candidates}
    if row.tracked_finding_id and row.tracked_finding_id not in scores:
        scores = {row.tracked_finding_id: None, **scores}
    for pk, score in scores.items():
        if pk in known:
            yield Candidate(known[pk], score, pk == row.tracked_finding_id)


def _judgments(report: Report) -> Iterator[Item]:
    rows: Iterable[Judgment] = report.judgments.all()
    for row in rows:
        yield Item("judgment", f"judgment-{row.pk}", "Judgment", row.line, row)


def _findings(report: Report, *, tracked: bool) -> Iterator[Item]:
    rows: Iterable[Finding] = (
        report.findings.filter(merged_into__isnull=True)
        .select_related("judgment")
        .prefetch_related("elements", "themes")
    )
    own = {}
    if tracked and report.force_id:
        own = {
            row.finding_id: row for row in TrackedFinding.objects.filter(finding__report=report, force=report.force_id)
        }
    made = defaultdict(list)
    for correction in report.corrections.order_by("pk"):
        for pk in {correction.finding_id, correction.other_id}:
            made[pk].append(correction)
    for row in rows:
        item = Item("finding", f"finding-{row.pk}", row.get_kind_display(), row.line, row, own.get(row.pk))
        item.corrections = made[row.pk]
        yield item


def _warnings(report: Report, review: Review | None) -> Iterator[Item]:
    for place, warning in enumerate(warnings_of(report, review), 1):
        yield Item("warning", f"warning-{place}", "Not understood", warning["line"] or None, warning)


def warnings_of(report: Report, review: Review | None) -> list[dict[str, Any]]:
    """What the reader did not understand, as kept when the document was taken in; read anew where that was not kept yet."""
    if review and review.warnings is not None:
        return list(review.warnings)
    if report.document is None:
        return []
    try:
        reading = read_report(report.document.text)
    except NotReadable as error:  # a later reader refuses what an earlier one took in
        return [{"line": error.line, "code": "not_readable", "message": error.message}]
    return [{"line": one.line, "code": one.code, "message": one.message} for one in reading.warnings]


def _lines(text: Sequence[str], items: Iterable[Item]) -> Iterator[Line]:
    marked: dict[int, list[tuple[Place, str]]] = defaultdict(list)
    beginning: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        if item.line is None:
            continue
        beginning[item.line].append(item)
        for place in _places(item, text):
            marked[place.line].append((place, item.kind))
    for number, line in enumerate(text, 1):
        if line.strip() or beginning[number]:
            yield Line(number, _stretches(line, marked[number]), beginning[number])


def _places(item: Item, text: Sequence[str]) -> list[Place]:
    assert item.line is not None  # noqa: S101 - asked for items with a line
    if item.kind == "verdict":
        return places_of(item.row.quote, item.line, text)
    last = (item.row.end_line or item.line) if item.kind == "finding" else item.line
    return [Place(number, 0, len(text[number - 1])) for number in range(item.line, last + 1) if 0 < number <= len(text)]


def _stretches(line: str, marked: Sequence[tuple[Place, str]]) -> list[Stretch]:
    """The line cut where marks begin and end; where several overlap, a verdict's shows."""
    if not marked:
        return [Stretch(line)]
    cuts = sorted({0, len(line), *(p.start for p, _ in marked), *(p.end for p, _ in marked)})
    weight = {kind: place for place, kind in enumerate(("judgment", "warning", "finding", "verdict"))}
    parts: list[Stretch] = []
    for start, end in pairwise(cuts):
        kinds = [kind for place, kind in marked if place.start <= start and end <= place.end]
        parts.append(Stretch(line[start:end], max(kinds, key=lambda kind: weight[kind], default="")))
    return parts or [Stretch(line)]
