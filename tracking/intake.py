"""Takes a published document in: reads it, stores what it says, opens what must be tracked, proposes verdicts."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction

from findings.importing import import_reading, keep_file, store_document
from findings.models import Document, Finding, Force, Report
from findings.national import known_national, record_national
from findings.reading.documents import open_document
from findings.reading.reader import read_report
from findings.reading.sentences import digest_of
from findings.reading.values import AssessmentRead, NotReadable, ReadingWarning, Reference, ReportReading
from findings.vocabulary import DocumentKind, FindingKind, Scope
from tracking import access
from tracking.changes import follow_published, open_findings
from tracking.events import announce_assessment
from tracking.linking import candidates, chosen
from tracking.links import link_repeats
from tracking.models import Assessment, TrackedFinding, User
from tracking.notes import offer_notes
from tracking.reviewing import open_review
from tracking.statutory import open_responses
from tracking.vocabulary import AssessmentState, EventKind


class NotYours(Exception):
    """The report is about a force whose documents this person may not take in."""


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of one document. The first three count findings; `linked` and `unlinked` count new assessments.

    `notes` counts passages newly offered beside findings that the report does not name.
    """

    report: Report
    is_new: bool
    created: int
    changed: int
    unchanged: int
    missing: int
    tracked_findings: int
    assessments: int
    linked: int
    unlinked: int
    notes: int
    warnings: tuple[ReadingWarning, ...]

    @property
    def findings(self) -> int:
        return self.created + self.changed + self.unchanged


def take_in(name: str, content: bytes, by: User | None = None, *, dry_run: bool = False) -> IntakeResult:
    """Takes one document in, in one transaction; taking it in again changes nothing.

    `by` is the person who gave it (none: the command line). With `dry_run` all is done and undone.
    Raises NotReadable, with the reason and place, or NotYours; nothing is stored then.
    """
    if by is not None and not access.may_take_in_anything(by):
        raise NotYours("Your role does not take reports in.")
    opened = open_document(name, content)
    reading = read_report(opened.text)
    if reading.truncated:
        raise NotReadable(reading.truncated.message, reading.truncated.line)
    with transaction.atomic():
        _check_may_take_in(by, reading)
        document = store_document(opened, str(by) if by else "")
        result = _store(document, reading, everywhere=by is None or access.is_administrator(by))
        if dry_run:
            transaction.set_rollback(True)
        else:
            keep_file(document, content)
    return result


def open_national(forces: list[Force] | None = None) -> int:
    """Opens every national recommendation for each of the 43 forces (or for `forces`); returns how many were new."""
    binding = forces if forces is not None else list(Force.objects.national())
    opened = 0
    for finding in Finding.objects.national().select_related("report"):
        fresh = open_findings(finding, binding)
        follow_published(finding, but_not=fresh)
        opened += len(fresh)
    return opened


def _check_may_take_in(by: User | None, reading: ReportReading) -> None:
    if by is None:
        return
    if reading.force is None:
        if not access.is_administrator(by):
            raise NotYours("This is a national report; an administrator takes those in, as they bind every force.")
        return
    force = Force.objects.filter(slug=reading.force.slug).first()
    if force is not None and not access.may(by, access.Act.TAKE_IN, force.pk):
        raise NotYours(f"This report is about {reading.force.name}, which is not your force.")


def _store(document: Document, reading: ReportReading, *, everywhere: bool) -> IntakeResult:
    imported = import_reading(document, reading)
    force = imported.report.force
    binding = [force] if force else list(Force.objects.national())
    fresh = [row for f in imported.findings if f.binds_forces for row in open_findings(f, binding)]
    opened = len(fresh)
    for finding in imported.changed:
        follow_published(finding)
    proposed, notes = [], 0
    if force:
        opened += _open_restated(reading, force, everywhere=everywhere)
        proposed = [_propose(imported.report, document, force, *row) for row in _numbered(reading.assessments)]
    made = [assessment for assessment in proposed if assessment is not None]
    linked = sum(assessment.tracked_finding_id is not None for assessment in made)
    if reading.kind is not DocumentKind.LETTER:
        open_responses(imported.report, binding)
    for concerned in binding:
        _link_waiting(concerned)
    if force:
        # What is restated here may be what tells an older finding of the force as a repeat.
        restated = [f for read in reading.assessments for f in known_national(read.refers_to)]
        link_repeats(force, [*fresh, *TrackedFinding.objects.filter(force=force, finding__in=restated)])
    if force and reading.kind is DocumentKind.INSPECTION:
        notes = offer_notes(imported.report, document, force)
    anew = imported.report_is_new or bool(imported.created or imported.changed or made)
    open_review(imported.report, document, reading.warnings, anew=anew)
    return IntakeResult(
        report=imported.report,
        is_new=imported.report_is_new,
        created=len(imported.created),
        changed=len(imported.changed),
        unchanged=len(imported.unchanged),
        missing=len(imported.missing),
        tracked_findings=opened,
        assessments=len(made),
        linked=linked,
        unlinked=len(made) - linked,
        notes=notes,
        warnings=reading.warnings,
    )


def _open_restated(reading: ReportReading, force: Force, *, everywhere: bool) -> int:
    """National recommendations that the report restates: one record each, tracked by the 43 forces.

    A force's own officer opens it for that force alone: only an administrator, or the command line, writes into
    the work of others (`everywhere`). An example's report makes none for real forces either.
    """
    opened = 0
    for read in reading.assessments:
        findings = known_national(read.refers_to)
        provisional = all(not finding.binds_forces for finding in findings)
        if provisional and read.refers_to.scope is Scope.NATIONAL and not force.is_example:
            findings = [record_national(read.refers_to, for_all=everywhere)[0]]
        binding = list(Force.objects.national()) if everywhere and not force.is_example else [force]
        opened += sum(len(open_findings(finding, binding)) for finding in findings)
    return opened


def _numbered(reads: Iterable[AssessmentRead]) -> Iterator[tuple[AssessmentRead, int]]:
    """Each verdict with its place among those of the same words: one sentence may judge one finding after another."""
    seen: Counter[str] = Counter()
    for read in reads:
        words = " ".join(read.quote.split())
        seen[words] += 1
        yield read, seen[words]


def _propose(report: Report, document: Document, force: Force, read: AssessmentRead, place: int) -> Assessment | None:
    """Proposes one verdict; None where it is proposed (or decided) already. A decision is never touched."""
    digest = digest_of(f"{read.quote} ({place})" if place > 1 else read.quote)
    if Assessment.objects.filter(report=report, quote_digest=digest).exists():
        return None
    found = candidates(read.refers_to, report)
    proposed = Assessment.objects.create(
        report=report,
        document=document,
        force=force,
        tracked_finding=chosen(found),
        outcome=read.outcome.value,
        quote=read.quote,
        quote_digest=digest,
        line=read.line,
        caveat=read.caveat or "",
        gaps=list(read.gaps),
        confidence=read.confidence,
        rule=read.rule,
        refers_to=_refers_to(read.refers_to),
        candidates=[candidate.as_json() for candidate in found],
    )
    announce_assessment(EventKind.ASSESSMENT_PROPOSED, proposed.pk, force.pk, proposed.tracked_finding_id)
    return proposed


def _link_waiting(force: Force) -> None:
    """Links proposals that waited for the report just taken in; reports may come in any order."""
    waiting = Assessment.objects.filter(
        force=force, tracked_finding__isnull=True, state=AssessmentState.PROPOSED.value
    ).select_related("report__cycle")
    for assessment in waiting:
        found = candidates(_reference(assessment.refers_to), assessment.report)
        offered = [candidate.as_json() for candidate in found]
        if offered != assessment.candidates:
            # Only while it still waits: an officer may be deciding at this moment.
            waiting.filter(pk=assessment.pk).update(tracked_finding=chosen(found), candidates=offered)


def _refers_to(reference: Reference) -> dict[str, Any]:
    due_on = reference.due_on.isoformat() if reference.due_on else None
    return {**asdict(reference), "elements": list(reference.elements), "due_on": due_on}


def _reference(kept: dict[str, Any]) -> Reference:
    due_on = date.fromisoformat(kept["due_on"]) if kept["due_on"] else None
    scope = Scope(kept["scope"]) if kept["scope"] else None
    elements = tuple(kept["elements"])
    return Reference(
        **{**kept, "kind": FindingKind(kept["kind"]), "scope": scope, "elements": elements, "due_on": due_on}
    )
