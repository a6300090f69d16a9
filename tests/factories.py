"""Records for tests, named by what they are. Nothing here depends on today or on chance."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from findings.models import Cycle, Document, Element, Finding, Force, Report
from findings.vocabulary import FindingKind, Scope
from tests.canary import own_work_of, person_of
from tracking.changes import open_findings
from tracking.models import (
    Assessment,
    Evidence,
    EvidenceNote,
    FindingLink,
    Membership,
    StatutoryResponse,
    TrackedFinding,
    User,
)
from tracking.vocabulary import Role


class ForceFactory(DjangoModelFactory[Force]):
    slug = factory.Sequence(lambda n: f"force-{n}")
    name = factory.LazyAttribute(lambda force: f"{force.slug.title()} Police")

    class Meta:
        model = Force
        django_get_or_create = ("slug",)


class CycleFactory(DjangoModelFactory[Cycle]):
    code = "2018"
    scale = "four_tier"
    order = factory.LazyAttribute(lambda cycle: int(cycle.code[:4]))

    class Meta:
        model = Cycle
        django_get_or_create = ("code",)


class ReportFactory(DjangoModelFactory[Report]):
    """A force's report of 2018, published on 2 May 2019."""

    reference = factory.Sequence(lambda n: f"report-{n}")
    force = factory.SubFactory(ForceFactory)
    cycle = factory.SubFactory(CycleFactory)
    pillar = "legitimacy"
    title = factory.LazyAttribute(lambda report: f"{report.force}, PEEL {report.cycle}")
    published_on = date(2019, 5, 2)
    published_precision = "day"

    class Meta:
        model = Report


class FindingFactory(DjangoModelFactory[Finding]):
    report = factory.SubFactory(ReportFactory)
    reference = factory.Sequence(lambda n: f"finding-{n}")
    kind = FindingKind.AFI.value
    scope = Scope.FORCE.value
    number = 1
    text = factory.Sequence(lambda n: f"The force should mend matter {n}.")

    class Meta:
        model = Finding


class DocumentFactory(DjangoModelFactory[Document]):
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    original_name = "report.txt"
    media_type = "text/plain"
    text = "The force has met the area for improvement."

    class Meta:
        model = Document


class AssessmentFactory(DjangoModelFactory[Assessment]):
    """A verdict of a report of 2021/22 on a tracked finding, proposed."""

    tracked_finding = None
    force = factory.LazyAttribute(lambda made: made.tracked_finding.force)
    report = factory.LazyAttribute(lambda made: later_report(made.force))
    document = factory.SubFactory(DocumentFactory)
    outcome = "achieved"
    quote = "The force has met the area for improvement."
    quote_digest = factory.Sequence(lambda n: f"{n:064x}")
    line = 1
    confidence = 0.95
    rule = "test"
    refers_to = factory.LazyAttribute(
        lambda made: {
            "kind": made.tracked_finding.finding.kind if made.tracked_finding else "afi",
            "text": "the area for improvement",
            "scope": "force",
        }
    )
    reason = factory.LazyAttribute(lambda made: own_work_of(made.force))

    class Meta:
        model = Assessment


def later_report(force: Force, **values: object) -> Report:
    """The force's report of 2021/22, published on 3 October 2022."""
    known = Report.objects.filter(force=force, cycle__code="2021/22").first()
    defaults = {"force": force, "cycle": CycleFactory(code="2021/22"), "pillar": "", "published_on": date(2022, 10, 3)}
    return known or ReportFactory(**{**defaults, **values})


def tracked_finding(force: Force | None = None, elements: int = 0, **values: object) -> TrackedFinding:
    """An open finding of a force, with its history; `values` go to the finding published. Its plan is marked as own work."""
    force = force or ForceFactory()
    finding = FindingFactory(**{"report": ReportFactory(force=force), **values})
    for position in range(1, elements + 1):
        Element.objects.create(finding=finding, position=position, text=f"limb {position}")
    tracked = open_findings(finding, [force])[0]
    tracked.closing_plan = own_work_of(force)
    TrackedFinding.objects.filter(pk=tracked.pk).update(closing_plan=tracked.closing_plan)
    return tracked


def member(role: Role | str, force: str | Force | None = None, **values: object) -> User:
    """A person with one role, in a force (by slug) or for the whole service; of a force, the name says of which."""
    if isinstance(force, str):
        force = ForceFactory(slug=force)
    if force:
        values = {"last_name": person_of(force), **values}
    count = User.objects.count()
    user = User.objects.create_user(
        f"{Role(role).value}-{count}", f"person{count}@peeltrack.example", "a long enough password", **values
    )
    Membership.objects.create(user=user, force=force, role=Role(role).value)
    return user


def signed_off_evidence(tracked: TrackedFinding) -> Evidence:
    """Evidence recorded by an officer and signed off by a signatory of the finding's force."""
    officer, signatory = member(Role.OFFICER, tracked.force), member(Role.SIGNATORY, tracked.force)
    return Evidence.objects.create(
        tracked_finding=tracked,
        title=f"Audit of 2020 {own_work_of(tracked.force)}",
        link=f"https://force.example/audit/{own_work_of(tracked.force)}",
        recorded_by=officer,
        signed_off_by=signatory,
        signed_off_at="2020-06-01T10:00:00Z",
    )


class EvidenceNoteFactory(DjangoModelFactory[EvidenceNote]):
    """A passage of a report of 2021/22 offered beside a tracked finding."""

    tracked_finding = None
    report = factory.LazyAttribute(lambda made: later_report(made.tracked_finding.force))
    document = factory.SubFactory(DocumentFactory)
    quote = "The force has a board that looks at such matters each month."
    quote_digest = factory.Sequence(lambda n: f"{n:064x}")
    line = 1
    score = 0.5
    reason = factory.LazyAttribute(lambda made: own_work_of(made.tracked_finding.force))

    class Meta:
        model = EvidenceNote


class StatutoryResponseFactory(DjangoModelFactory[StatutoryResponse]):
    """The comments due on a report of 3 October 2022."""

    force = factory.SubFactory(ForceFactory)
    report = factory.LazyAttribute(lambda made: later_report(made.force))
    counted_from = date(2022, 10, 3)
    due_on = date(2022, 11, 27)
    link = factory.LazyAttribute(lambda made: f"https://force.example/comments/{own_work_of(made.force)}")

    class Meta:
        model = StatutoryResponse


class FindingLinkFactory(DjangoModelFactory[FindingLink]):
    """A newer finding that repeats an older one of the same force, as told by its wording."""

    newer = None
    older = None
    rule = "wording"
    score = 0.6
    reason = factory.LazyAttribute(lambda made: f"In much the same words. {own_work_of(made.newer.force)}")
    recorded_by_name = "peeltrack"

    class Meta:
        model = FindingLink
