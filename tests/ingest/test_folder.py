"""The watched folder: whole files, each once, whatever lies there and whatever the clock says."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from ingest import folder as module
from ingest.folder import FolderPull
from ouvidor.errors import Misconfigured

Folders = Callable[..., FolderPull]


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Folders]:
    def make(*, settle: float = 0.02, wait: float = 0.2) -> FolderPull:
        return FolderPull(
            tmp_path,
            suffix=".vtt",
            media_type="text/vtt",
            settle=timedelta(seconds=settle),
            wait=wait,
            hints={"a": "b"},
        )

    return make


async def names(pull: FolderPull) -> tuple[list[str], bytes | None]:
    fetched = await pull.fetch()
    return [each.hints["filename"] for each in fetched.deliveries], fetched.cursor


def there(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def every(pull: FolderPull) -> tuple[list[str], bytes | None]:
    """Fetch until nothing more comes."""
    found: list[str] = []
    last = None
    while True:
        more, cursor = await names(pull)
        if not more:
            return found, last
        found += more
        last = cursor


async def test_files_come_once_in_the_order_in_which_they_came_with_their_names(watch: Folders, tmp_path: Path):
    for name in ("z.vtt", "a.VTT", "m.vtt"):
        (tmp_path / name).write_text(name)
        await asyncio.sleep(0.01)
    pull = watch()
    await pull.open(None)
    fetched = await pull.fetch()
    assert [each.body for each in fetched.deliveries] == [b"z.vtt", b"a.VTT", b"m.vtt"]
    assert fetched.deliveries[0].hints == {"a": "b", "filename": "z.vtt"}
    assert {each.media_type for each in fetched.deliveries} == {"text/vtt"}
    assert await names(pull) == ([], None)
    again = watch()
    await again.open(fetched.cursor)
    (tmp_path / "new.vtt").write_text("new")
    assert (await every(again))[0] == ["new.vtt"]
    assert there(tmp_path) == ["a.VTT", "m.vtt", "new.vtt", "z.vtt"]


async def test_what_was_not_committed_is_given_again(watch: Folders, tmp_path: Path):
    (tmp_path / "a.vtt").write_text("a")
    pull = watch()
    await pull.open(None)
    assert (await names(pull))[0] == ["a.vtt"]
    await pull.open(None)
    assert (await names(pull))[0] == ["a.vtt"]


async def test_a_file_is_taken_when_it_stands_still_and_not_while_it_grows(watch: Folders):
    pull = watch(settle=2)
    growing = [module._File("a.vtt", size, 5, 5) for size in (10, 20, 30)]
    assert pull._still([growing[0]], now=100.0) == []
    assert pull._still([growing[1]], now=101.9) == []
    assert pull._still([growing[2]], now=103.8) == []
    assert pull._still([growing[2]], now=105.7) == []
    assert pull._still([growing[2]], now=105.8) == [growing[2]]


async def test_a_file_that_changes_between_the_look_and_the_reading_waits(watch: Folders, tmp_path: Path):
    (tmp_path / "a.vtt").write_text("metade")
    pull = watch()
    [seen] = pull._list()
    (tmp_path / "a.vtt").write_text("metade e o resto")
    assert pull._take([seen]) == ([], [])


async def test_what_is_unfinished_hidden_another_kind_or_a_link_is_passed_over(watch: Folders, tmp_path: Path):
    for name in (".a.vtt", "b.vtt.part", "c.vtt.tmp", "d.vtt~", "e.txt", "f.vtt.crdownload"):
        (tmp_path / name).write_text("x")
    (tmp_path / "g.vtt").mkdir()
    (tmp_path / "h.vtt").symlink_to(tmp_path / "e.txt")
    os.mkfifo(tmp_path / "i.vtt")
    pull = watch()
    with structlog.testing.capture_logs() as logs:
        await pull.open(None)
        assert await names(pull) == ([], None)
        assert await names(pull) == ([], None)
    assert sorted(line["why"] for line in logs) == [
        "a symbolic link is not followed",
        "only files that end in .vtt are read",
    ]
    assert "e.txt" not in str(logs)


async def test_a_renamed_file_keeps_its_time_and_is_taken_all_the_same(watch: Folders, tmp_path: Path):
    (tmp_path / "one.vtt").write_text("um")
    pull = watch()
    await pull.open(None)
    await names(pull)
    old = tmp_path / "moved.vtt.part"
    old.write_text("dois")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    old.rename(tmp_path / "moved.vtt")
    assert (await every(pull))[0] == ["moved.vtt"]


@pytest.mark.parametrize("year", [0, 4_000_000_000])
async def test_no_clock_is_trusted(watch: Folders, tmp_path: Path, year: int):
    pull = watch()
    await pull.open(None)
    (tmp_path / "now.vtt").write_text("agora")
    assert (await every(pull))[0] == ["now.vtt"]
    (tmp_path / "odd.vtt").write_text("outrora")
    os.utime(tmp_path / "odd.vtt", (year, year))
    assert (await every(pull))[0] == ["odd.vtt"]
    (tmp_path / "later.vtt").write_text("depois")
    assert (await every(pull))[0] == ["later.vtt"]


async def test_the_same_bytes_come_by_the_same_way_whatever_the_files_name(watch: Folders, tmp_path: Path):
    (tmp_path / "a.vtt").write_text("iguais")
    (tmp_path / "b.vtt").write_text("iguais")
    pull = watch()
    await pull.open(None)
    one, other = (await pull.fetch()).deliveries
    assert (one.own_id, one.order) == (other.own_id, other.order) == (None, one.order)
    assert one.order is not None


async def test_a_folder_beyond_what_the_cursor_knows_gives_each_file_once(
    watch: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_KNOWN", 20)
    for number in range(130):
        (tmp_path / f"{number}.vtt").write_text(f"{number}")
        os.utime(tmp_path / f"{number}.vtt", (10_000 - number, 10_000 - number))  # written in another order than dated
    pull = watch()
    await pull.open(None)
    found, cursor = await every(pull)
    assert len(found) == len(set(found)) == 130
    assert cursor is not None
    assert len(cursor) < 20 * 8 + 100
    again = watch()
    await again.open(cursor)
    assert (await every(again))[0] == []
    (tmp_path / "130.vtt").write_text("130")
    assert (await every(again))[0] == ["130.vtt"]


async def test_one_file_that_we_may_not_read_stops_no_other_and_is_read_when_we_may(
    watch: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_KNOWN", 5)
    read = FolderPull._read
    forbidden = {"0.vtt"}

    def guarded(self: FolderPull, file: module._File) -> bytes | None:
        if file.name in forbidden:  # a file's rights mean nothing to root, who runs tests in containers
            raise PermissionError(13, "Permission denied")
        return read(self, file)

    monkeypatch.setattr(FolderPull, "_read", guarded)
    for number in range(30):
        (tmp_path / f"{number}.vtt").write_text(f"{number}")
    pull = watch()
    await pull.open(None)
    with structlog.testing.capture_logs() as logs:
        found, cursor = await every(pull)
    assert sorted(found) == sorted(f"{number}.vtt" for number in range(1, 30))
    assert [line["why"] for line in logs] == ["cannot be read: Permission denied"]
    forbidden.clear()
    again = watch()
    await again.open(cursor)
    assert (await every(again))[0] == ["0.vtt"]


async def test_files_that_are_gone_are_forgotten(watch: Folders, tmp_path: Path):
    pull = watch()
    await pull.open(None)
    for number in range(50):
        (tmp_path / f"{number}.vtt").write_text("x")
    await every(pull)
    for number in range(50):
        (tmp_path / f"{number}.vtt").unlink()
    (tmp_path / "last.vtt").write_text("y")
    for _ in range(5):
        await names(pull)
    (tmp_path / "very-last.vtt").write_text("z")
    _, cursor = await every(pull)
    assert cursor is not None
    assert len(cursor) < 9 + 8 * 5


async def test_a_large_file_is_cut_and_says_so(watch: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_LARGEST_FILE", 10)
    (tmp_path / "large.vtt").write_text("x" * 25)
    pull = watch()
    await pull.open(None)
    [delivery] = (await pull.fetch()).deliveries
    assert (delivery.body, delivery.hints["cut"]) == (b"x" * 10, "25")


async def test_a_folder_that_is_not_there_is_a_setting_to_mend(tmp_path: Path):
    gone = FolderPull(tmp_path / "gone", suffix=".vtt", media_type="text/vtt")
    with pytest.raises(Misconfigured, match=r"gone: no such folder: make it, or mend `folder`"):
        await gone.open(None)


async def test_a_cursor_of_another_version_is_not_guessed_at(watch: Folders):
    with pytest.raises(Misconfigured, match="another version"):
        await watch().open(b"9" + b"\0" * 8)
