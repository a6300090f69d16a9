"""Taking reports in: several files at once, or pasted text; what became of each is a row that stays."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from findings.admin import ReadOnlyAdmin
from findings.reading.documents import MAX_BYTES
from tracking import access
from tracking.intakes import MOST_AT_ONCE, announce, open_intake, read_item
from tracking.models import Intake
from tracking.vocabulary import IntakeState
from tracking.workflow import Refused

LARGEST_ID = 2**63 - 1
LONGEST_TITLE = 200
TOO_MANY = f"At most {MOST_AT_ONCE} documents at once: give the rest afterwards."


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class DocumentsField(forms.FileField):
    """The files that were given, as a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(DocumentsField, self).clean(one, initial) for one in given]
        if len(files) > MOST_AT_ONCE:
            raise ValidationError(TOO_MANY)
        return files


class TakeInForm(forms.Form):
    """Files, or the text of one report with a name for it."""

    documents = DocumentsField(
        required=False,
        label="Reports",
        # An empty file is a document at fault like others, and named as one.
        allow_empty_file=True,
        widget=SeveralFiles({"multiple": True, "accept": ".pdf,.html,.htm,.txt"}),
        help_text=f"PDF, saved web page or text. Up to {MOST_AT_ONCE} files, each at most {MAX_BYTES // 2**20} MB.",
    )
    title = forms.CharField(
        required=False,
        max_length=LONGEST_TITLE,
        label="Name for the text",
        help_text="So that you know it again, for example the report’s title.",
    )
    text = forms.CharField(
        required=False,
        label="Text of a report",
        widget=forms.Textarea({"rows": 8}),
        strip=False,
        help_text="The whole page, from its title on, as copied from the inspectorate’s site.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("documents") and not cleaned.get("text", "").strip():
            raise ValidationError("Choose at least one file, or paste the text of a report.")
        if len(cleaned.get("documents", [])) + bool(cleaned.get("text", "").strip()) > MOST_AT_ONCE:
            raise ValidationError(TOO_MANY)
        return cleaned

    def given(self) -> list[tuple[str, bytes]]:
        """Name and content of each document."""
        asked = self.cleaned_data
        files = [(file.name or "document", file.read()) for file in asked["documents"]]
        pasted = asked["text"].encode()
        return files + ([(asked["title"].strip() or "Pasted text", pasted)] if pasted.strip() else [])


@admin.register(Intake)
class IntakeAdmin(ReadOnlyAdmin):
    """What a person gave; each sees their own. What came of it is public record, and stands with the reports."""

    change_list_template = "admin/tracking/intakes.html"
    list_display = ("when", "documents", "taken_in", "refused")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Intake]:
        rows: QuerySet[Intake] = super().get_queryset(request)
        counted = {
            "given": Count("items"),
            "fine": Count("items", Q(items__report__isnull=False)),
            "faulty": Count("items", Q(items__state=IntakeState.REFUSED.value)),
        }
        return rows.filter(given_by=self._user(request)).annotate(**counted)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user) and access.may_take_in_anything(self._user(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "What you took in", **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("take-in/", view(self.take_in_page), name="tracking_take_in"),
            path("take-in/one/", view(self.take_in_one), name="tracking_take_in_one"),
            *super().get_urls(),
        ]

    def take_in_page(self, request: HttpRequest) -> HttpResponse:
        """Asks for documents; without a script all are read in turn, then shown as rows."""
        self._check(request)
        form = TakeInForm(request.POST, request.FILES) if request.method == "POST" else TakeInForm()
        if form.is_valid():
            intake = open_intake(self._user(request))
            announced = [(announce(intake, name), content) for name, content in form.given()]
            for item, content in announced:
                read_item(item, content)
            return redirect("admin:tracking_intake_change", intake.pk)
        return self._page(request, "Take in reports", form=form, items=[])

    def take_in_one(self, request: HttpRequest) -> HttpResponse:
        """One document of those that the page's script gives one by one; answers with its row."""
        self._check(request)
        if request.method != "POST":
            return HttpResponse("Give a document by POST.", status=405, content_type="text/plain")
        form = TakeInForm(request.POST, request.FILES)
        given = form.given() if form.is_valid() else []
        if len(given) != 1:
            return HttpResponse("Give one document.", status=400, content_type="text/plain")
        name, content = given[0]
        try:
            item = announce(self._intake(request), name)
        except Refused as refused:
            return HttpResponse(refused.message, status=409, content_type="text/plain")
        read_item(item, content)
        return TemplateResponse(request, "admin/tracking/intake_item.html", {"item": item})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What became of each document."""
        self._check(request)
        pk = int(object_id) if object_id.isdecimal() else 0
        intake = get_object_or_404(self.get_queryset(request), pk=pk if pk <= LARGEST_ID else 0)
        items = intake.items.select_related("report__force", "report__cycle", "report__review").order_by("pk")
        back = reverse("admin:tracking_intake_changelist")
        return self._page(request, str(intake), intake=intake, items=items, back=back)

    @admin.display(description="given", ordering="given_at")
    def when(self, row: Intake) -> str:
        return str(row)

    @admin.display(description="documents")
    def documents(self, row: Any) -> int:
        return int(row.given)

    @admin.display(description="in")
    def taken_in(self, row: Any) -> int:
        return int(row.fine)

    @admin.display(description="refused")
    def refused(self, row: Any) -> int:
        return int(row.faulty)

    def _intake(self, request: HttpRequest) -> Intake:
        """The intake that the document belongs to: the person's own, or a new one for the first document."""
        named = request.POST.get("intake", "")
        if not named:
            return open_intake(self._user(request))
        known = self.get_queryset(request).filter(pk=int(named)) if named.isdecimal() and len(named) < len(str(LARGEST_ID)) else None  # fmt: skip
        if known is None or not known:
            raise Http404
        return known[0]

    def _page(self, request: HttpRequest, title: str, **shown: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, "opts": Intake._meta, "most": MOST_AT_ONCE}
        return TemplateResponse(request, "admin/tracking/take_in.html", whole | shown)

    def _check(self, request: HttpRequest) -> None:
        if not access.may_take_in_anything(self._user(request)):
            raise PermissionDenied

    def _user(self, request: HttpRequest) -> Any:
        return request.user
