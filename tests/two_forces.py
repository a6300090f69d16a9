"""The work of one force, a row of every kind, each with the mark of its force: for tests that set two of them apart."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from findings.models import Correction, Finding, Force, Judgment
from tests.canary import own_work_of
from tests.factories import (
    AssessmentFactory,
    CycleFactory,
    DocumentFactory,
    EvidenceNoteFactory,
    FindingLinkFactory,
    ForceFactory,
    ReportFactory,
    StatutoryResponseFactory,
    later_report,
    member,
    tracked_finding,
)
from tracking.events import number_events
from tracking.models import (
    ApiToken,
    Assessment,
    Check,
    DateChange,
    Delivery,
    Digest,
    Event,
    Evidence,
    EvidenceNote,
    Explanation,
    FindingLink,
    Intake,
    IntakeItem,
    ProgressUpdate,
    Reminder,
    Review,
    SignOffRequest,
    StatusChange,
    StatutoryResponse,
    TrackedElement,
    TrackedFinding,
    TrackerFile,
    User,
    Webhook,
)
from tracking.tokens import issue_token
from tracking.vocabulary import Role

WARNING = {"line": 1, "code": "unread", "message": "this line was not understood"}
OF_A_FORCE = (Role.VIEWER, Role.OFFICER, Role.SIGNATORY)
EVERYWHERE = (Role.NATIONAL, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Work:
    """A force's people and rows. `tracked` repeats `older`; `asked` waits for sign-off; `answer` is `response`'s recommendation."""

    force: Force
    people: dict[str, User]
    tracked: TrackedFinding
    older: TrackedFinding
    asked: TrackedFinding
    answer: TrackedFinding
    element: TrackedElement
    change: StatusChange
    assessment: Assessment
    confirmed: Assessment
    note: EvidenceNote
    signed: Evidence
    unsigned: Evidence
    file: Evidence
    request: SignOffRequest
    link: FindingLink
    response: StatutoryResponse
    explanation: Explanation
    check: Check
    update: ProgressUpdate
    date_change: DateChange
    reminder: Reminder
    digest: Digest
    tracker: TrackerFile
    intake: Intake
    intake_item: IntakeItem
    review: Review
    published: Finding
    correction: Correction
    judgment: Judgment
    token: ApiToken
    webhook: Webhook
    delivery: Delivery

    @property
    def officer(self) -> User:
        return self.people["officer"]


def everyone(force: Force) -> dict[str, User]:
    """A person of each role: three of the force, two for the whole service."""
    return {role.value: member(role, force if role.is_of_a_force else None) for role in Role}


def work_of(force: Force | None = None) -> Work:
    """A row of every kind for one force, all of it marked."""
    force = force or ForceFactory()
    mark, people = own_work_of(force), everyone(force)
    officer, signatory, now = people["officer"], people["signatory"], timezone.now()
    by = {"recorded_by": officer}
    older = tracked_finding(force, report=ReportFactory(force=force, cycle=CycleFactory(code="2016")))
    tracked = tracked_finding(force, elements=2)
    asked = tracked_finding(force)
    newer = later_report(force)
    answer = tracked_finding(force, report=newer, kind="recommendation")
    named = {"lead": mark, "owner": officer, "shortfall_reason": mark}
    TrackedFinding.objects.filter(force=force).update(**named)
    settled = {"state": "confirmed", "decided_by": officer, "decided_at": now, "reason": mark}
    signed = _evidence(tracked, mark, by, signed_off_by=signatory, signed_off_at=now)
    file = Evidence(tracked_finding=tracked, title=mark, original_name=f"{mark}.pdf", sha256="f" * 64, size=9, **by)
    file.file.save("minutes.pdf", ContentFile(f"%PDF-1.7 {mark}".encode()), save=True)
    response = StatutoryResponseFactory(force=force, report=newer)
    request = SignOffRequest.objects.create(tracked_finding=asked, asked_by=officer, comment=mark)
    digest = Digest.objects.create(
        recipient=officer, day=date(2024, 1, 1), claimed_at=now - timedelta(hours=1), error=""
    )
    occasion = {"rule": "overdue", "occasion": date(2020, 1, 2), "about_on": date(2020, 1, 1)}
    rows = {"headers": ["Text"], "rows": [["2", mark]], "columns": {"text": "Text"}, "given_by": officer}
    moved = {"kind": "target", "cause": "first", "to_on": date(2030, 1, 1), "reason": mark}
    newer.document = DocumentFactory()
    newer.save()
    intake = Intake.objects.create(given_by=officer)
    number_events()
    webhook = Webhook.objects.create(user=officer, force=force, address=f"https://force.example/{mark}", salt="0")
    return Work(
        force=force,
        people=people,
        tracked=TrackedFinding.objects.get(pk=tracked.pk),
        older=older,
        asked=asked,
        answer=answer,
        element=tracked.elements.all()[0],
        change=StatusChange.objects.get(pk=tracked.last_change_id),
        assessment=AssessmentFactory(tracked_finding=tracked),
        confirmed=AssessmentFactory(tracked_finding=tracked, **settled),
        note=EvidenceNoteFactory(tracked_finding=tracked),
        signed=signed,
        unsigned=_evidence(tracked, mark, by),
        file=file,
        request=request,
        link=FindingLinkFactory(newer=tracked, older=older),
        response=response,
        explanation=Explanation.objects.create(response=response, tracked_finding=answer, text=mark, **by),
        check=Check.objects.create(
            tracked_finding=tracked, checked_on=date(2020, 1, 1), evidence=signed, comment=mark, **by
        ),
        update=ProgressUpdate.objects.create(
            tracked_finding=tracked, comment=mark, moved={"lead": ["", mark]}, recorded_by=officer
        ),
        date_change=DateChange.objects.create(tracked_finding=tracked, recorded_by_name=str(officer), **moved, **by),
        reminder=Reminder.objects.create(
            recipient=officer,
            force=force,
            subject=f"finding:{tracked.pk}",
            tracked_finding=tracked,
            digest=digest,
            **occasion,
        ),
        digest=digest,
        tracker=TrackerFile.objects.create(force=force, original_name=f"{mark}.csv", sha256="0" * 64, **rows),
        intake=intake,
        published=answer.finding,
        correction=Correction.objects.create(
            report=newer, finding=answer.finding, kind="kind", reason=mark, recorded_by_name=str(officer)
        ),
        review=Review.objects.create(report=newer, document=newer.document, warnings=[WARNING]),
        intake_item=IntakeItem.objects.create(intake=intake, name=f"{mark}.txt", state="refused", message=mark),
        judgment=Judgment.objects.create(
            report=tracked.finding.report, key="q1", position=1, question="How good is it?"
        ),
        webhook=webhook,
        delivery=Delivery.objects.create(webhook=webhook, event=Event.objects.filter(force=force)[0], next_try_at=now),
        token=issue_token(officer, mark)[0],
    )


def _evidence(tracked: TrackedFinding, mark: str, by: dict[str, Any], **values: Any) -> Evidence:
    link = f"https://force.example/{mark}"
    return Evidence.objects.create(tracked_finding=tracked, title=mark, link=link, **by, **values)
