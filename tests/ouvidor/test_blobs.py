"""The blob store: bytes by their SHA-256, on a directory, and the errors by what to do about them."""

from hashlib import sha256
from pathlib import Path

import pytest

from ouvidor.blobs import BlobStore
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.settings import Settings


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore.local(tmp_path / "blobs")


def file_of(root: Path, data: bytes) -> Path:
    digest = sha256(data).hexdigest()
    return root / "blobs" / digest[:2] / digest[2:4] / digest


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"x" * 5_000_000])
async def test_bytes_come_back_by_their_address(store: BlobStore, tmp_path: Path, data: bytes):
    ref = await store.put(data)
    assert (ref.sha256, ref.size) == (sha256(data).hexdigest(), len(data))
    assert ref.uri == store.uri_of(ref.sha256) == file_of(tmp_path, data).as_uri()
    assert await store.get(ref.uri) == data
    assert file_of(tmp_path, data).read_bytes() == data


async def test_the_same_bytes_are_written_once(store: BlobStore, tmp_path: Path):
    first = await store.put(b"once")
    written = file_of(tmp_path, b"once").stat()
    assert await store.put(b"once") == first
    again = file_of(tmp_path, b"once").stat()
    assert (again.st_mtime_ns, again.st_ino) == (written.st_mtime_ns, written.st_ino)


async def test_a_blob_that_was_cut_short_is_written_again(store: BlobStore, tmp_path: Path):
    ref = await store.put(b"all of it")
    file_of(tmp_path, b"all of it").write_bytes(b"all")
    await store.put(b"all of it")
    assert await store.get(ref.uri) == b"all of it"


async def test_a_store_that_was_moved_is_read_by_the_old_addresses(store: BlobStore, tmp_path: Path):
    ref = await store.put(b"moved")
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    assert await BlobStore.local(tmp_path / "elsewhere").get(ref.uri) == b"moved"


async def test_what_is_missing_altered_or_no_address_is_rejected(store: BlobStore, tmp_path: Path):
    ref = await store.put(b"as it was")
    file_of(tmp_path, b"as it was").write_bytes(b"as it wa5")
    with pytest.raises(Rejected, match="altered"):
        await store.get(ref.uri)
    file_of(tmp_path, b"as it was").unlink()
    with pytest.raises(Rejected, match="backup"):
        await store.get(ref.uri)
    for uri in ("", "file:///etc/passwd", f"x/{ref.sha256}/..", ref.uri.upper()):
        with pytest.raises(Rejected, match="no address"):
            await store.get(uri)


async def test_a_directory_that_takes_nothing_is_unavailable(store: BlobStore, tmp_path: Path):
    digest = sha256(b"no room").hexdigest()
    (tmp_path / "blobs" / digest[:2]).write_bytes(b"a file where a directory should be")
    with pytest.raises(Unavailable, match="takes nothing"):
        await store.put(b"no room")


async def test_the_settings_name_the_store_and_the_data_directory_is_the_default(tmp_path: Path):
    settings = Settings(data=tmp_path / "data")
    await BlobStore.from_settings(settings).put(b"here")
    assert [path.name for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()] == [
        sha256(b"here").hexdigest()
    ]
    named = BlobStore.from_settings(Settings(blobs={"url": (tmp_path / "a b").as_uri()}))
    assert named.uri_of("ab" * 32) == f"{(tmp_path / 'a b').as_uri()}/ab/ab/{'ab' * 32}"
    remote = BlobStore.from_settings(Settings(blobs={"url": "s3://bucket/prefix/"}))
    assert remote.uri_of("ab" * 32) == f"s3://bucket/prefix/ab/ab/{'ab' * 32}"


@pytest.mark.parametrize("url", ["ftp://somewhere/x", "blobs", "s3://"])
def test_an_address_that_is_none_is_named(url: str):
    with pytest.raises(Misconfigured, match=r"blobs\.url"):
        BlobStore.from_settings(Settings(blobs={"url": url}))


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="file/blobs"):
        BlobStore.local(tmp_path / "file" / "blobs")


async def test_a_digest_that_is_known_is_taken_at_its_word(tmp_path: Path):
    store = BlobStore.local(tmp_path)
    digest = sha256(b"um anexo").hexdigest()
    kept = await store.put(b"um anexo", digest)
    assert kept == await store.put(b"um anexo")
    assert await store.get(kept.uri) == b"um anexo"
