"""`ouvidor demo`, not on a terminal, as a stranger runs it: all 320 exactly once, and nothing left behind."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ouvidor.demo.sample import load_samples, reference_in
from tests.e2e.household import Household

pytestmark = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    home = tmp_path_factory.mktemp("demo")
    household = Household(home, "demo", "--exit-when-done", "--json")
    household.process.wait(280)
    yield household
    household.end()


@pytest.fixture(scope="module")
def outcome(demo: Household) -> dict[str, Any]:
    assert demo.process.returncode == 0, demo.output.read_text() + demo.errors.read_text()
    return json.loads(demo.output.read_text())  # type: ignore[no-any-return]


def test_every_sample_is_in_its_departments_topic_exactly_once(outcome: dict[str, Any]) -> None:
    assert outcome["good"] is True
    assert outcome["exactly_once"] == outcome["samples"] == 320
    assert outcome["networks"] == {"imap": 200, "form": 50, "whatsapp": 30, "telegram": 20, "webvtt": 20}
    assert outcome["missing"] == outcome["doubled"] == outcome["strange"] == []


def test_what_is_no_message_is_kept_apart(outcome: dict[str, Any]) -> None:
    assert outcome["dead_letters"] == 0
    assert outcome["network_events"] == 1
    assert outcome["redeliveries"] == 13
    assert outcome["forgeries"] == 1


def test_the_departments_files_say_the_same_as_their_topics(demo: Household, outcome: dict[str, Any]) -> None:
    owned: Counter[str] = Counter()
    departments: Counter[str] = Counter()
    queue: Counter[str] = Counter()
    for path in (demo.home / "var" / "demo" / "departments").glob("*.ndjson"):
        for line in path.read_text("utf-8").splitlines():
            event = json.loads(line)
            ref = reference_in(event["message"]["text"]) or "unknown"
            if path.stem == "ombudsman":
                queue[ref] += 1
            elif event["dispatch"]["owner"] == path.stem:
                owned[ref] += 1
                departments[path.stem] += 1
    assert owned == {sample.ref: 1 for sample in load_samples()}
    assert departments == outcome["departments"]
    assert len(queue) == sum(queue.values()) == outcome["ombudsman"]


def test_it_says_in_plain_lines_how_it_goes(demo: Household, outcome: dict[str, Any]) -> None:
    said = demo.errors.read_text()
    assert "received 320/320 (mail 200/200" in said
    assert "\x1b[" not in said
    assert "Traceback" not in said


def test_no_process_is_left(demo: Household, outcome: dict[str, Any]) -> None:
    assert demo.running() == set()


def test_nobody_else_may_read_what_customers_wrote(demo: Household, outcome: dict[str, Any]) -> None:
    assert (demo.home / "var" / "demo").stat().st_mode & 0o077 == 0
