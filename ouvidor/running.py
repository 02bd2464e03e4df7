"""The broker of the `ouvidor up` that runs on this data directory: what other commands ask, where no broker is set.

It is at Kafka's usual port only where that was free. Whoever has the usual port then is a stranger: to show that one's
topics as ours, or to send its dead letters again, would be worse than to say that nobody is there.
"""

import fcntl
import json
import os
from pathlib import Path

from ouvidor.settings import Settings

__all__ = ["NOTE", "at_running_broker"]

NOTE = Path("run") / "pipeline.json"
"""Where `ouvidor up` tells what it runs, in the data directory."""


def at_running_broker(settings: Settings) -> Settings:
    """Point settings without `kafka.bootstrap` at the broker of who runs on their data directory now, if anybody."""
    if settings.kafka.bootstrap is not None or not _held(settings.data / NOTE.parent / "lock"):
        return settings
    try:
        servers = json.loads((settings.data / NOTE).read_text("utf-8"))["kafka"]
    except (OSError, ValueError, KeyError, TypeError):
        return settings  # it is just starting
    return settings.model_copy(update={"kafka": settings.kafka.model_copy(update={"bootstrap": servers})})


def _held(lock: Path) -> bool:
    """Tell whether somebody holds the lock: a note of who was killed is no word of who runs."""
    try:
        opened = os.open(lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False
