"""What every view of a force's own work shares: who asks, and the rows within their reach."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from tracking import access
from tracking.access import Act
from tracking.models import User


class OwnWork(APIView):
    """Rows of other forces are as unknown as rows that do not exist."""

    @property
    def asker(self) -> User:
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - views need a signed-in user
        return user

    def visible(self, rows: QuerySet[Any], force: str) -> QuerySet[Any]:
        return access.visible(rows, self.asker, force)

    def need(self, act: Act, force_id: int) -> None:
        """Refuses, with a 403, what the asker may see but not do."""
        if not access.may(self.asker, act, force_id):
            raise PermissionDenied

    def asked(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """The request's words, checked; a field that is none of them is a 400 that names it."""
        asked = serializer(data=self.request.data, context={"visible": self.visible})
        asked.is_valid(raise_exception=True)
        unknown = sorted(set(self.request.data) - set(asked.fields))
        if unknown:
            raise ValidationError({name: ["Not a field that can be changed here."] for name in unknown})
        words: dict[str, Any] = asked.validated_data
        return words
