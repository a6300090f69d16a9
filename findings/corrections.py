"""The one writer of corrections: a person puts right what was read in a report. The reference stays, and each is kept.

Taking the report in again makes the same corrections again (`findings.corrected`), so that nothing undoes them.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from findings.corrected import Said, said_of
from findings.importing import free_number, reference_start
from findings.models import Correction, Element, Finding, Report
from findings.themes import correct_themes, give_themes
from findings.vocabulary import CorrectionKind, FindingKind

LONGEST_HEADING = 300
FEWEST_LETTERS = 3


class CannotCorrect(Exception):
    """Why a correction is not made, in words for the person who asked."""


@transaction.atomic
def correct_wording(finding: Finding, heading: str, text: str, reason: str, by_name: str) -> Correction:
    """Puts the heading and text right as the document has them; themes follow, unless a person chose them."""
    finding, before = _opened(finding, reason)
    heading, text = heading.strip(), text.strip()
    if len(text) < FEWEST_LETTERS:
        raise CannotCorrect("Give the finding's text: it cannot be left empty.")
    if len(heading) > LONGEST_HEADING:
        raise CannotCorrect(f"A heading has at most {LONGEST_HEADING} letters.")
    if (heading, text) == (finding.heading, finding.text):
        raise CannotCorrect("The wording is the same as before.")
    finding.heading, finding.text = heading, text
    finding.save(update_fields=["heading", "text"])
    give_themes([finding])
    return _keep(CorrectionKind.WORDING, finding, [before], [said_of(finding)], reason, by_name)


@transaction.atomic
def correct_kind(finding: Finding, kind: FindingKind, reason: str, by_name: str) -> Correction:
    """Says what kind of finding it is."""
    finding, before = _opened(finding, reason)
    if finding.kind == kind:
        raise CannotCorrect("It is of this kind already.")
    finding.kind = kind.value
    finding.save(update_fields=["kind"])
    return _keep(CorrectionKind.KIND, finding, [before], [said_of(finding)], reason, by_name)


@transaction.atomic
def correct_themes_of(finding: Finding, slugs: Collection[str], reason: str, by_name: str) -> Correction:
    """Says what it is about; raises UnknownTheme for what is no theme."""
    finding, _ = _opened(finding, reason)
    before = sorted(theme.slug for theme in finding.themes.all())
    if before == sorted(slugs):
        raise CannotCorrect("The themes are the same as before.")
    correct_themes(finding, slugs)
    return _keep(CorrectionKind.THEMES, finding, before, sorted(slugs), reason, by_name)


@transaction.atomic
def merge(one: Finding, other: Finding, reason: str, by_name: str) -> Correction:
    """Makes one finding of two of the same report that were read apart; the one that stands first holds the words of both.

    The other's elements and, where the first has none, its date go with it. Nothing is deleted: it says into which it went.
    """
    if one.pk == other.pk or one.report_id != other.report_id:
        raise CannotCorrect("Choose another finding of the same report.")
    first, second = sorted((one, other), key=lambda finding: (finding.line or 0, finding.pk))
    first, before = _opened(first, reason)
    second, gone = _opened(second, reason)
    if second.recommendations.exists() or second.merged.exists():
        raise CannotCorrect("Other findings belong to the one that would go: merge those first.")
    first.text = (
        f"{first.text}\n{second.text}" if not second.heading else f"{first.text}\n{second.heading}\n{second.text}"
    )
    first.end_line = max(filter(None, (first.end_line, second.end_line)), default=None)
    if not first.due_on:
        for name in ("deadline_wording", "due_on", "due_precision", "recurs_every"):
            setattr(first, name, getattr(second, name))
    first.save()
    _move_elements(second, first)
    second.merged_into = first
    second.save(update_fields=["merged_into"])
    give_themes([first])
    return _keep(CorrectionKind.MERGED, first, [before, gone], [said_of(first)], reason, by_name, second)


@transaction.atomic
def split(finding: Finding, second_part: str, reason: str, by_name: str) -> Correction:
    """Makes two findings of one: the second begins where `second_part`, the end of its text, begins.

    The first keeps the reference, the heading and the date; the second is a finding of the same kind with a reference of
    its own.
    """
    finding, before = _opened(finding, reason)
    second_part = second_part.strip()
    first_part = finding.text.removesuffix(second_part).strip()
    if not finding.text.endswith(second_part) or min(len(first_part), len(second_part)) < FEWEST_LETTERS:
        raise CannotCorrect("Say where in its text the second finding begins.")
    if finding.elements.exists():
        raise CannotCorrect("It has elements, each with a status of its own: it is not split as well.")
    kind = FindingKind(finding.kind)
    number = free_number(finding.report, finding.judgment, kind)
    finding.text = first_part
    finding.save(update_fields=["text"])
    second = Finding.objects.create(
        report=finding.report,
        judgment=finding.judgment,
        parent=finding.parent,
        reference=f"{reference_start(finding.report, finding.judgment, kind)}{number}",
        kind=finding.kind,
        scope=finding.scope,
        number=number,
        text=second_part,
        line=finding.line,
        end_line=finding.end_line,
        addressed_to=finding.addressed_to,
        binds_forces=finding.binds_forces,
    )
    give_themes([finding, second])
    return _keep(CorrectionKind.SPLIT, finding, [before], [said_of(finding), said_of(second)], reason, by_name, second)


def _opened(finding: Finding, reason: str) -> tuple[Finding, Said]:
    """The finding, locked, and how it is said now."""
    if not reason.strip():
        raise CannotCorrect("Say why: every correction carries a reason.")
    Report.objects.select_for_update(of=("self",)).get(pk=finding.report_id)  # nor is it read anew meanwhile
    rows = Finding.objects.select_for_update(of=("self",)).select_related("report", "judgment")
    locked = rows.get(pk=finding.pk)
    if locked.report.document_id is None:
        raise CannotCorrect("Its report was not taken in from a document: there is no reading to correct.")
    if locked.merged_into_id:
        raise CannotCorrect("It was merged into another finding: correct that one.")
    return locked, said_of(locked)


def _move_elements(gone: Finding, kept: Finding) -> None:
    """The elements of `gone` as those of `kept`, after its own."""
    last = max((element.position for element in kept.elements.all()), default=0)
    for place, element in enumerate(gone.elements.all(), last + 1):
        Element.objects.create(
            finding=kept,
            position=place,
            text=element.text,
            due_on=element.due_on,
            due_precision=element.due_precision,
            recurs_every=element.recurs_every,
        )


def _keep(
    kind: CorrectionKind,
    finding: Finding,
    before: Sequence[Said | str],
    after: Sequence[Said | str],
    reason: str,
    by_name: str,
    other: Finding | None = None,
) -> Correction:
    return Correction.objects.create(
        report=finding.report,
        finding=finding,
        other=other,
        kind=kind.value,
        before=[_kept(said) for said in before],
        after=[_kept(said) for said in after],
        reason=reason.strip(),
        recorded_by_name=by_name[:200],
    )


def _kept(said: Said | str) -> Any:
    return said if isinstance(said, str) else said.as_json()
