"""Two things that a file on disk needs and Python does not offer in one call: a lock that does not wait, a synced name.

A lock is the kernel's (`flock`): it ends with its holder, however that one ends. A new file's *name* is data of its
folder, so a file that was synced can still be gone after the machine fell unless its folder was synced, too.

Source: flock(2), fsync(2).
"""

import fcntl
import os
from pathlib import Path

__all__ = ["sync_folder", "take_lock"]


def take_lock(number: int) -> bool:
    """Take the lock of an open file (its descriptor's number) if nobody else holds it; tell whether it is ours now."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """See that the names in a folder outlive the machine's fall. Raises `OSError`."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
