"""The page that writes papers: which one, about whom, of which day, in which form."""

import base64
import hashlib
from typing import Any

from django import forms
from django.contrib.admin import site
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from findings.admin import NamedLookups
from findings.models import Finding, Force, Report
from tracking import access
from tracking.admin.forms import DayInput, offer
from tracking.admin.picking import REPORT_WORDS, looks_for_more, offer_few
from tracking.models import TrackedFinding
from tracking.papers.asking import Written, write_paper
from tracking.papers.forms import TYPES, style_of_pages
from tracking.papers.wanted import MARKING, Request
from tracking.vocabulary import PaperKind
from tracking.workflow import Refused

FORMS = {"html": "Page to read and print", "pdf": "PDF", "xlsx": "Excel workbook", "csv": "CSV"}


# What each kind of paper asks for, besides its day, its marking and its form.
ASKS = {
    PaperKind.COMMITTEE: ("force", "since"),
    PaperKind.FOI: ("force", "report"),
    PaperKind.BRIEFING: ("force",),
    PaperKind.COMPARISON: ("finding",),
    PaperKind.CONTRADICTIONS: ("force",),
}
ABOUT = {
    PaperKind.COMMITTEE: "Every finding that is not achieved, what changed since the last paper, and what is missing.",
    PaperKind.FOI: "The findings of one report and where each stands, in words that can be published.",
    PaperKind.BRIEFING: "What inspectors will ask about: what is open, what is old, what they said last.",
    PaperKind.COMPARISON: "One national recommendation against all forces, by the inspectors’ words.",
    PaperKind.CONTRADICTIONS: "Where the record does not go together, before somebody else finds it.",
}


class PaperForm(forms.Form):
    """What one kind of paper needs to be written."""

    kind = forms.ChoiceField(choices=PaperKind.choices(), widget=forms.HiddenInput)
    force = forms.ModelChoiceField(Force.objects.none(), to_field_name="slug", empty_label=None)
    report = forms.ModelChoiceField(
        Report.objects.none(), error_messages={"required": "Say which report is asked about."}
    )
    finding = forms.ModelChoiceField(Finding.objects.none(), label="National recommendation", error_messages={"required": "Say which recommendation is compared."})  # fmt: skip
    to = forms.DateField(widget=DayInput, required=False, label="As things stood on", help_text="Today, where it stays empty.")  # fmt: skip
    since = forms.DateField(widget=DayInput, required=False, label="The paper before was of", help_text="What changed since is said. Three months, where it stays empty.")  # fmt: skip
    marking = forms.CharField(max_length=60, initial=MARKING, label="Protective marking")
    form = forms.ChoiceField(choices=list(FORMS.items()), label="Form")

    def __init__(self, kind: PaperKind, forces: QuerySet[Force], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"force", "report", "finding", "since"} - set(ASKS[kind]):
            del self.fields[name]
        if "force" in self.fields:
            offer(self, "force", forces)
        if "report" in self.fields:
            about = Report.objects.published().filter(findings__tracked__force__in=forces).distinct()
            offer_few(self, "report", about.select_related("cycle", "force"), REPORT_WORDS)
        if "finding" in self.fields:
            national = Finding.objects.national().select_related("report").order_by("-pk")
            offer_few(self, "finding", national, ("heading", "text", "summary"), label=lambda f: f.title[:110])

    def wanted(self) -> Request:
        """What the form asks for."""
        asked = self.cleaned_data
        return Request(
            kind=PaperKind(asked["kind"]),
            force=asked.get("force"),
            as_of=asked["to"] or timezone.localdate(),
            since=asked.get("since"),
            report=asked.get("report"),
            finding=asked.get("finding"),
            marking=asked["marking"],
        )


class PaperPages(NamedLookups):
    """Papers of the forces whose work the person may read; a comparison holds published words alone."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [path("papers/", view(self.paper_page), name="tracking_papers"), *super().get_urls()]

    def paper_page(self, request: HttpRequest) -> HttpResponse:
        """Asks which paper is wanted, and answers with it."""
        user: Any = request.user
        forces = access.visible(Force.objects.all(), user, "pk")
        kind = next((kind for kind in PaperKind if kind == request.GET.get("kind")), None)
        if kind is None:
            kinds = [(one, ABOUT[one]) for one in PaperKind]
            return _page(request, "Papers", kinds=kinds)
        # The first look at a kind carries nothing but the kind: nothing is missing yet.
        form = PaperForm(kind, forces, request.GET if "form" in request.GET else None, initial={"kind": kind.value})
        if not looks_for_more(form) and form.is_bound and form.is_valid():
            try:
                return _as_answer(write_paper(form.wanted(), form.cleaned_data["form"]))
            except Refused as refused:
                form.add_error(None, refused.message)
        back = reverse("admin:tracking_papers")
        return _page(request, kind.label, form=form, about=ABOUT[kind], back=back, back_to="Papers")


def _page(request: HttpRequest, title: str, **shown: Any) -> HttpResponse:
    context = {**site.each_context(request), "title": title, "opts": TrackedFinding._meta, **shown}
    return TemplateResponse(request, "admin/tracking/papers.html", context)


def _as_answer(made: Written) -> HttpResponse:
    """The paper: a page is shown, anything else comes as a file."""
    answer = HttpResponse(made.content, content_type=made.media_type)
    if made.media_type != TYPES["html"]:
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    else:
        seal = base64.b64encode(hashlib.sha256(style_of_pages().encode()).digest()).decode()
        answer["Content-Security-Policy"] = f"default-src 'none'; style-src 'sha256-{seal}'; frame-ancestors 'none'"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
