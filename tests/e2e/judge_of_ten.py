"""What the feeds and the history say of what was written: what is missing, what came twice, what is out of order."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from ouvidor.events import header
from tests.e2e.house_of_ten import House, informed_by, owner_by
from tests.e2e.people import Clerk, Customers, Receiver, answers, fate, hands_back
from tests.secured import ADMIN, DEPARTMENTS

__all__ = ["Judge"]

Copy = tuple[str, int]
"""A department, and how often the message had been handed back when it came there."""


@dataclass
class _Feeds:
    """What stands on the feeds, of each protocol."""

    copies: dict[str, list[Copy]] = field(default_factory=lambda: defaultdict(list))
    second: dict[str, bool] = field(default_factory=dict)
    """Was it dispatched first by the second table?"""
    ids: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Events of each department, by id."""
    history: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Replies that were taken: what they were, and their ids."""
    dead: int = 0
    tables: set[str] = field(default_factory=set)
    """Hashes of the tables that dispatched."""


@dataclass
class Judge:
    """Reads all feeds as the administrator, who may."""

    house: House
    customers: Customers
    clerks: Mapping[str, Clerk]
    receivers: Iterable[Receiver]
    found: _Feeds = field(default_factory=_Feeds)
    files: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    """How far each department's file was read, and which events were in it."""

    async def follow(self) -> None:
        """Read on until cancelled."""
        consumer = AIOKafkaConsumer(
            **self.house.broker.options(ADMIN),
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            metadata_max_age_ms=2000,
        )
        prefix = self.house.prefix.replace(".", r"\.")
        read: dict[tuple[str, int], int] = defaultdict(int)
        consumer.subscribe(pattern=rf"^{prefix}(department\..+|case-events|dead-letter)$")
        try:
            await consumer.start()
            while True:
                for at, records in (await consumer.getmany(timeout_ms=200, max_records=2000)).items():
                    for record in records:
                        if record.offset >= read[at]:  # aiokafka begins anew where a topic has come
                            self._note(record)
                            read[at] = record.offset + 1
                await asyncio.sleep(0)
        finally:
            await consumer.stop()

    def _note(self, record: ConsumerRecord) -> None:
        name = record.topic.removeprefix(self.house.prefix)
        if name == "dead-letter":
            self.found.dead += 1
            return
        event = json.loads(record.value)
        if name == "case-events":
            what = (header(record, "ce_type") or "").split(".")[-2]
            self.found.history[what, event["reply"]["id"]] += 1
            return
        department, dispatch = name.removeprefix("department."), event["dispatch"]
        protocol, rounds = event["message"]["protocol"], len(dispatch.get("handed_back", ()))
        self.found.ids[department][header(record, "ce_id") or ""] += 1
        self.found.copies[protocol].append((department, rounds))
        if rounds == 0:
            table = dispatch["rule"].partition("@")[2]
            self.found.tables.add(table)
            self.found.second[protocol] = table == self.house.second

    def expected(self, protocol: str, mark: str) -> Counter[Copy]:
        """Tell which copies there must be of what was written."""
        owner = owner_by(self.found.second.get(protocol, False), mark)
        copies = Counter({(name, 0): 1 for name in informed_by(mark) if name != owner})
        number = fate(protocol)
        for rounds in range(3):
            copies[owner, rounds] += 1
            proposed = hands_back(owner, rounds, number)
            if proposed is None:
                break
            owner = proposed
        return copies

    async def all_there(self, within: float) -> None:
        """Wait until all is on the feeds, in the history and outside; or tell what is not."""
        end = monotonic() + within
        while monotonic() < end and not self.house.ended:
            looked = monotonic()
            if not self.missing():
                return
            await asyncio.sleep(max(0.5, 5 * (monotonic() - looked)))
        assert not self.house.ended, self.house.ended
        raise AssertionError(f"not within {within:g} s: {self.missing()}")

    async def dispatched(self, count: int, *, by: str | None = None) -> None:
        """Wait until so many messages are on the feeds, by any table or by one."""
        async with asyncio.timeout(600):
            while len(self.found.copies) < count or not (by is None or by in self.found.tables):
                assert not self.house.ended, self.house.ended
                await asyncio.sleep(0.05)

    def missing(self) -> dict[str, Any]:
        """Tell how much is not there yet."""
        found = self.found
        copies = sum(
            bool(self.expected(protocol, mark) - Counter(found.copies.get(protocol, ())))
            for protocol, mark in self.customers.marks.items()
        )
        outside = {
            its.department: n for its in self.receivers if (n := len(found.ids[its.department]) - len(its.arrived))
        }
        unread = {name: n for name, its in self.clerks.items() if (n := len(found.ids[name]) - len(its.seen))}
        written = {name: n for name in DEPARTMENTS if (n := len(found.ids[name]) - len(self.lines(name)))}
        told = {"answered": self._answered(), "handed-back": self._handed_back()}
        untold = {
            what: n for what, ids in told.items() if (n := len({(what, it) for it in ids} - found.history.keys()))
        }
        counts = {"copies": copies, "webhooks": outside, "unread": unread, "files": written, "history": untold}
        return {name: value for name, value in counts.items() if value}

    def lines(self, department: str) -> list[str]:
        """Give the ids of the events in a department's file, which is read on from where it was."""
        path = self.house.folder / "kept" / "departments" / f"{department}.ndjson"
        at, ids = self.files.get(department, (0, []))
        if path.exists():
            with path.open("rb") as file:
                file.seek(at)
                more = file.read()
            whole = more[: more.rfind(b"\n") + 1]
            ids += [json.loads(line)["ce"]["id"] for line in whole.splitlines()]
            self.files[department] = at + len(whole), ids
        return ids

    def _answered(self) -> set[str]:
        return {its for clerk in self.clerks.values() for its in clerk.answered}

    def _handed_back(self) -> set[str]:
        return {its for clerk in self.clerks.values() for its in clerk.handed_back}

    def faults(self) -> dict[str, Any]:
        """Tell all that is not as promised; empty when all is."""
        found = self.found
        wrong = {
            protocol: (mark, copies)
            for protocol, mark in self.customers.marks.items()
            if Counter(copies := found.copies[protocol]) != self.expected(protocol, mark)
        }
        strangers = sorted(found.copies.keys() - self.customers.marks.keys())
        disordered = [each for each, copies in self._by_department().items() if copies != sorted(copies)]
        outside = {}
        for its in self.receivers:
            twice = [each for each, times in its.arrived.items() if times > 1]
            late = [each for each, rounds in its.rounds.items() if rounds != sorted(rounds)]
            if twice or late or len(its.arrived) != len(found.ids[its.department]):
                outside[its.department] = {"twice": twice[:5], "disordered": late[:5], "arrived": len(its.arrived)}
        files = {name: len(lines) for name in DEPARTMENTS if Counter(lines := self.lines(name)) != found.ids[name]}
        history = {each: times for each, times in found.history.items() if times != 1}
        replies = {("answered", its) for its in self._answered()} | {
            ("handed-back", its) for its in self._handed_back()
        }
        answered = sum(
            answers(fate(protocol)) and any(name in DEPARTMENTS for name, _ in found.copies[protocol])
            for protocol in self.customers.marks
        )
        found_all = {
            "wrong": dict(list(wrong.items())[:5]),
            "strangers": strangers[:5],
            "disordered": disordered[:5],
            "outside": outside,
            "files": files,
            "history": dict(list(history.items())[:5]),
            "replies": sorted(replies ^ found.history.keys())[:5],
            "unanswered": answered - len(self._answered()),
            "sent twice, and not known again": self.customers.again[:5],
            "tables": found.tables ^ {self.house.first, self.house.second},
            "dead": found.dead,
            "rooms": self.house.ended,
        }
        return {name: value for name, value in found_all.items() if value}

    def _by_department(self) -> dict[tuple[str, str], list[int]]:
        """Give the rounds of each protocol on each feed, in the feed's order: a protocol is on one partition."""
        ordered: dict[tuple[str, str], list[int]] = defaultdict(list)
        for protocol, copies in self.found.copies.items():
            for department, rounds in copies:
                ordered[department, protocol].append(rounds)
        return ordered
