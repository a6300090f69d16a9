"""Tokens and the calendar's address over HTTP. Doors only."""

from typing import Any

from django.contrib.auth import authenticate
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import ViewSet

from findings.api.filters import refuse_unknown
from findings.api.lists import Listed
from tracking import access
from tracking.api.key_serializers import (
    CalendarSerializer,
    NewCalendarSerializer,
    NewTokenSerializer,
    SignInSerializer,
    TokenSerializer,
)
from tracking.api.own_work import OwnWork
from tracking.models import ApiToken, CalendarAddress, User
from tracking.tokens import issue_calendar, issue_token, revoke_calendar, revoke_token
from tracking.vocabulary import TokenScope


class SignInFailed(APIException):
    """The same answer for every cause, so that nobody learns which accounts there are."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "No such user, or a wrong password."
    default_code = "sign_in_failed"


class TokenViewSet(OwnWork, Listed[ApiToken]):
    """One's own tokens: kept as hashes, expiring, revocable. Nobody sees or ends another's here."""

    serializer_class = TokenSerializer
    queryset = ApiToken.objects.order_by("-id")
    ordering_fields = ("id", "expires_at", "last_used_at")

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(user=self.asker)

    def get_permissions(self) -> Any:
        return [AllowAny()] if self.action == "create" else super().get_permissions()

    def get_authenticators(self) -> Any:
        signing_in = self.request is not None and self.request.method == "POST"
        return [] if signing_in else super().get_authenticators()

    @extend_schema(request=SignInSerializer, responses={201: NewTokenSerializer}, auth=[])
    def create(self, request: Request) -> Response:
        """A new token for a username and password, with a name, a scope (read or write) and a life in days."""
        words = self.asked(SignInSerializer)
        user = authenticate(request._request, username=words["username"], password=words["password"])
        if not isinstance(user, User) or not access.may_enter(user):
            raise SignInFailed
        row, token = issue_token(user, words.get("name", ""), TokenScope(words["scope"]), words["days"])
        return Response({**TokenSerializer(row).data, "token": token}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Revokes one of one's own tokens."""
        revoke_token(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={204: None})
    @action(detail=False, methods=["delete"])
    def current(self, request: Request) -> Response:
        """Revokes the token that this request came with."""
        if not isinstance(request.auth, ApiToken):
            raise ValidationError({"token": ["Send the token to revoke in the Authorization header."]})
        revoke_token(request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CalendarViewSet(OwnWork, ViewSet):
    """The secret address under which one's own calendar is read."""

    @extend_schema(responses=CalendarSerializer, operation_id="calendar_address_retrieve")
    def list(self, request: Request) -> Response:
        """Whether there is an address, and when a calendar last asked for it; a 404 where there is none."""
        refuse_unknown(request, ())
        known = CalendarAddress.objects.filter(user=self.asker).first()
        if known is None:
            raise Http404
        return Response(CalendarSerializer(known).data)

    @extend_schema(request=None, responses={201: NewCalendarSerializer}, operation_id="calendar_address_create")
    def create(self, request: Request) -> Response:
        """A new address; the one before it ends."""
        row, secret = issue_calendar(self.asker)
        address = f"{reverse('calendar', request=request)}?key={secret}"
        return Response({**CalendarSerializer(row).data, "address": address}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None}, operation_id="calendar_address_destroy")
    @action(detail=False, methods=["delete"])
    def current(self, request: Request) -> Response:
        """Ends the address."""
        revoke_calendar(self.asker.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)
