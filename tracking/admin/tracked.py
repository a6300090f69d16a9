"""A force's findings: the list an officer lives in, and the page of each."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from findings.deadlines import spoken_day
from findings.models import Correction
from findings.vocabulary import FindingKind
from tracking import access
from tracking.access import Act
from tracking.admin.acts import ActPages
from tracking.admin.bulk import BulkFindings
from tracking.admin.filters import ByDue, ByEvidenceAge, ByForce, ByOwner, ByRag, ByReport, BySignOff, ByStatus
from tracking.admin.forms import ProgressForm
from tracking.admin.overviews import Overviews
from tracking.admin.own_lists import OwnLists
from tracking.admin.pages import kept_filters
from tracking.admin.papers import PaperPages
from tracking.admin.quoting import in_context, lines_of_documents
from tracking.badges import rag_badge, status_badge
from tracking.chains import chain_of
from tracking.contradictions import SAID, contradictions_of, with_contradictions
from tracking.history import chain
from tracking.models import DateChange, EvidenceNote, FindingLink, TrackedFinding
from tracking.owed import next_of
from tracking.progress import FIELDS, record_progress
from tracking.querysets import set_aside, with_what_is_shown
from tracking.snoozes import may_snooze, snoozed
from tracking.standing import colour_of, elements_add_up_to, status_sentence
from tracking.timeline import timeline
from tracking.uninspected import EvidenceAge, evidence_from, not_inspected
from tracking.vocabulary import DateCause, DateKind, NoteState
from tracking.workflow import Refused, Stale


@admin.register(TrackedFinding)
class TrackedFindingAdmin(BulkFindings, OwnLists, Overviews, PaperPages, ActPages):
    """Published facts and status are read here, never edited; the fields below are the force's own."""

    form = ProgressForm
    change_form_template = "admin/tracking/tracked_finding.html"
    change_list_template = "admin/tracking/tracked_findings.html"
    list_filter = (
        ByForce, ByStatus, ByRag, ByDue, ByOwner, "finding__kind", "position", ByEvidenceAge, "finding__report__cycle",
        BySignOff, ByReport,
    )  # fmt: skip
    search_fields = ("finding__heading", "finding__text", "finding__summary")
    search_help_text = "Words of the finding"
    list_per_page = 50
    empty_value_display = "none"
    show_facets = admin.ShowFacets.NEVER
    fieldsets = (
        (
            "What the force says",
            {"fields": (*FIELDS, "comment", "seen_version")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrackedFinding]:
        user: Any = request.user
        return with_what_is_shown(access.visible(super().get_queryset(request), user))

    def get_form(
        self, request: HttpRequest, obj: TrackedFinding | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user)

    def has_view_permission(self, request: HttpRequest, obj: TrackedFinding | None = None) -> bool:
        return self._may(request, Act.READ, obj) or (obj is None and self.has_module_permission(request))

    def has_change_permission(self, request: HttpRequest, obj: TrackedFinding | None = None) -> bool:
        return self._may(request, Act.RECORD, obj) or self._may(request, Act.SIGN_OFF, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TrackedFinding | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: TrackedFinding, form: Any, change: bool) -> None:
        record_progress(
            obj.pk, form.values(), form.by, form.cleaned_data.get("comment", ""), form.cleaned_data.get("seen_version")
        )

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the finding's own history says who changed what, and when."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        tracked = self.get_object(request, object_id)
        context = {"show_save_and_add_another": False, "show_delete": False, **(extra_context or {})}
        if tracked is not None:
            context |= self._page_of(request, tracked)
        try:
            return super().change_view(request, object_id, form_url, context)
        except (Stale, Refused) as refused:  # somebody else wrote between this form's check and its saving
            messages.error(request, f"{refused} Nothing was stored.")
            return redirect(request.path)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may = access.may_take_in_anything(self._user(request))
        return super().changelist_view(
            request, {"title": "Findings", "may_take_in": may, **self.liked(request), **(extra_context or {})}
        )

    @admin.display(description="finding")
    def title(self, row: TrackedFinding) -> str:
        return row.finding.title

    @admin.display(description="kind")
    def kind(self, row: TrackedFinding) -> str:
        national = "National " if row.finding.scope == "national" else ""
        label = FindingKind(row.finding.kind).label
        return f"{national}{label.lower()}" if national else label

    @admin.display(description="status", ordering="status")
    def stands(self, row: TrackedFinding) -> SafeString:
        return status_badge(row.status)

    @admin.display(description="RAG")
    def colour(self, row: TrackedFinding) -> SafeString:
        return rag_badge(*colour_of(row, timezone.localdate()))

    @admin.display(description="due", ordering="due_on")
    def due(self, row: TrackedFinding) -> str:
        if row.due_on:
            return spoken_day(row.due_on, row.due_precision)
        return f"target {spoken_day(row.target_on)}" if row.target_on else "none set"

    @admin.display(description="target", ordering="target_on")
    def target(self, row: TrackedFinding) -> str:
        return spoken_day(row.target_on) if row.target_on else "none set"

    @admin.display(description="newest evidence")
    def newest(self, row: Any) -> str:
        return spoken_day(row.evidence_day) if row.evidence_age != EvidenceAge.UNKNOWN else "not known"

    @admin.display(description="from", ordering="finding__report__cycle__order")
    def report(self, row: TrackedFinding) -> str:
        return str(row.finding.report)

    def _page_of(self, request: HttpRequest, tracked: TrackedFinding) -> dict[str, Any]:
        user, today = self._user(request), timezone.localdate()
        colour, why = colour_of(tracked, today)
        assessments = list(
            tracked.assessments.select_related("report__cycle", "document", "decided_by").defer("document__text")
        )
        lines = lines_of_documents(assessments)
        rings = chain_of(tracked)
        dates = list(tracked.date_changes.order_by("id"))
        evidence = list(tracked.evidence.select_related("recorded_by", "signed_off_by").annotate(set_aside=set_aside()))
        sign_offs = list(tracked.sign_off_requests.select_related("asked_by", "decided_by").order_by("-id"))
        return {
            "title": tracked.finding.title,
            "tracked": tracked,
            "sentence": status_sentence(tracked),
            "status": status_badge(tracked.status),
            "rag": rag_badge(colour, why),
            "rag_reason": why,
            "kind": self.kind(tracked),
            "contradictions": _contradictions(tracked, today),
            "elements_add_up_to": elements_add_up_to(tracked),
            "not_inspected": not_inspected(tracked),
            "evidence_age": _age(evidence_from(tracked), today),
            "assessments": [(a, in_context(a, lines[a.document_id])) for a in assessments],
            "notes": EvidenceNote.objects.filter(tracked_finding=tracked)
            .exclude(state=NoteState.DISMISSED)
            .select_related("report__cycle", "report__force", "decided_by"),
            "evidence": evidence,
            "sign_offs": sign_offs,
            "checks": tracked.checks.select_related("recorded_by", "evidence").order_by("-checked_on"),
            "chain": [(ring, status_sentence(ring.tracked_finding)) for ring in rings if len(rings) > 1],
            "links": FindingLink.objects.filter(Q(newer=tracked) | Q(older=tracked), withdrawn_at__isnull=True),
            **_concern(tracked),
            "themes": tracked.finding.themes.all(),
            "letter": _letter(dates),
            "place": _place(tracked),
            "timeline": timeline(
                chain(tracked),
                assessments,
                dates,
                tracked.updates.select_related("recorded_by"),
                evidence,
                sign_offs,
                Correction.objects.filter(Q(finding=tracked.finding_id) | Q(other=tracked.finding_id)),
            ),
            "keep": kept_filters(request),
            "may_decide": access.may(user, Act.DECIDE, tracked.force_id),
            "may_change_status": access.may(user, Act.CHANGE_STATUS, tracked.force_id),
            "may_record": access.may(user, Act.RECORD, tracked.force_id),
            "may_sign_off": access.may(user, Act.SIGN_OFF, tracked.force_id),
            "may_correct_themes": access.may_correct_themes(user, tracked.finding),
            "reminders": next_of(tracked, today),
            "snoozed": snoozed(user, tracked, today),
            "may_snooze": may_snooze(user, user, tracked),
            "user_pk": user.pk,
        }


def _place(tracked: TrackedFinding) -> str:
    """The address of the finding's line in its document, empty where the document is not here."""
    report = tracked.finding.report
    if report.document_id is None:
        return ""
    return f"{reverse('admin:tracking_reading', args=[report.pk])}#line-{tracked.finding.line or 1}"


def _concern(tracked: TrackedFinding) -> dict[str, Any]:
    """The cause of concern that a recommendation comes with, or the recommendations of a cause of concern."""
    own = TrackedFinding.objects.filter(force=tracked.force_id).select_related("finding")
    if tracked.finding.kind == FindingKind.CAUSE_OF_CONCERN:
        return {"its_recommendations": own.filter(finding__parent=tracked.finding_id).order_by("pk")}
    parent = tracked.finding.parent_id
    return {"cause_of_concern": own.filter(finding=parent).first() if parent else None}


def _contradictions(tracked: TrackedFinding, today: date) -> list[str]:
    row = with_contradictions(TrackedFinding.objects.filter(pk=tracked.pk), today).get()
    return [SAID[code] for code in contradictions_of(row)]


def _letter(dates: list[DateChange]) -> DateChange | None:
    """The move that set the inspectors' date, where a letter did; `dates` oldest first."""
    last = next((change for change in reversed(dates) if change.kind == DateKind.DUE), None)
    return last if last and last.cause == DateCause.LETTER else None


def _age(day: date | None, today: date) -> str:
    """How old the newest evidence is, in the words of a person."""
    if day is None:
        return "not known"
    years, rest = divmod((today - day).days, 365)
    if years:
        return f"{years} year{'s' if years > 1 else ''} (from {day:%-d %B %Y})"
    return f"{rest} day{'' if rest == 1 else 's'} (from {day:%-d %B %Y})"
