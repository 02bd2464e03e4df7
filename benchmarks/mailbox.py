"""A mailbox that is read whole: `ouvidor run ingest` against an imap-tools loop that only fetches and parses.

Ours makes each mail durable in Kafka, keeps its bytes, gives it a protocol number and publishes what it says, all in
one process; the loop looks at subject, addresses, text and attachments, and forgets them. Both read the same mailbox on
the same Dovecot (Debian's package: `make system`), one after the other, in turns. Memory is the most that the process
held.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.letters import fill
from tests.ingest.email.dovecot import Dovecot

USER, PASSWORD = "ouvidoria@ouvidor.test", "senha"
_LOOP = """
import sys, time
from imap_tools import MailBoxUnencrypted
bulk = int(sys.argv[4]) or False
began, count, size = time.time(), 0, 0
with MailBoxUnencrypted("127.0.0.1", int(sys.argv[1])).login(sys.argv[2], sys.argv[3]) as box:
    for mail in box.fetch(mark_seen=False, bulk=bulk):
        count += 1
        size += len(mail.subject) + len(mail.from_) + len(mail.to) + len(mail.text) + len(mail.html)
        size += sum(len(file.payload) + len(file.filename) for file in mail.attachments)
high = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(count, time.time() - began, time.process_time(), int(high) / 1024)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run came to."""

    per_second: float
    cpu_ms_per_mail: float
    memory_mb: float


async def loop(dovecot: Dovecot, mails: int, bulk: int) -> Figure:
    """Run the loop once. `bulk`: how many mails a command fetches; 0: one, as by default."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _LOOP, str(dovecot.imap_port), USER, PASSWORD, str(bulk)),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    count, seconds, cpu, high = map(float, output.split())
    if count != mails:
        raise RuntimeError(f"the loop read {count:.0f} of {mails} mails")
    return Figure(mails / seconds, cpu / mails * 1000, high)


async def ours(bootstrap: str, dovecot: Dovecot, mails: int, prefix: str, home: Path) -> Figure:
    """Run the ingest room once, until all mails are published."""
    mailbox = {"host": "127.0.0.1", "port": dovecot.imap_port, "tls": "none", "username": USER, "password": PASSWORD}
    settings = {
        "data": str(home / prefix),
        "kafka": {"bootstrap": bootstrap, "prefix": prefix},
        "ingest": {"accounts": [{"network": "imap", "account": "caixa", **mailbox}]},
    }
    file = home / f"{prefix}yaml"
    file.write_text(json.dumps(settings))
    command = [sys.executable, "-P", "-m", "ouvidor", "--config", str(file)]
    made = await asyncio.create_subprocess_exec(
        *command, "topics", "create", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    await made.wait()
    with (home / f"{prefix}log").open("wb") as log:
        began = time.time()
        process = await asyncio.create_subprocess_exec(*command, "run", "ingest", stderr=log)
    try:
        async with asyncio.timeout(1800):
            await _until_published(bootstrap, f"{prefix}inbound.email", mails)
        took = time.time() - began
        cpu, high = _usage(process.pid)
    finally:
        process.terminate()
        await process.wait()
    return Figure(mails / took, cpu / mails * 1000, high)


async def _until_published(bootstrap: str, topic: str, mails: int) -> None:
    """Wait until so many records are committed: a `read_committed` consumer counts them."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, number) for number in range(4)])
        await consumer.seek_to_beginning()
        count = 0
        while count < mails:
            count += sum(map(len, (await consumer.getmany(timeout_ms=200)).values()))
    finally:
        await consumer.stop()


def _usage(pid: int) -> tuple[float, float]:
    """Give a process's CPU seconds and the most MB that it held."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    status = Path(f"/proc/{pid}/status").read_text()
    return cpu, int(status.partition("VmHWM:")[2].split()[0]) / 1024


async def compare(bootstrap: str, *, rounds: int, mails: int) -> None:
    """Print the table."""
    found: dict[str, list[Figure]] = {"imap-tools": [], "imap-tools, 200 at once": [], "ouvidor": []}
    with tempfile.TemporaryDirectory(prefix="bench-mailbox-") as folder:
        async with Dovecot({USER: PASSWORD}) as dovecot:
            size = fill(dovecot.maildir(USER), mails)
            dovecot.own()
            await loop(dovecot, mails, 200)  # Dovecot indexes the mailbox at the first look
            for number in range(rounds):
                for name, figures in found.items():
                    if name == "ouvidor":
                        prefix = f"mailbox.{int(time.time())}.{number}."
                        figure = await ours(bootstrap, dovecot, mails, prefix, Path(folder))
                    else:
                        figure = await loop(dovecot, mails, 200 if "200" in name else 0)
                    figures.append(figure)
                    print(
                        f"  round {number + 1}: {name:24} {figure.per_second:8,.0f} mails/s "
                        f"{figure.cpu_ms_per_mail:7.3f} CPU ms each {figure.memory_mb:6.0f} MB",
                        flush=True,
                    )
    print(f"\nmailbox, {mails:,} mails, {size / 2**20:,.0f} MiB, median of {rounds} rounds")
    for name, figures in found.items():
        print(
            f"  {name:24} {median(f.per_second for f in figures):8,.0f} mails/s "
            f"{median(f.cpu_ms_per_mail for f in figures):7.3f} CPU ms each "
            f"{max(f.memory_mb for f in figures):6.0f} MB at most"
        )
    for name in list(found)[:2]:
        ratios = [a.per_second / b.per_second for a, b in zip(found["ouvidor"], found[name], strict=True)]
        print(f"  ouvidor / {name}: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
