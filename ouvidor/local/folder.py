"""A server's data directory, for one process at a time.

The lock is a file descriptor that the server inherits: it is held as long as either we or the server live, so that
after a `kill -9` of ours nobody starts a second broker on files that the first one still writes.
"""

import fcntl
import os
import time
from datetime import timedelta
from pathlib import Path

from ouvidor.errors import Misconfigured

__all__ = ["FolderLock"]


class FolderLock:
    """Holds `folder`; `Misconfigured` tells who else does."""

    def __init__(self, folder: Path, patience: timedelta = timedelta(seconds=2)) -> None:
        try:
            # For its owner only: customers' words will lie in it.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise Misconfigured(f"{folder}: cannot be used as a data directory: {error}") from error
        self._take(folder, time.monotonic() + patience.total_seconds())
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, str(os.getpid()).encode(), 0)

    def _take(self, folder: Path, until: float) -> None:
        """Try for a while: whoever was killed a moment ago lets go when the kernel has ended it."""
        while True:
            try:
                fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < until:
                    time.sleep(0.05)
                    continue
                holder = os.pread(self.fd, 32, 0).decode() or "unknown"
                self.release()
                raise Misconfigured(
                    f"{folder}: in use by process {holder}: two servers on one data directory would destroy it; "
                    "stop that process, or set another directory",
                ) from None
            return

    def release(self) -> None:
        """Let go of it; harmless when done twice."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
