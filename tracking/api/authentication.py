"""Who a program speaks for: `Authorization: Token …`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tracking.models import ApiToken, User
from tracking.tokens import token_for

KEYWORD = "Token"
PARTS = 2


class ByToken(BaseAuthentication):
    """A token is taken from the header alone: addresses end in logs. Why one is refused is not said."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD.lower().encode():
            return None
        token = token_for(words[1].decode(errors="replace")) if len(words) == PARTS else None
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("The token is none that is valid now.", code="token_invalid")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its base has no types
    target_class = ByToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token`, a blank, and the token that `POST /api/v1/tokens/` gave.",
        }
