"""`ouvidor ingest import` on a real broker: killed and interrupted in between, repeated, and beside the mailbox."""

import asyncio
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ingest.email.deliveries import deliver
from ingest.email.download import Mail
from ingest.email.imap import ADAPTER
from ingest.originals import Originals
from ouvidor.blobs import BlobStore
from ouvidor.events import Incoming, header
from ouvidor.identity import Pseudonyms
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from tests.ingest.email.test_archive import mbox
from tests.ingest.email.test_mbox import mail
from tests.ingest.hearing import RECEIVED
from tests.ingest.river import committed, make_topics, own_river

Run = Callable[..., Awaitable["Ended"]]
MAILS = 20_000


class Ended:
    def __init__(self, code: int, out: bytes, err: bytes) -> None:
        self.code, self.out, self.err = code, out.decode(), err.decode()

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture
async def settings(kafka: LocalKafka, tmp_path: Path) -> Settings:
    settings = Settings(kafka=own_river(kafka.bootstrap), data=tmp_path / "var")
    await make_topics(settings)
    account = {"network": "imap", "account": "main", "host": "localhost", "username": "a", "password": "b"}
    given = {
        "kafka": json.loads(settings.kafka.model_dump_json(exclude_none=True)),
        "data": str(settings.data),
        "ingest": {"accounts": [account]},
    }
    (tmp_path / "ouvidor.yaml").write_text(json.dumps(given))
    return settings


async def start(where: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "ouvidor", "--config", str(where / "ouvidor.yaml"), "ingest", "import"),
        *("--channel", "email", "--account", "main", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(where: Path, *arguments: str) -> Ended:
    process = await start(where, *arguments)
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out, err)


async def originals(settings: Settings) -> list[Incoming]:
    return await committed(settings, Topics(settings.kafka.prefix).originals)


def ids(records: list[Incoming]) -> Counter[str | None]:
    return Counter(header(record, "ce_id") for record in records)


async def test_killed_and_interrupted_at_random_and_repeated_each_mail_is_there_once(
    settings: Settings, tmp_path: Path
):
    draw = random.Random(4)
    (tmp_path / "all.mbox").write_bytes(mbox(range(MAILS)))
    ended = 0
    killed = 0
    while not ended:
        process = await start(tmp_path, str(tmp_path / "all.mbox"), "--json")
        begun = len(await originals(settings))
        if killed < 5:
            async with asyncio.timeout(60):
                while len(await originals(settings)) == begun and process.returncode is None:  # noqa: ASYNC110
                    await asyncio.sleep(draw.uniform(0, 0.05))
            if process.returncode is None:
                process.send_signal(signal.SIGINT if killed % 2 else signal.SIGKILL)
                killed += 1
        out, err = await process.communicate()
        assert process.returncode in {0, 130, -9, -2}, err  # -2: Python was on its way out already
        if process.returncode == 130:
            assert b"the same command goes on from here" in err
        ended = process.returncode == 0
    assert killed >= 2
    assert json.loads(out)["resumed"]
    found = ids(await originals(settings))
    assert (len(found), set(found.values())) == (MAILS, {1})
    again = await run(tmp_path, str(tmp_path / "all.mbox"), "--json")
    assert (again.code, again.told["mails"]) == (0, 0)
    assert len(await originals(settings)) == MAILS


async def test_an_imported_mail_has_the_id_and_the_partition_of_the_same_mail_by_imap(
    settings: Settings, tmp_path: Path
):
    (tmp_path / "one.mbox").write_bytes(mbox([1]))
    (tmp_path / "same.eml").write_bytes(mail(1).replace(b"\n", b"\r\n"))
    (tmp_path / "large.eml").write_bytes(mail(2, b"Falta luz.\n" * 20_000))
    (tmp_path / "a.msg").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100))
    ended = await run(tmp_path, *(str(tmp_path / name) for name in ("one.mbox", "same.eml", "large.eml", "a.msg")))
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "4 mails handed over (0.2 MiB)\n"
    by_imap = Originals(
        channel=ADAPTER.channel,
        network="imap",
        account="main",
        topics=Topics(settings.kafka.prefix),
        pseudonyms=Pseudonyms.from_file(settings.pseudonym_key),
        zone=settings.organisation.tz,
        uri_of=lambda digest: digest,
    ).register(deliver(Mail(1, mail(1).replace(b"\n", b"\r\n")), "INBOX"), RECEIVED)
    found = await originals(settings)
    same = [record for record in found if header(record, "ce_id") == by_imap.id]
    assert [record.key for record in same] == [by_imap.output.key] * 2
    assert len({record.partition for record in same}) == 1
    assert [header(each, "content-type") for each in found if (each.value or b"").startswith(b"\xd0\xcf")] == [
        "application/vnd.ms-outlook"
    ]
    [claim] = [found for each in await originals(settings) if (found := header(each, "ce_ouvidorsha256"))]
    uri = BlobStore.from_settings(settings).uri_of(claim)
    content = await BlobStore.from_settings(settings).get(uri)
    assert sha256(content).digest() == sha256((tmp_path / "large.eml").read_bytes()).digest()


async def test_a_dry_run_counts_and_hands_nothing_over(settings: Settings, tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "all.mbox").write_bytes(mbox(range(700)))
    (tmp_path / "in" / "notes.txt").write_bytes(b"no mail")
    ended = await run(tmp_path, "--dry-run", "--json", str(tmp_path / "in"))
    assert ended.code == 0
    assert ended.told["mails"] == 700
    assert ended.told["passed_over"] == [{"path": str(tmp_path / "in" / "notes.txt"), "why": "no mail"}]
    assert await originals(settings) == []


async def test_again_hands_all_over_anew(settings: Settings, tmp_path: Path):
    (tmp_path / "all.mbox").write_bytes(mbox(range(3)))
    for arguments, count in (((), 3), ((), 3), (("--again",), 6)):
        assert (await run(tmp_path, *arguments, str(tmp_path / "all.mbox"))).code == 0
        assert len(await originals(settings)) == count
    assert set(ids(await originals(settings)).values()) == {2}  # the intake drops the second


async def test_what_could_not_be_read_is_told_and_makes_the_exit_code_another(settings: Settings, tmp_path: Path):
    (tmp_path / "a.eml.gz").write_bytes(b"\x1f\x8b\x08 no gzip")
    (tmp_path / "b.eml").write_bytes(mail(1))
    ended = await run(tmp_path, str(tmp_path / "a.eml.gz"), str(tmp_path / "b.eml"))
    assert ended.code == 65
    assert "not read: " in ended.err
    assert len(await originals(settings)) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("gone.mbox",), 65, "gone.mbox: cannot be read: No such file or directory"),
        (("--channel", "phone", "x"), 78, "only mail is imported"),
        (("--network", "form", "x"), 78, "only mail is imported"),
        (("--account", "Ana@x", "x"), 78, "--account: account: "),
        ((), 2, "PATH"),
    ],
)
async def test_a_mistake_is_told_in_a_line(
    settings: Settings, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
):
    ended = await run(tmp_path, *arguments)
    assert (ended.code, words in ended.err, "Traceback" in ended.err) == (code, True, False), ended.err


async def test_an_account_that_nobody_reads_is_warned_of(settings: Settings, tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(mail(1))
    ended = await run(tmp_path, "--dry-run", "--account", "mian", str(tmp_path / "a.eml"))
    assert ended.code == 0
    assert "no account 'mian' of imap" in ended.err
    assert "there are main" in ended.err


async def test_without_a_broker_it_says_so_and_can_be_called_again(tmp_path: Path):
    (tmp_path / "ouvidor.yaml").write_text(json.dumps({"kafka": {"bootstrap": "127.0.0.1:1"}, "data": str(tmp_path)}))
    (tmp_path / "a.eml").write_bytes(mail(1))
    ended = await run(tmp_path, str(tmp_path / "a.eml"))
    assert ended.code == 75
    assert "Traceback" not in ended.err
