"""What the service says of itself, to everybody."""

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that public bodies owe (SI 2018/952, regulation 8)."""
    context = {**site.each_context(request), "title": "Accessibility of this service"}
    return TemplateResponse(request, "accessibility.html", context)
