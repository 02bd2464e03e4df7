"""Reading batches whose headers have names that are no UTF-8: all records, each once, and errors that stay errors."""

import pytest
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder, _DefaultRecordBatchBuilderPy

from ouvidor.header_names import read_any_header_name


class Strange(str):
    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return b"\xff\xfe"


def batch(first: int, strange: set[int], compression: int = 0, count: int = 10) -> bytes:
    build = _DefaultRecordBatchBuilderPy if strange else DefaultRecordBatchBuilder
    builder = build(
        magic=2,
        compression_type=compression,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=100_000,
    )
    for number in range(count):
        name = Strange() if number in strange else "né"
        builder.append(number, 5, b"k", f"{first + number}".encode(), [("a", None), (name, b"\xff")])
    return first.to_bytes(8, "big") + bytes(builder.build())[8:]


def read(data: bytes) -> list[tuple[int, bytes, list[tuple[str, bytes | None]]]]:
    read_any_header_name()
    records = fetcher.MemoryRecords(data)
    found = []
    while records.has_next():
        one = records.next_batch()
        assert one.validate_crc()
        assert not one.is_control_batch
        found.extend((record.offset, record.value, list(record.headers)) for record in one)
    return found


@pytest.mark.parametrize("strange", [set(), {0}, {4}, {9}, {0, 5, 9}, set(range(10))])
@pytest.mark.parametrize("compression", [0, 1, 2, 3, 4])
def test_every_record_is_read_once_with_all_it_has(strange: set[int], compression: int):
    found = read(batch(0, set()) + batch(10, strange, compression) + batch(20, {3}) + batch(30, set()))
    assert [(offset, value) for offset, value, _ in found] == [(each, f"{each}".encode()) for each in range(40)]
    for offset, _, headers in found:
        odd = offset - 10 in strange or offset == 23
        assert headers == [("a", None), (r"\xff\xfe" if odd else "né", b"\xff")]


def test_a_batch_that_is_corrupt_is_still_an_error():
    data = bytearray(batch(0, set()))
    data[-4:] = b"\xff\xff\xff\xff"
    read_any_header_name()
    one = fetcher.MemoryRecords(bytes(data)).next_batch()
    assert not one.validate_crc()
    with pytest.raises(CorruptRecordException):
        list(one)
