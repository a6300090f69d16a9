"""The officers' forms. They ask; the writers decide."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet

from tracking import access
from tracking.admin.picking import FINDING_WORDS, offer_few
from tracking.changes import is_later
from tracking.models import Assessment, TrackedFinding, User
from tracking.progress import FIELDS, acts_for, check_progress
from tracking.vocabulary import Decision
from tracking.workflow import Refused

LONGEST_TEXT = 10_000  # as the API takes


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PersonField(forms.CharField):
    """A person, by their username or their name; some are offered while one types, and anybody may be written."""

    OFFERED = 50

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = User.objects.none()

    def offer(self, people: QuerySet[User]) -> None:
        """The people who may be meant; the first of them are offered."""
        self.people = people
        ordered = people.order_by("first_name", "last_name", "username")
        self.widget = PersonInput([(one.username, str(one)) for one in ordered[: self.OFFERED]])

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return self.people.filter(pk=value).values_list("username", flat=True).first()
        return value

    def clean(self, value: Any) -> User | None:  # a person comes out of the words that go in
        words = super().clean(value)
        if not words:
            return None
        found = [one for one in self.people if words.lower() in {one.username.lower(), str(one).lower()}]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(f"Several people are called “{words}”: give the username.")
        raise ValidationError(f"“{words}” is no member of the force: give a name or a username.")


class PersonInput(forms.TextInput):
    """A text field with people offered below it."""

    template_name = "admin/tracking/person_input.html"

    def __init__(self, people: list[tuple[str, str]]) -> None:
        super().__init__({"autocomplete": "off"})
        self.people = people

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        place = f"{context['widget']['attrs'].get('id', name)}_people"
        context["widget"]["attrs"]["list"] = place
        return {**context, "place": place, "people": self.people}


def members_of(forces: Iterable[int]) -> QuerySet[User]:
    """The active members of all of these forces."""
    people = User.objects.filter(is_active=True)
    for force in forces:
        people = people.filter(memberships__force=force)
    return people.distinct()


class ProgressForm(forms.ModelForm[TrackedFinding]):
    """What is the force's own. `by` is the person at the form, set by the page."""

    by: User
    comment = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text="Kept with your name and the date. Needed when no action is taken, or another body must act.",
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    owner = PersonField(
        required=False, label="Delivery owner", help_text="A name or a username of the force. Empty: nobody yet."
    )

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
        for name in {"closing_plan", "shortfall_reason"} & set(self.fields):
            self.fields[name].max_length = LONGEST_TEXT  # type: ignore[attr-defined]  # texts both
            self.fields[name].validators.append(MaxLengthValidator(LONGEST_TEXT))
        owner = self.fields.get("owner")
        if isinstance(owner, PersonField):
            # One who left stays shown until replaced.
            owner.offer(
                members_of([self.instance.force_id]) | User.objects.filter(owned_findings=self.instance).distinct()
            )

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
    reason = forms.CharField(
        max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}), help_text="Kept with your decision for good."
    )

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
