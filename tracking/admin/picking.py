"""Choosing one row of many: the likeliest are shown, any other is found by its words. No choice list grows with the data."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.datastructures import MultiValueDict

SHOWN = 8
FIND = "find"  # the button that looks for more
FINDING_WORDS = ("finding__heading", "finding__text", "finding__summary")
REPORT_WORDS = ("title",)
LONGEST = 200


def offer_few(
    form: forms.Form,
    name: str,
    rows: QuerySet[Any],
    words_in: Sequence[str],
    *,
    first: Sequence[int] = (),
    label: Callable[[Any], str] = str,
) -> None:
    """Gives the choice `name` its rows: those of the ids `first` and the first others, `SHOWN` in all, as radio buttons.

    Where there are more, a field below finds them by words in the columns `words_in`; what is chosen stays shown. Any row
    of `rows` may be answered, and no other.
    """
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so in each form
    field.queryset = rows
    asked = str(form.data.get(f"{name}_find", "")).strip()[:LONGEST].replace("\x00", "")
    shown, more = _shown(rows, asked, words_in, first)
    shown = _with_chosen(form, name, rows, shown)
    choices = [("", field.empty_label or "None")] if not field.required else []
    choices += [(str(row.pk), label(row)) for row in shown]
    field.widget = forms.RadioSelect(choices=choices)
    field.widget.is_required = field.required
    if not shown:
        field.help_text = "Nothing fits these words." if asked else "There is none to choose from."
    if more or asked:
        _add_find(form, name, str(field.label or name))


def _shown(rows: QuerySet[Any], asked: str, words_in: Sequence[str], first: Sequence[int]) -> tuple[list[Any], bool]:
    """The rows to show, and whether there are more."""
    if asked:
        for word in asked.split()[:SHOWN]:
            fits = Q()
            for column in words_in:
                fits |= Q(**{f"{column}__icontains": word})
            rows = rows.filter(fits)
        found = list(rows[: SHOWN + 1])
        return found[:SHOWN], len(found) > SHOWN
    likeliest = {row.pk: row for row in rows.filter(pk__in=first)} if first else {}
    likely = [likeliest[pk] for pk in first if pk in likeliest][:SHOWN]
    others = list(rows.exclude(pk__in=list(likeliest))[: SHOWN + 1 - len(likely)])
    return [*likely, *others][:SHOWN], len(likely) + len(others) > SHOWN


def _with_chosen(form: forms.Form, name: str, rows: QuerySet[Any], shown: list[Any]) -> list[Any]:
    chosen = form.data.get(name) or form.initial.get(name)
    pk = str(getattr(chosen, "pk", chosen) or "")
    if not pk.isdecimal() or len(pk) > len(str(2**63)) - 1 or any(str(row.pk) == pk for row in shown):
        return shown
    return [*rows.filter(pk=pk), *shown]


def _add_find(form: forms.Form, name: str, label: str) -> None:
    """The search field, directly below the choice that it serves."""
    find = forms.CharField(
        required=False,
        max_length=LONGEST,
        label=f"Find another {label[:1].lower()}{label[1:]}",
        widget=forms.TextInput({"type": "search"}),
        help_text="By its words; then choose above.",
    )
    placed: dict[str, forms.Field] = {}
    for key, field in form.fields.items():
        placed[key] = field
        if key == name:
            placed[f"{name}_find"] = find
    form.fields = placed


def looks_for_more(form: forms.Form) -> bool:
    """Whether the button to find more was pressed; the form then shows again what was typed, with no complaint yet."""
    if FIND not in form.data or not isinstance(form.data, MultiValueDict):
        return False
    typed = {key: values if len(values) > 1 else values[0] for key, values in form.data.lists() if values}
    form.initial = {**form.initial, **typed}
    form.is_bound = False
    return True
