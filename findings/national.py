"""National recommendations: made to every force, restated by later reports in words of their own.

Reports share no identifier for them. Known ones carry cues (a year and phrases), so that every wording
comes to the same record; an unknown one is kept apart until an officer or the reference data says otherwise.
"""

from django.db.models import Max
from django.utils.text import slugify

from findings.models import Cycle, Element, Finding, Report
from findings.reading.sentences import folded
from findings.reading.values import Reference
from findings.themes import give_themes
from findings.vocabulary import FindingKind, Scope


def known_national(reference: Reference) -> list[Finding]:
    """The known national recommendations that `reference` may mean: same year, every phrase of the cues said."""
    if reference.kind is not FindingKind.RECOMMENDATION or reference.scope is Scope.FORCE:
        return []
    said = folded(reference.text)
    known = Finding.objects.filter(scope=Scope.NATIONAL.value, kind=FindingKind.RECOMMENDATION.value).select_related(
        "report__cycle"
    )
    return [f for f in known if _year_fits(f, reference) and _said(f, said)]


def record_national(reference: Reference, *, for_all: bool) -> tuple[Finding, bool]:
    """The record of a national recommendation restated in these words, and whether it is new.

    It binds every force only once somebody who may speak for all has given a document that restates it (`for_all`);
    until then it is the affair of the force whose document does. The same words (case and spacing apart) from the same report and year are the same record.
    """
    report = Report.objects.select_for_update().get(pk=_national_report(reference).pk)
    for finding in report.findings.filter(merged_into__isnull=True):
        if folded(finding.text) == folded(reference.text):
            if for_all and not finding.binds_forces:
                finding.binds_forces = True
                finding.save(update_fields=["binds_forces"])
            return finding, False
    number = (report.findings.aggregate(highest=Max("number"))["highest"] or 0) + 1
    finding = Finding.objects.create(
        report=report,
        reference=f"{report.reference}/recommendation/{number}",
        kind=FindingKind.RECOMMENDATION.value,
        scope=Scope.NATIONAL.value,
        number=number,
        text=reference.text,
        binds_forces=for_all,
        deadline_wording=reference.deadline_text or "",
        due_on=reference.due_on,
        due_precision=reference.due_precision or "",
        recurs_every=reference.recurs_every if reference.due_on else None,
    )
    Element.objects.bulk_create(
        Element(finding=finding, position=place, text=text) for place, text in enumerate(reference.elements, 1)
    )
    give_themes([finding])
    return finding, True


def _national_report(reference: Reference) -> Report:
    year = reference.year or "undated"
    name = reference.issued_in or "report"
    report, _ = Report.objects.get_or_create(
        reference=f"national/{year}/{slugify(name)[:80]}",
        defaults={
            "programme": "national",
            "title": f"National {name[:150]} {year}",
            "cycle": Cycle.objects.filter(code=year).first(),
            "named_year": int(year) if year.isdecimal() else None,
        },
    )
    return report


def _said(finding: Finding, said: str) -> bool:
    if finding.cues.get("phrases"):
        return finding.is_told_by(said)
    return bool(finding.text) and folded(finding.text) == said


def _year_fits(finding: Finding, reference: Reference) -> bool:
    if reference.year is None:
        return False
    cued = finding.cues.get("year")
    return reference.year == cued if cued else int(reference.year) in finding.report.years
