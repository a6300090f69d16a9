"""What each paper says, from the record as it stood on a day."""

from tracking.papers.briefing import briefing
from tracking.papers.committee import committee
from tracking.papers.comparing import comparison
from tracking.papers.content import Paper
from tracking.papers.contradicting import contradictions
from tracking.papers.foi import foi
from tracking.papers.wanted import Request
from tracking.past import moment
from tracking.vocabulary import PaperKind
from tracking.workflow import Incomplete


def build(wanted: Request) -> Paper:
    """The paper asked for; raises Incomplete where something that its kind needs is missing, or a day cannot be."""
    moment(wanted.as_of, None)
    if wanted.since:
        moment(wanted.since, None)
    if wanted.since and wanted.since > wanted.as_of:
        raise Incomplete("period_backwards", "The period ends before it begins.")
    return {
        PaperKind.COMMITTEE: committee,
        PaperKind.FOI: foi,
        PaperKind.BRIEFING: briefing,
        PaperKind.COMPARISON: comparison,
        PaperKind.CONTRADICTIONS: contradictions,
    }[wanted.kind](wanted)
