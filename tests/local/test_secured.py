"""The local broker with locks on its doors. That it lets in whom it should is proved by `tests/ouvidor/grants`."""

from pathlib import Path

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

from ouvidor.errors import Misconfigured
from ouvidor.local.secured import Secured, broker_password, format_options, secured_properties
from tests.secured import SecuredKafka


def test_the_brokers_own_password_is_kept_and_its_owners_alone(tmp_path: Path):
    first = broker_password(tmp_path)
    assert broker_password(tmp_path) == first
    assert len(first) == 32
    assert (tmp_path / "broker-password").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("user", ["", "a,b", 'a"b', "a]", "a=b"])
def test_a_user_that_kafkas_tool_would_misread_is_refused_and_its_password_not_told(user: str):
    with pytest.raises(Misconfigured, match="Kafka user") as told:
        Secured({user: "a-secret"})
    assert "a-secret" not in f"{told.value} {Secured({'ana': 'a-secret'})!r}"


def test_every_user_is_made_with_the_data_directory():
    options = format_options(Secured({"ana": "um", "bia": "dois"}), "tres")
    assert options[1::2] == [f"SCRAM-SHA-512=[name={each}]" for each in
                             ("kafka,password=tres", "ana,password=um", "bia,password=dois")]  # fmt: skip


def test_no_port_asks_nobody():
    found = secured_properties(Secured({"ana": "um"}, admins=["ana"]), "tres", 1, 2)
    assert found["listener.security.protocol.map"] == "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT"
    assert found["super.users"] == "User:kafka;User:ana"
    assert found["allow.everyone.if.no.acl.found"] == "false"


async def test_who_shows_nothing_is_not_let_in(secured_kafka: SecuredKafka):
    client = AIOKafkaClient(bootstrap_servers=secured_kafka.broker.bootstrap, request_timeout_ms=3000)
    try:
        with pytest.raises(KafkaConnectionError):
            await client.bootstrap()
    finally:
        await client.close()
