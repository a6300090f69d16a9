"""Counts over tracked findings."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from findings.vocabulary import FindingKind
from tracking.models import TrackedFinding
from tracking.querysets import NOW, coloured, overdue_on
from tracking.vocabulary import Rag, Status


def summary_of(rows: QuerySet[TrackedFinding], today: date, at: str = NOW) -> dict[str, Any]:
    """Counts of `rows` by kind, status and colour, with how many are late and unowned. One query.

    With `at=THEN` the rows are those that `tracking.past.stood` gives, and `today` is the day of that moment.
    """
    return _worded(rows.order_by().aggregate(**_counts(today, at)))


def summaries_by_force(rows: QuerySet[TrackedFinding], today: date) -> dict[int, dict[str, Any]]:
    """The same counts for each force that `rows` belong to, by the force's id. One query."""
    counted = rows.order_by().values("force").annotate(**_counts(today))
    return {row["force"]: _worded({**row}) for row in counted}


def _counts(today: date, at: str = NOW) -> dict[str, Count]:
    return {
        "total": Count("pk"),
        "overdue": Count("pk", filter=overdue_on(today, at)),
        "no_owner": Count("pk", filter=Q(**{f"{at}owner__isnull": True})),
        **{f"kind_{k.value}": Count("pk", filter=Q(finding__kind=k.value)) for k in FindingKind if k.has_status},
        **{f"status_{s.value}": Count("pk", filter=Q(**{f"{at}status": s.value})) for s in Status},
        **{f"rag_{r.value}": Count("pk", filter=coloured(r, today, at)) for r in Rag},
    }


def _worded(counted: dict[str, Any]) -> dict[str, Any]:
    return {
        "total": counted["total"],
        "overdue": counted["overdue"],
        "no_owner": counted["no_owner"],
        "kind": {k.value: counted[f"kind_{k.value}"] for k in FindingKind if k.has_status},
        "status": {s.value: counted[f"status_{s.value}"] for s in Status},
        "rag": {r.value: counted[f"rag_{r.value}"] for r in Rag},
    }
