"""The one writer of evidence notes: passages of a later report about a finding that it does not name."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from findings.models import Document, Force, Report
from findings.reading.paragraphs import split_text
from findings.reading.passages import Passage, Subjects
from findings.reading.sentences import digest_of
from findings.vocabulary import Scope
from tracking.changes import is_later
from tracking.models import Assessment, EvidenceNote, TrackedFinding, User
from tracking.vocabulary import NoteState, Status
from tracking.workflow import Incomplete, Refused


def offer_notes(report: Report, document: Document, force: Force) -> int:
    """Offers passages of `report` beside the force's earlier findings that it does not name; says how many are new.

    What a report names it judges itself. Passages offered before, whatever became of them, are not offered again.
    """
    named = Assessment.objects.filter(report=report, tracked_finding__isnull=False).values("tracked_finding")
    earlier = (
        TrackedFinding.objects.filter(force=force)
        .exclude(finding__report=report)
        .exclude(status=Status.SUPERSEDED.value)
        .exclude(pk__in=named)
        .select_related("finding__report__cycle")
    )
    subjects = Subjects(split_text(document.text).body)
    notes = [
        _note(tracked, report, document, passage)
        for tracked in earlier
        if is_later(report, tracked.finding.report)
        for passage in subjects.about(*_subject(tracked))
    ]
    before = EvidenceNote.objects.filter(report=report).count()
    EvidenceNote.objects.bulk_create(notes, ignore_conflicts=True)
    return EvidenceNote.objects.filter(report=report).count() - before


@transaction.atomic
def decide_note(note_id: int, keep: bool, by: User, reason: str) -> EvidenceNote:
    """Keeps a note beside its finding or dismisses it, once, with a reason; moves nothing. Raises Refused otherwise."""
    note = EvidenceNote.objects.select_for_update().get(pk=note_id)
    if note.state != NoteState.OFFERED:
        raise Refused("already_decided", f"The note is {note.state} already.")
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why: every decision carries a reason.")
    note.state = (NoteState.KEPT if keep else NoteState.DISMISSED).value
    note.decided_by, note.decided_at, note.reason = by, timezone.now(), reason.strip()
    note.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return note


def _subject(tracked: TrackedFinding) -> tuple[str, Sequence[str]]:
    """The words that tell what the finding is about; a national one is told by its phrases, where it has any."""
    finding = tracked.finding
    phrases = finding.cues.get("phrases", []) if finding.scope == Scope.NATIONAL else []
    return f"{finding.heading} {finding.text or finding.summary}", phrases


def _note(tracked: TrackedFinding, report: Report, document: Document, passage: Passage) -> EvidenceNote:
    return EvidenceNote(
        tracked_finding=tracked,
        report=report,
        document=document,
        quote=passage.text,
        quote_digest=digest_of(passage.text),
        line=passage.line,
        score=passage.score,
    )
