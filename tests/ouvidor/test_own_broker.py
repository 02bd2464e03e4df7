"""The broker that `ouvidor up` brings stays at one port as long as it can, and never fights for one."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ouvidor.local.ports import free_ports
from ouvidor.own_broker import claim_port


def _choose(kept: Path) -> int:
    with claim_port(kept) as claim:
        port: int = claim.getsockname()[1]
        return port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which another program listens."""
    (port,) = free_ports(1)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        yield port


def test_the_port_of_the_last_time_is_kept(tmp_path: Path) -> None:
    kept = tmp_path / "kafka-port"
    (port,) = free_ports(1)
    kept.write_text(f"{port}\n")
    assert _choose(kept) == port
    assert _choose(kept) == port


def test_a_port_that_another_has_is_left_and_the_new_one_is_kept(tmp_path: Path, taken: int) -> None:
    kept = tmp_path / "kafka-port"
    kept.write_text(f"{taken}\n")
    chosen = _choose(kept)
    assert chosen != taken
    assert kept.read_text() == f"{chosen}\n"


def test_connections_on_their_way_out_do_not_cost_us_our_port(tmp_path: Path) -> None:
    kept = tmp_path / "kafka-port"
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Java does
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()  # who closes first is left in TIME_WAIT
        client.close()
    kept.write_text(f"{port}\n")
    assert _choose(kept) == port


def test_what_is_no_number_is_not_believed(tmp_path: Path) -> None:
    kept = tmp_path / "kafka-port"
    kept.write_text("nine thousand\n")
    assert _choose(kept) == int(kept.read_text())


def test_a_number_that_no_port_has_is_not_believed(tmp_path: Path) -> None:
    kept = tmp_path / "kafka-port"
    kept.write_text("70000\n")
    assert _choose(kept) == int(kept.read_text()) < 65536


def test_the_port_of_a_pipeline_whose_broker_is_dead_is_not_given_to_another(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    with claim_port(ours) as claim:
        port = claim.getsockname()[1]
        theirs.write_text(f"{port}\n")
        assert _choose(theirs) != port
    theirs.write_text(f"{port}\n")
    assert _choose(theirs) == port
