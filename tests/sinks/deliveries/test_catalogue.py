"""Sinks are found by their files; destinations are read by them, and each fault is told with its place."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.settings import Settings
from sinks.deliveries.catalogue import destinations, sink_names
from sinks.deliveries.check import check
from sinks.deliveries.engine import address
from sinks.deliveries.store import Store
from sinks.stage import services
from tests.sinks.deliveries.events import NOW
from tests.sinks.webhook.receiver import SECRET, Panel

PANEL = {"sink": "webhook", "name": "panel", "department": "atendimento", "url": "https://example.org/x"}


def settings(*given: dict[str, object]) -> Settings:
    return Settings(deliveries={"destinations": given, "allow": ["127.0.0.0/8"]})  # type: ignore[arg-type]


def nothing_in(folder: Path) -> bool:
    return not list(folder.iterdir())


def test_sinks_are_found_by_their_files():
    assert "webhook" in sink_names()


def test_without_destinations_there_is_nothing_to_run_and_no_store():
    assert not {"deliveries", "dispatcher"} & {each.name for each in services(Settings())}


def test_with_one_its_department_s_topic_is_read():
    found = {each.name: each for each in services(settings(PANEL | {"secret": SECRET}))}
    assert {"deliveries", "dispatcher"} <= set(found)
    assert list(found["deliveries"].topics) == ["ouvidor.department.atendimento"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([{}], r"destinations\[0\]\.sink: the name of a sink is expected; known are"),
        ([{"sink": "webhok"}], r"destinations\[0\]\.sink: there is no sink 'webhok'; did you mean webhook\?"),
        ([PANEL], r"deliveries\.destinations\[0\]\.secret: missing"),
        ([PANEL | {"secret": SECRET, "ulr": "x"}], r"destinations\[0\]\.ulr: unknown key; did you mean url\?"),
        ([PANEL | {"secret": SECRET}] * 2, r"destinations\[1\]\.name: panel is destinations\[0\] already"),
    ],
)
def test_a_fault_is_told_with_its_place(given: list[dict[str, object]], words: str):
    with pytest.raises(Misconfigured, match=words):
        destinations(settings(*given))


async def test_the_check_knows_the_departments_and_asks_nobody_unless_told():
    assert await check(settings(PANEL | {"secret": SECRET}), connect=False) == []
    (told,) = await check(settings(PANEL | {"secret": SECRET, "department": "nobody"}), connect=False)
    assert "there is no department nobody" in str(told)


async def test_a_destination_without_its_secret_hides_no_other_fault():
    given = settings(PANEL | {"secret_file": "/no/such", "department": "nobody"}, PANEL | {"secret": SECRET})
    store = {"deliveries": given.deliveries.model_copy(update={"store": SecretStr("mysql://x")})}
    found = [str(line) for line in await check(given.model_copy(update=store), connect=False)]
    assert [line.split(": ")[1] for line in found] == [
        "deliveries.destinations[0].secret_file",
        "deliveries.destinations[1].name",
        "deliveries.destinations[0].department",
        "deliveries.store",
    ]


async def test_the_check_connects_and_sends_nothing(panel: Panel, tmp_path: Path):
    it = PANEL | {"secret": SECRET, "url": panel.url, "in_the_clear": True}
    connected = settings(it).model_copy(update={"data": tmp_path})
    assert await check(connected, connect=True) == []
    assert panel.requests == []
    assert nothing_in(tmp_path)
    store = Store(address(connected))
    store.turn([], [], NOW, {"panel": "410 Gone"})
    store.close()
    (told,) = await check(connected, connect=True)
    assert told == "destination panel is disabled (410 Gone): mend it, then `ouvidor deliveries enable panel`"
    store.turn([], [], NOW, {"panel": None})  # type: ignore[dict-item]
    store.close()
    await panel.stop()
    (told,) = await check(connected, connect=True)
    assert isinstance(told, Unavailable)
    assert "destination panel: not reached" in str(told)
