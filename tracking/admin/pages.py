"""A page with one form and one button: asks, calls a writer, says what came of it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from tracking.admin.picking import looks_for_more
from tracking.workflow import Refused


def confirm_page(
    request: HttpRequest,
    form: forms.Form,
    write: Callable[[dict[str, Any]], str],
    back: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Shows `form`; on a valid answer calls `write`, which returns the sentence to show on the page `back`.

    What the rules refuse is shown beside what was typed, so nothing is lost.
    """
    if request.method == "POST" and not looks_for_more(form) and form.is_valid():
        try:
            said = write(form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, said)
            return redirect(back)
    whole = {**site.each_context(request), "form": form, "back": back, **context}
    return TemplateResponse(request, "admin/tracking/confirm.html", whole)


KEPT = "_changelist_filters"


def kept_filters(request: HttpRequest) -> str:
    """The list that the person came from, as the query of a link; empty where they came from none."""
    kept = request.GET.get(KEPT, "")
    return f"?{urlencode({KEPT: kept})}" if kept else ""
