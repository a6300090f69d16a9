"""Where one tracked finding stands, in a colour and in a sentence: the same in API, pages, papers and reminders.

Reads `standing_change` and `last_word` with what they rest on: select them with the row (`with_what_is_shown`).
"""

from datetime import date

from findings.models import Report
from findings.reading.sentences import shortened
from findings.vocabulary import Outcome, Precision
from tracking.models import Assessment, StatusChange, TrackedFinding
from tracking.rag import Standing, rag
from tracking.vocabulary import STATUS_OF_OUTCOME, Basis, Position, Rag, Status
from tracking.workflow import roll_up

SHOWN = 100  # letters of a title
BY_INSPECTION = {Basis.PUBLICATION, Basis.ASSESSMENT}
ON_OWN_EVIDENCE = {Basis.EVIDENCE, Basis.ELEMENTS}
VERDICTS = {
    Outcome.ACHIEVED: "achieved, says",
    Outcome.PARTLY_COMPLIED: "partly complied, says",
    Outcome.NOT_ACHIEVED: "not achieved, says",
    Outcome.IN_PROGRESS: "in progress, says",
    Outcome.NO_OUTCOME: "no verdict given in",
}


def standing_of(row: TrackedFinding) -> Standing:
    """What the row's colour follows from."""
    return Standing(
        status=Status(row.status),
        position=Position(row.position),
        due_on=row.due_on,
        target_on=row.target_on,
        recurs=row.recurs,
        contradicted=row.contradicted,
        on_own_evidence=_on_own_evidence(row),
        due_precision=row.due_precision,
    )


def colour_of(row: TrackedFinding, today: date) -> tuple[Rag, str]:
    """The colour of one row, and the reason for it: ours, and the force's own where it gave one."""
    colour, reason = rag(standing_of(row), today)
    given = row.shortfall_reason.strip() if colour in {Rag.RED, Rag.WHITE} and row.status != Status.SUPERSEDED else ""
    return colour, f"{reason}. The force says: {given}" if given else reason


def elements_add_up_to(row: TrackedFinding) -> Status | None:
    """The status that the row's elements add up to, where that is another than its own; None where they agree.

    Only an inspection's overall verdict may stand over what the elements add up to.
    """
    elements = [Status(element.status) for element in row.elements.all()]
    if not elements or row.status == Status.SUPERSEDED:
        return None
    added_up = roll_up(elements)
    return added_up if added_up != row.status else None


def status_sentence(row: TrackedFinding) -> str:
    """Where the finding stands, since when and on whose word, in one sentence."""
    change, said = row.standing_change, row.last_word
    status = Status(row.status).label
    if change is None:
        return f"{status}."
    since = f" since {_day_of(row, change)}" if change.effective_on else _since_its_report(row.finding.report)
    return f"{status}{since}{_word(row, change, said if said and said.pk != change.assessment_id else None)}."


def _since_its_report(report: Report) -> str:
    """For an opening whose day nobody knows: the report gives none."""
    return f" since its report of {report.year}, which gives no day" if report.year else ""


def _word(row: TrackedFinding, change: StatusChange, said: Assessment | None) -> str:
    if change.basis == Basis.ASSESSMENT and change.assessment:
        caveat = ", with a caveat" if change.assessment.caveat else ""
        word = f"{caveat}, on the word of {change.assessment.report}, confirmed by {change.recorded_by_name}"
        return word + (_said(said) if said else "")
    if change.basis == Basis.EVIDENCE and change.evidence:
        confirmed = _said(said) if said and _is_since(said, change) else "; no inspection has confirmed it yet"
        return f", on evidence “{change.evidence.title}”, signed off by {change.evidence.signed_off_by}{confirmed}"
    if change.basis == Basis.SUCCESSOR and row.successor:
        return f", taken over by “{shortened(row.successor.finding.title, SHOWN)}”, says {change.recorded_by_name}"
    if change.basis == Basis.PUBLICATION:
        return _said(said) if said else ": no verdict of a later report is confirmed yet"
    return f", {Basis(change.basis).label.lower()} by {change.recorded_by_name}" + (_said(said) if said else "")


def _said(said: Assessment) -> str:
    day = said.report.dated_on
    dated = f" ({_spoken(day, said.report)})" if day else ""
    return f"; {VERDICTS[Outcome(said.outcome)]} {said.report}{dated}, confirmed by {said.decided_by}"


def _day_of(row: TrackedFinding, change: StatusChange) -> str:
    report = change.assessment.report if change.assessment else row.finding.report
    follows_report = change.basis in BY_INSPECTION and change.effective_on == report.published_on
    return _spoken(change.effective_on, report) if follows_report else f"{change.effective_on:%-d %B %Y}"


def _spoken(day: date | None, report: Report) -> str:
    """A report's day, or its month alone where it gives no more."""
    by_month = day == report.published_on and report.published_precision == Precision.MONTH
    return f"{day:%B %Y}" if by_month else f"{day:%-d %B %Y}"


def _on_own_evidence(row: TrackedFinding) -> bool:
    change, said = row.standing_change, row.last_word
    if change is None or change.basis not in ON_OWN_EVIDENCE:
        return False
    return not (said and _is_since(said, change) and STATUS_OF_OUTCOME.get(Outcome(said.outcome)) == row.status)


def _is_since(said: Assessment, change: StatusChange) -> bool:
    return said.decided_at is not None and said.decided_at >= change.recorded_at
