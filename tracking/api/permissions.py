"""Who may use the API at all, and for what."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tracking import access
from tracking.models import ApiToken
from tracking.vocabulary import TokenScope


class IsMember(BasePermission):
    """Signed in, active, and with at least one membership: a role lost is access lost, at the next request."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return access.may_enter(request.user)


class WithinScope(BasePermission):
    """A token made for reading writes nothing, whatever its person may do."""

    message = "This token was made for reading alone."
    code = "token_reads_only"

    def has_permission(self, request: Request, view: Any) -> bool:
        return (
            request.method in SAFE_METHODS
            or not isinstance(request.auth, ApiToken)
            or request.auth.scope == TokenScope.WRITE
        )
