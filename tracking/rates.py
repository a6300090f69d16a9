"""What a client may still ask for, as the answer's headers say it. Standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit for each `window` seconds, what is left of it, and in how many seconds it starts anew."""

    limit: int
    left: int
    reset: int
    window: int

    def headers(self) -> dict[str, str]:
        """RateLimit and RateLimit-Policy, as the IETF's httpapi group drafts them."""
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={self.window}',
            "RateLimit": f'"minute";r={self.left};t={self.reset}',
        }
