"""Which paper is wanted."""

from dataclasses import dataclass
from datetime import date

from findings.models import Finding, Force, Report
from tracking.vocabulary import PaperKind
from tracking.workflow import Incomplete

MARKING = "OFFICIAL"


@dataclass(frozen=True, slots=True)
class Request:
    """Which paper is wanted. `since` is the day of the paper before; `report` and `finding` where the kind asks for one."""

    kind: PaperKind
    force: Force | None
    as_of: date
    since: date | None = None
    report: Report | None = None
    finding: Finding | None = None
    marking: str = MARKING


def force_of(wanted: Request) -> Force:
    """The force that the paper is about; raises Incomplete where none is named."""
    if wanted.force is None:
        raise Incomplete("force_missing", "Say which force the paper is about.")
    return wanted.force
