"""Keys on the wire: tokens, and the address of a calendar."""

from typing import Any

from rest_framework import serializers

from findings.api.fields import RowSerializer
from tracking.models import ApiToken, CalendarAddress
from tracking.tokens import DAYS, MOST_DAYS
from tracking.vocabulary import TokenScope


class SignInSerializer(serializers.Serializer[Any]):
    """Who signs in, and what the token is for."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)
    name = serializers.CharField(max_length=100, required=False, help_text="What the token is for.")
    scope = serializers.ChoiceField(choices=TokenScope.choices(), default=TokenScope.WRITE.value)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=DAYS, help_text="How long it lives.")


class TokenSerializer(RowSerializer[ApiToken]):
    """A token of one's own, without what it opens the door with."""

    class Meta:
        model = ApiToken
        fields = ("id", "name", "scope", "begins_with", "made_at", "expires_at", "last_used_at")


class NewTokenSerializer(TokenSerializer):
    """A token, shown this once: send it as `Authorization: Token …`."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")  # type: ignore[assignment]  # one more


class CalendarSerializer(RowSerializer[CalendarAddress]):
    """That there is a calendar address, and when it was last asked for."""

    class Meta:
        model = CalendarAddress
        fields = ("made_at", "last_used_at")


class NewCalendarSerializer(CalendarSerializer):
    """The address, shown this once: subscribe to it in Outlook or Google Calendar."""

    address = serializers.CharField(read_only=True)

    class Meta(CalendarSerializer.Meta):
        fields = (*CalendarSerializer.Meta.fields, "address")  # type: ignore[assignment]  # one more
