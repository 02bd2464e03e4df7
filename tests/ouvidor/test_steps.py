"""The steps that the floor tells of a contact's way, and what it leaves to the rooms."""

from datetime import timedelta

from ouvidor.batch import DeadLetters
from ouvidor.entry_points import load, offered
from ouvidor.errors import Rejected
from ouvidor.events import CLASSIFIED, INBOUND, Output
from ouvidor.records import Classified
from ouvidor.settings import Settings
from ouvidor.steps import Step, steps
from ouvidor.topics import Topics
from tests.history import BEGAN, NUMBER, event, records
from tests.routers.samples import message, verdict


def lines(step: Step) -> list[str]:
    return [line.plain for line in step.lines]


def test_every_room_that_has_something_to_tell_is_heard():
    assert [*offered("ouvidor.steps")] == ["classify", "route", "sinks"]
    assert all(callable(load(entry)) for entry in offered("ouvidor.steps").values())


def test_the_receipt_is_told_without_who_wrote():
    heard = message(
        protocol=NUMBER, received_at=BEGAN, sent_at=BEGAN - timedelta(hours=2), defects=("charset: guessed\x1b[2J",)
    )
    first, *_ = steps(Settings(), records(event(heard, "ouvidor.inbound.email", INBOUND)))
    told = lines(first)
    assert (first.name, first.at) == ("heard", BEGAN)
    assert [record.topic for record in first.records] == ["ouvidor.inbound.email"]
    assert told[0].startswith("e-mail (")
    assert "enviada em 24/11/2026 às 07:00" in told
    assert "defeito: charset: guessed[2J" in told
    assert heard.author.name
    assert not any(heard.author.name in line or str(heard.author.address) in line for line in told)


def test_a_dead_letter_is_told_with_its_own_case_and_how_it_is_sent_again():
    broken = Output("ouvidor.classified", b"{", NUMBER.encode(), (("ce_type", CLASSIFIED.encode()),))
    first, second = records(broken, broken)
    letters = DeadLetters("route", Topics(), clock=lambda: BEGAN)
    written = [out for record in (first, second) for out in letters.outputs(record, Rejected("no JSON"), 1)]
    found = [step for step in steps(Settings(), records(*written)) if step.name == "dead-letter"]
    assert [[record.offset for record in step.records] for step in found] == [[0, 1], [2, 3]]
    assert lines(found[1]) == [
        "no estágio route, 1ª tentativa: Rejected: no JSON",
        "veio de ouvidor.classified 0-1",
        "está aberta: `ouvidor dead-letters retry 0-2` a manda de novo",
    ]


def test_what_nobody_tells_is_told_by_its_type():
    broken = Output("ouvidor.classified", b"{", NUMBER.encode(), (("ce_type", CLASSIFIED.encode()),))
    judged = event(
        Classified(message=message(protocol=NUMBER), verdict=verdict()), "ouvidor.classified", "ouvidor.message.new.v9"
    )
    found = steps(Settings(), records(broken, judged))
    assert [(step.name, lines(step)) for step in found] == [
        ("event", [CLASSIFIED]),
        ("event", ["ouvidor.message.new.v9"]),
    ]
