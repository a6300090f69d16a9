"""The one writer of what a correction of the reading means for those who track the finding.

`findings.corrections` puts the published record right; here what follows from it is opened, handed over or refused.
"""

from collections.abc import Collection

from django.db import transaction

from findings import corrections
from findings.corrections import CannotCorrect
from findings.models import Correction, Finding, Force, Report, Theme
from findings.vocabulary import FindingKind
from tracking.changes import Move, change_status, follow_published, open_findings
from tracking.models import Assessment, TrackedFinding, User
from tracking.vocabulary import AssessmentState, Basis, LinkRule, NoteState, Status
from tracking.workflow import Refused


@transaction.atomic
def correct(
    finding: Finding,
    by: User,
    reason: str,
    *,
    heading: str,
    text: str,
    kind: FindingKind,
    themes: Collection[Theme],
    seen: int,
) -> list[Correction]:
    """Makes those of the corrections that differ from what stands, all or none, each with the same reason.

    `seen` is how many corrections of the finding the person had before them. Raises Refused where another came since,
    where nothing differs, and where the record or its tracking does not allow it.
    """
    Report.objects.select_for_update(of=("self",)).get(pk=finding.report_id)
    current = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if corrections_of(current) != seen:
        raise Refused("corrected_meanwhile", "Somebody else corrected this finding meanwhile. Look at it again.")
    slugs = sorted(theme.slug for theme in themes)
    made = []
    try:
        if slugs != sorted(theme.slug for theme in current.themes.all()):
            made.append(corrections.correct_themes_of(current, slugs, reason, str(by)))
        if (heading.strip(), text.strip()) != (current.heading, current.text):
            made.append(corrections.correct_wording(current, heading, text, reason, str(by)))
        if kind != current.kind:
            made.append(_correct_kind(current, kind, reason, by))
    except CannotCorrect as error:
        raise Refused("cannot_correct", str(error)) from error
    if not made:
        raise Refused("nothing_differs", "Nothing differs from what stands.")
    return made


@transaction.atomic
def merge(one: Finding, other: Finding, by: User, reason: str) -> Correction:
    """Makes one finding of two. Whoever tracks the one that goes tracks the one that stays: the first is superseded by it.

    Raises Refused, and changes nothing, where anybody has already worked with the one that goes.
    """
    try:
        made = corrections.merge(one, other, reason, str(by))
    except CannotCorrect as error:
        raise Refused("cannot_correct", str(error)) from error
    assert made.other is not None  # noqa: S101 - a merger has two sides
    kept = {row.force_id: row for row in TrackedFinding.objects.filter(finding=made.finding)}
    for gone in (
        TrackedFinding.objects.filter(finding=made.other).select_related("finding__report", "force").order_by("pk")
    ):
        worked = _worked_with(gone)
        if worked:
            raise Refused("has_history", f"{gone.force} has already worked with “{gone.finding.title[:80]}”: {worked}.")
        if gone.force_id in kept:
            _hand_over(gone, kept[gone.force_id], by, reason)
    follow_published(made.finding)
    return made


@transaction.atomic
def split(finding: Finding, place: int, by: User, reason: str) -> Correction:
    """Makes two findings of one, the second from the letter `place` of its text on, tracked by whoever tracks the first."""
    try:
        made = corrections.split(finding, finding.text[place:] if place > 0 else "", reason, str(by))
    except CannotCorrect as error:
        raise Refused("cannot_correct", str(error)) from error
    assert made.other is not None  # noqa: S101 - a split has two sides
    open_findings(made.other, Force.objects.filter(tracked_findings__finding=finding))
    return made


def corrections_of(finding: Finding) -> int:
    """How many corrections were made of the finding."""
    return finding.corrections.count()


def _correct_kind(finding: Finding, kind: FindingKind, reason: str, by: User) -> Correction:
    was = FindingKind(finding.kind)
    if was.has_status and not kind.has_status and finding.tracked.exists():
        raise Refused(
            "is_tracked",
            f"{kind.label} is nothing to close, and this finding is tracked with a history that is never deleted.",
        )
    made = corrections.correct_kind(finding, kind, reason, str(by))
    if kind.has_status and not was.has_status:
        report = made.finding.report
        open_findings(made.finding, [report.force] if report.force else Force.objects.national())
    return made


def _hand_over(gone: TrackedFinding, kept: TrackedFinding, by: User, reason: str) -> None:
    proposed = Assessment.objects.filter(tracked_finding=gone, state=AssessmentState.PROPOSED.value)
    proposed.update(tracked_finding=kept)
    report = gone.finding.report
    last = gone.changes.order_by("pk").last()
    day = max(filter(None, (report.dated_on, report.earliest, last.effective_on if last else None)), default=None)
    move = Move(gone.pk, Status.SUPERSEDED, Basis.SUCCESSOR, f"Read apart by mistake. {reason}", day, successor=kept)
    change_status(move, by)


def _worked_with(tracked: TrackedFinding) -> str:
    """What people have done with a finding, in words; empty where nobody has touched it since it was opened."""
    done = {
        "its status was changed": tracked.changes.count() > 1,
        "a verdict on it was decided": tracked.assessments.exclude(state=AssessmentState.PROPOSED.value).exists(),
        "evidence was recorded": tracked.evidence.exists(),
        "its progress was recorded": tracked.updates.exists(),
        "a date was moved": tracked.date_changes.filter(recorded_by__isnull=False).exists(),
        "sign-off was asked for": tracked.sign_off_requests.exists(),
        "it was checked": tracked.checks.exists(),
        "a passage was kept or dismissed": tracked.notes.exclude(state=NoteState.OFFERED.value).exists(),
        "a tracker was brought over to it": tracked.tracker_rows.exists(),
        "it was explained in statutory comments": tracked.explanations.exists(),
        "it was linked by hand": any(
            links.filter(rule=LinkRule.PERSON.value).exists() for links in (tracked.repeats, tracked.repeated_by)
        ),
        "another finding was taken over by it": tracked.predecessors.exists(),
    }
    return next((what for what, is_done in done.items() if is_done), "")
