"""`ouvidor up` in an empty directory: data kept over a restart, a clean end in time, and nothing left behind."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ouvidor.local.ports import free_ports
from tests.e2e.household import Household, post, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for processes in /proc")

Start = Callable[..., Household]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    households = []

    def begin(*arguments: str) -> Household:
        households.append(Household(tmp_path, *arguments))
        return households[-1]

    yield begin
    for household in households:
        household.end()


def _settings(folder: Path) -> str:
    """Write settings with a form at a free port; give its address."""
    (port,) = free_ports(1)
    account = {"network": "form", "account": "balcao"}
    settings = {"data": "kept", "ingest": {"http": {"port": port}, "accounts": [account]}}
    (folder / "ouvidor.yaml").write_text(json.dumps(settings))
    return f"http://127.0.0.1:{port}/form/balcao"


def _events(folder: Path) -> list[str]:
    """Give the protocol of every line in the departments' files, the ombudsman's copies aside."""
    return [
        json.loads(line)["message"]["protocol"]
        for path in sorted((folder / "kept" / "departments").glob("*.ndjson"))
        if path.name != "ombudsman.ndjson"
        for line in path.read_text().splitlines()
    ]


def test_what_came_in_is_kept_over_restarts_and_kills_and_nothing_is_left_behind(start: Start, tmp_path: Path) -> None:
    form = _settings(tmp_path)

    first = start("up")
    first.ready("everything runs")
    assert first.says(f"the form         {form}")
    one = post(form, "O poste da minha rua está apagado há um mês.")["protocol"]
    until(lambda: one in _events(tmp_path), 60, "the first message in its department's file")
    told = first.pipeline(tmp_path / "kept")
    assert told is not None
    broker = told["kafka"]
    assert one in first.ask("tail", "classified", "--from-beginning", "--no-follow")  # at whichever port the broker is
    assert len(first.running()) >= 1 + 4 + 1  # itself, four rooms, the broker
    code, seconds = first.interrupt(signal.SIGINT)
    assert code == 0, first.errors.read_text()
    assert seconds < 20  # systemd kills after that
    assert first.running() == set()

    second = start("up")
    second.ready("everything runs")
    assert (second.pipeline(tmp_path / "kept") or {})["kafka"] == broker
    two = post(form, "Solicito a poda da mangueira na Travessa do Comércio.")["protocol"]
    until(lambda: two in _events(tmp_path), 60, "the second message in its department's file")
    second.process.kill()
    until(lambda: second.running() == set(), 60, "all processes gone after kill -9 of their parent")

    third = start("up")
    third.ready("everything runs")
    three = post(form, "Obrigado pela rapidez, parabéns à equipe!")["protocol"]
    until(lambda: three in _events(tmp_path), 60, "the third message in its department's file")
    assert _events(tmp_path).count(one) == _events(tmp_path).count(two) == 1
    code, seconds = third.interrupt(signal.SIGTERM)
    assert code == 0
    assert seconds < 20  # systemd kills after that
    assert third.running() == set()


def test_a_room_and_a_broker_that_are_killed_come_back_and_go_on(start: Start, tmp_path: Path) -> None:
    form = _settings(tmp_path)
    household = start("up")
    household.ready("everything runs")
    for pid in household.running():
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"\0run\0route\0" in command or b"\0kafka.Kafka\0" in command:
            os.kill(pid, signal.SIGKILL)
    protocol = post(form, "Tem um buraco enorme na avenida.")["protocol"]
    until(lambda: _events(tmp_path).count(protocol), 90, "the message in its department's file")
    assert household.says("route      restarting ended by SIGKILL; again in 0.5 s")
    assert household.says("Apache Kafka had died, and was started again")


def test_a_wrong_setting_stops_all_with_the_line_that_names_it(start: Start, tmp_path: Path) -> None:
    _settings(tmp_path)
    given = json.loads((tmp_path / "ouvidor.yaml").read_text())
    given["ingest"]["accounts"][0]["titel"] = "Fale"
    (tmp_path / "ouvidor.yaml").write_text(json.dumps(given))
    household = start("up")
    assert household.process.wait(90) == 78
    assert household.says("ingest.accounts[0].titel: unknown key; did you mean title?")
    assert household.running() == set()


def test_a_second_one_on_the_same_data_is_refused(start: Start, tmp_path: Path) -> None:
    _settings(tmp_path)
    first = start("up")
    until((tmp_path / "kept" / "run" / "lock").exists, 60, "the lock")
    second = start("up")
    assert second.process.wait(60) == 78
    assert second.says("in use by process")
    assert first.process.poll() is None
