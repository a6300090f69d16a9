"""One act on many rows: the rows are chosen in the list, shown again with what becomes of each, and written all or none."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import action, site
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from findings.admin import NamedLookups
from findings.deadlines import spoken_day
from tracking import access
from tracking.access import Act
from tracking.admin.forms import LONGEST_TEXT, DayInput, PersonField, members_of
from tracking.admin.pages import KEPT, kept_filters
from tracking.decisions import confirm_many
from tracking.models import Assessment, TrackedFinding
from tracking.progress import record_many
from tracking.standing import status_sentence
from tracking.vocabulary import AssessmentState, Position
from tracking.workflow import Refused

MOST = 200  # rows at once: what a person can look at before they press
BY_HAND = {Position.READY_FOR_SIGN_OFF, Position.SIGNED_OFF}  # each asked for, or given, on its own page


class ManyForm(forms.Form):
    """What is written to all chosen rows, and the one reason for it."""

    reason = forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}), help_text="Kept with each of them, with your name."
    )


class OwnerForm(ManyForm):
    owner = PersonField(label="Delivery owner", help_text="A member of the force.")
    field_order = ("owner", "reason")


class TargetForm(ManyForm):
    target_on = forms.DateField(widget=DayInput, label="Internal target")
    field_order = ("target_on", "reason")


class PositionForm(ManyForm):
    position = forms.ChoiceField(choices=[(p.value, p.label) for p in Position if p not in BY_HAND])
    field_order = ("position", "reason")


ACTS = {
    "owner": ("Set the owner", OwnerForm),
    "target": ("Set the target", TargetForm),
    "position": ("Say where the work is", PositionForm),
}


class BulkFindings(NamedLookups):
    """Owner, target and position of many findings at once, for who records in their force."""

    actions = ("many_owner", "many_target", "many_position")

    @action(description="Set the owner")
    def many_owner(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> HttpResponse | None:
        return _ask_about(request, queryset, "admin:tracking_many", "owner")

    @action(description="Set the target")
    def many_target(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> HttpResponse | None:
        return _ask_about(request, queryset, "admin:tracking_many", "target")

    @action(description="Say where the work is")
    def many_position(self, request: HttpRequest, queryset: QuerySet[TrackedFinding]) -> HttpResponse | None:
        return _ask_about(request, queryset, "admin:tracking_many", "position")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        user: Any = request.user
        return super().get_actions(request) if access.force_ids(user, Act.RECORD) else {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [path("many/<slug:act>/", view(self.many_page), name="tracking_many"), *super().get_urls()]

    def many_page(self, request: HttpRequest, act: str) -> HttpResponse:
        """Shows the chosen findings and asks what is written to them."""
        if act not in ACTS:
            raise Http404
        title, form_class = ACTS[act]
        user: Any = request.user
        rows = _chosen(request, self.get_queryset(request), access.force_ids(user, Act.RECORD))
        form = form_class(request.POST or None)
        if isinstance(form.fields.get("owner"), PersonField):
            form.fields["owner"].offer(members_of({row.force_id for row in rows}))  # type: ignore[attr-defined]  # just checked

        def write(asked: dict[str, Any]) -> str:
            values = {name: value for name, value in asked.items() if name != "reason"}
            changed = record_many([row.pk for row in rows], values, user, asked["reason"], _seen(request))
            stayed = len(rows) - changed
            return f"{_counted(changed)} changed." + (f" {_counted(stayed)} stood so already." if stayed else "")

        shown = [(row, row.finding.title, _now(row)) for row in rows]
        seen = [(row.pk, row.version) for row in rows]
        return _many_page(request, form, write, shown, seen, title, "admin:tracking_trackedfinding_changelist")


class BulkVerdicts(NamedLookups):
    """Confirms many verdicts at once, as they are linked."""

    actions = ("many_confirm",)

    @action(description="Confirm")
    def many_confirm(self, request: HttpRequest, queryset: QuerySet[Assessment]) -> HttpResponse | None:
        return _ask_about(request, queryset, "admin:tracking_many_confirm")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        user: Any = request.user
        return super().get_actions(request) if access.force_ids(user, Act.DECIDE) else {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [path("many/", view(self.many_page), name="tracking_many_confirm"), *super().get_urls()]

    def many_page(self, request: HttpRequest) -> HttpResponse:
        """Shows the chosen verdicts with their sentences, and asks once for the reason."""
        user: Any = request.user
        waiting = self.get_queryset(request).filter(state=AssessmentState.PROPOSED.value)
        rows = _chosen(request, waiting, access.force_ids(user, Act.DECIDE))
        form = ManyForm(request.POST or None)

        def write(asked: dict[str, Any]) -> str:
            done = confirm_many([row.pk for row in rows], user, asked["reason"], _seen(request))
            moved = sum(one.change is not None for one in done)
            return f"{len(done)} confirmed; {moved} of them moved a status."

        shown = [(row, _meant(row), f"{row.get_outcome_display()}: “{row.quote}” ({row.report}, line {row.line})") for row in rows]  # fmt: skip
        seen = [(row.pk, row.tracked_finding_id) for row in rows]
        return _many_page(request, form, write, shown, seen, "Confirm verdicts", "admin:tracking_assessment_changelist")


def _meant(row: Assessment) -> str:
    return (
        row.tracked_finding.finding.title
        if row.tracked_finding
        else "Not linked to a finding: confirm it on its own page"
    )


def _now(row: TrackedFinding) -> str:
    """Where a finding stands, and what the act would replace."""
    target = spoken_day(row.target_on) if row.target_on else "none"
    return f"{status_sentence(row)} {Position(row.position).label}; owner: {row.owner or 'nobody'}; target: {target}."


def _seen(request: HttpRequest) -> dict[int, Any]:
    """What the person saw of each row, as the page sent it: a finding's version, a verdict's finding."""
    pairs = (part.partition(":") for part in request.POST.get("seen", "").split())
    return {int(pk): int(mark) or None for pk, _, mark in pairs if pk.isdecimal() and mark.isdecimal()}


def _ask_about(request: HttpRequest, rows: QuerySet[Any], name: str, *args: str) -> HttpResponse | None:
    """Leads to the page that shows the chosen rows; back to the list where they are more than anybody can look at."""
    ids = list(rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        messages.warning(request, f"Choose at most {MOST} at once, so that you can see what becomes of each.")
        return None
    asked = {"ids": ",".join(map(str, sorted(ids))), KEPT: request.GET.urlencode()}
    return redirect(f"{reverse(name, args=args)}?{urlencode(asked)}")


def _chosen(request: HttpRequest, rows: QuerySet[Any], forces: set[int]) -> Sequence[Any]:
    """The rows of the ids in the address, in the list's order; a 404 for one that is not to be seen, a 403 for one that
    the person may only read.
    """
    ids = request.GET.get("ids", "").split(",")
    if not all(pk.isdecimal() and len(pk) < len(str(2**63)) for pk in ids) or len(ids) > MOST:
        raise Http404
    found = list(rows.filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise Http404
    if any(row.force_id not in forces for row in found):
        raise PermissionDenied
    return found


def _many_page(
    request: HttpRequest,
    form: forms.Form,
    write: Any,
    shown: list[tuple[Any, str, str]],
    seen: list[tuple[int, int | None]],
    title: str,
    listing: str,
) -> HttpResponse:
    back = f"{reverse(listing)}?{request.GET.get(KEPT, '')}"
    refusals: dict[int, str] = {}
    if request.method == "POST" and form.is_valid():
        try:
            said = write(form.cleaned_data)
        except Refused as refused:
            refusals = {one.row or 0: one.message for one in (refused, *refused.others)}
            form.add_error(None, "Nothing was written: the rules do not allow it for the rows marked below.")
        else:
            messages.success(request, said)
            return redirect(back)
    rows = [(row, name, sentence, refusals.get(place, "")) for place, (row, name, sentence) in enumerate(shown)]
    context = {
        **site.each_context(request),
        "title": f"{title}: {len(rows)} chosen",
        "form": form,
        "rows": rows,
        "seen": " ".join(f"{pk}:{mark or 0}" for pk, mark in seen),
        "back": back,
        "keep": kept_filters(request),
        "button": f"{title} ({len(rows)})",
    }
    return TemplateResponse(request, "admin/tracking/many.html", context)


def _counted(number: int) -> str:
    return f"{number} finding{'' if number == 1 else 's'}"
