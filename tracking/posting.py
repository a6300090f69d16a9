"""Sends a body to an address of somebody else's, within a time that the receiver cannot stretch."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any

import requests
from django.conf import settings
from requests_hardened import Config, Manager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_SECONDS, ANSWER_SECONDS = 3, 10


def post(address: str, body: bytes, headers: dict[str, str]) -> int:
    """Sends it, to a public address unless the settings allow others, and returns the status answered; no redirect is followed.

    Raises requests.RequestException where no answer came within CONNECT_SECONDS and ANSWER_SECONDS together.
    """
    allowed = settings.WEBHOOKS_TO_PRIVATE_ADDRESSES
    sending = Manager(
        Config(
            ip_filter_enable=not allowed,
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        )
    )
    with sending.get_session() as session, _ended_after(session, CONNECT_SECONDS + ANSWER_SECONDS):
        session.trust_env = False  # a proxy would connect for us, to wherever it likes
        with session.post(address, data=body, headers=headers, stream=True) as answer:  # what it says is not read
            return int(answer.status_code)


@contextmanager
def _ended_after(session: requests.Session, seconds: float) -> Iterator[None]:
    """Ends the session's connections after that long, whatever they are doing.

    The library's own limit is one of each read: an answer that comes byte by byte never passes it.
    """
    made: list[HTTPConnection] = []
    pools = {"http": _pool(HTTPConnectionPool, HTTPConnection, made), "https": _pool(HTTPSConnectionPool, HTTPSConnection, made)}  # fmt: skip
    for adapter in session.adapters.values():
        adapter.poolmanager.pool_classes_by_scheme = pools  # type: ignore[attr-defined]  # every adapter of this library has one
    timer = Timer(seconds, _end, [made])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _pool(pool: Any, connection: Any, made: list[HTTPConnection]) -> Any:
    """The library's own kind of pool, whose connections are known here from their beginning."""

    def connect(self: Any) -> None:
        made.append(self)
        connection.connect(self)

    known = type(connection.__name__, (connection,), {"connect": connect})
    return type(pool.__name__, (pool,), {"ConnectionCls": known})


def _end(made: list[HTTPConnection]) -> None:
    for connection in made:
        if connection.sock is not None:
            with suppress(OSError):  # it ended by itself at this moment
                connection.sock.shutdown(socket.SHUT_RDWR)
