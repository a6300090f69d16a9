"""Which request a change came by, so that a row of the history can be found again in the log. Standard library only."""

from contextvars import ContextVar

# None outside a request: the command line, a job.
_request: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """The id of the request that is being answered, None outside one."""
    return _request.get()


def begin_request(identity: str) -> object:
    """Says which request is being answered from here on; returns what `end_request` takes."""
    return _request.set(identity)


def end_request(begun: object) -> None:
    """Says that the request is answered."""
    _request.reset(begun)  # type: ignore[arg-type]  # a token, kept opaque for its callers
