"""ETag and If-Match: a change must name the version that it was made from (RFC 9110, section 13)."""

import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag as last read."
)
TAG = re.compile(r'"(?P<version>\d{1,9})"')


class PreconditionRequired(APIException):
    status_code = 428
    default_detail = "Send the ETag as last read in If-Match."
    default_code = "if_match_missing"


def etag(version: int) -> str:
    """The entity tag of a row's version."""
    return f'"{version}"'


def version_from(request: Request) -> int:
    """The version in If-Match. A missing tag, or `*`, which nobody has read, is a 428; nonsense is an unknown version."""
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        raise PreconditionRequired
    match = TAG.fullmatch(given)
    return int(match["version"]) if match else 0
