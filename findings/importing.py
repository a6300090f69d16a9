"""The one writer of the published record: from a reading to reports, judgments, findings and their elements.

References are stable, so that a report taken in twice, or over the demo's own records, joins what is there.
What a document says replaces what an earlier version of it said; nothing is ever deleted.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

from findings.corrected import corrected
from findings.models import Cycle, Document, Element, Finding, Force, Judgment, Report
from findings.reading.documents import Document as OpenedDocument
from findings.reading.national_reports import binds_forces
from findings.reading.values import FindingRead, JudgmentRead, NotReadable, ReportReading
from findings.themes import give_themes
from findings.vocabulary import DocumentKind, FindingKind, Scope
from findings.wording import SAME_FINDING, share, stems, telling_words, words_of

MOST_PER_REPORT = 300


@dataclass(slots=True)
class ImportedReport:
    """What became of one reading: the report, its findings by what happened to them, and those it no longer holds."""

    report: Report
    created: list[Finding] = field(default_factory=list)
    changed: list[Finding] = field(default_factory=list)
    unchanged: list[Finding] = field(default_factory=list)
    missing: list[Finding] = field(default_factory=list)
    report_is_new: bool = False

    @property
    def findings(self) -> list[Finding]:
        return [*self.created, *self.changed, *self.unchanged]


def import_reading(document: Document | None, reading: ReportReading) -> ImportedReport:
    """Stores `reading`, of `document` where it was read from one. Must run inside a transaction.

    Raises NotReadable, before it writes anything, for a force or a cycle that is not known here, and for an
    older copy of a report that is in already.
    """
    force, cycle = _force(reading), _cycle(reading)
    _refuse_impossible(reading)
    _refuse_older(reading)
    report, is_new = _store_report(document, reading, force, cycle)
    Report.objects.select_for_update(of=("self",)).get(pk=report.pk)  # nobody corrects what is being read anew
    judgments = [_store_judgment(report, place, read) for place, read in enumerate(reading.judgments, 1)]
    by_question = {
        read.number if read.number is not None else read.question: j
        for read, j in zip(reading.judgments, judgments, strict=True)
    }
    imported = ImportedReport(report, report_is_new=is_new)
    _store_findings(imported, reading.findings, by_question)
    give_themes([*imported.created, *imported.changed])
    return imported


def store_document(opened: OpenedDocument, given_by: str = "") -> Document:
    """The document's row, made once per SHA-256, with the name of who gave it first. Its file is written by `keep_file`, when all else has succeeded."""
    document, _ = Document.objects.get_or_create(
        sha256=opened.sha256,
        defaults={
            "original_name": shown_name(opened.name),
            "media_type": opened.media_type,
            "text": opened.text,
            "given_by": given_by[:200],
        },
    )
    return document


def keep_file(document: Document, content: bytes) -> None:
    """Writes the document's bytes under a name made of their hash; does nothing where they are already kept."""
    if not document.file:
        document.file.save(f"{document.sha256[:2]}/{document.sha256}.txt", ContentFile(content))


def report_reference(reading: ReportReading) -> str:
    """What a report is known by, whatever copy of it comes in.

    Force, cycle and pillar ("lancashire/2018/legitimacy", "lancashire/2021-22"); a letter goes by the day it was
    sent on and its title ("lancashire/letter/2023-03-14/custody-revisit-letter"), a national report by its cycle and pillar, or by its year and title.
    """
    cycle = slugify((reading.cycle or "").replace("/", "-"))
    pillar = reading.pillar.value if reading.pillar else ""
    if reading.force is None:
        year = cycle or (str(reading.published_on.year) if reading.published_on else "undated")
        return "/".join(["national", year, pillar or slugify(reading.title)[:80]])
    force = reading.force.slug or slugify(reading.force.name)
    if reading.kind is DocumentKind.LETTER:
        return f"{force}/letter/{reading.sent_on or reading.published_on}/{slugify(reading.title)[:60]}"
    last = "overview" if reading.kind is DocumentKind.OVERVIEW else pillar
    return "/".join(filter(None, [force, cycle, last]))


def question_key(place: int, judgment: JudgmentRead, *, pillar_page: bool) -> str:
    """How references name a question: by its place on a pillar page ("q2"), else by the area's name."""
    return f"q{judgment.number or place}" if pillar_page else slugify(judgment.question)[:100]


def _force(reading: ReportReading) -> Force | None:
    """The report's force, None for a national report."""
    if reading.force is None:
        return None
    warning = next((w for w in reading.warnings if w.code == "unknown_force"), None)
    if warning or reading.force.slug is None:
        raise NotReadable(warning.message if warning else "no force named", warning.line if warning else 0)
    force: Force | None = Force.objects.filter(slug=reading.force.slug).first()
    if force is None:
        raise NotReadable(
            f"{reading.force.name} is not among the forces loaded here; run load_reference (or load_demo)"
        )
    return force


def _cycle(reading: ReportReading) -> Cycle | None:
    """The report's cycle; letters and thematic reports are of none."""
    if reading.cycle is None:
        return None
    cycle = Cycle.objects.filter(code=reading.cycle).first()
    if cycle is None:
        known = ", ".join(Cycle.objects.values_list("code", flat=True)) or "none: run load_reference"
        raise NotReadable(f"cycle {reading.cycle} is not known; known are {known}")
    return cycle


def _refuse_impossible(reading: ReportReading) -> None:
    """No report is of tomorrow, and none holds findings by the hundreds."""
    if any(day and day > timezone.localdate() for day in (reading.updated_on, reading.published_on)):
        raise NotReadable("the report's date is in the future")
    if reading.kind in {DocumentKind.LETTER, DocumentKind.NATIONAL} and not (reading.cycle or reading.published_on):
        raise NotReadable("the document bears no date; expected such as “Published on: 14 March 2023”")
    for what, count in (("findings", len(reading.findings)), ("verdicts", len(reading.assessments))):
        if count > MOST_PER_REPORT:
            raise NotReadable(f"the text holds {count} {what}; no report holds more than {MOST_PER_REPORT}")


def _refuse_older(reading: ReportReading) -> None:
    """An older copy of a page must not undo what a newer one corrected."""
    stored = Report.objects.filter(reference=report_reference(reading)).first()
    if stored and stored.updated_on and reading.updated_on and reading.updated_on < stored.updated_on:
        raise NotReadable(
            f"this copy was last updated on {reading.updated_on:%-d %B %Y};"
            f" the one of {stored.updated_on:%-d %B %Y} is in already"
        )


def _title(reading: ReportReading, force: Force | None, cycle: Cycle | None) -> str:
    if force is None or cycle is None:
        return (reading.title or f"Letter to {force}")[:200]
    overview = ", overview" if reading.kind is DocumentKind.OVERVIEW else ""
    return f"{force.name}, PEEL {cycle.code}{overview}"


def _store_report(
    document: Document | None, reading: ReportReading, force: Force | None, cycle: Cycle | None
) -> tuple[Report, bool]:
    values = {
        "force": force,
        "programme": reading.programme,
        "cycle": cycle,
        "pillar": reading.pillar.value if reading.pillar else "",
        "title": _title(reading, force, cycle),
        "published_on": reading.published_on,
        "published_precision": reading.published_precision or "",
        "updated_on": reading.updated_on,
        "overall_grade": reading.overall_grade or "",
        "inspector": reading.inspector or "",
        "document": document,
    }
    report, is_new = Report.objects.get_or_create(reference=report_reference(reading), defaults=values)
    _set(report, values)
    return report, is_new


def _store_judgment(report: Report, place: int, read: JudgmentRead) -> Judgment:
    values = {
        "position": place,
        "number": read.number,
        "question": read.question,
        "also_called": list(read.also_called),
        "grade": read.grade or "",
        "carried_over_from": read.carried_over_from or "",
        "ungraded_reason": read.ungraded_reason or "",
        "line": read.line,
    }
    key = question_key(place, read, pillar_page=bool(report.pillar))
    judgment, _ = Judgment.objects.get_or_create(report=report, key=key, defaults=values)
    _set(judgment, values)
    return judgment


def _store_findings(
    imported: ImportedReport, reads: Iterable[FindingRead], judgments: dict[int | str, Judgment]
) -> None:
    standing = imported.report.findings.filter(merged_into__isnull=True)
    known = list(standing.select_related("judgment").prefetch_related("elements"))
    listed = corrected(list(reads), list(imported.report.corrections.order_by("pk")), known)
    records = _records_of(listed, known, judgments)
    by_line: dict[int, Finding] = {}
    for place, (read, number) in enumerate(_numbered(listed)):
        judgment = judgments[read.question] if read.question is not None else None
        parent = by_line.get(read.parent) if read.parent else None
        finding = records.get(place)
        if finding is None:
            finding = _create(
                imported.report, judgment, parent, read, free_number(imported.report, judgment, read.kind, number)
            )
            imported.created.append(finding)
        else:
            known.remove(finding)
            (imported.changed if _update(finding, parent, read) else imported.unchanged).append(finding)
        by_line[read.line] = finding
    imported.missing = known


def _records_of(
    reads: Sequence[FindingRead], known: Sequence[Finding], judgments: dict[int | str, Judgment]
) -> dict[int, Finding]:
    """The record of each reading, by its place: those with its exact words first, over the whole report; then those told
    by their cues or still without words in its place; then the one that shares most of the words that tell them apart.
    """
    chosen: dict[int, Finding] = {}
    numbered = list(_numbered(reads))

    def free(read: FindingRead) -> list[Finding]:
        judgment = judgments[read.question].pk if read.question is not None else None
        taken = {finding.pk for finding in chosen.values()}
        return [f for f in known if f.pk not in taken and f.kind == read.kind and f.judgment_id == judgment]

    for same in (_has_its_words, _is_told_by_it, _waits_in_its_place):
        for place, (read, number) in enumerate(numbered):
            if place not in chosen and (found := next((f for f in free(read) if same(f, read, number)), None)):
                chosen[place] = found
    telling = telling_words([*reads, *known])
    for place, (read, _) in enumerate(numbered):
        if place in chosen:
            continue
        shares = [(share(stems(f) & telling, stems(read) & telling), f) for f in free(read) if f.text]
        best = max(shares, key=lambda share: share[0], default=None)
        if best and best[0] >= SAME_FINDING:
            chosen[place] = best[1]
    return chosen


def _has_its_words(finding: Finding, read: FindingRead, number: int) -> bool:
    return bool(finding.text) and words_of(finding) == words_of(read)


def _is_told_by_it(finding: Finding, read: FindingRead, number: int) -> bool:
    return not finding.text and finding.is_told_by(read.text)


def _waits_in_its_place(finding: Finding, read: FindingRead, number: int) -> bool:
    return not finding.text and not finding.cues and finding.number == number


def _numbered(reads: Iterable[FindingRead]) -> Iterable[tuple[FindingRead, int]]:
    counts: dict[tuple[int | str | None, FindingKind], int] = {}
    for read in reads:
        place = (read.question, read.kind)
        counts[place] = counts.get(place, 0) + 1
        yield read, counts[place]


def reference_start(report: Report, judgment: Judgment | None, kind: FindingKind) -> str:
    """What the references of findings of this kind under this question begin with, before their number."""
    place = f"{report.reference}/{judgment.key}" if judgment else report.reference
    return f"{place}/{kind.value.replace('_', '-')}/"


def free_number(report: Report, judgment: Judgment | None, kind: FindingKind, wanted: int = 1) -> int:
    """The number `wanted` where no finding of this kind under this question has or had it, else the next after all.

    One whose kind was corrected keeps its reference, so references tell what is taken as well as numbers.
    """
    start = reference_start(report, judgment, kind)
    taken = set(report.findings.filter(kind=kind.value, judgment=judgment).values_list("number", flat=True))
    for reference in report.findings.filter(reference__startswith=start).values_list("reference", flat=True):
        ending = reference.removeprefix(start)
        taken |= {int(ending)} if ending.isdecimal() else set()
    return wanted if wanted not in taken else max(taken) + 1


def _create(
    report: Report, judgment: Judgment | None, parent: Finding | None, read: FindingRead, number: int
) -> Finding:
    finding = Finding(
        report=report,
        judgment=judgment,
        parent=parent,
        reference=f"{reference_start(report, judgment, read.kind)}{number}",
        kind=read.kind.value,
        scope=read.scope.value,
        number=number,
        line=read.line,
        end_line=read.end_line,
        **_published(read),
    )
    finding.save()
    _store_elements(finding, read)
    return finding


def _update(finding: Finding, parent: Finding | None, read: FindingRead) -> bool:
    _set(finding, {"line": read.line, "end_line": read.end_line})  # a finding that only moved did not change
    changed = _set(finding, {"parent": parent, **_published(read)})
    return _store_elements(finding, read) or changed


def _published(read: FindingRead) -> dict[str, Any]:
    return {
        "heading": read.heading or "",
        "text": read.text,
        "deadline_wording": read.deadline_text or "",
        "due_on": read.due_on,
        "due_precision": read.due_precision or "",
        "recurs_every": read.recurs_every if read.due_on else None,
        "addressed_to": (read.addressed_to or "")[:240],
        "binds_forces": read.scope is Scope.FORCE or binds_forces(read.addressed_to),
    }


def _store_elements(finding: Finding, read: FindingRead) -> bool:
    kept = {element.position: element for element in finding.elements.all()}
    changed = False
    limbs = zip_longest(read.elements, read.limbs_due[: len(read.elements)], fillvalue=None)
    for position, (text, due) in enumerate(limbs, 1):
        values = {
            "text": text,
            "due_on": due.due_on if due else None,
            "due_precision": (due.due_precision if due else None) or "",
            "recurs_every": due.recurs_every if due and due.due_on else None,
        }
        if position not in kept:
            Element.objects.create(finding=finding, position=position, **values)
            changed = True
        else:
            changed = _set(kept[position], values) or changed
    return changed


def _set(row: models.Model, values: dict[str, Any]) -> bool:
    """Saves those of `values` that differ from the row's; says whether any did."""
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, values[name])
    if differing:
        row.save(update_fields=differing)
    return bool(differing)


def shown_name(name: str) -> str:
    """The name a person gave, for show only: no path, no control or direction characters, at most 255 long."""
    base = re.split(r"[\\/]", name)[-1]
    printable = "".join(c for c in base if unicodedata.category(c)[0] != "C")
    return printable[-255:] or "document"
