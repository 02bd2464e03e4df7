"""No way of writing an address leads a webhook to an inner one."""

import socket
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from ouvidor.settings import Settings
from sinks.deliveries.catalogue import sink
from sinks.deliveries.contract import Again
from sinks.webhook.guard import Forbidden, GuardedResolver, is_allowed
from tests.sinks.contract import delivery
from tests.sinks.webhook.receiver import SECRET, Panel

INNER = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
]
OUTER = [
    "8.8.8.8",
    "1.1.1.1",
    "200.160.2.3",
    "2606:4700:4700::1111",
    "2801:80:3ea0::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_none_for_webhooks(address: str):
    assert not is_allowed(address)


@pytest.mark.parametrize("address", OUTER)
def test_a_public_one_is(address: str):
    assert is_allowed(address)


@pytest.mark.parametrize(
    ("address", "open_"),
    [("10.20.3.4", True), ("::ffff:10.20.3.4", True), ("10.21.0.1", False), ("fd12::5", True), ("127.0.0.1", False)],
)
def test_the_house_s_networks_are_allowed_by_name_and_no_others(address: str, open_: bool):
    allowed = (ip_network("10.20.0.0/16"), ip_network("fd12::/16"))
    assert is_allowed(address, allowed) is open_


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]"],
)
async def test_however_the_loopback_is_written_nobody_knocks(panel: Panel, host: str):
    its = sink("webhook")
    url = f"http://{host}:{panel.port}/ouvidor"
    given = {"sink": "webhook", "name": "p", "department": "d", "url": url, "secret": SECRET, "in_the_clear": True}
    async with its.open(its.settings.model_validate(given), Settings()) as attempt:
        came = await attempt(delivery())
    assert isinstance(came, Again)
    assert "webhooks may not reach" in came.words or "not reached" in came.words
    assert panel.requests == []


class Changing(AbstractResolver):
    """A name that shows a public address first and an inner one then."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        found = self.answers.pop(0)
        return [ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0) for each in found]

    async def close(self) -> None:
        pass


async def test_a_name_is_looked_at_each_time_and_only_its_public_addresses_are_taken():
    guard = GuardedResolver((), Changing(["8.8.8.8", "10.0.0.1"], ["127.0.0.1"]))
    assert [each["host"] for each in await guard.resolve("painel.example.org", 443)] == ["8.8.8.8"]
    with pytest.raises(Forbidden, match=r"painel\.example\.org is at an address that webhooks may not reach"):
        await guard.resolve("painel.example.org", 443)
