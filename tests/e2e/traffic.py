"""Customers who write by all five channels at once, and go on until each is heard, as real networks do.

What a channel accepted (a 2xx, a mail that SMTP took, an update in Telegram's queue, a file in the folder) is written
down; `Traffic.judge` then reads the departments' topics as a `read_committed` consumer, and says what is missing, what
came twice, and which conversation came out of order. A message is known by the reference in its own words.
"""

import asyncio
import hmac
import json
import re
import smtplib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError

from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.events import header
from ouvidor.local.greenmail import GreenMail
from ouvidor.local.ports import free_ports

__all__ = ["MAILBOX", "PASSWORD", "TOKEN", "Judgement", "Traffic", "settings"]

MAILBOX, PASSWORD = "ouvidoria@ouvidor.test", "senha-da-caixa"
SECRET, TOKEN = "segredo-do-aplicativo", "100000001:abcdefghijklmnop"
NETWORKS = ("form", "whatsapp", "telegram", "webvtt", "imap")
_REF = re.compile(r"KILL-(\w+)-(\d+)-(\d{5})")
_SAID = (
    "O poste da minha rua está apagado há um mês e ninguém responde.",
    "Quero elogiar o atendimento do posto de saúde.",
    "Fui cobrado duas vezes na conta de água, exijo a devolução.",
    "O motorista do ônibus ameaçou bater em uma passageira, isto é grave.",
    "Solicito a poda da mangueira na Travessa do Comércio.",
)


def settings(folder: Path, *, http_port: int, imap_port: int, telegram: str) -> Path:
    """Write an `ouvidor.yaml` with an account of each network; give the data directory."""
    calls = folder / "calls"
    calls.mkdir(exist_ok=True)
    mailbox = {"host": "127.0.0.1", "port": imap_port, "tls": "none", "username": MAILBOX, "password": PASSWORD}
    accounts = [
        {"network": "form", "account": "balcao"},
        {"network": "whatsapp", "account": "zap", "app_secrets": [SECRET], "verify_token": "palavra"},
        {"network": "telegram", "account": "bot", "token": TOKEN, "api": telegram},
        {"network": "webvtt", "account": "central", "folder": str(calls), "settle": "PT0.2S"},
        {"network": "imap", "account": "caixa", **mailbox, "idle": "PT5S"},
    ]
    given = {"data": "kept", "ingest": {"http": {"port": http_port}, "accounts": accounts}}
    (folder / "ouvidor.yaml").write_text(json.dumps(given))
    # Not Kafka's usual port: while our broker is dead, somebody else's may take it, and our rooms would work there.
    (folder / "kept" / "run").mkdir(parents=True)
    (folder / "kept" / "run" / "kafka-port").write_text(f"{free_ports(1)[0]}\n")
    return folder / "kept"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the topics say of what was accepted."""

    missing: list[str]
    doubled: list[str]
    disordered: list[str]
    unknown_protocols: list[str]
    dead: int

    @property
    def faults(self) -> Mapping[str, Any]:
        """Whatever is not as promised; empty when all is."""
        names = ("missing", "doubled", "disordered", "unknown_protocols", "dead")
        return {name: found for name in names if (found := getattr(self, name))}


class _Tally:
    """What was found on the topics."""

    def __init__(self) -> None:
        self.owned: Counter[str] = Counter()
        self.copies: Counter[tuple[str, str]] = Counter()
        self.disordered: list[str] = []
        self.told: set[str] = set()
        self.dead = 0
        self._last: dict[tuple[str | None, int, str, str], int] = defaultdict(lambda: -1)

    def note(self, record: ConsumerRecord) -> None:
        if record.topic == "ouvidor.dead-letter":
            self.dead += 1
            return
        event = json.loads(record.value)
        found = _REF.search(event["message"]["text"]) if "message" in event else None
        if found is None:
            return
        ref = found[0]
        self.copies[ref, record.topic] += 1
        if record.topic == "ouvidor.classified":
            self._note_order(record, found)
            return
        self.told.add(event["message"]["protocol"])
        if record.topic == f"ouvidor.department.{event['dispatch']['owner']}":
            self.owned[ref] += 1

    def _note_order(self, record: ConsumerRecord, found: re.Match[str]) -> None:
        """A conversation of a messenger stays in order on each of its two ways: at once, or by the slow lane."""
        if found[1] in {"whatsapp", "telegram"}:
            line = (header(record, "ce_source"), record.partition, found[1], found[2])
            if int(found[3]) < self._last[line]:
                self.disordered.append(found[0])
            self._last[line] = int(found[3])


@dataclass(slots=True)
class Traffic:
    """Sends `number` messages by each network, as `conversations` customers each."""

    url: str
    calls: Path
    mail: GreenMail
    telegram: TelegramStandIn
    number: int
    pause: float
    conversations: int = 3
    accepted: list[str] = field(default_factory=list)
    protocols: dict[str, str] = field(default_factory=dict)
    slowest: float = 0.0

    def words(self, network: str, number: int) -> tuple[str, str]:
        """Give a message's reference and its words."""
        ref = f"KILL-{network}-{number % self.conversations}-{number:05d}"
        return ref, f"{_SAID[number % len(_SAID)]} Referência {ref}."

    async def run(self) -> None:
        """Send everything, by all networks at the same time."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
            await asyncio.gather(
                self._send("form", lambda number: self._form(http, number)),
                self._send("whatsapp", lambda number: self._whatsapp(http, number)),
                self._send("telegram", self._telegram),
                self._send("webvtt", self._call),
                self._send("imap", self._mail),
            )

    async def _send(self, network: str, one: Any) -> None:  # noqa: ANN401 - an async function of a number
        for number in range(self.number):
            await one(number)
            self.accepted.append(self.words(network, number)[0])
            await asyncio.sleep(self.pause)

    async def _post(self, http: aiohttp.ClientSession, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Post until it is taken: whoever gets no answer cannot know whether it was, and sends the same again."""
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                async with http.post(f"{self.url}{path}", data=body, headers=headers) as answer:
                    told = await answer.read()
                    if answer.status < 300:
                        self.slowest = max(self.slowest, asyncio.get_running_loop().time() - begun)
                        return told
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)

    async def _form(self, http: aiohttp.ClientSession, number: int) -> None:
        ref, words = self.words("form", number)
        body = json.dumps({"nome": "Iracema Teles", "email": "iracema@casa.test", "mensagem": words}).encode()
        told = await self._post(http, "/form/balcao", body, {"Content-Type": "application/json"})
        self.protocols[ref] = json.loads(told)["protocol"]

    async def _whatsapp(self, http: aiohttp.ClientSession, number: int) -> None:
        ref, words = self.words("whatsapp", number)
        person = f"55119000000{number % self.conversations:02d}"
        message = {"from": person, "id": f"wamid.{ref}", "timestamp": "1763000000", "type": "text"}
        value = {"messaging_product": "whatsapp", "messages": [{**message, "text": {"body": words}}]}
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = "sha256=" + hmac.new(SECRET.encode(), body, sha256).hexdigest()
        await self._post(http, "/whatsapp/zap", body, {"X-Hub-Signature-256": signature})

    async def _telegram(self, number: int) -> None:
        _, words = self.words("telegram", number)
        person = {"id": 700_000_000 + number % self.conversations, "first_name": "Iracema"}
        message = {"message_id": number + 1, "date": 1_763_000_000, "text": words}
        message |= {"from": {**person, "is_bot": False}, "chat": {**person, "type": "private"}}
        self.telegram.add({"update_id": 500_000_000 + number, "message": message})

    async def _call(self, number: int) -> None:
        _, words = self.words("webvtt", number)
        text = f"WEBVTT\n\n00:00:01.000 --> 00:00:09.000\n<v Cliente>{words}\n"
        unfinished = self.calls / f"{number:05d}.part"
        unfinished.write_text(text)
        unfinished.rename(self.calls / f"chamada-{number:05d}.vtt")

    async def _mail(self, number: int) -> None:
        ref, words = self.words("imap", number)
        message = EmailMessage()
        message["From"] = "Iracema Teles <iracema@casa.test>"
        message["To"] = MAILBOX
        message["Subject"] = "Reclamação"
        message["Message-ID"] = f"<{ref}@casa.test>"
        message.set_content(words)
        await asyncio.to_thread(self._smtp, message)

    def _smtp(self, message: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.mail.smtp_port, timeout=20) as server:
            server.send_message(message)

    async def judge(self, bootstrap: str, within: float) -> Judgement:
        """Wait until all that was accepted has arrived, then two seconds more for what comes twice; and judge."""
        tally = _Tally()
        consumer = await _consumer(bootstrap, within)
        loop = asyncio.get_running_loop()
        end, enough = loop.time() + within, None
        try:
            consumer.subscribe(pattern=r"^ouvidor\.(department\..+|ombudsman|classified|dead-letter)$")
            while loop.time() < (end if enough is None else enough):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        tally.note(record)
                if enough is None and all(tally.owned[ref] for ref in self.accepted):
                    enough = loop.time() + 2
        finally:
            await consumer.stop()
        return Judgement(
            missing=sorted(ref for ref in self.accepted if not tally.owned[ref]),
            doubled=sorted({ref for ref, number in tally.owned.items() if number > 1})
            + sorted(f"{ref} in {topic}" for (ref, topic), number in tally.copies.items() if number > 1),
            disordered=tally.disordered,
            unknown_protocols=sorted(ref for ref, protocol in self.protocols.items() if protocol not in tally.told),
            dead=tally.dead,
        )


async def _consumer(bootstrap: str, within: float) -> AIOKafkaConsumer:
    """Connect, to a broker that may be on its way back."""
    async with asyncio.timeout(within):
        while True:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=bootstrap,
                isolation_level="read_committed",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                metadata_max_age_ms=2000,
            )
            try:
                await consumer.start()
            except KafkaError:
                await consumer.stop()
                await asyncio.sleep(0.2)
            else:
                return consumer


def processes(household: Any, words: bytes) -> Iterator[int]:  # noqa: ANN401 - a Household
    """Give the ids of those of a household's processes whose command line holds these words."""
    for pid in household.running():
        try:
            if words in Path(f"/proc/{pid}/cmdline").read_bytes():
                yield pid
        except (FileNotFoundError, ProcessLookupError):
            continue
