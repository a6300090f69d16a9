"""The page behind “stop these e-mails”: one press, without signing in (RFC 8058).

Mail programs open links and follow them by themselves, so opening it changes nothing: it asks. What programs send when a person
presses their own “unsubscribe” is a POST, and ends the e-mails.
"""

from http import HTTPStatus

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tracking.preferences import stop, whose_mark


@csrf_exempt  # a mail program has no cookie; the mark is what lets it in, and it ends one kind of e-mail and no more
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, mark: str) -> HttpResponse:
    """Asks (GET), or ends this kind of e-mail for the person whom the mark names (POST); 404 for a mark that does not hold."""
    found = whose_mark(mark)
    context = {**site.each_context(request), "title": "Stop these e-mails"}
    if found is None:
        context["title"] = "The link does not hold"
        return _answer(request, context, HTTPStatus.NOT_FOUND)
    user, kind = found
    if request.method == "POST":
        stop(user.pk, kind)
        context |= {"title": "These e-mails are stopped", "stopped": True}
    return _answer(request, {**context, "kind": kind})


def _answer(request: HttpRequest, context: dict[str, object], status: int = HTTPStatus.OK) -> HttpResponse:
    page = TemplateResponse(request, "registration/stop_mail.html", context, status=status)
    page["Cache-Control"] = "private, no-store"
    return page
