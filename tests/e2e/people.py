"""Who meets at the house of ten: customers who write by the form, departments' programs, and receivers of webhooks."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID, uuid5

import aiohttp
from aiohttp import web
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from ouvidor.events import header
from tests.e2e.house_of_ten import MARKS, House
from tests.secured import DEPARTMENTS

__all__ = ["Clerk", "Customers", "Receiver", "answers", "fate", "hands_back"]

_SAID = (
    "O poste da minha rua está apagado há um mês e ninguém responde.",
    "Quero elogiar o atendimento do posto.",
    "Fui cobrado duas vezes na conta, exijo a devolução.",
    "Solicito a poda da mangueira na Travessa do Comércio.",
    "Poderiam abrir também aos sábados, ajudaria muita gente.",
)
_REPLIES = UUID("5b3f2b62-7c46-4c53-9d55-0a3a9f1a7d10")


def hands_back(department: str, rounds: int, number: int) -> str | None:
    """Tell to whom a department hands back what has this fate; None: it keeps it.

    The waterworks give much to the health department, which was informed of it: its feed has that twice, in order.
    """
    most = {0: 20 if department == "agua" else 2, 1: 1}.get(rounds, 0)
    if department not in DEPARTMENTS or number >= most:
        return None
    return "saude" if department == "agua" else DEPARTMENTS[(DEPARTMENTS.index(department) + 1) % len(DEPARTMENTS)]


def answers(number: int) -> bool:
    """Tell whether what has this fate is answered."""
    return 30 <= number < 35


def fate(protocol: str) -> int:
    """Give a number from 0 to 99 by which a department decides what to do: anybody can tell it from the protocol."""
    return sha256(protocol.encode()).digest()[0] * 100 // 256


@dataclass
class Customers:
    """Write messages, so many at once; every fiftieth is sent twice, as a nervous customer does."""

    house: House
    number: int = 0
    """How many have been written."""
    at_once: int = 32
    marks: dict[str, str] = field(default_factory=dict)
    """What was written, by the protocol of the receipt."""
    again: list[tuple[str, str]] = field(default_factory=list)
    """Protocols of what was sent twice, where they differ."""

    async def write(self, upto: int) -> None:
        """Write on until there are so many."""

        async def one_after_another(http: aiohttp.ClientSession) -> None:
            while (number := self.number) < upto:
                self.number += 1
                mark = MARKS[number % len(MARKS)]
                protocol = await self._post(http, number, mark)
                self.marks[protocol] = mark
                if number % 50 == 0 and (second := await self._post(http, number, mark)) != protocol:
                    self.again.append((protocol, second))

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
            await asyncio.gather(*(one_after_another(http) for _ in range(self.at_once)))

    async def _post(self, http: aiohttp.ClientSession, number: int, mark: str) -> str:
        words = f"{_SAID[number % len(_SAID)]} É com o setor [{mark}]. Senha do balcão {number}."
        body = json.dumps({"nome": "Iracema Teles", "email": f"cliente{number % 997}@casa.test", "mensagem": words})
        while True:
            try:
                async with http.post(self.house.url, data=body, headers={"Content-Type": "application/json"}) as answer:
                    if answer.status < 300:
                        return str((await answer.json())["protocol"])
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)


@dataclass
class Clerk:
    """A department's program, under its own principal: reads the feed, hands some back, answers some, twice each."""

    house: House
    department: str
    seen: Counter[str] = field(default_factory=Counter)
    """Events, by id."""
    handed_back: set[str] = field(default_factory=set)
    """Ids of replies."""
    answered: set[str] = field(default_factory=set)
    _task: asyncio.Task[None] | None = None

    def come(self) -> None:
        self._task = asyncio.create_task(self._work(), name=f"clerk of {self.department}")

    async def go(self) -> None:
        if self._task is not None:
            self._task.cancel()
            ended = await asyncio.gather(self._task, return_exceptions=True)
            assert isinstance(ended[0], asyncio.CancelledError), ended
            self._task = None

    async def _work(self) -> None:
        options = self.house.broker.options(f"dept-{self.department}")
        topic = self.house.topics.department(self.department)
        consumer = AIOKafkaConsumer(
            topic,
            **options,
            group_id=topic,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        producer = AIOKafkaProducer(**options, enable_idempotence=True, linger_ms=20)
        try:
            await consumer.start()
            await producer.start()
            while True:
                found = await consumer.getmany(timeout_ms=200, max_records=500)
                replies = [reply for some in found.values() for record in some for reply in self._read(record)]
                sent = [await producer.send(self.house.topics.replies, *each) for each in replies]
                await asyncio.gather(*sent)
                if found:
                    await consumer.commit()
        finally:
            await producer.stop()
            await consumer.stop()

    def _read(self, record: object) -> list[tuple[bytes, None, None, None, list[tuple[str, bytes]]]]:
        event_id, event = header(record, "ce_id") or "", json.loads(record.value)
        self.seen[event_id] += 1
        dispatch, protocol = event["dispatch"], event["message"]["protocol"]
        if dispatch["owner"] != self.department:
            return []
        number, rounds = fate(protocol), len(dispatch.get("handed_back", ()))
        common = {"id": str(uuid5(_REPLIES, event_id)), "protocol": protocol, "department": self.department}
        common |= {"by": "plantao", "at": "2027-01-04T12:00:00Z"}
        if (proposed := hands_back(self.department, rounds, number)) is not None:
            self.handed_back.add(common["id"])
            more = {"reason": "isto não é deste setor", "proposed": proposed}
            return 2 * [_reply("hand-back", common | more)]
        if answers(number):
            self.answered.add(common["id"])
            return 2 * [_reply("answer", common | {"text": "Já foi consertado.", "final": True})]
        return []


def _reply(command: str, data: dict[str, object]) -> tuple[bytes, None, None, None, list[tuple[str, bytes]]]:
    headers = [("ce_specversion", b"1.0"), ("ce_type", f"ouvidor.reply.{command}.v1".encode())]
    headers += [("ce_id", str(data["id"]).encode()), ("ce_source", f"/{data['department']}".encode())]
    return json.dumps(data).encode(), None, None, None, headers


@dataclass
class Receiver:
    """A department's own system, that is called: `pause` seconds for each, 500 where `fails` says so."""

    department: str
    pause: float = 0.0
    fails: Callable[[], bool] = lambda: False
    arrived: Counter[str] = field(default_factory=Counter)
    """Deliveries that were taken, by id."""
    rounds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Of each protocol: how often it had been handed back, in the order of arrival."""
    refused: int = 0
    port: int = 0
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def destination(self, secret: str) -> dict[str, object]:
        its = {"sink": "webhook", "name": self.department, "department": self.department, "secret": secret}
        return its | {"url": f"http://127.0.0.1:{self.port}/", "in_the_clear": True, "ordered": True, "at_once": 8}

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.pause:
            await asyncio.sleep(self.pause)
        if self.fails():
            self.refused += 1
            return web.Response(status=500)
        event = json.loads(body)
        self.arrived[request.headers["webhook-id"]] += 1
        its = event["data"]
        self.rounds[its["message"]["protocol"]].append(len(its["dispatch"].get("handed_back", ())))
        return web.Response(status=204)
