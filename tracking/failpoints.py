"""Places at which a test has the process die, as by kill -9. Named by the setting FAILPOINT; without it, nothing happens."""

import os
import signal

from django.conf import settings


def failpoint(name: str) -> None:
    """Kills this process where the setting names this place."""
    if name == settings.FAILPOINT:
        os.kill(os.getpid(), signal.SIGKILL)
