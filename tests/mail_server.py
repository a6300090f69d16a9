"""A mail server for tests: keeps each e-mail that it takes as a file. `python -m tests.mail_server PORT FOLDER [SECONDS]`.

It thinks about each for so many SECONDS before it takes it. Addresses that begin with “nobody” are refused with 550.
"""

import asyncio
import sys
import uuid
from pathlib import Path
from typing import Any

from aiosmtpd.controller import UnthreadedController


class Keeping:
    """Writes each e-mail into a folder, whole, before it answers."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder, self.seconds = folder, seconds

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await asyncio.sleep(self.seconds)
        whole = self.folder / f"{uuid.uuid4()}.part"
        whole.write_bytes(envelope.content)
        whole.rename(whole.with_suffix(".eml"))
        return "250 OK"


def main(port: str, folder: str, seconds: str = "0") -> None:
    """Serves until it is ended."""
    loop = asyncio.new_event_loop()
    handler = Keeping(Path(folder), float(seconds))
    controller = UnthreadedController(handler, hostname="127.0.0.1", port=int(port), loop=loop)
    controller.begin()
    loop.run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
