"""A name server on the loopback, that knows what a test tells it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """Names to answers: `{"orgao.test": {"TXT": ['"v=spf1 -all"']}}`. Of a name that is None it says nothing at all."""

    names: Mapping[str, Mapping[str, list[str]] | None]
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - a datagram's, which asyncio gives another base
        self._transport = transport
        self.address = f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        [question] = query.question
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        known = self.names.get(name, {})
        if known is None:
            return
        answer = dns.message.make_response(query)
        if name not in self.names:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if found := known.get(kind):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server(names: Mapping[str, Mapping[str, list[str]] | None]) -> AsyncIterator[NameServer]:
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(names), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
