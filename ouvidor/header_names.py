r"""A record whose header has a name that is no UTF-8 is read all the same: the name's strange bytes come as `\xff`.

Kafka's brokers look at no header, and any client may write to a topic that it may write to. aiokafka decodes names
strictly, so that one such record makes every poll of its partition raise, for ever, and gives no way to say otherwise.
So its reader of fetched batches is exchanged for one that goes on with aiokafka's own Python reader, in a lenient mode,
where the fast one gave up. A header that nobody reads does no harm: such a record is worked like any other, and where
it is refused, its dead letter shows the name as it came, escaped, and all else byte for byte.

Source: Apache Kafka 4.1, "Record Format" (a header's key is a string in UTF-8); aiokafka 0.14, `consumer/fetcher.py`.
"""

from collections.abc import Iterator
from struct import unpack_from
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

__all__ = ["read_any_header_name"]

_LENGTH_AT: Final = 8
_BEFORE_LENGTH_ENDS: Final = 12


def read_any_header_name() -> None:
    """Make every consumer of this process read such records. May be called again."""
    fetcher.MemoryRecords = _Fetched


class _Fetched:
    """What was fetched of a partition: batches, as aiokafka reads them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._batches: Any = MemoryRecords(data)
        self._taken = 0
        self.has_next = self._batches.has_next
        self.size_in_bytes = self._batches.size_in_bytes

    def next_batch(self) -> "_Batch":
        self._taken += 1
        return _Batch(self._batches.next_batch(), self._data, self._taken - 1)


class _Batch:
    """A batch, in the same words as aiokafka's."""

    def __init__(self, fast: Any, data: bytes, number: int) -> None:  # noqa: ANN401 - aiokafka ships no types
        self._fast = fast
        self._data = data
        self._number = number

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the same
        return getattr(self._fast, name)

    def __next__(self) -> Any:  # noqa: ANN401 - the same
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        last = -1
        try:
            for record in self._fast:
                last = record.offset
                yield record
        except (UnicodeDecodeError, CorruptRecordException) as error:
            if not isinstance(error, UnicodeDecodeError) and not isinstance(error.__cause__, UnicodeDecodeError):
                raise
        else:
            return
        yield from (record for record in _Lenient(self._bytes()) if record.offset > last)

    def _bytes(self) -> bytes:
        """Give the batch as it came: aiokafka's reader has no words for that."""
        start = end = 0
        for _ in range(self._number + 1):
            start = end
            end = start + _BEFORE_LENGTH_ENDS + unpack_from(">i", self._data, start + _LENGTH_AT)[0]
        return bytes(self._data[start:end])


class _Lenient(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka ships no types
    """aiokafka's own reader in Python, on bytes that decode leniently."""

    _buffer: bytearray

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _Bytes(self._buffer)


class _Bytes(bytearray):
    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401 - as bytearray's
        found = super().__getitem__(at)
        return _Bytes(found) if isinstance(at, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - bytearray's signature
        return super().decode(encoding, "backslashreplace")
