"""The forms of the acts on one finding. They ask; the writers decide."""

from typing import Any

from django import forms
from django.db.models import Q

from findings.models import Finding, Theme
from tracking.admin.forms import LONGEST_TEXT, DayInput, named_with_report, offer
from tracking.admin.picking import FINDING_WORDS, offer_few
from tracking.file_types import EXPECTED, MAX_BYTES
from tracking.models import Assessment, Evidence, TrackedElement, TrackedFinding
from tracking.querysets import set_aside
from tracking.vocabulary import AssessmentState, Basis, DateKind
from tracking.workflow import MOVES


class StatusForm(forms.Form):
    """A change of status, on a basis other than a proposed assessment."""

    element = forms.ModelChoiceField(
        TrackedElement.objects.none(), required=False, label="What changes", empty_label="The finding as a whole"
    )
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
    reason = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))

    def __init__(self, tracked: TrackedFinding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statuses = {tracked.status, *(element.status for element in tracked.elements.all())}
        self.fields["to_status"].choices = _following(statuses)  # type: ignore[attr-defined]  # declared above
        offer(self, "element", tracked.elements.select_related("element"))
        offer(self, "evidence", tracked.evidence.filter(signed_off_by__isnull=False).exclude(set_aside()))
        confirmed = tracked.assessments.filter(state=AssessmentState.CONFIRMED.value).select_related("report")
        offer(self, "assessment", confirmed)
        offer_few(self, "successor", _others(tracked), FINDING_WORDS, label=named_with_report)
        if not tracked.elements.all():
            del self.fields["element"]
        self.missing = self._leave_out_what_there_is_none_of()

    def _leave_out_what_there_is_none_of(self) -> list[str]:
        """Asks only for what there is; says what else a status could rest on, and how it comes to be."""
        missing = []
        for name, how in HOW_IT_COMES.items():
            if not self.fields[name].queryset.exists():  # type: ignore[attr-defined]  # a choice of rows
                del self.fields[name]
                missing.append(how)
        if "assessment" in self.fields:
            self.initial.setdefault("basis", Basis.ASSESSMENT.value)
        return missing


HOW_IT_COMES = {
    "evidence": "No evidence is signed off yet: record it, and a signatory signs it off.",
    "assessment": "No verdict of a later report is confirmed yet: confirm one under Review.",
}


def _following(statuses: set[str]) -> list[tuple[str, str]]:
    """The statuses that may follow any of these; the writer says which may follow the one that is meant."""
    found = {after: after.label for before, after in MOVES if before in statuses}
    return [(after.value, label) for after, label in found.items()]


def _others(tracked: TrackedFinding) -> Any:
    others = TrackedFinding.objects.filter(force=tracked.force_id).exclude(pk=tracked.pk)
    return others.select_related("finding__report", "force").order_by("-finding__report__cycle__order", "-pk")


class AskSignOffForm(forms.Form):
    """Say that the work is done, with the evidence for it."""

    comment = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}), label="What was done")
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What you tick is signed off together with the finding.",
    )

    def __init__(self, tracked: TrackedFinding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to_sign_off = tracked.evidence.filter(Q(signed_off_by__isnull=True) | Q(set_aside()))
        offer(self, "evidence", to_sign_off)
        if not to_sign_off.exists():
            del self.fields["evidence"]

    def clean(self) -> dict[str, Any]:
        return {"evidence": [], **(super().clean() or {})}


class SignOffDecisionForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[("accept", "Accept: the force has dealt with it"), ("return", "Return it")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        required=False,
        help_text="Needed to return it; kept with your name.",
    )


class CheckForm(forms.Form):
    """A look at what comes round again."""

    element = forms.ModelChoiceField(
        TrackedElement.objects.none(), required=False, label="What was checked", empty_label="The finding as a whole"
    )
    checked_on = forms.DateField(widget=DayInput, label="Checked on")
    evidence = forms.ModelChoiceField(Evidence.objects.none(), help_text="Signed off by a second person.")
    comment = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}), required=False)

    def __init__(self, tracked: TrackedFinding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limbs = tracked.elements.filter(element__recurs_every__isnull=False).select_related("element")
        offer(self, "element", limbs)
        offer(self, "evidence", tracked.evidence.filter(signed_off_by__isnull=False))
        if not limbs:
            del self.fields["element"]


class LinkForm(forms.Form):
    """Which older finding asks for the same."""

    older = forms.ModelChoiceField(TrackedFinding.objects.none(), label="Older finding")
    reason = forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}), help_text="Kept with your name for good."
    )

    def __init__(self, tracked: TrackedFinding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_few(self, "older", _others(tracked), FINDING_WORDS, label=named_with_report)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}), help_text="Kept with your name for good."
    )


class ThemesForm(forms.Form):
    themes = forms.ModelMultipleChoiceField(Theme.objects.all(), required=False, widget=forms.CheckboxSelectMultiple)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, finding: Finding, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = sorted(theme.pk for theme in finding.themes.all())
        self.fields["themes"].initial = self.own
        self.fields["seen"].initial = self._now()

    def _now(self) -> str:
        return ",".join(map(str, self.own))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("seen") != self._now():
            raise forms.ValidationError("Somebody else changed the themes since you looked. Open the page again.")
        return cleaned


class EvidenceForm(forms.Form):
    """A link or a file, one of the two."""

    title = forms.CharField(max_length=200, label="What it is")
    link = forms.URLField(max_length=500, label="Where it is", assume_scheme="https", required=False)
    file = forms.FileField(
        required=False, label="Or the file itself", help_text=f"At most {MAX_BYTES // 2**20} MB: {EXPECTED}."
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("link")) == bool(cleaned.get("file")) and not self.errors:
            raise forms.ValidationError("Give a link or a file, one of the two.")
        return cleaned


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
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text="Kept with your name for good. For the inspectors’ date, name the letter.",
    )


class NoteForm(forms.Form):
    """Keep or dismiss a passage offered beside a finding."""

    decision = forms.ChoiceField(
        choices=[("keep", "Keep beside the finding"), ("dismiss", "Dismiss")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}), help_text="Kept with your decision for good."
    )


class SignOffForm(forms.Form):
    """Nothing to fill in: the page says what is signed off, the button signs it."""
