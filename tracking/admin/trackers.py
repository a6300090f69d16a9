"""Moving in from a spreadsheet: give the file, say what its columns are, look at every row, store."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from findings.admin import ReadOnlyAdmin
from findings.models import Force
from tracking import access
from tracking.access import Act
from tracking.models import TrackerFile
from tracking.moving_in import choose_columns, give, plan, store
from tracking.trackers.plan import Plan
from tracking.trackers.refused import refused_csv
from tracking.trackers.values import MAX_BYTES, MAX_ROWS, Field, NotATracker, RowState
from tracking.workflow import Refused

LARGEST_ID = 2**63 - 1
SHOWN_OF_EACH = 200
ROWS_OF_A_SAMPLE = 3
ASKED = {
    Field.TEXT: ("Words of the finding", "What the recommendation or area for improvement says."),
    Field.REFERENCE: (
        "Reference",
        "This service’s own reference, where your tracker has it. Your own numbers are kept as well.",
    ),
    Field.STATUS: ("Status", "Your own word for how far the work is. What you call complete asks for sign-off."),
    Field.DUE: ("Due date", "Becomes your own target. Dates are read the British way: 3/4/2026 is 3 April."),
    Field.OWNER: ("Owner", "Username, e-mail address or full name of a member of the force."),
    Field.COMMENT: ("Comment", ""),
    Field.KIND: ("Kind", "AFI, recommendation or cause of concern."),
    Field.REPORT: ("Report", "Its year helps to tell findings apart."),
    Field.FORCE: ("Force", "Rows of another force are refused."),
}


class TrackerForm(forms.Form):
    """Whose tracker, and the file."""

    force = forms.ModelChoiceField(Force.objects.none(), empty_label=None)
    file = forms.FileField(
        label="Spreadsheet",
        help_text=f"CSV or XLSX, with a row of headers; at most {MAX_BYTES // 2**20} MB and {MAX_ROWS:,} rows.",
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx,.txt"}),
    )

    def __init__(self, forces: QuerySet[Force], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        force = self.fields["force"]
        assert isinstance(force, forms.ModelChoiceField)  # noqa: S101 - declared above
        force.queryset = forces

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(f"At most {MAX_BYTES // 2**20} MB.")
        return file


class ColumnsForm(forms.Form):
    """One choice for each field: which of the file's headers stands for it."""

    def __init__(self, file: TrackerFile, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headers = [("", "Not in this file"), *((header, header) for header in file.headers)]
        for field, (label, help_text) in ASKED.items():
            self.fields[field.value] = forms.ChoiceField(
                choices=headers,
                required=False,
                label=label,
                help_text=help_text,
                initial=file.columns.get(field.value, ""),
            )


@admin.register(TrackerFile)
class TrackerFileAdmin(ReadOnlyAdmin):
    """The spreadsheets of the forces in which one is an officer."""

    change_list_template = "admin/tracking/tracker_list.html"
    list_display = ("name", "force", "given_by", "given_at", "came_of_it")
    list_select_related = ("force", "given_by")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrackerFile]:
        reach = access.force_ids(self._user(request), Act.RECORD)
        rows: QuerySet[TrackerFile] = super().get_queryset(request)
        return rows.filter(force__in=reach).defer("rows")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter(request.user) and self._records(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": "Trackers brought over", **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/columns/", view(self.columns_page), name="tracking_tracker_columns"),
            path("<int:pk>/rows/", view(self.rows_page), name="tracking_tracker_rows"),
            path("<int:pk>/refused/", view(self.refused_file), name="tracking_tracker_refused"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """First step: whose tracker, and the file."""
        if not self._records(request):
            raise PermissionDenied
        forces = Force.objects.filter(pk__in=access.force_ids(self._user(request), Act.RECORD))
        form = TrackerForm(forces, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data["file"]
            try:
                file = give(form.cleaned_data["force"], given.name, given.read(), self._user(request))
            except (NotATracker, Refused) as error:
                form.add_error("file", f"{given.name}: {str(error).rstrip('.')}. Nothing was stored.")
            else:
                return redirect("admin:tracking_tracker_columns", file.pk)
        about = {"title": "Bring a tracker over", "button": "Go on to the columns", "upload": True}
        return self._step(request, "admin/tracking/tracker_file.html", about | {"form": form})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A file's own page is that of its rows."""
        if not object_id.isdecimal():
            raise Http404
        return redirect("admin:tracking_tracker_rows", self._reached(request, int(object_id)).pk)

    def columns_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Second step: what each column tells."""
        file = self._reached(request, pk)
        if file.stored_at:
            return redirect("admin:tracking_tracker_rows", file.pk)
        form = ColumnsForm(file, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                choose_columns(file.pk, form.cleaned_data, self._user(request))
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                return redirect("admin:tracking_tracker_rows", file.pk)
        about = {"title": "Say what the columns are", "button": "Look at the rows", "form": form, "file": file}
        return self._step(
            request, "admin/tracking/tracker_columns.html", about | {"sample": file.rows[:ROWS_OF_A_SAMPLE]}
        )

    def rows_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Third step: what becomes of each row; stores what is shown, and nothing else."""
        file, user = self._reached(request, pk), self._user(request)
        error = ""
        if request.method == "POST":
            try:
                stored = store(file.pk, user, request.POST.get("seal", "-"))
            except Refused as refused:
                error = refused.message
            else:
                messages.success(request, in_words(stored.counts))
                return redirect("admin:tracking_tracker_rows", file.pk)
        try:
            planned = plan(file, user)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("admin:tracking_tracker_columns", file.pk)
        about = {"title": f"Rows of {file.original_name}", "file": file, "plan": planned, "error": error}
        return self._step(request, "admin/tracking/tracker_rows.html", about | {"groups": _groups(planned)})

    def refused_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The refused rows, to mend and bring over again."""
        file = self._reached(request, pk)
        try:
            planned = plan(file, self._user(request))
        except Refused as refused:
            raise Http404 from refused
        rows = [(row.row.number, row.row.cells, row.reason) for row in planned.refused]
        headers = {"Content-Disposition": f'attachment; filename="refused-rows-{file.pk}.csv"'}
        return HttpResponse(refused_csv(planned.headers, rows), content_type="text/csv; charset=utf-8", headers=headers)

    @admin.display(description="file", ordering="original_name")
    def name(self, row: TrackerFile) -> str:
        return row.original_name

    @admin.display(description="what came of it", ordering="stored_at")
    def came_of_it(self, row: TrackerFile) -> str:
        if row.stored_at is None:
            return "not stored yet"
        return f"{in_words(row.outcome)} Stored {row.stored_at:%-d %b %Y}."

    def _step(self, request: HttpRequest, template: str, about: dict[str, Any]) -> HttpResponse:
        back = reverse("admin:tracking_trackerfile_changelist")
        whole = {**self.admin_site.each_context(request), "opts": TrackerFile._meta, "back": back, **about}
        return TemplateResponse(request, template, whole)

    def _reached(self, request: HttpRequest, pk: int) -> TrackerFile:
        """The file; a 403 for whoever is no officer at all or only reads its force's work, a 404 where it is out of sight."""
        if not self._records(request):
            raise PermissionDenied
        file = TrackerFile.objects.select_related("force").filter(pk=pk if pk <= LARGEST_ID else 0).first()
        if file is None:
            raise Http404
        if access.may(self._user(request), Act.RECORD, file.force_id):
            return file
        if access.may(self._user(request), Act.READ, file.force_id):
            raise PermissionDenied
        raise Http404

    def _records(self, request: HttpRequest) -> bool:
        return bool(access.force_ids(self._user(request), Act.RECORD))

    def _user(self, request: HttpRequest) -> Any:
        return request.user


def in_words(counts: dict[str, int]) -> str:
    """What came of a file, in one sentence."""
    new, changed, unchanged, refused = (
        counts.get(state.value, 0) for state in (RowState.NEW, RowState.CHANGED, RowState.UNCHANGED, RowState.REFUSED)
    )
    return f"{new} new, {changed} changed, {unchanged} unchanged, {refused} refused."


GROUPS = (
    (RowState.REFUSED, "Refused"),
    (RowState.CHANGED, "Changed"),
    (RowState.NEW, "New"),
    (RowState.UNCHANGED, "Unchanged"),
)


def _groups(planned: Plan) -> list[dict[str, Any]]:
    groups = []
    for state, name in GROUPS:
        rows = planned.of(state)
        groups.append(
            {
                "name": name,
                "state": state.value,
                "rows": rows[:SHOWN_OF_EACH],
                "count": len(rows),
                "rest": len(rows[SHOWN_OF_EACH:]),
            }
        )
    return groups
