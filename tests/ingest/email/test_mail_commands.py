"""`ouvidor mail`: a person logs in to a mailbox, and sees how each one stands."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ingest.email.imap import check
from ingest.registry import accounts
from ouvidor.errors import Misconfigured
from ouvidor.loading import load
from tests.ingest.email.api_server import SECRET, ApiServer
from tests.ingest.email.gmail_server import GmailServer
from tests.ingest.email.graph_server import GraphServer
from tests.ingest.email.mailbox_contract import mail
from tests.ingest.email.test_imap_oauth import BearerServer
from tests.ingest.email.token_server import TokenServer

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def issuer() -> AsyncIterator[TokenServer]:
    async with TokenServer() as issuer:
        yield issuer


@pytest.fixture
async def server(issuer: TokenServer) -> AsyncIterator[BearerServer]:
    async with BearerServer(issuer) as server:
        server.mails = {1: mail(1)}
        yield server


@pytest.fixture
def home(server: BearerServer, tmp_path: Path) -> Path:
    mailbox = {key: value for key, value in server.given().items() if key != "password"}
    accounts = [
        {**mailbox, "oauth": server.issuer.given()},
        {**mailbox, "account": "robo", "oauth": server.issuer.given(flow="app", client_secret="s3cr3t")},
        {**mailbox, "account": "antiga", "password": "segredo"},
    ]
    (tmp_path / "ouvidor.yaml").write_text(json.dumps({"data": "kept", "ingest": {"accounts": accounts}}))
    return tmp_path


async def ouvidor(home: Path, *arguments: str) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUVIDOR__")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "ouvidor", "mail", *arguments),
        cwd=home,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )


async def told(home: Path, *arguments: str) -> tuple[int | None, str, str]:
    process = await ouvidor(home, *arguments)
    output, words = await process.communicate()
    return process.returncode, output.decode(), words.decode()


async def standing(home: Path) -> dict[str, Any]:
    _, output, _ = await told(home, "status", "--json")
    return {row["account"]: row for row in map(json.loads, output.splitlines())}


async def test_a_login_tells_the_code_waits_keeps_the_grant_and_opens_the_mailbox(server: BearerServer, home: Path):
    assert (await standing(home))["caixa"]["state"] == "missing"
    process = await ouvidor(home, "login", "caixa", "--json")
    assert process.stdout is not None
    invitation = json.loads(await process.stdout.readline())
    assert invitation["event"] == "invitation"
    assert invitation["address"] == f"{server.issuer.url}/device"
    assert len(invitation["code"]) == 8
    server.issuer.settle("agreed")
    rest, words = await process.communicate()
    assert [json.loads(line)["event"] for line in rest.splitlines()] == ["granted", "opened"], words.decode()
    assert process.returncode == 0
    rows = await standing(home)
    assert rows["caixa"]["state"] == "ok"
    assert rows["antiga"] | {"way": "password", "state": "ok"} == rows["antiga"]
    secrets = [*server.issuer.refresh, *server.issuer.access]
    assert not [secret for secret in secrets if secret in (rest + words).decode()]


async def test_without_json_a_person_reads_what_to_do_and_stdout_stays_empty(server: BearerServer, home: Path):
    process = await ouvidor(home, "login", "caixa")
    assert process.stderr is not None
    while b"type this code" not in (line := await process.stderr.readline()):
        assert line
    server.issuer.settle("declined")
    output, words = await process.communicate()
    assert output == b""
    assert b"did not agree" in words
    assert process.returncode == 65


async def test_a_grant_that_is_over_stands_in_the_status_with_its_mend(server: BearerServer, home: Path):
    process = await ouvidor(home, "login", "caixa", "--no-check")
    assert process.stderr is not None
    while b"type this code" not in (line := await process.stderr.readline()):
        assert line
    server.issuer.access_life = 0.01
    server.issuer.settle("agreed")
    await process.communicate()
    server.issuer.revoked = True
    settings = load(home / "ouvidor.yaml").model_copy(update={"data": home / "kept"})
    [account] = [account for _, account in accounts(settings) if account.account == "caixa"]
    with pytest.raises(Misconfigured, match="ouvidor mail login caixa"):
        await check(account)
    code, output, _ = await told(home, "status")
    assert code == 1
    assert "over (invalid_grant" in output
    assert "ouvidor mail login caixa" in output


async def test_an_applications_own_right_is_tried_without_a_person(server: BearerServer, home: Path):
    server.issuer.client_secret = "s3cr3t"
    code, output, words = await told(home, "login", "robo", "--json")
    assert code == 0, words
    assert [json.loads(line)["event"] for line in output.splitlines()] == ["granted", "opened"]


@pytest.mark.parametrize("network", [GraphServer, GmailServer])
async def test_mailboxes_behind_an_api_are_logged_in_to_and_told_of_as_well(
    issuer: TokenServer, tmp_path: Path, network: type[ApiServer]
):
    issuer.client_secret = SECRET
    async with network(issuer) as server:
        by_person = {**server.given(account="pessoa"), "oauth": issuer.given(client_secret=SECRET)}
        given = {"data": "kept", "ingest": {"accounts": [server.given(), by_person]}}
        (tmp_path / "ouvidor.yaml").write_text(json.dumps(given))
        code, output, words = await told(tmp_path, "login", "caixa", "--json")
        assert code == 0, words
        assert [json.loads(line)["event"] for line in output.splitlines()] == ["granted", "opened"]
        rows = await standing(tmp_path)
        assert {name: row["state"] for name, row in rows.items()} == {"caixa": "ok", "pessoa": "missing"}
        assert rows["pessoa"]["network"] == server.network
        assert server.paths("/")


@pytest.mark.parametrize(("account", "words"), [("antiga", "entered with a password"), ("outra", "known are caixa")])
async def test_an_account_that_has_no_grant_to_give_is_named(home: Path, account: str, words: str):
    code, _, said = await told(home, "login", account)
    assert code == 78
    assert words in said
