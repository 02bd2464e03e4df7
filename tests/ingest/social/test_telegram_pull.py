"""Telegram on the river: killed in between, refused and mended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ouvidor.demo.standin_telegram import TelegramStandIn
from tests.ingest.pull_contract import PullContract

TOKEN = "700000001:AAE-a_made_up_secret_of_35_characters"


@dataclass
class TelegramWorld:
    standin: TelegramStandIn
    account: dict[str, Any]

    def say(self, number: int) -> None:
        person = {"id": 900000001 + number % 7, "is_bot": False, "first_name": "Joana"}
        chat = {"id": person["id"], "type": "private"}
        said = {"message_id": number, "from": person, "chat": chat, "date": 1763647200, "text": f"palavra {number}"}
        self.standin.add({"update_id": 1000 + number, "message": said})

    def break_(self) -> None:
        self.standin.token = "700000001:another"

    def mend(self) -> None:
        self.standin.token = TOKEN


class TestTelegram(PullContract):
    @asynccontextmanager
    async def world(self, where: Path) -> AsyncIterator[TelegramWorld]:
        standin = TelegramStandIn(TOKEN, patience=0.2)
        await standin.start()
        try:
            account = {"network": "telegram", "account": "bot", "token": TOKEN, "api": standin.url, "patience": 1}
            yield TelegramWorld(standin, account)
        finally:
            await standin.stop()
