"""Transcripts from a folder on the river: killed in between, the folder away and back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ingest.pull_contract import PullContract


@dataclass
class FolderWorld:
    folder: Path
    account: dict[str, Any]

    def say(self, number: int) -> None:
        there = self.folder if self.folder.exists() else self.folder.with_name("away")
        body = f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Cliente>palavra {number}\n"
        unfinished = there / f"{number}.vtt.part"
        unfinished.write_text(body)
        unfinished.rename(there / f"{number}.vtt")

    def break_(self) -> None:
        self.folder.rename(self.folder.with_name("away"))

    def mend(self) -> None:
        self.folder.with_name("away").rename(self.folder)


class TestFolder(PullContract):
    @asynccontextmanager
    async def world(self, where: Path) -> AsyncIterator[FolderWorld]:
        folder = where / "calls"
        folder.mkdir(parents=True)
        yield FolderWorld(folder, {"network": "webvtt", "account": "central", "folder": str(folder), "settle": 0.1})
