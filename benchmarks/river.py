"""The stage against a bare loop, and two processes against one: records a second, CPU seconds per 1,000 records.

Each round fills a topic of its own inside one open transaction, has the contestant join, and commits: so all start with
all records before them. Rounds of the contestants are interleaved, and ratios are taken within a round.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

CONTESTANTS = Path(__file__).with_name("contestants.py")
PARTITIONS = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run came to."""

    per_second: float
    cpu_ms_per_record: float


async def measure(
    bootstrap: str, name: str, prefix: str, *, records: int, size: int, most: int, workers: int
) -> Figure:
    """Run a contestant over a topic of its own."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    names = ("in", "out", "dead-letter", "ombudsman")
    await admin.create_topics([NewTopic(prefix + each, PARTITIONS, 1) for each in names])
    await admin.close()
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, transactional_id=f"{prefix}fill", transaction_timeout_ms=300_000, linger_ms=5
    )
    await producer.start()
    await producer.begin_transaction()
    body = json.dumps({"text": "x" * size}).encode()
    for number in range(records):
        await producer.send(f"{prefix}in", body, key=str(number % 1000).encode())
    await producer.flush()
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            str(CONTESTANTS),
            name,
            bootstrap,
            prefix,
            str(number),
            str(most),
            stdout=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        for number in range(workers)
    ]
    try:
        async with asyncio.timeout(180):
            for process in processes:
                await _line(process, "READY")
            await asyncio.sleep(2)  # the group settles
            began = time.time()
            await producer.commit_transaction()
            scores = await _scores(processes, records)
    finally:
        for process in processes:
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*(process.communicate() for process in processes))
        await producer.stop()
    last = max(score["last"] for score in scores)
    return Figure(records / (last - began), sum(score["cpu"] for score in scores) / records * 1000)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


async def _line(process: asyncio.subprocess.Process, start: str) -> str:
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith(start):
            return line
    raise RuntimeError(f"it ended by itself: {process.returncode}")


async def _scores(processes: list[asyncio.subprocess.Process], records: int) -> list[dict[str, float]]:
    """Wait until all together have done all, and give the last word of each."""
    words: dict[int, dict[str, float]] = {}
    done = asyncio.Event()

    async def listen(number: int, process: asyncio.subprocess.Process) -> None:
        while True:
            words[number] = json.loads(await _line(process, "{"))
            if sum(word["count"] for word in words.values()) >= records:
                done.set()

    listeners = [asyncio.create_task(listen(number, process)) for number, process in enumerate(processes)]
    try:
        await done.wait()
    finally:
        for listener in listeners:
            listener.cancel()
    return list(words.values())


async def compare(bootstrap: str, *, rounds: int, records: int, size: int, most: int) -> None:
    """Print the table."""
    found: dict[str, list[Figure]] = {"bare": [], "stage": [], "stage x2": []}
    for number in range(rounds):
        for label, name, workers in (("bare", "bare", 1), ("stage", "stage", 1), ("stage x2", "stage", 2)):
            prefix = f"bench.{int(time.time())}.{number}.{label.replace(' ', '')}."
            figure = await measure(bootstrap, name, prefix, records=records, size=size, most=most, workers=workers)
            found[label].append(figure)
            print(
                f"  round {number + 1}: {label:9} {figure.per_second:9,.0f} records/s "
                f"{figure.cpu_ms_per_record:7.4f} CPU s per 1,000",
                flush=True,
            )
    print(
        f"\nstage, {records:,} records of {size} bytes, {PARTITIONS} partitions, at most {most} a batch, "
        f"median of {rounds} rounds"
    )
    for label, figures in found.items():
        speed, cpu = median(f.per_second for f in figures), median(f.cpu_ms_per_record for f in figures)
        print(f"  {label:9} {speed:9,.0f} records/s {cpu:7.4f} CPU s per 1,000 records")
    for label, one, other in (("stage / bare", "stage", "bare"), ("two processes / one", "stage x2", "stage")):
        speed = [a.per_second / b.per_second for a, b in zip(found[one], found[other], strict=True)]
        cpu = [a.cpu_ms_per_record / b.cpu_ms_per_record for a, b in zip(found[one], found[other], strict=True)]
        print(
            f"  {label}: speed {median(speed):.2f} ({min(speed):.2f} to {max(speed):.2f}), "
            f"CPU {median(cpu):.2f} ({min(cpu):.2f} to {max(cpu):.2f})"
        )
