"""Commands as a person runs them, at the broker of the tests."""

import asyncio
import sys
from dataclasses import dataclass

import yaml

from ouvidor.settings import Settings

__all__ = ["Answer", "commanded"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave."""

    code: int
    out: str
    words: str


async def commanded(settings: Settings, *arguments: str) -> Answer:
    """Run `ouvidor` in a process of its own, with these settings."""
    settings.data.mkdir(parents=True, exist_ok=True)
    file = settings.data / "ouvidor.yaml"
    kafka = {"bootstrap": settings.kafka.servers, "prefix": settings.kafka.prefix}
    file.write_text(yaml.safe_dump({"data": str(settings.data), "kafka": kafka}), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ouvidor", "--config", str(file), *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, words = await process.communicate()
    return Answer(process.returncode or 0, out.decode(), words.decode())
