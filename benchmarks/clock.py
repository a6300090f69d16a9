"""What requests cost: processor time of this process and of its database connection's server process."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

App = Callable[[dict[str, Any], Callable[..., Any]], Any]
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process of this machine has used, to the hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def ask(app: App, method: str, address: str, token: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """One request to a WSGI application, in this process: the status, and the body whole."""
    path, _, query = address.partition("?")
    seen: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Token {token}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.url_scheme": "http",
        **headers,
    }
    answer = app(environ, lambda status, *_: seen.append(status))
    whole = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return int(seen[0].split()[0]), whole


class Meter:
    """Measures several ways to do the same, in turns, so that what the machine does besides meets all of them."""

    def __init__(self, database: Callable[[], int], rounds: int, requests: int) -> None:
        self._database, self._rounds, self._requests = database, rounds, requests

    def cost(self, ways: dict[str, Callable[[], None]]) -> dict[str, float]:
        """Milliseconds of processor time for one request of each way: the median of the rounds."""
        found: dict[str, list[float]] = {name: [] for name in ways}
        for way in ways.values():
            way()  # the first one warms what is kept
        for _ in range(self._rounds):
            for name, way in ways.items():
                found[name].append(self._round(way))
        return {name: median(costs) for name, costs in found.items()}

    def _round(self, way: Callable[[], None]) -> float:
        pid = self._database()
        ours, theirs = process_time(), cpu_of(pid)
        for _ in range(self._requests):
            way()
        return (process_time() - ours + cpu_of(pid) - theirs) * 1000 / self._requests
