"""`ouvidor ingest parse` and the accounts of `ouvidor check`, as a person or a pipe meets them."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.check import check
from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.errors import Unavailable
from ouvidor.settings import Settings

TOKEN = "700000001:AAE-a_made_up_secret_of_35_characters"
CALL = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Atendente>Bom dia\n\n00:01.000 --> 00:02.000\n<v Cliente>Não há água\n"
UPDATE = {
    "update_id": 5,
    "message": {
        "message_id": 3,
        "from": {"id": 7, "is_bot": False, "first_name": "Zé"},
        "chat": {"id": 7, "type": "private"},
        "date": 1763647200,
        "text": "Não há luz",
    },
}


def parse(where: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = "from ouvidor.cli import main; main()"
    command = [sys.executable, "-c", program, "ingest", "parse", *arguments]
    environment = {"PYTHONPATH": str(Path.cwd()), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=where, env=environment, input=stdin, capture_output=True, check=False)


def lines(ended: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_each_transcript_gives_a_line_in_the_order_of_the_files(tmp_path: Path):
    (tmp_path / "b.vtt").write_text(CALL)
    (tmp_path / "a.vtt").write_bytes(b"\x00\x01 no transcript")
    ended = parse(tmp_path, "--channel", "phone", "b.vtt", "a.vtt")
    assert (ended.returncode, ended.stderr) == (0, b"")
    one, other = lines(ended)
    assert (one["text"], one["network"], one["channel"]) == ("Não há água", "webvtt", "phone")
    assert other["defects"]
    assert str(one["original"]["uri"]).startswith(f"file://{tmp_path}/var/blobs/")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.vtt", "b.vtt"]


def test_a_webhooks_body_comes_by_stdin_and_what_is_no_word_is_told_on_stderr(tmp_path: Path):
    said = parse(tmp_path, "--channel", "social", "--network", "telegram", "-", stdin=json.dumps(UPDATE).encode())
    assert [line["text"] for line in lines(said)] == ["Não há luz"]
    joined = {**UPDATE, "message": {**UPDATE["message"], "new_chat_members": []}}
    silent = parse(tmp_path, "--channel", "social", "--network", "telegram", "-", stdin=json.dumps(joined).encode())
    assert (silent.returncode, silent.stdout) == (0, b"")
    assert silent.stderr == b"no customer's words, and so no line: 1 joined\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--channel", "social", "a.vtt"], 78, "--network: channel social has no usual one; networks are "),
        (["--channel", "social", "--network", "webvtt", "a.vtt"], 78, "webvtt belongs to the channel phone"),
        (["--channel", "phone", "--network", "webvt", "a.vtt"], 78, "did you mean webvtt?"),
        (["--channel", "pigeon", "a.vtt"], 2, "pigeon"),
        (["--channel", "phone"], 2, "FILE"),
        (["--channel", "phone", "gone.vtt", "a.vtt"], 65, "gone.vtt: cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_is_told_in_a_line_with_its_mend(tmp_path: Path, arguments: list[str], code: int, words: str):
    (tmp_path / "a.vtt").write_text(CALL)
    ended = parse(tmp_path, *arguments)
    assert ended.returncode == code
    assert words in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()
    if code == 65:
        assert [line["text"] for line in lines(ended)] == ["Não há água"]  # the other file is not missed


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    standin = TelegramStandIn(TOKEN)
    await standin.start()
    yield standin
    await standin.stop()


def settings(*accounts: dict[str, object]) -> Settings:
    return Settings(ingest={"accounts": accounts})


async def test_good_accounts_have_no_faults(telegram: TelegramStandIn, tmp_path: Path):
    bot = {"network": "telegram", "account": "bot", "token": TOKEN, "api": telegram.url}
    calls = {"network": "webvtt", "account": "central", "folder": str(tmp_path)}
    assert await check(settings(bot, calls), connect=True) == []


async def test_every_fault_is_a_line(telegram: TelegramStandIn, tmp_path: Path):
    faults = await check(settings({"network": "telegran"}, {"network": "webvtt", "account": "a"}), connect=False)
    assert [each.partition(": ")[2].split(":")[0] for each in faults] == [
        "ingest.accounts[0].network",
        "ingest.accounts[1].folder",
    ]
    bot = {"network": "telegram", "account": "bot", "token": "1:revoked", "api": telegram.url}
    calls = {"network": "webvtt", "account": "central", "folder": str(tmp_path / "gone")}
    assert await check(settings(bot, calls), connect=False) == []
    first, second = await check(settings(bot, calls), connect=True)
    assert first.startswith("telegram bot: getMe: 401")
    assert second == f"webvtt central: {tmp_path / 'gone'} is no folder that we may read"


async def test_who_is_only_away_is_told_apart_from_a_wrong_setting(telegram: TelegramStandIn):
    bot = {"network": "telegram", "account": "bot", "token": TOKEN, "api": telegram.url}
    calls = {"network": "webvtt", "account": "calls", "folder": "/no/such/folder"}
    await telegram.stop()
    away, wrong = await check(settings(bot, calls), connect=True)
    assert isinstance(away, Unavailable)
    assert str(away).startswith("telegram bot: getMe")
    assert isinstance(wrong, str)
