"""The calendar feed."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from findings.api.filters import refuse_unknown
from tracking.api.authentication import ByToken
from tracking.calendars import calendar_of
from tracking.models import User
from tracking.tokens import calendar_for

KNOWN = {"key", "of"}
CHOICES = ("mine", "all")


class ByCalendarKey(BaseAuthentication):
    """The secret of a calendar's address opens that calendar, and nothing else."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        key = request.query_params.get("key")
        if key is None:
            return None
        known = calendar_for(key)
        if known is None or not known.user.is_active:
            raise AuthenticationFailed("The address is none that is valid now.", code="calendar_key_invalid")
        return known.user, known

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class CalendarKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its base has no types
    target_class = ByCalendarKey
    name = "calendarKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "query", "name": "key", "description": "The secret of a calendar's address."}


class CalendarRenderer(BaseRenderer):
    """Says that the answer is a calendar; the view makes it whole."""

    media_type = "text/calendar"
    format = "ics"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        return JSONRenderer().render(data)  # only errors come here


class CalendarView(APIView):
    """One person's dates, for Outlook, Google Calendar and the like."""

    authentication_classes = (ByCalendarKey, ByToken, SessionAuthentication)
    renderer_classes = (CalendarRenderer, JSONRenderer)

    @extend_schema(
        operation_id="calendar_feed",
        parameters=[
            OpenApiParameter("of", str, enum=CHOICES, description="What one is reminded of, or all of one's forces."),
        ],
        responses={(200, "text/calendar"): str},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponseBase:
        """Due dates, targets and statutory days as an iCalendar feed."""
        refuse_unknown(request, KNOWN)
        of = request.query_params.get("of", CHOICES[0])
        if of not in CHOICES:
            raise ValidationError({"of": ["Expected mine or all."]})
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - the permissions need a member
        body = calendar_of(user, everything=of == "all")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        fresh = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer: HttpResponseBase = get_conditional_response(request._request, etag=tag, response=fresh) or fresh
        answer["ETag"] = tag
        answer["Cache-Control"] = "private, no-cache"
        answer["Content-Disposition"] = 'attachment; filename="peeltrack.ics"'
        return answer
