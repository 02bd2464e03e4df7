"""What a Kafka client is told, and how a broker that refuses us is named. On a real broker with a SASL listener."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.kafka import client_options, reach
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import free_ports
from ouvidor.settings import Kafka


@pytest.fixture(scope="module")
async def sasl_port(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    plain, controller, sasl = free_ports(3)
    settings = {
        "listeners": f"PLAINTEXT://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{controller},SASL://127.0.0.1:{sasl}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},SASL://127.0.0.1:{sasl}",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT",
        "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.sasl.plain.sasl.jaas.config": (
            'org.apache.kafka.common.security.plain.PlainLoginModule required user_maria="right-word";'
        ),
    }
    async with LocalKafka(tmp_path_factory.mktemp("sasl"), port=plain, settings=settings):
        yield sasl


def sasl(port: int, password: str = "right-word", mechanism: str = "PLAIN") -> Kafka:
    return Kafka(
        bootstrap=f"127.0.0.1:{port}",
        security="SASL_PLAINTEXT",
        sasl_mechanism=mechanism,
        username="maria",
        password=SecretStr(password),
    )


async def test_the_right_password_reaches_the_broker(sasl_port: int):
    await reach(sasl(sasl_port))


async def test_a_wrong_password_is_a_setting_at_fault_and_not_repeated(sasl_port: int):
    with pytest.raises(Misconfigured, match=r"SaslAuthenticationFailed") as refused:
        await reach(sasl(sasl_port, password="wrong-word"))
    assert "wrong-word" not in str(refused.value)


def test_a_service_with_a_wrong_password_ends_and_is_not_started_again(sasl_port: int, tmp_path: Path):
    settings = {
        "BOOTSTRAP": f"127.0.0.1:{sasl_port}",
        "SECURITY": "SASL_PLAINTEXT",
        "SASL_MECHANISM": "PLAIN",
        "USERNAME": "maria",
        "PASSWORD": "wrong-word",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ouvidor", "run", "route"],
        cwd=tmp_path,
        env={**os.environ, **{f"OUVIDOR__KAFKA__{key}": value for key, value in settings.items()}},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78
    assert "SaslAuthenticationFailed" in done.stderr
    assert "wrong-word" not in done.stderr


async def test_a_mechanism_that_the_broker_does_not_know_is_a_setting_at_fault(sasl_port: int):
    with pytest.raises(Misconfigured, match=r"UnsupportedSaslMechanismError"):
        await reach(sasl(sasl_port, mechanism="SCRAM-SHA-512"))


async def test_one_of_several_servers_is_enough(sasl_port: int):
    (silent,) = free_ports(1)
    await reach(sasl(sasl_port).model_copy(update={"bootstrap": f"127.0.0.1:{silent},127.0.0.1:{sasl_port}"}))


async def test_tls_towards_a_port_without_it_asks_whether_security_fits(sasl_port: int):
    with pytest.raises(Unavailable, match=r"does kafka\.security"):
        await reach(Kafka(bootstrap=f"127.0.0.1:{sasl_port}", security="SSL"))


def test_a_password_is_needed_where_security_says_sasl():
    with pytest.raises(
        Misconfigured, match=r"kafka\.security: SASL_SSL needs kafka\.username and kafka\.password_file"
    ):
        client_options(Kafka(security="SASL_SSL", username="maria"))


def test_a_file_without_certificates_is_named(tmp_path: Path):
    ca = tmp_path / "ca.pem"
    ca.write_text("not a certificate")
    with pytest.raises(Misconfigured, match=rf"kafka\.ca_file: {ca} holds no certificates in PEM"):
        client_options(Kafka(security="SSL", ca_file=ca))
