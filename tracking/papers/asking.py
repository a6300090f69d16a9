"""The one door to papers: what is wanted, in which form, and with what; the bytes that come of it."""

from dataclasses import dataclass

from tracking.models import StatusChange
from tracking.papers.building import build
from tracking.papers.content import Paper
from tracking.papers.forms import TYPES, written
from tracking.papers.wanted import Request
from tracking.vocabulary import PaperKind


@dataclass(frozen=True, slots=True)
class Written:
    """A paper as a file: its name, its media type, what is in it, and the paper itself."""

    name: str
    media_type: str
    content: bytes
    paper: Paper


def write_paper(wanted: Request, form: str) -> Written:
    """Builds the paper and writes it as html, pdf, xlsx or csv; raises Incomplete where it cannot be."""
    paper = build(wanted)
    content = written(paper, form, _history(wanted) if form == "xlsx" else None)
    about = f"-{wanted.force.slug}" if wanted.force else ""
    return Written(f"{paper.kind}{about}-{paper.as_of:%Y-%m-%d}.{form}", TYPES[form], content, paper)


def _history(wanted: Request) -> list[StatusChange]:
    """All changes of the force's findings, whatever the paper's day; what goes to others shows no force's own history."""
    if wanted.kind in {PaperKind.COMPARISON, PaperKind.FOI} or wanted.force is None:
        return []
    rows = StatusChange.objects.filter(tracked_finding__force=wanted.force, element__isnull=True)
    return list(rows.select_related("tracked_finding__finding").order_by("id"))
