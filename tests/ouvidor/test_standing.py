"""Where a contact stands by the events of its history."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from ouvidor.batch import DeadLetters
from ouvidor.errors import Rejected
from ouvidor.events import CASE_DISPATCHED, CLASSIFIED, DISPATCHED, DOUBTED, INBOUND, RETRIED, Output
from ouvidor.records import CaseExtended, CaseHandedBack, Classified, Dispatched, Extend, Place, Retried
from ouvidor.standing import Standing, standing
from ouvidor.topics import Topics
from tests.history import BEGAN, DEADLINE, NUMBER, announced, answer, answered, dispatch, event, hand_back, records
from tests.routers.samples import message, verdict

HEARD = event(message(protocol=NUMBER), "ouvidor.inbound.email", INBOUND)
JUDGED = Classified(message=message(protocol=NUMBER), verdict=verdict())
SENT = Dispatched(message=JUDGED.message, verdict=JUDGED.verdict, dispatch=dispatch())
IN_DOUBT = event(JUDGED, "ouvidor.doubtful", DOUBTED)
CERTAIN = event(JUDGED, "ouvidor.classified", CLASSIFIED)
FEED = event(SENT, "ouvidor.department.saude", DISPATCHED)
WORD = event(announced(), "ouvidor.case-commands", CASE_DISPATCHED)
ANSWERED = event(answered(), "ouvidor.case-events", "ouvidor.case.answered.v1")
MORE_FOLLOWS = event(answered(answer(final=False)), "ouvidor.case-events", "ouvidor.case.answered.v1")
HANDED_BACK = event(
    CaseHandedBack(
        protocol=NUMBER, at=BEGAN, owner="saude", deadline=DEADLINE, reply=hand_back(), round=1, had=("saude",),
        reasons=("é da educação",), profile="seed", rule="area:saude@0", judged=Place(topic="t", partition=0, offset=0),
    ),
    "ouvidor.case-events",
    "ouvidor.case.handed-back.v1",
)  # fmt: skip
AGAIN = event(announced(owner="educacao", round=1), "ouvidor.case-commands", CASE_DISPATCHED)


@pytest.mark.parametrize(
    ("events", "name", "owner"),
    [
        ([HEARD], "judging", None),
        ([HEARD, IN_DOUBT], "doubted", None),
        ([CERTAIN], "routing", None),
        ([CERTAIN, FEED, WORD], "department", "saude"),
        ([WORD], "department", "saude"),
        ([CERTAIN, FEED, WORD, MORE_FOLLOWS], "department", "saude"),
        ([CERTAIN, FEED, WORD, ANSWERED], "answered", "saude"),
        ([CERTAIN, FEED, WORD, HANDED_BACK], "routing", "saude"),
        ([CERTAIN, FEED, WORD, HANDED_BACK, AGAIN], "department", "educacao"),
    ],
)
def test_the_last_word_counts(events: list[Output], name: str, owner: str | None):
    found = standing(records(*events))
    assert found is not None
    assert (found.name, found.owner) == (name, owner)


def test_a_dead_letter_stands_above_all_until_it_is_sent_again():
    (judged,) = records(CERTAIN)
    letter, case = DeadLetters("route", Topics(), clock=lambda: BEGAN).outputs(judged, Rejected("no"), 1)
    stuck = standing(records(CERTAIN, letter, case))
    assert stuck is not None
    assert (stuck.name, stuck.words) == ("dead-letter", "parada numa carta morta do estágio route")
    note = event(Retried(partition=0, offset=1), "ouvidor.dead-letter", RETRIED)
    going = standing(records(CERTAIN, letter, note, FEED))
    assert going is not None
    assert going.name == "department"


def test_who_has_no_event_that_tells_stands_nowhere():
    assert standing([]) is None


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(hours=30, minutes=5), "com saude; resposta até 27/11/2026 às 09:00, faltam 30 h"),
        (timedelta(days=4, hours=5), "com saude; resposta até 27/11/2026 às 09:00, faltam 4 dias"),
        (timedelta(minutes=20), "com saude; resposta até 27/11/2026 às 09:00, faltam 20 min"),
        (-timedelta(hours=1), "com saude; resposta até 27/11/2026 às 09:00, venceu há 1 h"),
    ],
)
def test_the_time_that_is_left_is_told(before: timedelta, words: str):
    zone = ZoneInfo("America/Sao_Paulo")
    assert Standing("department", "saude", DEADLINE, "com saude").told(DEADLINE - before, zone) == words
    assert Standing("answered", "saude", words="respondida").told(datetime.now(UTC), zone) == "respondida"


def test_events_of_one_moment_count_in_the_order_in_which_they_were_written():
    """All events of one transaction may have the same millisecond."""
    more = Extend(id=uuid4(), protocol=NUMBER, department="saude", by="p", at=BEGAN, reason="falta um laudo")
    extended = event(
        CaseExtended(protocol=NUMBER, at=BEGAN, owner="saude", deadline=DEADLINE, before=BEGAN, reply=more),
        "ouvidor.case-events",
        "ouvidor.case.extended.v1",
    )
    found = standing(records(CERTAIN, FEED, WORD, extended, ANSWERED, minutes=[0, 1, 1, 2, 2]))
    assert found is not None
    assert found.name == "answered"


def test_a_replay_and_clocks_that_differ_change_nothing():
    replayed = standing(records(CERTAIN, FEED, WORD, ANSWERED, WORD))
    assert replayed is not None
    assert replayed.name == "answered"
    overtaken = standing(records(CERTAIN, FEED, WORD, AGAIN, HANDED_BACK))
    assert overtaken is not None
    assert (overtaken.name, overtaken.owner) == ("department", "educacao")


def test_a_dead_letter_holds_up_until_something_moves_and_the_shadow_s_holds_up_nothing():
    (judged,) = records(CERTAIN)
    for stage, name in (("shadow", "routing"), ("route", "dead-letter")):
        letter, case = DeadLetters(stage, Topics(), clock=lambda: BEGAN).outputs(judged, Rejected("no"), 1)
        found = standing(records(CERTAIN, letter, case))
        assert found is not None
        assert found.name == name
        moved = standing(records(CERTAIN, letter, case, FEED))
        assert moved is not None
        assert moved.name == "department"
