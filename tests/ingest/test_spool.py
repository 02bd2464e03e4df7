"""The spool: what is in it is on the disk, in order, and stays until it is taken out."""

import asyncio
import os
import signal
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from ingest.spool import Spool
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import Output
from ouvidor.metrics import SPOOL_BYTES, SPOOL_RECORDS


def record(number: int, size: int = 10) -> Output:
    return Output(
        "originals", f"{number:0{size}}".encode(), b"key", (("ce_id", str(number).encode()), ("raw", b"\xff\x00"))
    )


def files_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def opened(path: Path) -> Spool:
    spool = Spool(path)
    await spool.open()
    return spool


@pytest.fixture
async def spool(tmp_path: Path):
    spool = await opened(tmp_path / "spool" / "http.sqlite")
    yield spool
    await spool.close()


async def test_records_come_out_as_they_went_in_and_in_order(spool: Spool):
    await spool.put([(record(1), None), (record(2), b"a blob")])
    await spool.put([(record(3), None)])
    found = await spool.oldest()
    assert [(each.output, each.blob) for each in found] == [
        (record(1), None),
        (record(2), b"a blob"),
        (record(3), None),
    ]


async def test_many_who_put_at_once_are_all_kept_each_in_its_own_order(spool: Spool):
    async def put(first: int) -> None:
        for number in range(first, first + 20):
            await spool.put([(record(number), None)])

    await asyncio.gather(*(put(first) for first in range(0, 1000, 100)))
    numbers = [int(each.output.value or b"") for each in await spool.oldest()]
    assert len(numbers) == spool.records == 200
    for first in range(0, 1000, 100):
        assert [number for number in numbers if first <= number < first + 100] == list(range(first, first + 20))


async def test_what_was_removed_does_not_come_again_and_a_page_is_bounded_but_never_empty(spool: Spool):
    await spool.put([(record(number, 1000), None) for number in range(10)])
    page = await spool.oldest(records=3)
    assert len(page) == 3
    await spool.remove(page)
    assert [int(each.output.value or b"") for each in await spool.oldest(size=2000)] == [3, 4]
    assert [int(each.output.value or b"") for each in await spool.oldest(size=1)] == [3]
    assert spool.records == 7


async def test_records_and_bytes_are_counted_also_over_a_restart(tmp_path: Path):
    path = tmp_path / "spool.sqlite"
    spool = await opened(path)
    await spool.put([(record(1, 100), b"x" * 50), (record(2, 100), None)])
    await spool.close()
    assert (spool.records, spool.size) == (2, 250)
    spool = await opened(path)
    assert (spool.records, spool.size) == (2, 250)
    assert (SPOOL_RECORDS._value.get(), SPOOL_BYTES._value.get()) == (2, 250)
    await spool.remove(await spool.oldest())
    assert (spool.records, spool.size) == (0, 0)
    assert (SPOOL_RECORDS._value.get(), SPOOL_BYTES._value.get()) == (0, 0)
    await spool.close()


async def test_what_was_removed_leaves_no_word_in_the_files(tmp_path: Path):
    spool = await opened(tmp_path / "spool.sqlite")
    await spool.put([(Output("originals", b"uma palavra do cliente " * 400), None)])
    assert any(b"palavra do cliente" in file.read_bytes() for file in files_of(tmp_path))
    await spool.remove(await spool.oldest())
    assert b"palavra do cliente" not in b"".join(file.read_bytes() for file in files_of(tmp_path))
    await spool.close()
    assert b"palavra do cliente" not in b"".join(file.read_bytes() for file in files_of(tmp_path))


async def test_only_the_owner_may_read_the_file(spool: Spool):
    await spool.put([(record(1), None)])
    for file in files_of(spool.path.parent):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_second_process_is_refused_and_the_first_goes_on(spool: Spool):
    with pytest.raises(Unavailable, match="locked"):
        await opened(spool.path)
    await spool.put([(record(1), None)])
    assert spool.records == 1


async def test_a_file_that_is_broken_is_named_with_what_to_do(tmp_path: Path):
    path = tmp_path / "spool.sqlite"
    path.write_bytes(b"no data base at all" * 100)
    with pytest.raises(Misconfigured, match=r"spool\.sqlite.*move this file away"):
        await opened(path)
    assert path.read_bytes() == b"no data base at all" * 100


async def test_a_disk_that_is_full_is_told_and_what_was_kept_before_stays(spool: Spool):
    await spool.put([(record(1), None)])
    await spool._do(lambda connection: connection.execute("PRAGMA max_page_count = 20").fetchall())
    with pytest.raises(Unavailable, match="full"):
        await spool.put([(record(2, 200_000), None)])
    assert spool.records == 1
    await spool._do(lambda connection: connection.execute("PRAGMA max_page_count = 2000000").fetchall())
    await spool.put([(record(3), None)])
    assert [int(each.output.value or b"") for each in await spool.oldest()] == [1, 3]


async def test_a_removal_that_nobody_waits_for_any_more_is_counted_all_the_same(spool: Spool):
    await spool.put([(record(1), None), (record(2), None)])
    removing = asyncio.ensure_future(spool.remove((await spool.oldest())[:1]))
    await asyncio.sleep(0)
    removing.cancel()
    assert [int(each.output.value or b"") for each in await spool.oldest()] == [2]
    assert spool.records == 1


async def test_what_is_closed_takes_nothing(tmp_path: Path):
    spool = await opened(tmp_path / "spool.sqlite")
    await spool.close()
    with pytest.raises(Unavailable, match="closed"):
        await spool.put([(record(1), None)])


WRITER = """
import asyncio, sys
from pathlib import Path
from ingest.spool import Spool
from ouvidor.events import Output
async def main():
    spool = Spool(Path(sys.argv[1]))
    await spool.open()
    number = 0
    async def put():
        nonlocal number
        while True:
            number += 1
            mine = number
            await spool.put([(Output("t", b"%d" % mine), None)])
            print(mine, flush=True)
    await asyncio.gather(*(put() for _ in range(5)))
asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path):
    path = tmp_path / "spool.sqlite"
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(path), stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert writer.stdout is not None
    told = [int(await writer.stdout.readline()) for _ in range(100)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in (await writer.stdout.read()).splitlines()]
    await writer.wait()
    spool = await opened(path)
    kept = [int(each.output.value or b"") for each in await spool.oldest(records=100_000)]
    assert set(told) <= set(kept)
    assert len(kept) == len(set(kept)) == spool.records
    await spool.close()


async def test_each_commit_is_synced(spool: Spool):
    pragma = {
        name: await spool._do(lambda connection, name=name: connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("journal_mode", "synchronous", "secure_delete", "locking_mode")
    }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "locking_mode": "exclusive"}
    assert sqlite3.sqlite_version_info >= (3, 37)  # STRICT
