"""The officers' forms. They ask; the writers decide."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from findings.reading.documents import MAX_BYTES
from tracking import access
from tracking.models import Assessment, Evidence, TrackedFinding, User
from tracking.progress import FIELDS, acts_for, check_progress
from tracking.vocabulary import AssessmentState, Basis, DateKind, Decision
from tracking.workflow import MOVES, Refused


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
        widgets: ClassVar = {"closing_plan": forms.Textarea({"rows": 3}), "target_on": DayInput}

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


class StatusForm(forms.Form):
    """A change of status, on a basis other than a proposed assessment."""

    to_status = forms.ChoiceField(label="New status")
    basis = forms.ChoiceField(
        label="It rests on",
        choices=[
            (Basis.EVIDENCE.value, "Evidence signed off by a second person"),
            (Basis.ASSESSMENT.value, "A confirmed assessment of a later report"),
            (Basis.CORRECTION.value, "A correction (signatories only)"),
            (Basis.SUCCESSOR.value, "A newer finding that takes over"),
        ],
    )
    evidence = forms.ModelChoiceField(Evidence.objects.none(), required=False)
    assessment = forms.ModelChoiceField(Assessment.objects.none(), required=False)
    successor = forms.ModelChoiceField(TrackedFinding.objects.none(), required=False, label="Newer finding")
    effective_on = forms.DateField(
        label="True from",
        widget=DayInput,
        required=False,
        help_text="Leave empty for an assessment: its report's date counts.",
    )
    reason = forms.CharField(widget=forms.Textarea({"rows": 3}))

    def __init__(self, tracked: TrackedFinding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to_status, evidence = self.fields["to_status"], self.fields["evidence"]
        assessment, successor = self.fields["assessment"], self.fields["successor"]
        assert isinstance(to_status, forms.ChoiceField)  # noqa: S101 - declared above
        to_status.choices = [(after.value, after.label) for before, after in MOVES if before == tracked.status]
        for field, rows in (
            (evidence, tracked.evidence.filter(signed_off_by__isnull=False)),
            (assessment, tracked.assessments.filter(state=AssessmentState.CONFIRMED.value).select_related("report")),
            (
                successor,
                TrackedFinding.objects.filter(force=tracked.force)
                .exclude(pk=tracked.pk)
                .select_related("finding", "force"),
            ),
        ):
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
            field.queryset = rows
        successor.label_from_instance = _named_with_report  # type: ignore[attr-defined]  # Django's own way to word choices


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
        meant = self.fields["tracked_finding"]
        assert isinstance(meant, forms.ModelChoiceField)  # noqa: S101 - declared above
        kind = assessment.refers_to.get("kind")
        meant.queryset = (
            TrackedFinding.objects.filter(force=assessment.force, finding__kind=kind)
            .exclude(finding__report=assessment.report)
            .select_related("finding__report__cycle", "force")
        )
        meant.initial = assessment.tracked_finding_id
        meant.label_from_instance = _named_with_report  # type: ignore[method-assign, assignment]  # Django's own way to word choices
        if assessment.report.dated_on:
            del self.fields["effective_on"]


def _named_with_report(tracked: Any) -> str:
    return f"{tracked.finding.title[:110]} ({tracked.finding.report})"


class EvidenceForm(forms.Form):
    title = forms.CharField(max_length=200, label="What it is")
    link = forms.URLField(max_length=500, label="Where it is", assume_scheme="https")


class DateForm(forms.Form):
    """Move a date: the inspectors', where a letter of theirs says so, or the force's own."""

    kind = forms.ChoiceField(
        choices=[
            (DateKind.TARGET.value, "Our own target"),
            (DateKind.DUE.value, "The inspectors’ date, by a letter of theirs"),
        ],
        widget=forms.RadioSelect,
        label="Which date",
    )
    to_on = forms.DateField(required=False, widget=DayInput, label="New date")
    reason = forms.CharField(
        widget=forms.Textarea({"rows": 3}),
        help_text="Kept with your name for good. For the inspectors’ date, name the letter.",
    )


class NoteForm(forms.Form):
    """Keep or dismiss a passage offered beside a finding."""

    decision = forms.ChoiceField(
        choices=[("keep", "Keep beside the finding"), ("dismiss", "Dismiss")], widget=forms.RadioSelect
    )
    reason = forms.CharField(widget=forms.Textarea({"rows": 3}), help_text="Kept with your decision for good.")


class SignOffForm(forms.Form):
    """Nothing to fill in: the page says what is signed off, the button signs it."""


class DocumentForm(forms.Form):
    document = forms.FileField(help_text=f"The text of a published report, at most {MAX_BYTES // 2**20} MB.")

    def clean_document(self) -> Any:
        document = self.cleaned_data["document"]
        if document.size > MAX_BYTES:
            raise ValidationError(f"At most {MAX_BYTES // 2**20} MB.")
        return document
