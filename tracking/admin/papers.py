"""The page that writes papers: which one, about whom, of which day, in which form."""

import base64
import hashlib
from typing import Any

from django import forms
from django.contrib.admin import site
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from findings.admin import NamedLookups
from findings.models import Finding, Force, Report
from tracking import access
from tracking.admin.forms import DayInput, offer
from tracking.models import TrackedFinding
from tracking.papers.asking import Written, write_paper
from tracking.papers.forms import TYPES, style_of_pages
from tracking.papers.wanted import MARKING, Request
from tracking.vocabulary import PaperKind
from tracking.workflow import Refused

FORMS = {"html": "Page to read and print", "pdf": "PDF", "xlsx": "Excel workbook", "csv": "CSV"}


class PaperForm(forms.Form):
    """Which paper is wanted. What a kind does not need may stay empty."""

    kind = forms.ChoiceField(choices=PaperKind.choices(), label="Paper")
    force = forms.ModelChoiceField(Force.objects.none(), required=False, to_field_name="slug", empty_label=None)
    to = forms.DateField(widget=DayInput, required=False, label="As things stood on", help_text="Today, where it stays empty.")  # fmt: skip
    since = forms.DateField(widget=DayInput, required=False, label="The paper before was of", help_text="For a committee paper: what changed since. Three months, where it stays empty.")  # fmt: skip
    report = forms.ModelChoiceField(
        Report.objects.none(), required=False, help_text="For a freedom of information answer."
    )
    finding = forms.ModelChoiceField(Finding.objects.none(), required=False, label="National recommendation", help_text="For a national comparison.")  # fmt: skip
    marking = forms.CharField(max_length=60, initial=MARKING, label="Protective marking")
    form = forms.ChoiceField(choices=list(FORMS.items()), label="Form")

    def __init__(self, forces: QuerySet[Force], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "force", forces)
        about = Report.objects.published().filter(findings__tracked__force__in=forces).distinct()
        offer(self, "report", about.select_related("cycle", "force"))
        offer(self, "finding", Finding.objects.national().select_related("report"))
        self.fields["finding"].label_from_instance = lambda finding: finding.title[:110]  # type: ignore[attr-defined]  # Django's own way to word choices

    def wanted(self) -> Request:
        """What the form asks for."""
        asked = self.cleaned_data
        return Request(
            kind=PaperKind(asked["kind"]),
            force=asked["force"],
            as_of=asked["to"] or timezone.localdate(),
            since=asked["since"],
            report=asked["report"],
            finding=asked["finding"],
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
        form = PaperForm(forces, request.GET if "kind" in request.GET else None)
        if form.is_bound and form.is_valid():
            try:
                return _as_answer(write_paper(form.wanted(), form.cleaned_data["form"]))
            except Refused as refused:
                form.add_error(None, refused.message)
        context = {**site.each_context(request), "title": "Papers", "opts": TrackedFinding._meta, "form": form}
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
