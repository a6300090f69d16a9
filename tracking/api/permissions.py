"""Who may use the API at all."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tracking import access


class IsMember(BasePermission):
    """Signed in, active, and with at least one membership: a role lost is access lost, at the next request."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return access.may_enter(request.user)
