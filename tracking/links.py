"""The one writer of links between findings: a newer finding of a force that asks again for what an older one asked.

Both are kept, and neither moves the other: what a newer one takes over is a change of status of its own.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from findings.models import Finding, Force
from findings.similarity import Corpus
from findings.vocabulary import FindingKind, Scope
from tracking.changes import is_later
from tracking.dates import SERVICE_NAME
from tracking.models import Assessment, FindingLink, TrackedFinding, User
from tracking.similar import wording
from tracking.vocabulary import LinkRule
from tracking.workflow import Incomplete, Refused

# From this likeness on, two findings of one force ask for the same. Pairs that are known not to lie below 0.37.
SAME_AGAIN = 0.45
# A finding that says what tells a national recommendation repeats it from this likeness to a restatement on; one that
# only shares its subject (disparity in vetting decisions, beside vetting clearance) lies at 0.15.
LIKE_A_RESTATEMENT = 0.18
FEWEST_WORDS = 8


@transaction.atomic
def link_repeats(force: Force, fresh: Iterable[TrackedFinding]) -> int:
    """Links each of the force's `fresh` findings with the older ones that it repeats, and the newer that repeat it.

    A national recommendation is told by its cues, the force's own findings by their wording. Pairs that were linked
    before, withdrawn ones included, are left alone. Returns how many links are new.
    """
    new_ids = {row.pk for row in fresh}
    if not new_ids:
        return 0
    rows = list(
        TrackedFinding.objects.filter(force=force)
        .exclude(finding__kind=FindingKind.CAUSE_OF_CONCERN.value)  # its recommendations stand for it
        .select_related("finding__report__cycle")
    )
    pairs = {(link.newer_id, link.older_id) for link in FindingLink.objects.filter(newer__force=force)}
    made = [
        FindingLink(
            newer=newer, older=older, rule=rule.value, score=score, reason=REASONS[rule], recorded_by_name=SERVICE_NAME
        )
        for newer, older, rule, score in _repeats(rows, new_ids)
        if (newer.pk, older.pk) not in pairs
    ]
    FindingLink.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


REASONS = {
    LinkRule.CUES: "It asks for what the national recommendation asks for.",
    LinkRule.WORDING: "It asks for much the same in much the same words.",
}
Repeat = tuple[TrackedFinding, TrackedFinding, LinkRule, float | None]


def _repeats(rows: list[TrackedFinding], fresh: set[int]) -> Iterable[Repeat]:
    own = {row.pk: row for row in rows if row.finding.scope == Scope.FORCE}
    corpus = Corpus({pk: wording(row.finding) for pk, row in own.items()})
    for older in rows:
        if older.finding.scope == Scope.NATIONAL:
            yield from _repeats_of_national(older, own, corpus, fresh)
    for pk in own.keys() & fresh:
        for other, score in corpus.like(wording(own[pk].finding), SAME_AGAIN):
            newer, older = _ordered(own[pk], own[other])
            if is_later(newer.finding.report, older.finding.report):
                yield newer, older, LinkRule.WORDING, round(score, 2)


def _repeats_of_national(
    older: TrackedFinding, own: dict[int, TrackedFinding], corpus: Corpus[int], fresh: set[int]
) -> Iterable[Repeat]:
    """Those that say what tells the recommendation, and are like one of the wordings in which reports restate it."""
    told = {
        pk
        for pk, row in own.items()
        if {pk, older.pk} & fresh
        and older.finding.is_told_by(wording(row.finding))
        and is_later(row.finding.report, older.finding.report)
    }
    if not told:
        return
    likeness: dict[int, float] = {}
    for restated in _restated(older.finding):
        for pk, score in corpus.like(restated, LIKE_A_RESTATEMENT):
            likeness[pk] = max(score, likeness.get(pk, 0.0))
    for pk in told & likeness.keys():
        yield own[pk], older, LinkRule.CUES, round(likeness[pk], 2)


def _restated(finding: Finding) -> list[str]:
    """The recommendation in our words, its own, and those of reports; mentions too short to tell what it asks left out."""
    said = Assessment.objects.filter(tracked_finding__finding=finding).values_list("refers_to__text", flat=True)
    return [wording(finding), *{text for text in said if text and len(text.split()) >= FEWEST_WORDS}]


def _ordered(one: TrackedFinding, other: TrackedFinding) -> tuple[TrackedFinding, TrackedFinding]:
    return (one, other) if is_later(one.finding.report, other.finding.report) else (other, one)


@transaction.atomic
def link_by_hand(newer: TrackedFinding, older: TrackedFinding, reason: str, by: User) -> FindingLink:
    """Keeps that a person sees `newer` ask again for what `older` asked; takes up a link that was withdrawn.

    Raises Refused or Incomplete where they are of two forces, in the wrong order, or linked already.
    """
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why: every link carries a reason.")
    if newer.force_id != older.force_id or newer.pk == older.pk:
        raise Incomplete("finding_of_another_force", "Links join two findings of one force.")
    if is_later(older.finding.report, newer.finding.report):
        raise Refused("successor_older", "The finding that repeats another is the newer one.")
    link = FindingLink.objects.select_for_update().filter(newer=newer, older=older).first()
    if link is None:
        return FindingLink.objects.create(
            newer=newer,
            older=older,
            rule=LinkRule.PERSON.value,
            reason=reason.strip(),
            recorded_by=by,
            recorded_by_name=str(by)[:200],
        )
    if link.withdrawn_at is None:
        raise Refused("already_linked", "The two are linked already.")
    link.rule, link.score, link.reason = LinkRule.PERSON.value, None, reason.strip()
    link.recorded_by, link.recorded_by_name, link.recorded_at = by, str(by)[:200], timezone.now()
    link.withdrawn_by, link.withdrawn_at, link.withdrawn_reason = None, None, ""
    link.save()
    return link


@transaction.atomic
def withdraw_link(link_id: int, reason: str, by: User) -> FindingLink:
    """Sets a link aside, with a reason; it is not made again by itself. Raises Refused where it is withdrawn already."""
    link = FindingLink.objects.select_for_update().get(pk=link_id)
    if link.withdrawn_at is not None:
        raise Refused("already_withdrawn", "The link is withdrawn already.")
    if not reason.strip():
        raise Incomplete("reason_missing", "Say why the two are not the same.")
    link.withdrawn_by, link.withdrawn_at, link.withdrawn_reason = by, timezone.now(), reason.strip()
    link.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    return link
