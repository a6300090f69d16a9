"""A force's findings: the list an officer lives in, and the page of each."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from findings.admin import NamedLookups
from findings.vocabulary import FindingKind
from tracking import access
from tracking.access import Act
from tracking.admin.badges import rag_badge, status_badge
from tracking.admin.filters import ByForce, ByRag, ByStatus
from tracking.admin.forms import DateForm, EvidenceForm, NoteForm, ProgressForm, SignOffForm, StatusForm
from tracking.admin.pages import confirm_page
from tracking.admin.quoting import in_context, lines_of_documents
from tracking.changes import Move, change_status
from tracking.dates import change_date
from tracking.evidence import record_evidence, sign_off
from tracking.history import chain
from tracking.models import Evidence, EvidenceNote, TrackedFinding
from tracking.notes import decide_note
from tracking.progress import record_progress
from tracking.querysets import with_what_is_shown
from tracking.standing import colour_of, status_sentence
from tracking.vocabulary import Basis, DateKind, NoteState, Position, Status
from tracking.workflow import Refused, Stale


@admin.register(TrackedFinding)
class TrackedFindingAdmin(NamedLookups):
    """Published facts and status are read here, never edited; the fields below are the force's own."""

    form = ProgressForm
    change_form_template = "admin/tracking/tracked_finding.html"
    list_display = ("title", "kind", "stands", "colour", "due", "owner", "report")
    list_filter = (ByForce, ByStatus, ByRag, "finding__kind", "position", "finding__report__cycle")
    search_fields = ("finding__heading", "finding__text", "finding__summary")
    search_help_text = "Words of the finding"
    list_per_page = 50
    empty_value_display = "none"
    show_facets = admin.ShowFacets.NEVER
    fieldsets = (
        (
            "What the force says",
            {"fields": ("position", "lead", "owner", "target_on", "closing_plan", "comment", "seen_version")},
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
        return super().changelist_view(request, {"title": "Tracked findings", **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/status/", view(self.status_page), name="tracking_status"),
            path("<int:pk>/evidence/", view(self.evidence_page), name="tracking_evidence"),
            path("<int:pk>/date/", view(self.date_page), name="tracking_date"),
            path("notes/<int:pk>/", view(self.note_page), name="tracking_note"),
            path("evidence/<int:pk>/sign-off/", view(self.sign_off_page), name="tracking_sign_off"),
            *super().get_urls(),
        ]

    def status_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Changes a status, on a basis and with a reason."""
        tracked = self._reached(request, pk, Act.CHANGE_STATUS)

        def write(asked: dict[str, Any]) -> str:
            move = Move(
                tracked.pk,
                Status(asked["to_status"]),
                Basis(asked["basis"]),
                asked["reason"],
                asked["effective_on"],
                **{name: asked[name] for name in ("assessment", "evidence", "successor")},
            )
            change = change_status(move, self._user(request))
            return f"The finding is now {Status(change.to_status).label.lower()}."

        form = StatusForm(tracked, request.POST or None)
        return confirm_page(
            request, form, write, self._address(tracked), _about(tracked, "Change status", "Change status")
        )

    def evidence_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Records evidence, for a second person to sign off."""
        tracked = self._reached(request, pk, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            record_evidence(tracked, asked["title"], asked["link"], self._user(request))
            return "Recorded. A signatory other than you can sign it off now."

        form = EvidenceForm(request.POST or None)
        return confirm_page(request, form, write, self._address(tracked), _about(tracked, "Record evidence", "Record"))

    def sign_off_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Signs evidence off as a second person."""
        reach = access.visible(Evidence.objects.all(), self._user(request), "tracked_finding__force")
        evidence = get_object_or_404(reach.select_related("recorded_by"), pk=pk)
        tracked = self._reached(request, evidence.tracked_finding_id, Act.SIGN_OFF)

        def write(asked: dict[str, Any]) -> str:
            sign_off(evidence.pk, self._user(request))
            return "Signed off. The status can now be changed on this evidence."

        about = {**_about(tracked, "Sign off evidence", "Sign off"), "evidence": evidence}
        form = SignOffForm(request.POST if request.method == "POST" else None)
        return confirm_page(request, form, write, self._address(tracked), about)

    def date_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Moves a date, with a reason."""
        tracked = self._reached(request, pk, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            kind = DateKind(asked["kind"])
            change = change_date(tracked.pk, kind, asked["to_on"], asked["reason"], self._user(request))
            return f"The date is now {change.to_on:%-d %B %Y}." if change.to_on else "The date is gone."

        form = DateForm(request.POST or None)
        return confirm_page(
            request, form, write, self._address(tracked), _about(tracked, "Move a date", "Move the date")
        )

    def note_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keeps or dismisses a passage that was offered beside a finding."""
        reach = access.visible(EvidenceNote.objects.all(), self._user(request), "tracked_finding__force")
        note = get_object_or_404(reach.select_related("report__cycle", "report__force"), pk=pk)
        tracked = self._reached(request, note.tracked_finding_id, Act.DECIDE)

        def write(asked: dict[str, Any]) -> str:
            decide_note(note.pk, asked["decision"] == "keep", self._user(request), asked["reason"])
            return "The note is kept." if asked["decision"] == "keep" else "The note is dismissed."

        about = {**_about(tracked, "Keep or dismiss a note", "Save"), "note": note}
        return confirm_page(request, NoteForm(request.POST or None), write, self._address(tracked), about)

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
            return f"{row.due_on:%-d %b %Y}"
        return f"target {row.target_on:%-d %b %Y}" if row.target_on else "none set"

    @admin.display(description="from", ordering="finding__report__cycle__order")
    def report(self, row: TrackedFinding) -> str:
        return str(row.finding.report)

    def _page_of(self, request: HttpRequest, tracked: TrackedFinding) -> dict[str, Any]:
        colour, why = colour_of(tracked, timezone.localdate())
        user = self._user(request)
        assessments = list(
            tracked.assessments.select_related("report__cycle", "document", "decided_by").defer("document__text")
        )
        lines = lines_of_documents(assessments)
        return {
            "title": tracked.finding.title,
            "subtitle": None,
            "tracked": tracked,
            "sentence": status_sentence(tracked),
            "status": status_badge(tracked.status),
            "rag": rag_badge(colour, why),
            "rag_reason": why,
            "kind": self.kind(tracked),
            "assessments": [(a, in_context(a, lines[a.document_id])) for a in assessments],
            "notes": EvidenceNote.objects.filter(tracked_finding=tracked)
            .exclude(state=NoteState.DISMISSED)
            .select_related("report__cycle", "report__force", "decided_by"),
            "evidence": tracked.evidence.select_related("recorded_by", "signed_off_by"),
            "dates": tracked.date_changes.order_by("-id"),
            "history": chain(tracked),
            "updates": _updates(tracked),
            "may_decide": access.may(user, Act.DECIDE, tracked.force_id),
            "may_change_status": access.may(user, Act.CHANGE_STATUS, tracked.force_id),
            "may_record": access.may(user, Act.RECORD, tracked.force_id),
            "may_sign_off": access.may(user, Act.SIGN_OFF, tracked.force_id),
        }

    def _reached(self, request: HttpRequest, pk: int, act: Act) -> TrackedFinding:
        """The finding, where this person can see it (else a 404) and may do this (else a 403)."""
        tracked = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may(request, act, tracked):
            raise PermissionDenied
        return tracked

    def _may(self, request: HttpRequest, act: Act, tracked: TrackedFinding | None) -> bool:
        user = self._user(request)
        return bool(access.force_ids(user, act)) if tracked is None else access.may(user, act, tracked.force_id)

    def _user(self, request: HttpRequest) -> Any:
        return request.user

    def _address(self, tracked: TrackedFinding) -> str:
        return reverse("admin:tracking_trackedfinding_change", args=[tracked.pk])


def _about(tracked: TrackedFinding, title: str, button: str) -> dict[str, Any]:
    return {
        "title": title,
        "button": button,
        "tracked": tracked,
        "sentence": status_sentence(tracked),
        "opts": TrackedFinding._meta,
    }


def _updates(tracked: TrackedFinding) -> list[tuple[Any, list[tuple[str, str, str]]]]:
    """Each entry of the force with the fields it moved, named as on the form."""
    rows = tracked.updates.select_related("recorded_by").order_by("-id")
    return [
        (row, [(_field_name(name), _worded(before), _worded(after)) for name, (before, after) in row.moved.items()])
        for row in rows
    ]


def _field_name(name: str) -> str:
    return str(getattr(TrackedFinding._meta.get_field(name), "verbose_name", name))


def _worded(value: Any) -> str:
    return Position(value).label if value in set(Position) else str(value or "nothing")
