"""The jars of a server, each verified against the lock file at every start.

Hashing all of Kafka takes a tenth of a second, so no stamp has to be trusted. One cache serves all projects of a user
(`~/.cache/ouvidor/jars`, or under XDG_CACHE_HOME); a jar that Maven or jgo already has on the machine is used where
it lies.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from ouvidor.errors import Misconfigured
from ouvidor.local.lock import Jar, Server, locked_jars

__all__ = ["OnProgress", "class_path", "default_cache"]

OnProgress = Callable[[int, int, str], None]
"""Told how many jars have come, of how many that were missing, and the name of the last one."""

_AT_A_TIME = 6  # a repository that serves everybody is not to be stormed


def default_cache() -> Path:
    """Return where the user's jars are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ouvidor" / "jars"


def class_path(server: Server, cache: Path | None = None, on_progress: OnProgress | None = None) -> list[Path]:
    """Return the server's jars, downloaded if they are not there; nothing that the lock file does not vouch for.

    Raises `Unavailable` when a jar cannot be had, and says which, from where, and how to go on.
    """
    return jars_in(cache or default_cache(), locked_jars(server), on_progress)


def jars_in(cache: Path, jars: Sequence[Jar], on_progress: OnProgress | None = None) -> list[Path]:
    """Return the paths of these jars, in their order, after getting into the cache those that are nowhere."""
    found = {jar: path for jar in jars if _is_whole(path := cache / jar.file_name, jar)}
    if missing := [jar for jar in jars if jar not in found]:
        found |= _get(missing, cache, on_progress)
    return [found[jar] for jar in jars]


def _get(jars: Sequence[Jar], cache: Path, on_progress: OnProgress | None) -> dict[Jar, Path]:
    try:
        # Only who downloads needs jgo and requests: a start with all jars at hand saves their 0.3 s.
        from ouvidor.local.download import download  # noqa: PLC0415
        from ouvidor.local.repositories import local_repository, repositories  # noqa: PLC0415
    except ImportError as error:
        raise Misconfigured(f"{error.name}: not installed; pip install 'ouvidor[local]'") from error
    local = local_repository()
    found = {jar: path for jar in jars if _is_whole(path := local / jar.path, jar)}
    to_ask = repositories()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            coming = {pool.submit(download, jar, cache, to_ask): jar for jar in jars if jar not in found}
            try:
                for done in as_completed(coming):
                    found[coming[done]] = done.result()
                    if on_progress is not None:
                        on_progress(len(found), len(jars), coming[done].file_name)
            finally:
                # One that failed says enough: the others in the queue need not try.
                pool.shutdown(wait=False, cancel_futures=True)
    except OSError as error:
        raise Misconfigured(f"{cache}: jars cannot be kept there: {error}; set another cache") from error
    return found


def _is_whole(path: Path, jar: Jar) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except OSError:
        # What is not there or cannot be read is fetched; if it cannot be written either, that is told then.
        return False
