"""The live table shows the books, whole, on a terminal of any usual width."""

import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from ouvidor.demo.house import House
from ouvidor.demo.ledger import Ledger
from ouvidor.demo.picture import draw_picture
from ouvidor.demo.report import as_json, as_text
from ouvidor.demo.sample import load_samples
from ouvidor.demo.story import choose, tell
from ouvidor.demo.table import draw, in_words
from ouvidor.settings import Settings
from ouvidor.supervisor import State
from ouvidor.topics import Topics

SAMPLES = load_samples()
TOPICS = Topics()


def _event(number: int) -> dict[str, object]:
    """An event as a department reads it: every third critical, every third unsure, every third an ordinary request."""
    text = SAMPLES[number].words
    severity = ("critical", "low", "high")[number % 3]
    return {
        "message": {
            "text": text, "network": SAMPLES[number].network, "received_at": "2025-11-21T12:30:00Z",
            "protocol": f"20251121-0000-0000-{number:03d}",
        },
        "verdict": {
            "kind": "complaint" if severity == "critical" else "request", "severity": severity, "difficulty": "simple",
            "flags": [], "area": "saude", "sure": severity != "high",
            "confidence": {"kind": 0.9, "severity": 0.8},
            "evidence": [{"start": 0, "end": 5, "label": "area:saude", "source": "areas"}],
        },
        "dispatch": {
            "owner": "educacao-e-social", "ombudsman": severity != "low", "why": ["critical"], "rule": "area@1",
            "deadline": "2025-11-24T12:30:00Z", "profile": "seed", "extract": severity == "high",
        },
    }  # fmt: skip


@pytest.fixture
def ledger() -> Ledger:
    books = Ledger(SAMPLES, TOPICS)
    for number, sample in enumerate(SAMPLES):
        books.send(sample.ref, 0.0)
        event = _event(number)
        books.see(TOPICS.inbound("email"), event["message"], 1.0)  # type: ignore[arg-type, call-overload]  # untyped JSON
        books.see(TOPICS.classified, event, 1.5)
        books.see(TOPICS.department("educacao-e-social"), event, 2.0)
        if number % 3 != 1:
            books.see(TOPICS.ombudsman, event, 2.0)
    return books


def _drawn(ledger: Ledger, width: int) -> str:
    paper = Console(file=io.StringIO(), width=width)
    with paper.capture() as capture:
        paper.print(draw(ledger, {"ingest": State.READY, "sinks": State.RESTARTING}, 0.0, 2.5))
    return capture.get()


@pytest.mark.parametrize("width", [80, 100])
def test_no_word_of_it_is_cut(ledger: Ledger, width: int) -> None:
    drawn = _drawn(ledger, width)
    assert "…" not in drawn
    for words in (
        "WhatsApp",
        "30/30",
        "200/200",
        "educacao-e-social",
        "ombudsman's queue",
        "oldest wait",
        "restarting",
    ):
        assert words in drawn


def test_a_pipe_is_told_the_same_in_a_line(ledger: Ledger) -> None:
    assert in_words(ledger, 2.5) == (
        "received 320/320 (mail 200/200, form 50/50, WhatsApp 30/30, Telegram 20/20, calls 20/20); judged 320;"
        " dispatched 320; ombudsman 213; 107/s; oldest waiting none"
    )


def test_three_different_messages_are_told_whole(ledger: Ledger) -> None:
    stories = choose(ledger.arrivals)
    assert [headline.partition(" of ")[0] for headline, _ in stories] == ["One that cannot wait", "One", "One"]
    verdicts = [arrival.event["verdict"] for _, arrival in stories]
    assert [verdict["severity"] for verdict in verdicts] == ["critical", "low", "high"]
    assert [verdict["sure"] for verdict in verdicts] == [True, True, False]


def test_a_deadline_at_midnight_is_told_as_the_end_of_the_day_before(ledger: Ledger) -> None:
    arrival = ledger.arrivals[0]
    event = {**arrival.event, "dispatch": {**arrival.event["dispatch"], "deadline": "2025-11-25T03:00:00Z"}}
    told = tell(replace(arrival, event=event), ZoneInfo("America/Sao_Paulo"))
    assert ("answer by", "Mon 24 Nov 2025 24:00 (seed)") in told


def test_the_report_tells_what_is_wrong_before_anything_else(ledger: Ledger) -> None:
    ledger.see(TOPICS.department("educacao-e-social"), _event(0), 3.0)
    verdict = ledger.verdict()
    figures = as_json(ledger, verdict, seconds=3.0, redeliveries=0, forgeries=0)
    assert (figures["good"], figures["exactly_once"]) == (False, 319)
    house = House(Settings().data / "demo", kafka_port=1, http_port=2)
    lines = as_text(Settings(), house, ledger, verdict, figures).splitlines()
    assert lines[:2] == [
        "319 of 320 messages are in their departments' topics exactly once.",
        "  doubled: DEMO-0001: educacao-e-social, educacao-e-social",
    ]


def test_a_picture_of_it_asks_nobody_for_anything(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "demo.svg"
    draw_picture(draw(ledger, {"ingest": State.READY}, 0.0, 2.5), path, 100)
    svg = path.read_text("utf-8")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "url(&quot;http" not in svg
    assert 'url("http' not in svg
    assert 'xml:space="preserve"' in svg
