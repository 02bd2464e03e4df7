"""The contestants of the stage's benchmark, each a process: the stage, and a bare loop of aiokafka's own calls.

contestants.py {stage|bare} BOOTSTRAP PREFIX INSTANCE MAX_RECORDS
Both pass records on unchanged, in transactions of the same size. It says READY, and whenever it has rested for a
moment a line of JSON: how many records it has committed, when the last, and the CPU seconds since the first.
"""

import asyncio
import json
import signal
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from ouvidor import metrics
from ouvidor.events import Incoming, Output
from ouvidor.health import Heart
from ouvidor.service import Stage, alone
from ouvidor.settings import Kafka, Settings
from ouvidor.stage import Limits, StageRunner

REST_SECONDS = 0.25


class Score:
    """What was done, since the first record."""

    def __init__(self) -> None:
        self.count = 0
        self.first_cpu = self.last = self.cpu = 0.0

    def begin(self) -> None:
        """Start the clock at the first record."""
        if not self.first_cpu:
            self.first_cpu = time.process_time()

    def add(self, count: int) -> None:
        """Count committed records."""
        self.count += count
        self.last = time.time()
        self.cpu = time.process_time() - self.first_cpu

    async def tell(self) -> None:
        """Say the score whenever there is rest."""
        told = 0
        while True:
            await asyncio.sleep(REST_SECONDS)
            if self.count != told and time.time() - self.last > REST_SECONDS:
                told = self.count
                print(json.dumps({"count": self.count, "last": self.last, "cpu": self.cpu}), flush=True)


async def bare(bootstrap: str, prefix: str, instance: str, most: int, score: Score) -> None:
    """Consume, transform, produce: what one would write by hand, without a thought for zombies and poison."""
    topic, group = f"{prefix}in", f"{prefix}bare"
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"{group}-{instance}")
    await consumer.start()
    await producer.start()
    print("READY", flush=True)
    try:
        while True:
            batches = await consumer.getmany(timeout_ms=50, max_records=most)
            if not batches:
                continue
            score.begin()
            async with producer.transaction():
                sent = [
                    await producer.send(f"{prefix}out", record.value, key=record.key)
                    for records in batches.values()
                    for record in records
                ]
                await asyncio.gather(*sent)
                offsets = {partition: records[-1].offset + 1 for partition, records in batches.items()}
                await producer.send_offsets_to_transaction(offsets, group)
            score.add(sum(map(len, batches.values())))
    finally:
        await consumer.stop()
        await producer.stop()


async def stage(bootstrap: str, prefix: str, instance: str, most: int, score: Score) -> None:
    """The stage as it runs in production, with a trivial function."""

    def pass_on(record: Incoming) -> list[Output]:
        score.begin()
        return [Output(f"{prefix}out", record.value, record.key)]

    settings = Settings(kafka=Kafka(bootstrap=bootstrap, prefix=prefix), data=Path(tempfile.mkdtemp()))
    runner = StageRunner(
        Stage("bench", alone(pass_on), topics=[f"{prefix}in"]),
        settings,
        Heart("bench"),
        instance=instance,
        on_misconfigured=lambda error: sys.exit(str(error)),
        limits=Limits(max_records=most, session=timedelta(seconds=10)),
    )
    await runner.start()
    print("READY", flush=True)
    done = metrics.STAGE_RECORDS.labels("bench", "done")
    try:
        while True:
            await asyncio.sleep(0.005)
            count = int(done._value.get())  # noqa: SLF001 - prometheus_client has no other way to read one
            if count > score.count:
                score.add(count - score.count)
    finally:
        await runner.stop()


async def main(name: str, bootstrap: str, prefix: str, instance: str, most: str) -> None:
    """Run until SIGTERM."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    score = Score()
    run = {"stage": stage, "bare": bare}[name](bootstrap, prefix, instance, int(most), score)
    tasks = [asyncio.create_task(run), asyncio.create_task(score.tell())]
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: [task.cancel() for task in tasks])
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)
    await asyncio.wait(tasks, timeout=10)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
