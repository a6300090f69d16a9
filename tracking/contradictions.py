"""What in a force's record does not go together, or is missing: the list to read before a committee does."""

from collections.abc import Iterable
from datetime import date

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from findings.vocabulary import Outcome
from tracking.models import Evidence, TrackedElement, TrackedFinding
from tracking.querysets import STILL_UNMET, overdue_on, owed
from tracking.vocabulary import STATUS_OF_OUTCOME, Basis, Contradiction, Position, Status

SAID = {
    Contradiction.ACHIEVED_WITH_CAVEAT: "Achieved, but the inspectors added a caveat.",
    Contradiction.INSPECTORS_SAY_OTHERWISE: "The force signed it off; the inspectors say otherwise.",
    Contradiction.LAST_WORD_DIFFERS: "The inspectors' last confirmed word is another than its status.",
    Contradiction.STATUS_WITHOUT_EVIDENCE: "It is said to be done, and nothing on record shows it.",
    Contradiction.ELEMENTS_DISAGREE: "Its elements add up to another status than its own.",
    Contradiction.NO_OWNER: "Nobody owns it.",
    Contradiction.TARGET_AFTER_DEADLINE: "The force's own target lies after the inspectors' date.",
    Contradiction.LATE_WITHOUT_REASON: "Its date has passed, and no reason is given.",
    Contradiction.COLOUR_WITHOUT_REASON: "The force takes no action or waits for others, and does not say why.",
}


def with_contradictions(rows: QuerySet[TrackedFinding], today: date) -> QuerySet[TrackedFinding]:
    """The rows with a yes or no for each contradiction, named `is_…`; ask `contradictions_of` for those of one row."""
    found = {f"is_{code.value}": _yes_or_no(_condition(code, today)) for code in Contradiction}
    return rows.annotate(**found)


def only_contradictory(
    rows: QuerySet[TrackedFinding], codes: Iterable[Contradiction] = tuple(Contradiction)
) -> QuerySet[TrackedFinding]:
    """Those rows of `with_contradictions` in which something does not go together (one of `codes`)."""
    any_of = Q()
    for code in codes:
        any_of |= Q(**{f"is_{code.value}": True})
    return rows.filter(any_of)


def contradictions_of(row: TrackedFinding) -> list[Contradiction]:
    """What does not go together in a row of `with_contradictions`."""
    return [code for code in Contradiction if getattr(row, f"is_{code.value}")]


def _yes_or_no(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _condition(code: Contradiction, today: date) -> Q:
    signed_off = Q(position=Position.SIGNED_OFF.value)
    said_done = Q(position__in=[Position.SIGNED_OFF.value, Position.READY_FOR_SIGN_OFF.value])
    nothing_shown = ~Exists(Evidence.objects.filter(tracked_finding=OuterRef("pk")))
    no_reason = Q(shortfall_reason="")
    conditions = {
        Contradiction.ACHIEVED_WITH_CAVEAT: Q(status=Status.ACHIEVED.value, last_word__outcome=Outcome.ACHIEVED.value)
        & ~Q(last_word__caveat=""),
        Contradiction.INSPECTORS_SAY_OTHERWISE: signed_off & Q(contradicted=True),
        Contradiction.LAST_WORD_DIFFERS: _last_word_differs(),
        Contradiction.STATUS_WITHOUT_EVIDENCE: STILL_UNMET & said_done & Q(nothing_shown)
        | Q(status__in=[Status.PARTLY_COMPLIED.value, Status.ACHIEVED.value])
        & Q(standing_change__basis=Basis.CORRECTION.value),
        Contradiction.ELEMENTS_DISAGREE: _elements_disagree(),
        Contradiction.NO_OWNER: owed() & Q(owner__isnull=True),
        Contradiction.TARGET_AFTER_DEADLINE: STILL_UNMET & Q(target_on__gt=F("due_on")),
        Contradiction.LATE_WITHOUT_REASON: overdue_on(today) & no_reason & ~signed_off,
        Contradiction.COLOUR_WITHOUT_REASON: STILL_UNMET
        & Q(position__in=[Position.NO_ACTION.value, Position.DEPENDS_ON_ANOTHER_BODY.value])
        & no_reason,
    }
    return conditions[code]


def _last_word_differs() -> Q:
    """A verdict confirmed since the status was written, of a report that is not older than it, that says another status.

    What the force has shown since an inspection is no contradiction.
    """
    others = Q()
    for outcome, status in STATUS_OF_OUTCOME.items():
        others |= Q(last_word__outcome=outcome.value) & ~Q(status=status.value)
    since = Q(last_word__decided_at__gte=F("standing_change__recorded_at"))
    older = Q(last_word__report__published_on__lt=F("standing_change__effective_on"))
    return others & since & ~older & ~Q(status=Status.SUPERSEDED.value)


def _elements_disagree() -> Q:
    """What `tracking.standing.elements_add_up_to` says of one row, of all rows; superseded elements count for nothing."""
    counted = TrackedElement.objects.filter(tracked_finding=OuterRef("pk")).exclude(status=Status.SUPERSEDED.value)
    some = Q(Exists(TrackedElement.objects.filter(tracked_finding=OuterRef("pk"))))
    none_counts = Q(~Exists(counted))
    not_achieved = Q(Exists(counted.exclude(status=Status.ACHIEVED.value)))
    not_open = Q(Exists(counted.exclude(status=Status.OPEN.value)))
    return (
        some
        & ~Q(status=Status.SUPERSEDED.value)
        & (
            none_counts
            | Q(status=Status.ACHIEVED.value) & not_achieved
            | Q(status=Status.OPEN.value) & not_open
            | Q(status=Status.PARTLY_COMPLIED.value) & (~not_achieved | ~not_open)
        )
    )
