"""What does not go together, as a paper."""

from collections import Counter

from django.utils import timezone

from tracking.contradictions import SAID, contradictions_of, only_contradictory, with_contradictions
from tracking.models import TrackedFinding
from tracking.papers.content import Holds, Paper, Table
from tracking.papers.rows import columns_of
from tracking.papers.wanted import Request, force_of
from tracking.querysets import with_what_is_shown
from tracking.standing import status_sentence
from tracking.workflow import Incomplete


def contradictions(wanted: Request) -> Paper:
    """What in the force's record does not go together today."""
    force, today = force_of(wanted), timezone.localdate()
    if wanted.as_of != today:
        raise Incomplete("of_today_only", "What does not go together is told of today alone.")
    found = only_contradictory(with_contradictions(TrackedFinding.objects.filter(force=force), today))
    listed = list(with_what_is_shown(found).order_by("id"))
    rows = tuple(
        (row.finding.title, str(row.finding.report), " ".join(SAID[code] for code in contradictions_of(row)), status_sentence(row), str(row.owner or "nobody"))
        for row in listed
    )  # fmt: skip
    told = Counter(code for row in listed for code in contradictions_of(row))
    columns = columns_of(
        ("Finding", "Report", "What does not go together", "Where it stands", "Owner"), (Holds.TEXT,) * 5
    )
    return Paper(
        kind=wanted.kind.value,
        title="What does not go together",
        about=force.name,
        marking=wanted.marking,
        as_of=today,
        lead=(),
        figures=tuple((SAID[code], count) for code, count in told.items()),
        tables=(Table("Findings", columns, rows, when_empty="Everything goes together."),),
    )
