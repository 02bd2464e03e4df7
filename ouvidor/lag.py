"""How many records wait for a consumer in its partitions: what liveness is judged by.

Where a consumer stands is its position, not what is committed: the last offset of a topic that is written in
transactions is a marker's, which no consumer ever commits, and what retention took away is waited for by nobody. Only
where the position is not to be trusted (a partition that is adrift) is it what was committed.
"""

from collections.abc import Collection
from typing import Any

from aiokafka import TopicPartition

__all__ = ["count_waiting"]


async def count_waiting(consumer: Any, adrift: Collection[TopicPartition]) -> int:  # noqa: ANN401 - aiokafka ships no types
    """Count the records that wait in the partitions assigned. Raises Kafka's errors; bound its time."""
    partitions = list(consumer.assignment())
    if not partitions:
        return 0
    ends = await consumer.end_offsets(partitions)
    lost = [partition for partition in partitions if partition in adrift]
    firsts = await consumer.beginning_offsets(lost) if lost else {}
    waiting = 0
    for partition, end in ends.items():
        if partition in firsts:
            at = max(await consumer.committed(partition) or 0, firsts[partition])
        else:
            at = await consumer.position(partition)
        waiting += max(end - at, 0)
    return waiting
