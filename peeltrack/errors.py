"""Errors over HTTP, in one place: `application/problem+json` (RFC 9457) with a stable code and a sentence."""

import logging
from typing import Any

from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from findings.reading.values import NotReadable
from tracking.intake import NotYours
from tracking.workflow import Incomplete, Refused, Stale

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be understood",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Not possible as things stand",
    412: "Changed by somebody else",
    415: "Unsupported media type",
    428: "Precondition required",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Not available for the moment",
}


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer for `error`: domain errors by their kind, REST framework's own by their status; None for a fault of ours."""
    answer = _of_domain(error) or _of_framework(error, context)
    if answer is None:
        return None
    status, body, headers = answer
    set_rollback()
    full = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, **body}
    return Response(full, status=status, headers=headers, content_type=MEDIA_TYPE)


Answer = tuple[int, dict[str, Any], dict[str, str]]


def _of_domain(error: Exception) -> Answer | None:
    match error:
        case Refused():
            return _refusal(error)
        case Stale():
            return 412, {"code": "stale_version", "detail": str(error)}, {"ETag": f'"{error.version}"'}
        case NotReadable():
            return 400, {"code": "document_not_readable", "detail": str(error), "line": error.line}, {}
        case NotYours():
            return 403, {"code": "not_your_force", "detail": str(error)}, {}
    return _of_database(error)


def _refusal(error: Refused) -> Answer:
    body: dict[str, Any] = {"code": error.code, "detail": error.message}
    if error.allowed:
        body["allowed"] = [status.value for status in error.allowed]
    if error.row is not None:
        body["row"] = error.row
        body["rows"] = [_of_row(one) for one in (error, *error.others)]
    return (400 if isinstance(error, Incomplete) else 409), body, {}


def _of_row(error: Refused) -> dict[str, Any]:
    said = {"row": error.row, "code": error.code, "detail": error.message}
    return {**said, "allowed": [status.value for status in error.allowed]} if error.allowed else said


def _of_database(error: Exception) -> Answer | None:
    if isinstance(error, IntegrityError):
        log.warning("refused by the database: %s", error)
        return 409, {"code": "conflict", "detail": "Somebody changed the same thing at this moment. Try again."}, {}
    if isinstance(error, OperationalError):
        log.error("the database did not answer", exc_info=error)
        return 503, {"code": "database_unavailable", "detail": "The database does not answer. Nothing was stored."}, {}
    return None


def _of_framework(error: Exception, context: dict[str, Any]) -> Answer | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    headers = {name: value for name, value in response.items() if name in {"WWW-Authenticate", "Retry-After", "Allow"}}
    if isinstance(error, exceptions.ValidationError):
        return response.status_code, _invalid(error.detail), headers
    if isinstance(error, Http404):
        return 404, {"code": "not_found", "detail": "There is nothing here that you can see."}, headers
    if isinstance(error, exceptions.APIException):
        return response.status_code, {"code": error.get_codes(), "detail": str(error.detail)}, headers
    return response.status_code, {"code": "permission_denied", "detail": "You may not do this."}, headers


def _invalid(detail: Any) -> dict[str, Any]:
    """What is wrong with the values of a request; of a list, with those of each row at fault."""
    if isinstance(detail, dict) and detail and all(isinstance(place, int) for place in detail):
        rows = [{"row": place, "errors": errors} for place, errors in detail.items()]
        return {"code": "invalid", "detail": "Some rows are not valid: see rows.", "errors": detail, "rows": rows}
    errors = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    return {"code": "invalid", "detail": "Some values are not valid: see errors.", "errors": errors}


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if _is_api(request):
        body = {"type": "about:blank", "title": TITLES[status], "status": status, "code": code, "detail": detail}
        return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    return render(request, "error.html", {"title": TITLES[status], "detail": detail}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers a request that is refused before any view sees it, such as a body that is too large."""
    return _answer(request, 400, "bad_request", "The request cannot be read: it is too large or not well-formed.")


def locked_out(request: HttpRequest, response: object, credentials: object, *_: object) -> HttpResponse:
    """Answers a sign-in to an account that is locked for a while."""
    return _answer(request, 429, "locked_out", "Too many wrong passwords. The account opens again in 15 minutes.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers an address that nothing serves."""
    return _answer(request, 404, "not_found", "There is nothing here that you can see.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers what the signed-in person may not do."""
    return _answer(request, 403, "permission_denied", str(exception) or "You may not do this.")


def not_utf8(request: HttpRequest) -> HttpResponse:
    """Answers a body in an encoding that is not read here."""
    return _answer(request, 415, "charset", "Bodies are read in UTF-8 alone.")


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers a form that comes from another site, or from before the person signed in anew."""
    detail = "This page is from before you last signed in. Go back, load it again and send it: nothing was stored."
    return _answer(request, 403, "csrf", detail)


def fault(request: HttpRequest) -> HttpResponse:
    """Answers a fault of ours, without a word of its inside."""
    return _answer(request, 500, "fault", "The fault is ours and is in the log. Nothing was stored.")
