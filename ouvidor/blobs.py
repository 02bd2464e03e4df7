"""The blob store: originals and attachments, each named by the SHA-256 of its bytes, so written once and never changed.

A name says what is in it, so the same bytes have the same address everywhere, writing twice is harmless, and whoever
reads can tell whether the bytes are still those that were written. `get` goes by the digest at the end of an address
and not by the address as a whole: a store that was moved to another place is still read.

A local blob is on the disk (not in the system's memory) before `put` returns, as a mail that is acknowledged must be.

Source: obstore 0.12; Apache Arrow `object_store`, `LocalFileSystem`, which renames into place and does not sync.
"""

import asyncio
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.settings import Settings

__all__ = ["BlobRef", "BlobStore"]

_DIGEST: Final = re.compile(r"(?:^|/)([0-9a-f]{64})$")


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Where bytes are kept."""

    sha256: str
    uri: str
    size: int
    """Bytes."""


class BlobStore:
    """Bytes by their SHA-256, below one URL: `ab/cd/abcd…`."""

    def __init__(self, store: ObjectStore, url: str, *, settle: Callable[[str], None] | None = None) -> None:
        self._store = store
        self._url = url.rstrip("/")
        self._settle = settle

    @classmethod
    def from_settings(cls, settings: Settings) -> "BlobStore":
        """Open the store that the settings name; a local directory is made. Raises `Misconfigured`."""
        url = settings.blobs.url
        if url is None or url.startswith("file:"):
            return cls.local(Path(unquote(urlsplit(url).path)) if url is not None else settings.data / "blobs")
        try:
            return cls(from_url(url, retry_config={"max_retries": 2}), url)
        except (BaseError, ValueError) as error:
            raise Misconfigured(
                f"blobs.url: {url}: {_words(error)}; file:///…, s3://, gs:// or az:// is wanted"
            ) from None

    @classmethod
    def local(cls, directory: Path) -> "BlobStore":
        """Open a directory; it is made where there is none. Raises `Misconfigured`."""
        root = directory.absolute()
        try:
            root.mkdir(parents=True, exist_ok=True)
            return cls(LocalStore(root), root.as_uri(), settle=lambda path: _sync(root, path))
        except (OSError, BaseError, ValueError) as error:
            raise Misconfigured(f"blobs: {root} cannot be used: {_words(error)}") from error

    def uri_of(self, digest: str) -> str:
        """Tell where the bytes of a SHA-256 (64 hexadecimal digits) are, or will be."""
        return f"{self._url}/{_path(digest)}"

    async def put(self, data: bytes, digest: str | None = None) -> BlobRef:
        """Keep bytes. On return they are there for good; the same bytes a second time cost nothing.

        `digest` is their SHA-256, where it is known: on a processor without a word for it, it takes as long as the
        rest. Raises `Unavailable`.
        """
        digest = digest or sha256(data).hexdigest()
        path = _path(digest)
        try:
            if await self._size(path) != len(data):
                await self._store.put_async(path, data)
                if self._settle is not None:
                    await asyncio.to_thread(self._settle, path)
        except (BaseError, OSError) as error:
            raise Unavailable(f"blobs: {self._url} takes nothing: {_words(error)}") from error
        return BlobRef(digest, f"{self._url}/{path}", len(data))

    async def get(self, uri: str) -> bytes:
        """Give the bytes. Raises `Rejected` where they are missing or no longer themselves, else `Unavailable`."""
        found = _DIGEST.search(uri)
        if found is None:
            raise Rejected(f"{uri!r} is no address of a blob: it does not end in a SHA-256")
        path = _path(found.group(1))
        try:
            data = bytes(await (await self._store.get_async(path)).bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise Rejected(
                f"blob {uri} is not in {self._url}: bring it back there from a backup, then retry this record"
            ) from error
        except (BaseError, OSError) as error:
            raise Unavailable(f"blobs: {self._url} gives nothing: {_words(error)}") from error
        if sha256(data).hexdigest() != found.group(1):
            raise Rejected(
                f"blob {uri} was altered: its bytes no longer have this SHA-256; bring them back, then retry"
            )
        return data

    async def _size(self, path: str) -> int | None:
        try:
            return (await self._store.head_async(path))["size"]
        except (NotFoundError, FileNotFoundError):
            return None


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def _words(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:300] or type(error).__name__


def _sync(root: Path, path: str) -> None:
    """Bring a file and its names to the disk."""
    here = root / path
    for each in (here, here.parent, here.parent.parent, root):
        number = os.open(each, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
