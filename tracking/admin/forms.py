"""The officers' forms. They ask; the writers decide."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from findings.reading.documents import MAX_BYTES
from tracking import access
from tracking.admin.picking import FINDING_WORDS, offer_few
from tracking.changes import is_later
from tracking.models import Assessment, TrackedFinding, User
from tracking.progress import FIELDS, acts_for, check_progress
from tracking.vocabulary import Decision
from tracking.workflow import Refused


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ProgressForm(forms.ModelForm[TrackedFinding]):
    """What is the force's own. `by` is the person at the form, set by the page."""

    by: User
    comment = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Kept with your name and the date. Needed when no action is taken, or another body must act.",
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = TrackedFinding
        fields = FIELDS
        widgets: ClassVar = {
            "closing_plan": forms.Textarea({"rows": 3}),
            "shortfall_reason": forms.Textarea({"rows": 2}),
            "target_on": DayInput,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version
        owner = self.fields.get("owner")
        if isinstance(owner, forms.ModelChoiceField):
            members = User.objects.filter(memberships__force=self.instance.force_id, is_active=True)
            members |= User.objects.filter(owned_findings=self.instance)  # one who left stays shown until replaced
            owner.queryset = members.distinct().order_by("first_name", "last_name", "username")

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        current = TrackedFinding.objects.get(pk=self.instance.pk)
        if cleaned.get("seen_version") != current.version:
            raise ValidationError(
                "Somebody else changed this finding while you were writing. Open it again in another tab, compare, and repeat what still holds."
            )
        try:
            differing = check_progress(current, self.values(), self.by, cleaned.get("comment", ""))
        except Refused as refused:
            raise ValidationError(refused.message, code=refused.code) from refused
        if any(not access.may(self.by, act, current.force_id) for act in acts_for(differing)):
            raise ValidationError("Your role does not let you change these.")
        return cleaned

    def _post_clean(self) -> None:
        """Leaves the instance as it is: `tracking.progress` writes, and must see what was there before."""


class DecisionForm(forms.Form):
    """Confirm or reject a proposed assessment."""

    decision = forms.ChoiceField(choices=Decision.choices(), widget=forms.RadioSelect)
    tracked_finding = forms.ModelChoiceField(
        TrackedFinding.objects.none(), required=False, label="The finding that is meant", empty_label="Not known yet"
    )
    effective_on = forms.DateField(
        required=False,
        widget=DayInput,
        label="True from",
        help_text="Needed only where the report has no date of its own.",
    )
    reason = forms.CharField(widget=forms.Textarea({"rows": 3}), help_text="Kept with your decision for good.")

    def __init__(self, assessment: Assessment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = assessment.refers_to.get("kind")
        fitting = TrackedFinding.objects.filter(force=assessment.force, finding__kind=kind)
        fitting = fitting.exclude(finding__report=assessment.report).select_related("finding__report__cycle", "force")
        earlier = [row.pk for row in fitting if is_later(assessment.report, row.finding.report)]
        runners_up = [found["tracked_finding"] for found in assessment.candidates]
        self.initial.setdefault("tracked_finding", assessment.tracked_finding_id)
        offer_few(
            self, "tracked_finding", fitting.filter(pk__in=earlier), FINDING_WORDS,
            first=runners_up, label=named_with_report,
        )  # fmt: skip
        if assessment.report.dated_on:
            del self.fields["effective_on"]


def named_with_report(tracked: Any) -> str:
    """A finding as choices name it: its words, cut, and its report."""
    return f"{tracked.finding.title[:110]} ({tracked.finding.report})"


def offer(form: forms.Form, name: str, rows: Any) -> None:
    """Gives a choice its rows, where they are few by their nature."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so in each form
    field.queryset = rows


class DocumentForm(forms.Form):
    document = forms.FileField(help_text=f"The text of a published report, at most {MAX_BYTES // 2**20} MB.")

    def clean_document(self) -> Any:
        document = self.cleaned_data["document"]
        if document.size > MAX_BYTES:
            raise ValidationError(f"At most {MAX_BYTES // 2**20} MB.")
        return document
