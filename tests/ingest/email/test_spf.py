"""SPF as the RFC says it, on policies as they are written."""

from collections.abc import Mapping, Sequence

import pytest

from ingest.email.spf import DnsAway, check_host

HOST = "192.0.2.10"


class Names:
    """What the DNS holds; a name that is None does not answer."""

    def __init__(self, **texts: str | None) -> None:
        self.texts: dict[str, str | None] = {name.replace("_", "."): text for name, text in texts.items()}
        self.hosts: Mapping[str, Sequence[str]] = {
            "mx.orgao.test": ["192.0.2.10", "2001:db8::10"],
            "orgao.test": ["192.0.2.99"],
        }
        self.asked = 0

    def txt(self, name: str) -> Sequence[str]:
        self.asked += 1
        found = self.texts.get(name, "")
        if found is None:
            raise DnsAway
        return found.split("|") if found else []

    def addresses(self, name: str, version: int) -> Sequence[str]:
        self.asked += 1
        return [each for each in self.hosts.get(name, ()) if (":" in each) == (version == 6)]

    def exchanges(self, name: str) -> Sequence[str]:
        self.asked += 1
        return ["mx.orgao.test"] if name == "orgao.test" else []


def result(
    policy: str,
    address: str = HOST,
    *,
    sender: str = "ana@orgao.test",
    helo: str = "mta.orgao.test",
    **more: str | None,
) -> str:
    return check_host(address, sender, helo, Names(**{"orgao_test": policy, **more}))[0]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", "none"),
        ("some other text", "none"),
        ("v=spf10 -all", "none"),
        ("v=spf1", "neutral"),
        ("some other text|v=spf1 -all", "fail"),
        ("v=spf1 -all|v=spf1 +all", "permerror"),
        ("v=spf1 ip4:192.0.2.10 -all", "pass"),
        ("V=SPF1 IP4:192.0.2.0/24 -ALL", "pass"),
        ("v=spf1 ip4:192.0.2.11 ~all", "softfail"),
        ("v=spf1 ip4:198.51.100.0/24 ?all", "neutral"),
        ("v=spf1 -ip4:192.0.2.10 +all", "fail"),
        ("v=spf1 a -all", "fail"),
        ("v=spf1 a/24 -all", "pass"),
        ("v=spf1 a:mx.orgao.test -all", "pass"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 mx:other.test -all", "fail"),
        ("v=spf1 include:sub.orgao.test -all", "pass"),
        ("v=spf1 include:away.test -all", "temperror"),
        ("v=spf1 include:nothing.test -all", "permerror"),
        ("v=spf1 redirect=sub.orgao.test", "pass"),
        ("v=spf1 redirect=nothing.test", "permerror"),
        ("v=spf1 exists:%{ir}.list.test -all", "fail"),
        ("v=spf1 exists:mx.%{d2} -all", "pass"),
        ("v=spf1 ptr -all", "fail"),
        ("v=spf1 exp=why.test ip4:192.0.2.10", "pass"),
        ("v=spf1 ipv4:192.0.2.10", "permerror"),
        ("v=spf1 ip4:nonsense -all", "permerror"),
        ("v=spf1 ip6:192.0.2.10 -all", "permerror"),
        ("v=spf1 include:%{x}.test -all", "permerror"),
        ("v=spf1 a/99 -all", "permerror"),
        ("v=spf1 !all", "permerror"),
        ("v=spf1 a:v1.test a:v2.test a:v3.test -all", "permerror"),
    ],
)
def test_a_policy_is_evaluated_as_it_says(policy: str, expected: str):
    assert result(policy, sub_orgao_test="v=spf1 ip4:192.0.2.10 -all", away_test=None) == expected


def test_addresses_of_both_versions_are_compared_as_what_they_are():
    assert result("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::10") == "pass"
    assert result("v=spf1 a:mx.orgao.test//64 -all", "2001:db8::99") == "pass"
    assert result("v=spf1 ip4:192.0.2.10 -all", "::ffff:192.0.2.10") == "pass"
    assert result("v=spf1 ip4:192.0.2.10 -all", "2001:db8::10") == "fail"


def test_without_a_sender_it_is_about_the_name_of_the_greeting():
    assert check_host(HOST, "<>", "orgao.test", Names(orgao_test="v=spf1 mx -all")) == ("pass", "orgao.test")
    assert check_host(HOST, "<>", "[192.0.2.10]", Names()) == ("none", "[192.0.2.10]")
    assert check_host("no address", "a@orgao.test", "x", Names())[0] == "permerror"


def test_no_policy_makes_us_ask_for_ever():
    names = Names(orgao_test="v=spf1 include:orgao.test -all")
    assert check_host(HOST, "a@orgao.test", "x", names)[0] == "permerror"
    assert names.asked < 20
    many = " ".join(f"a:a{number}.mx.orgao.test" for number in range(2000))
    names = Names(orgao_test=f"v=spf1 {many}")
    assert check_host(HOST, "a@orgao.test", "x", names)[0] == "permerror"
    assert names.asked < 20
