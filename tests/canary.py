"""A net under the whole suite: a force's own work is marked as tests make it, and no answer may show it to others.

A mark names its force. The middleware reads every answer of every test; a mark of a force whose work the asker may
not read fails the test, whatever the test was about.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from findings.models import Force
from tracking import access
from tracking.access import Act

MARK = re.compile(r"(?P<what>own-work|person)-of-force-(?P<force>\d+)", re.IGNORECASE)
LARGEST_READ = 5 * 2**20

# What was shown to whom it must not be, in this test; kept, as a test may swallow the error.
leaks: list[str] = []


class Leak(AssertionError):
    """An answer showed somebody the work of a force that they may not read."""


def own_work_of(force: Force) -> str:
    """The mark of a force's work: plans, evidence, reasons."""
    return f"own-work-of-force-{force.pk}"


def person_of(force: Force) -> str:
    """The mark of a force's people: who owns, records and decides is the force's own as well."""
    return f"person-of-force-{force.pk}"


class Canary:
    """Reads what goes out, whole; of a stream, what has gone by once it ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: Any = self.get_response(request)
        look(request, _headers(response))
        if response.streaming:
            response.streaming_content = _watched(request, response.streaming_content)
        else:
            look(request, response.content)
        return response  # type: ignore[no-any-return]


def look(request: HttpRequest, shown: bytes) -> None:
    """Fails where what was shown carries a mark that the asker may not see."""
    user: Any = None
    for mark in MARK.finditer(_text(shown)):
        user = user or request.user  # REST framework puts whom it knows there as well
        if not may_see(user, mark["what"].lower(), int(mark["force"])):
            leak = f"{request.method} {request.get_full_path()} showed {mark[0]} to {user!r}"
            leaks.append(leak)
            raise Leak(leak)


def may_see(user: Any, what: str, force_id: int) -> bool:
    """Whether this person may read what carries this mark. Administrators see people, and nobody's work for that."""
    if not access.may_enter(user):
        return False
    return access.may(user, Act.READ, force_id) or (what == "person" and access.is_administrator(user))


def _watched(request: HttpRequest, chunks: Iterable[bytes]) -> Iterator[bytes]:
    gone = BytesIO()
    for chunk in chunks:
        if gone.tell() < LARGEST_READ:
            gone.write(chunk)
        yield chunk
    look(request, gone.getvalue())


def _headers(response: HttpResponseBase) -> bytes:
    return "\n".join([*(f"{name}: {value}" for name, value in response.items()), response.cookies.output()]).encode()


def _text(shown: bytes) -> str:
    """What was shown as text: of a workbook its parts; with the hyphens that JavaScript escapes."""
    if shown.startswith(b"PK") and zipfile.is_zipfile(BytesIO(shown)):
        with zipfile.ZipFile(BytesIO(shown)) as parts:
            shown = b"\n".join(parts.read(name) for name in parts.namelist())
    return re.sub(r"\\u002d|&#45;|%2d", "-", shown.decode("utf-8", errors="replace"), flags=re.IGNORECASE)
