"""The one writer of findings that a force brings over from a tracker of its own, where no report taken in holds them."""

from collections.abc import Iterable

from findings.models import Finding, Force, Report
from findings.querysets import BROUGHT_OVER
from findings.reading.sentences import folded
from findings.themes import give_themes
from findings.vocabulary import FindingKind


def record_brought_over(force: Force, asked: Iterable[tuple[FindingKind, str]]) -> list[Finding]:
    """The finding of each kind and text in `asked`, in order. Must run inside a transaction.

    They stand in a report of the force that stands for its tracker, which is no part of the published record: nobody
    else sees it. Case, hyphens and spacing apart, the same words of
    the same kind are the same finding, which keeps its reference ("lancashire/tracker/afi/3") for good.
    """
    report = Report.objects.select_for_update().get(pk=_report_of(force).pk)
    known = {(finding.kind, folded(finding.text)): finding for finding in report.findings.all()}
    last: dict[str, int] = {}
    for finding in known.values():
        last[finding.kind] = max(last.get(finding.kind, 0), finding.number)
    found = []
    for kind, text in asked:
        words = (kind.value, folded(text))
        if words not in known:
            last[kind.value] = last.get(kind.value, 0) + 1
            known[words] = _create(report, kind, text, last[kind.value])
        found.append(known[words])
    give_themes(found)
    return found


def _create(report: Report, kind: FindingKind, text: str, number: int) -> Finding:
    reference = f"{report.reference}/{kind.value.replace('_', '-')}/{number}"
    return Finding.objects.create(report=report, reference=reference, kind=kind.value, number=number, text=text)


def _report_of(force: Force) -> Report:
    report, _ = Report.objects.get_or_create(
        reference=f"{force.slug}/tracker",
        defaults={
            "force": force,
            "programme": BROUGHT_OVER,
            "title": f"{force.name}, brought over from the force’s own tracker",
        },
    )
    return report
