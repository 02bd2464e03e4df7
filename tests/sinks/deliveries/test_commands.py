"""`ouvidor deliveries` on a real store: nothing of a customer's in the list, and each command does what it says."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings
from sinks.deliveries.commands import app
from sinks.deliveries.engine import address
from sinks.deliveries.leasing import Room, Settlement
from sinks.deliveries.store import Store
from sinks.deliveries.tables import State
from tests.sinks.deliveries.events import MINUTE, row
from tests.sinks.webhook.receiver import SECRET

PANEL = {"sink": "webhook", "name": "panel", "department": "lamps", "url": "https://example.org/", "secret": SECRET}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("ouvidor.yaml").write_text(json.dumps({"deliveries": {"destinations": [PANEL]}}))
    it = Store(address(Settings()))
    it.add([row(number) for number in range(4)], datetime.now(UTC))
    now = datetime.now(UTC)
    leased = it.turn([], [Room("panel", 3, MINUTE)], now)
    states = [State.FAILED, State.DELIVERED]
    it.turn(
        [
            Settlement(each.delivery.id, each.lease, state, now, now, "500 Internal Server Error", 500)
            for each, state in zip(leased, states, strict=False)
        ],
        [],
        now,
    )
    yield it
    it.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def rows(*arguments: str) -> list[dict[str, Any]]:
    result = run("list", "--json", *arguments)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_list_has_what_is_open_and_none_of_a_customer_s_words(store: Store):
    found = rows()
    assert [(each["state"], each["in_hand"], each["tries"]) for each in found] == [
        ("failed", False, 1), ("waiting", True, 1), ("waiting", False, 0),
    ]  # fmt: skip
    assert found[0]["answer"] == "500 Internal Server Error"
    said = run("list").stdout + json.dumps(found)
    assert "poste" not in said
    assert "Maria" not in said
    assert len(run("list").stdout.splitlines()) == 3


def test_it_is_narrowed_by_state_and_protocol(store: Store):
    assert [each["state"] for each in rows("--state", "delivered")] == ["delivered"]
    assert rows("--destination", "other") == []
    assert run("list", "--state", "lost").exit_code == 2


def test_one_is_shown_whole(store: Store):
    result = run("show", str(row(0).id))
    found = json.loads(result.stdout)
    assert found["data"]["message"]["text"] == "O poste está apagado"
    assert found["attributes"]["ce_id"] == row(0).event
    assert run("show", "00000000-0000-0000-0000-000000000000").exit_code == 1


def test_a_failed_one_is_tried_again_with_all_its_tries(store: Store):
    result = run("retry", str(row(0).id))
    assert result.exit_code == 0
    assert result.stdout.split() == [str(row(0).id)]
    assert {(each["state"], each["tries"]) for each in rows() if each["delivery"] == str(row(0).id)} == {("waiting", 0)}


def test_one_that_arrived_is_sent_again_by_its_id_and_one_in_hand_is_left_alone(store: Store):
    assert run("retry", str(row(1).id)).exit_code == 0
    assert run("retry", str(row(2).id)).exit_code == 1
    (due,) = [each for each in rows() if each["delivery"] == str(row(1).id)]
    assert due["state"] == "waiting"


def test_all_that_failed_are_tried_again_and_nothing_else(store: Store):
    assert run("retry", "--all", "--state", "failed", "--json").stdout == f'{{"delivery": "{row(0).id}"}}\n'
    assert run("retry").exit_code == 2
    assert run("retry", "--all", str(row(0).id)).exit_code == 2


def test_a_skipped_one_is_open_no_more(store: Store):
    assert run("skip", str(row(0).id)).exit_code == 0
    assert str(row(0).id) not in [each["delivery"] for each in rows()]
    assert run("skip", str(row(0).id)).exit_code == 1


def test_a_destination_is_switched_off_and_on(store: Store):
    assert run("disable", "panel", "--why", "manutenção").exit_code == 0
    assert store.disabled() == {"panel": "manutenção"}
    assert {each["disabled"] for each in rows()} == {True}
    assert store.turn([], [Room("panel", 9, MINUTE)], datetime.now(UTC)) == []
    assert run("enable", "panel").exit_code == 0
    assert store.disabled() == {}
    with pytest.raises(Misconfigured, match="no destination other; the settings have panel"):
        run("disable", "other")


def test_where_there_is_no_store_yet_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Misconfigured, match="there are no deliveries yet"):
        run("list")
    assert not Path("var").exists()
