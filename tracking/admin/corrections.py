"""Putting right what was read in a report: a finding's words, kind and themes; two made one, one made two."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from findings.admin import ReadOnlyAdmin
from findings.corrections import LONGEST_HEADING
from findings.models import Finding, Theme
from findings.vocabulary import FindingKind
from findings.wording import places_to_split
from tracking import access
from tracking.access import Act
from tracking.admin.pages import confirm_page
from tracking.correcting import correct, corrections_of, merge, split
from tracking.models import Review

SHORT = 160
KEPT_FOR_GOOD = "Kept with your name for good."


class CorrectForm(forms.Form):
    """What a finding is, in whole; only what differs is corrected."""

    heading = forms.CharField(required=False, max_length=LONGEST_HEADING)
    text = forms.CharField(widget=forms.Textarea({"rows": 6}), help_text="As the document has it.")
    kind = forms.ChoiceField(choices=FindingKind.choices(), widget=forms.RadioSelect)
    reason = forms.CharField(help_text=KEPT_FOR_GOOD)
    themes = forms.ModelMultipleChoiceField(Theme.objects.all(), required=False, widget=forms.CheckboxSelectMultiple)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, finding: Finding, *args: Any, **kwargs: Any) -> None:
        themes = [theme.pk for theme in finding.themes.all()]
        first = {"heading": finding.heading, "text": finding.text, "kind": finding.kind, "themes": themes}
        super().__init__(*args, **kwargs)
        self.initial = {**first, "seen": corrections_of(finding)}


class FindingOfReport(forms.ModelChoiceField[Finding]):
    """A finding of the same report, named by its place and words."""

    def label_from_instance(self, obj: Finding) -> str:
        place = f"Line {obj.line}: " if obj.line else ""
        return f"{place}{obj.get_kind_display()}: {obj.title[:SHORT]}"


class MergeForm(forms.Form):
    """The other finding that is a part of this one, or of which this one is a part."""

    other = FindingOfReport(
        Finding.objects.none(), widget=forms.RadioSelect, empty_label=None, label="Is one finding with"
    )
    reason = forms.CharField(help_text=f"{KEPT_FOR_GOOD} The one that stands first in the report stays.")

    def __init__(self, finding: Finding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = self.fields["other"]
        assert isinstance(other, forms.ModelChoiceField)  # noqa: S101 - declared above
        other.queryset = Finding.objects.standing().filter(report=finding.report_id).exclude(pk=finding.pk)


class SplitForm(forms.Form):
    """Where in the text the second finding begins."""

    place = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect, label="The second finding begins with")
    reason = forms.CharField(help_text=f"{KEPT_FOR_GOOD} The first part keeps the reference.")

    def __init__(self, finding: Finding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.TypedChoiceField)  # noqa: S101 - declared above
        place.choices = [(at, finding.text[at : at + SHORT]) for at in places_to_split(finding.text)]
        if not place.choices:
            place.help_text = "Its text is one sentence: there is no place to split it."


class CorrectionPages(ReadOnlyAdmin):
    """Reached from an item of a review, and leads back to it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("findings/<int:pk>/correct/", view(self.correct_page), name="tracking_correct"),
            path("findings/<int:pk>/merge/", view(self.merge_page), name="tracking_merge"),
            path("findings/<int:pk>/split/", view(self.split_page), name="tracking_split"),
            *super().get_urls(),
        ]

    def correct_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Corrects the words, the kind or the themes."""
        finding = self._finding(request, pk)

        def write(asked: dict[str, Any]) -> str:
            made = correct(
                finding,
                self._user(request),
                asked["reason"],
                heading=asked["heading"],
                text=_lines_as_kept(asked["text"]),
                kind=FindingKind(asked["kind"]),
                themes=asked["themes"],
                seen=asked["seen"],
            )
            return f"Corrected: {', '.join(one.get_kind_display().lower() for one in made)}."

        form = CorrectForm(finding, request.POST if request.method == "POST" else None)
        return self._asking(request, finding, form, write, "Correct a finding", "Keep the correction")

    def merge_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes one finding of two."""
        finding = self._finding(request, pk)

        def write(asked: dict[str, Any]) -> str:
            made = merge(finding, asked["other"], self._user(request), asked["reason"])
            return f"Merged: one finding now, {made.finding.reference}."

        form = MergeForm(finding, request.POST if request.method == "POST" else None)
        return self._asking(request, finding, form, write, "Merge two findings", "Merge")

    def split_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes two findings of one."""
        finding = self._finding(request, pk)

        def write(asked: dict[str, Any]) -> str:
            made = split(finding, asked["place"], self._user(request), asked["reason"])
            return f"Split: two findings now, the second is {made.other.reference if made.other else ''}."

        form = SplitForm(finding, request.POST if request.method == "POST" else None)
        return self._asking(request, finding, form, write, "Split a finding", "Split")

    def _asking(
        self,
        request: HttpRequest,
        finding: Finding,
        form: forms.Form,
        write: Callable[[dict[str, Any]], str],
        title: str,
        button: str,
    ) -> HttpResponse:
        review = get_object_or_404(Review, report=finding.report_id)
        back = f"{reverse('admin:tracking_review_change', args=[review.pk])}#finding-{finding.pk}"
        about = {"title": title, "button": button, "correcting": finding, "opts": Review._meta, "back_to": "The review"}
        return confirm_page(request, form, write, back, about)

    def _finding(self, request: HttpRequest, pk: int) -> Finding:
        """The finding; a 403 for whoever only reads the force's work or takes nothing in, a 404 where it is out of reach."""
        user = self._user(request)
        if not access.may_take_in_anything(user):
            raise PermissionDenied
        rows = Finding.objects.standing().filter(report__review__isnull=False)
        finding: Finding = get_object_or_404(rows.select_related("report__force", "judgment"), pk=pk)
        if access.may_review(user, finding.report):
            return finding
        force = finding.report.force_id
        if force is not None and access.may(user, Act.READ, force):
            raise PermissionDenied
        raise Http404

    def _user(self, request: HttpRequest) -> Any:
        return request.user


def _lines_as_kept(text: str) -> str:
    """A form sends line ends as two characters; the record has one."""
    return text.replace("\r\n", "\n")
