"""Pages that are only read: a past day, what does not go together, all forces on one recommendation, similar findings."""

from typing import Any

from django import forms
from django.contrib.admin import site
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from findings.admin import NamedLookups
from findings.models import Finding, Force
from tracking import access
from tracking.admin.forms import DayInput
from tracking.comparison import compare
from tracking.contradictions import SAID, contradictions_of, only_contradictory, with_contradictions
from tracking.models import TrackedFinding
from tracking.past import as_they_stood, moment, stood
from tracking.querysets import THEN, with_what_is_shown
from tracking.similar import elsewhere
from tracking.standing import colour_of, status_sentence
from tracking.statistics import summary_of
from tracking.workflow import Incomplete

# What a page lists; counts are of everything.
MOST_LISTED = 500


class DayForm(forms.Form):
    """A force, and a day of the past."""

    force = forms.ModelChoiceField(Force.objects.none(), to_field_name="slug", empty_label=None)
    as_of = forms.DateField(label="As it stood on", widget=DayInput, required=False)
    known_on = forms.DateField(
        label="By what was recorded by",
        widget=DayInput,
        required=False,
        help_text="Leave empty for all that is recorded today.",
    )

    def __init__(self, forces: QuerySet[Force], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["force"].queryset = forces  # type: ignore[attr-defined]  # declared above


class AsOfForm(forms.Form):
    as_of = forms.DateField(label="As it stood on", widget=DayInput, required=False)


class Overviews(NamedLookups):
    """Each shows what the person may read, and changes nothing."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("past/", view(self.past_page), name="tracking_past"),
            path("contradictions/", view(self.contradictions_page), name="tracking_contradictions"),
            path("comparison/<int:pk>/", view(self.comparison_page), name="tracking_comparison"),
            path("<int:pk>/elsewhere/", view(self.elsewhere_page), name="tracking_elsewhere"),
            *super().get_urls(),
        ]

    def past_page(self, request: HttpRequest) -> HttpResponse:
        """How a force's findings stood on a past day, by what was recorded by a day."""
        form = DayForm(self._forces(request), request.GET if "force" in request.GET else None)
        shown: dict[str, Any] = {}
        if form.is_bound and form.is_valid():
            asked = form.cleaned_data
            try:
                at = moment(asked["as_of"] or timezone.localdate(), asked["known_on"])
            except Incomplete as refused:
                form.add_error(None, refused.message)
            else:
                assert at is not None  # noqa: S101 - a day is given
                rows = stood(with_what_is_shown(TrackedFinding.objects.filter(force=asked["force"])), at)
                listed = as_they_stood(rows.order_by("finding__report__cycle__order", "pk")[:MOST_LISTED], at)
                counts = summary_of(rows, at.as_of, THEN)
                shown = {"at": at, "counts": counts, "rows": [_standing(row, at.as_of) for row in listed]}
        return _page(request, "past", "How findings stood on a day", form=form, **shown)

    def contradictions_page(self, request: HttpRequest) -> HttpResponse:
        """What does not go together in the record of the forces that the person reads."""
        today = timezone.localdate()
        own = access.visible(with_what_is_shown(TrackedFinding.objects.all()), self._reader(request))
        rows = only_contradictory(with_contradictions(own, today)).order_by("force__name", "pk")
        listed = [
            (row, status_sentence(row), [SAID[code] for code in contradictions_of(row)]) for row in rows[:MOST_LISTED]
        ]
        return _page(request, "contradictions", "What does not go together", rows=listed, total=rows.count())

    def comparison_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One national recommendation against all forces, by the inspectors' words."""
        national = Finding.objects.national().select_related("report").filter(pk=pk).first()
        if national is None:
            raise Http404
        form = AsOfForm(request.GET or None)
        day = form.cleaned_data["as_of"] if form.is_bound and form.is_valid() else None
        compared = compare(national, day)
        counts = [(status.label, count) for status, count in compared.counts.items() if count]
        title = f"All forces: {national.title}"
        return _page(request, "comparison", title, form=form, compared=compared, counts=counts, day=day)

    def elsewhere_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Similar findings of other forces, and practice worth copying."""
        tracked = get_object_or_404(self.get_queryset(request), pk=pk)
        found = elsewhere(tracked.finding)
        return _page(request, "elsewhere", "Similar findings elsewhere", tracked=tracked, found=found)

    def _forces(self, request: HttpRequest) -> QuerySet[Force]:
        return access.visible(Force.objects.all(), self._reader(request), "pk")

    def _reader(self, request: HttpRequest) -> Any:
        return request.user


def _standing(row: TrackedFinding, day: Any) -> dict[str, Any]:
    colour, reason = colour_of(row, day)
    return {"row": row, "sentence": status_sentence(row), "rag": colour, "reason": reason}


def _page(request: HttpRequest, name: str, title: str, **shown: Any) -> HttpResponse:
    context = {**site.each_context(request), "title": title, "opts": TrackedFinding._meta, **shown}
    return TemplateResponse(request, f"admin/tracking/{name}.html", context)
