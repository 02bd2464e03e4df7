"""Which partition a key goes to: as Kafka's own clients say it (murmur2), so that everybody's keys stay together.

Conversations come again and again, and the hash is computed in Python: the last ones are kept.
"""

from functools import lru_cache
from secrets import randbelow

from aiokafka.partitioner import murmur2

__all__ = ["partition_of"]


@lru_cache(maxsize=16_384)
def _hash(key: bytes) -> int:
    return int(murmur2(key)) & 0x7FFFFFFF


def partition_of(key: bytes | None, partitions: int) -> int:
    """Give the partition of a key among so many; a record without a key goes anywhere."""
    return randbelow(partitions) if key is None else _hash(key) % partitions
