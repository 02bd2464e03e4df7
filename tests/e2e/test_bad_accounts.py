"""Accounts of one process: whatever is wrong with some of them, the others are read, and each fault is told apart."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import free_ports
from tests.e2e.test_backfill import Heard, _mail, _run
from tests.ingest.email.scripted import ScriptedServer, Talk
from tests.ingest.email.test_imap_oauth import BearerServer
from tests.ingest.email.token_server import TokenServer

pytestmark = pytest.mark.timeout(180)


async def _stall(talk: Talk, _: str, __: str) -> None:
    await talk.stall()


async def _refuse(talk: Talk, tag: str, _: str) -> bool:
    await talk.say("+ ")
    await talk.reader.readline()
    await talk.say(f"{tag} NO [AUTHENTICATIONFAILED] no")
    return True


async def _flood(talk: Talk, _: str, __: str) -> None:
    while True:
        await talk.raw(b"x" * 65536)


async def test_one_bad_account_disturbs_no_other(
    tmp_path: Path, kafka: LocalKafka, fresh_name: Callable[[str], str]
) -> None:
    async with AsyncExitStack() as servers:

        async def scripted(account: str, **deeds: Any) -> dict[str, Any]:  # noqa: ANN401 - what the server does
            server = await servers.enter_async_context(ScriptedServer())
            server.mails = {number: _mail(number) for number in range(1, 4)}
            server.on = {name.replace("_", " "): deed for name, deed in deeds.items()}
            return {**server.given(), "account": account, "idle": "PT1S", "poll": "PT1S"}

        issuer = await servers.enter_async_context(TokenServer())
        bearer = await servers.enter_async_context(BearerServer(issuer))
        accounts = [
            await scripted("errada", AUTHENTICATE=_refuse),
            {**await scripted("muda", GREETING=_stall), "timeout": "PT3S"},
            {**await scripted("pendurada", UID_FETCH=_stall), "timeout": "PT3S"},
            await scripted("tagarela", UID_SEARCH=_flood),
            {**await scripted("ausente"), "port": free_ports(1)[0]},
            {**await scripted("sem-grant"), "port": bearer.port, "password": None, "oauth": issuer.given()},
            await scripted("boa"),
        ]
        prefix = f"{fresh_name('accounts')}."
        settings = {
            "data": "kept",
            "kafka": {"bootstrap": kafka.bootstrap, "prefix": prefix},
            "ingest": {"accounts": accounts},
        }
        (tmp_path / "ouvidor.yaml").write_text(json.dumps(settings))
        assert await (await _run(tmp_path, "topics", "create")).wait() == 0
        process = await _run(tmp_path, "run", "ingest")
        try:
            async with Heard(kafka.bootstrap, f"{prefix}inbound.email") as heard:
                await heard.until(3, within=60)
            words = tmp_path / "words.txt"
            async with asyncio.timeout(60):
                while not all(_told(words.read_text(), each["account"]) for each in accounts[:-1]):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert not _told(words.read_text(), "boa")
            assert process.returncode is None
        finally:
            process.terminate()
            await process.wait()
        assert bearer.commands == []
        assert "ouvidor mail login sem-grant" in words.read_text()


def _told(words: str, account: str) -> bool:
    """Was a failure of this account told?"""
    return any(f"imap/{account} at" in line for line in words.splitlines())
