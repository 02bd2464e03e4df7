"""The form's intake against a bare aiohttp handler that produces with acks=all: posts a second, CPU per 1,000 posts.

Posts are short forms in JSON, each with words of its own, over connections kept open with a few calls in flight on
each: the load must not be the bottleneck on two cores. Both run on uvloop, as the service does.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from statistics import median

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

DOORS = Path(__file__).with_name("doors.py")
CONNECTIONS = 256
IN_FLIGHT = 2


async def measure(bootstrap: str, name: str, prefix: str, posts: int) -> tuple[float, float]:
    """Give posts a second, and CPU seconds of the server per 1,000 posts."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(f"{prefix}originals", 4, 1)])
    await admin.close()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(DOORS),
        name,
        bootstrap,
        prefix,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    try:
        async with asyncio.timeout(180):
            port = int((await _line(process, "PORT")).split()[1])
            await _post(port, posts // 10, f"{prefix}warm")
            before = await _cpu(process)
            began = time.perf_counter()
            await _post(port, posts, prefix)
            took = time.perf_counter() - began
            cpu = await _cpu(process) - before
    finally:
        process.terminate()
        await process.communicate()
    return posts / took, cpu / posts * 1000


async def _line(process: asyncio.subprocess.Process, start: str) -> str:
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith(start):
            return line
    raise RuntimeError(f"it ended by itself: {process.returncode}")


async def _cpu(process: asyncio.subprocess.Process) -> float:
    process.send_signal(signal.SIGUSR1)
    return float((await _line(process, "CPU")).split()[1])


async def _post(port: int, posts: int, label: str) -> None:
    async def connection(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        share = posts // CONNECTIONS
        sent = received = 0
        rest = b""
        while received < share:
            ahead = min(IN_FLIGHT - (sent - received), share - sent)
            if ahead > 0:
                writer.write(b"".join(_request(f"{label} {number} {sent + each}") for each in range(ahead)))
                sent += ahead
            data = rest + await reader.read(65536)
            if data == rest:
                raise RuntimeError("the server hung up")
            good, all_of_them = data.count(b"HTTP/1.1 2"), data.count(b"HTTP/1.1 ")
            if good != all_of_them:
                raise RuntimeError(f"refused: {data[:300]!r}")
            received += good
            rest = data[-9:] if b"HTTP/1.1 " not in data[-9:] else b""
        writer.close()

    await asyncio.gather(*(connection(number) for number in range(CONNECTIONS)))


def _request(words: str) -> bytes:
    body = json.dumps({"name": "Ana", "subject": "Conta", "text": f"A conta veio em dobro outra vez. {words}"}).encode()
    return (
        b"POST /form/bench HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nAccept: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body


async def compare(bootstrap: str, *, rounds: int, posts: int) -> None:
    """Print the table."""
    found: dict[str, list[tuple[float, float]]] = {"bare": [], "door": []}
    for number in range(rounds):
        for name, figures in found.items():
            prefix = f"intake.{int(time.time())}.{number}.{name}."
            speed, cpu = await measure(bootstrap, name, prefix, posts)
            figures.append((speed, cpu))
            print(f"  round {number + 1}: {name:5} {speed:8,.0f} posts/s {cpu:7.4f} CPU s per 1,000", flush=True)
    print(f"\nintake, {posts:,} posts over {CONNECTIONS} connections, median of {rounds} rounds")
    for name, figures in found.items():
        print(
            f"  {name:5} {median(f[0] for f in figures):8,.0f} posts/s "
            f"{median(f[1] for f in figures):7.4f} CPU s per 1,000 posts"
        )
    speed = [a[0] / b[0] for a, b in zip(found["door"], found["bare"], strict=True)]
    cpu = [a[1] / b[1] for a, b in zip(found["door"], found["bare"], strict=True)]
    print(
        f"  door / bare: speed {median(speed):.2f} ({min(speed):.2f} to {max(speed):.2f}), "
        f"CPU {median(cpu):.2f} ({min(cpu):.2f} to {max(cpu):.2f})"
    )
