"""The acts on one finding, each on a page of its own: asks, checks who may, calls the writer, says what came of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from findings.admin import NamedLookups
from findings.themes import correct_themes
from tracking import access
from tracking.access import Act
from tracking.admin.act_forms import (
    AskSignOffForm,
    CheckForm,
    DateForm,
    EvidenceForm,
    LinkForm,
    NoteForm,
    ReasonForm,
    SignOffDecisionForm,
    SignOffForm,
    SnoozeForm,
    StatusForm,
    ThemesForm,
)
from tracking.admin.pages import confirm_page, kept_filters
from tracking.changes import Move, change_status
from tracking.dates import change_date
from tracking.downloads import attachment
from tracking.evidence import record_evidence, record_file, sign_off
from tracking.links import link_by_hand, withdraw_link
from tracking.models import Evidence, EvidenceNote, FindingLink, SignOffRequest, TrackedFinding
from tracking.notes import decide_note
from tracking.progress import ask_sign_off, decide_sign_off
from tracking.recurrence import record_check
from tracking.snoozes import snooze, wake
from tracking.standing import status_sentence
from tracking.vocabulary import Basis, DateKind, Status

Write = Callable[[dict[str, Any]], str]


class ActPages(NamedLookups):
    """Reached from the page of a finding; a finding that the person cannot see is a 404, an act they may not do a 403."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/status/", view(self.status_page), name="tracking_status"),
            path("<int:pk>/evidence/", view(self.evidence_page), name="tracking_evidence"),
            path("<int:pk>/ask-sign-off/", view(self.ask_sign_off_page), name="tracking_ask_sign_off"),
            path("<int:pk>/check/", view(self.check_page), name="tracking_check"),
            path("<int:pk>/date/", view(self.date_page), name="tracking_date"),
            path("<int:pk>/link/", view(self.link_page), name="tracking_link"),
            path("<int:pk>/snooze/", view(self.snooze_page), name="tracking_snooze"),
            path("<int:pk>/themes/", view(self.themes_page), name="tracking_themes"),
            path("notes/<int:pk>/", view(self.note_page), name="tracking_note"),
            path("links/<int:pk>/withdraw/", view(self.withdraw_page), name="tracking_withdraw_link"),
            path("evidence/<int:pk>/file/", view(self.file), name="tracking_evidence_file"),
            path("evidence/<int:pk>/sign-off/", view(self.sign_off_page), name="tracking_sign_off"),
            path("sign-offs/<int:pk>/", view(self.sign_off_decision_page), name="tracking_sign_off_decision"),
            *super().get_urls(),
        ]

    def snooze_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Puts off what one is told of a finding until a day, or has it told again."""
        tracked, user = self._reached(request, pk, Act.READ), self._user(request)

        def write(asked: dict[str, Any]) -> str:
            if asked["again"]:
                wake(tracked, user, user)
                return "You are reminded of it again."
            made = snooze(tracked, user, asked["until"], asked["reason"], user)
            return f"You are not reminded of it before {made.until:%-d %B %Y}. Others are, as before."

        return self._ask(request, tracked, SnoozeForm(request.POST or None), write, "Put reminders off", "Keep")

    def status_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Changes a status, of the finding or of one of its elements, on a basis and with a reason."""
        tracked = self._reached(request, pk, Act.CHANGE_STATUS)

        def write(asked: dict[str, Any]) -> str:
            element = asked.get("element")
            rests_on = {name: asked[name] for name in ("assessment", "evidence", "successor") if asked.get(name)}
            move = Move(
                tracked.pk,
                Status(asked["to_status"]),
                Basis(asked["basis"]),
                asked["reason"],
                asked["effective_on"],
                element=element.pk if element else None,
                **rests_on,
            )
            change = change_status(move, self._user(request))
            return f"The {'element' if element else 'finding'} is now {Status(change.to_status).label.lower()}."

        form = StatusForm(tracked, request.POST or None)
        return self._ask(request, tracked, form, write, "Change status", missing=form.missing)

    def evidence_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Records evidence, a link or a file, for a second person to sign off."""
        tracked = self._reached(request, pk, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            file, user = asked["file"], self._user(request)
            if file:
                record_file(tracked, asked["title"], file.name, file.read(), user)
            else:
                record_evidence(tracked, asked["title"], asked["link"], user)
            return "Recorded. A signatory other than you can sign it off now."

        form = EvidenceForm(request.POST or None, request.FILES or None)
        return self._ask(request, tracked, form, write, "Record evidence", "Record", upload=True)

    def file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file of a piece of evidence, as an attachment."""
        reach = access.visible(Evidence.objects.all(), self._user(request), "tracked_finding__force")
        evidence = get_object_or_404(reach, pk=pk)
        if not evidence.file:
            raise Http404
        return attachment(evidence)

    def sign_off_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Signs evidence off as a second person."""
        reach = access.visible(Evidence.objects.all(), self._user(request), "tracked_finding__force")
        evidence = get_object_or_404(reach.select_related("recorded_by"), pk=pk)
        tracked = self._reached(request, evidence.tracked_finding_id, Act.SIGN_OFF)

        def write(asked: dict[str, Any]) -> str:
            sign_off(evidence.pk, self._user(request))
            return "Signed off. The status can now be changed on this evidence."

        form = SignOffForm(request.POST if request.method == "POST" else None)
        return self._ask(request, tracked, form, write, "Sign off evidence", "Sign off", evidence=evidence)

    def ask_sign_off_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Says that a finding is dealt with, and asks a signatory to sign it off."""
        tracked = self._reached(request, pk, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            ask_sign_off(tracked.pk, self._user(request), asked["comment"], asked["evidence"])
            return "Asked. A signatory other than you accepts or returns it."

        form = AskSignOffForm(tracked, request.POST or None)
        return self._ask(request, tracked, form, write, "Ask for sign-off", "Ask for sign-off")

    def sign_off_decision_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accepts or returns what somebody else says is dealt with."""
        reach = access.visible(SignOffRequest.objects.all(), self._user(request), "tracked_finding__force")
        asked_for = get_object_or_404(reach.select_related("asked_by").prefetch_related("evidence"), pk=pk)
        tracked = self._reached(request, asked_for.tracked_finding_id, Act.SIGN_OFF)

        def write(asked: dict[str, Any]) -> str:
            accept = asked["decision"] == "accept"
            decide_sign_off(asked_for.pk, accept, self._user(request), asked["reason"])
            return "Accepted: the force has signed it off." if accept else "Returned, with your reason."

        form = SignOffDecisionForm(request.POST or None)
        return self._ask(request, tracked, form, write, "Accept or return", "Keep this decision", asked_for=asked_for)

    def check_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Records a look at what comes round again."""
        tracked = self._reached(request, pk, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            element = asked.get("element")
            record_check(
                tracked.pk,
                asked["checked_on"],
                asked["evidence"],
                self._user(request),
                asked["comment"],
                element.pk if element else None,
            )
            tracked.refresh_from_db(fields=["due_on"])
            return f"Recorded. It is due again by {tracked.due_on:%-d %B %Y}." if tracked.due_on else "Recorded."

        return self._ask(request, tracked, CheckForm(tracked, request.POST or None), write, "Record a check", "Record")

    def date_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Moves a date, with a reason."""
        tracked = self._reached(request, pk, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            kind = DateKind(asked["kind"])
            change = change_date(tracked.pk, kind, asked["to_on"], asked["reason"], self._user(request))
            return f"The date is now {change.to_on:%-d %B %Y}." if change.to_on else "The date is gone."

        return self._ask(request, tracked, DateForm(request.POST or None), write, "Move a date", "Move the date")

    def link_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Says that this finding asks again for what an older one asked."""
        tracked = self._reached(request, pk, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            link_by_hand(tracked, asked["older"], asked["reason"], self._user(request))
            return "Linked. Both findings stay as they are."

        form = LinkForm(tracked, request.POST or None)
        return self._ask(request, tracked, form, write, "Link with an older finding", "Link")

    def withdraw_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sets a link between two findings aside."""
        reach = access.visible(FindingLink.objects.all(), self._user(request), "newer__force")
        link = get_object_or_404(reach.select_related("newer__finding__report", "older__finding__report"), pk=pk)
        tracked = self._reached(request, link.newer_id, Act.RECORD)

        def write(asked: dict[str, Any]) -> str:
            withdraw_link(link.pk, asked["reason"], self._user(request))
            return "The link is withdrawn."

        form = ReasonForm(request.POST or None)
        return self._ask(request, tracked, form, write, "Withdraw a link", "Withdraw the link", link=link)

    def themes_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Corrects what a finding is about."""
        tracked = self._reached(request, pk, Act.READ)
        if not access.may_correct_themes(self._user(request), tracked.finding):
            raise PermissionDenied

        def write(asked: dict[str, Any]) -> str:
            correct_themes(tracked.finding, [theme.slug for theme in asked["themes"]])
            return "The themes are kept as you chose them."

        form = ThemesForm(tracked.finding, request.POST if request.method == "POST" else None)
        return self._ask(request, tracked, form, write, "Correct the themes", "Save")

    def note_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keeps or dismisses a passage that was offered beside a finding."""
        reach = access.visible(EvidenceNote.objects.all(), self._user(request), "tracked_finding__force")
        note = get_object_or_404(reach.select_related("report__cycle", "report__force"), pk=pk)
        tracked = self._reached(request, note.tracked_finding_id, Act.DECIDE)

        def write(asked: dict[str, Any]) -> str:
            decide_note(note.pk, asked["decision"] == "keep", self._user(request), asked["reason"])
            return "The note is kept." if asked["decision"] == "keep" else "The note is dismissed."

        form = NoteForm(request.POST or None)
        return self._ask(request, tracked, form, write, "Keep or dismiss a note", "Save", note=note)

    def _ask(
        self,
        request: HttpRequest,
        tracked: TrackedFinding,
        form: forms.Form,
        write: Write,
        title: str,
        button: str = "",
        **shown: Any,
    ) -> HttpResponse:
        about = {
            "title": title,
            "button": button or title,
            "tracked": tracked,
            "sentence": status_sentence(tracked),
            "opts": TrackedFinding._meta,
            **shown,
        }
        return confirm_page(request, form, write, self._address(tracked) + kept_filters(request), about)

    def _reached(self, request: HttpRequest, pk: int, act: Act) -> TrackedFinding:
        """The finding, where this person can see it (else a 404) and may do this (else a 403)."""
        tracked: TrackedFinding = get_object_or_404(self._visible(request), pk=pk)
        if not self._may(request, act, tracked):
            raise PermissionDenied
        return tracked

    def _visible(self, request: HttpRequest) -> QuerySet[TrackedFinding]:
        return self.get_queryset(request)

    def _may(self, request: HttpRequest, act: Act, tracked: TrackedFinding | None) -> bool:
        user = self._user(request)
        return bool(access.force_ids(user, act)) if tracked is None else access.may(user, act, tracked.force_id)

    def _user(self, request: HttpRequest) -> Any:
        return request.user

    def _address(self, tracked: TrackedFinding) -> str:
        return reverse("admin:tracking_trackedfinding_change", args=[tracked.pk])
