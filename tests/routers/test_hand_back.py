"""What is handed back goes on: to whom, with which reasons, by which deadline, and never round and round."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import OuvidorError, Rejected
from ouvidor.events import CASE_DISPATCHED, CASE_HANDED_BACK, DISPATCHED, Incoming, Output, encode
from ouvidor.metrics import HAND_BACKS
from ouvidor.protocol import protocol_number
from ouvidor.records import (
    Author,
    CaseDispatched,
    CaseHandedBack,
    Classified,
    Dispatched,
    Evidence,
    Flag,
    HandBack,
    Message,
    Place,
    Severity,
)
from ouvidor.topics import Topics
from routers.again import dispatched_again
from routers.hand_back import fetching, redispatcher
from routers.next_owner import next_owner
from routers.reading import Table
from routers.route import route
from tests.routers.conftest import Tables
from tests.routers.samples import MONDAY, message, verdict

RULES = """
rules:
  - {name: all, when: 'true', then: {owner: lamps, informed: [board]}}
  - {name: second, when: 'true', then: {owner: board}}
"""
PLACE = Place(topic="t.classified", partition=1, offset=17)
TOPICS = Topics("t.")


def numbered() -> Message:
    said = message()
    return said.model_copy(update={"protocol": protocol_number(said.id, MONDAY.date())})


def handed(*had: str, proposed: str | None = None, **changes: Any) -> CaseHandedBack:  # noqa: ANN401 - any field
    said = numbered()
    reply = HandBack(
        id=uuid4(),
        protocol=said.protocol,
        department=had[-1],
        by="plantão",
        at=MONDAY,
        reason="não é daqui mesmo",
        proposed=proposed,
    )
    usual: dict[str, Any] = {
        "protocol": said.protocol,
        "at": MONDAY + timedelta(hours=3),
        "owner": had[-1],
        "deadline": MONDAY + timedelta(days=2),
        "reply": reply,
        "round": len(had),
        "had": had,
        "reasons": tuple(f"motivo de {name} aqui" for name in had),
        "profile": "seed",
        "rule": "all@0123abcd",
        "judged": PLACE,
    }
    return CaseHandedBack(**(usual | changes))


@pytest.mark.parametrize(
    ("had", "proposed", "expected"),
    [
        (["lamps"], "roads", ("roads", "proposed")),
        (["lamps"], "ombudsman", ("ombudsman", "proposed")),
        (["lamps"], "gone", ("board", "second")),
        (["lamps"], None, ("board", "second")),
        (["lamps", "board"], None, ("roads", "area:vias")),
        (["lamps", "board"], "lamps", ("roads", "area:vias")),
        (["roads", "board"], None, ("lamps", "all")),
        (["lamps", "board", "roads"], "counter", ("ombudsman", "ombudsman")),
    ],
)
def test_it_goes_to_whom_is_proposed_or_whom_the_table_names_next_and_after_two_rounds_to_the_ombudsman(
    table_of: Tables, had: list[str], proposed: str | None, expected: tuple[str, str]
):
    found = next_owner(handed(*had, proposed=proposed), numbered(), verdict(area="vias"), table_of(RULES))
    assert found == expected


def test_a_denunciation_never_goes_to_its_area_s_department_which_may_be_accused(table_of: Tables):
    judged = verdict(Flag.MISCONDUCT, area="vias")
    assert next_owner(handed("lamps"), numbered(), judged, table_of(RULES)) == ("board", "second")
    assert next_owner(handed("lamps", "board"), numbered(), judged, table_of(RULES)).owner == "ombudsman"
    assert next_owner(handed("lamps", "board", proposed="roads"), numbered(), judged, table_of(RULES)).owner == "roads"


def test_where_nobody_is_left_the_ombudsman_has_it(table_of: Tables):
    assert next_owner(handed("counter"), numbered(), verdict(area=None), table_of()).owner == "ombudsman"
    assert next_owner(handed("roads"), numbered(), verdict(area=None), table_of()).owner == "counter"


def test_the_deadline_and_its_clock_stay_and_the_reasons_are_told_in_order(
    table_of: Tables, calendar: BusinessCalendar
):
    judged = Classified(message=numbered(), verdict=verdict(area="vias"))
    event = handed("lamps", "board", deadline=MONDAY + timedelta(days=13), profile="bacen")
    dispatch, copy = dispatched_again(event, judged, table_of(RULES), calendar)
    assert (dispatch.owner, dispatch.deadline, dispatch.profile) == ("roads", event.deadline, "bacen")
    assert dispatch.terms == ()
    assert dispatch.handed_back == (
        "devolvido por lamps: motivo de lamps aqui",
        "devolvido por board: motivo de board aqui",
    )
    assert dispatch.rule.startswith("handed-back:area:vias@")
    assert dispatch.informed == ("board",)
    assert copy.dispatch == dispatch
    first = route(judged.message, judged.verdict, table_of(), calendar)
    same, _ = dispatched_again(handed("lamps", deadline=first.deadline), judged, table_of(), calendar)
    assert same.terms == first.terms != ()


def test_a_department_that_is_away_is_stood_in_for_but_not_by_who_had_it(table_of: Tables, calendar: BusinessCalendar):
    away = """
default: counter
departments:
  - {name: counter, title: Balcão}
  - {name: lamps, title: Luz}
  - {name: roads, title: Vias, areas: [vias], absent_until: 2026-12-31, deputy: lamps}
profile: seed
"""
    judged = Classified(message=numbered(), verdict=verdict(area="vias"))
    table = table_of(instead=away)
    dispatch, _ = dispatched_again(handed("counter"), judged, table, calendar)
    assert (dispatch.owner, dispatch.deputy_for) == ("lamps", "roads")
    dispatch, _ = dispatched_again(handed("lamps"), judged, table, calendar)
    assert (dispatch.owner, dispatch.deputy_for) == ("roads", None)


def test_the_next_owner_gets_no_more_of_the_author_than_it_may(table_of: Tables, calendar: BusinessCalendar):
    judged = Classified(message=numbered(), verdict=verdict(area="vias"))
    dispatch, copy = dispatched_again(handed("lamps", proposed="board"), judged, table_of(), calendar)
    assert dispatch.extract
    assert copy.message.author.name is None


def incoming(event: CaseHandedBack, type_: str = CASE_HANDED_BACK) -> Incoming:
    output = encode(
        event,
        topic="t.case-events",
        key=event.protocol,
        id=event.reply.id,
        type=type_,
        source="/tests",
        time=event.at,
        subject=event.protocol,
    )
    return ConsumerRecord(
        topic="t.case-events",
        partition=0,
        offset=3,
        timestamp=0,
        timestamp_type=0,
        key=output.key,
        value=output.value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=output.headers,
    )


async def worked(table: Table, calendar: BusinessCalendar, event: CaseHandedBack, found: Any) -> list[Output]:  # noqa: ANN401
    async def fetch(places: Collection[Place]) -> dict[Place, Classified | OuvidorError]:
        return dict.fromkeys(places, found)

    (record,) = await fetching(fetch)([incoming(event)])
    return list(redispatcher(lambda: table, calendar, TOPICS)(record))


async def test_the_next_owner_s_copy_and_the_word_of_it_go_together(table_of: Tables, calendar: BusinessCalendar):
    counted = HAND_BACKS.labels("all", "department")
    before = counted._value.get()
    event = handed("lamps")
    judged = Classified(message=numbered(), verdict=verdict(Flag.REGULATOR, severity=Severity.HIGH, area="vias"))
    copy, whole, word = await worked(table_of(RULES), calendar, event, judged)
    assert [output.topic for output in (copy, whole, word)] == ["t.department.board", "t.ombudsman", "t.case-commands"]
    assert {output.key for output in (copy, whole, word)} == {event.protocol.encode()}
    assert [dict(output.headers)["ce_type"].decode() for output in (copy, word)] == [DISPATCHED, CASE_DISPATCHED]
    told = CaseDispatched.model_validate_json(word.value or b"")
    assert (told.owner, told.round, told.deadline, told.judged) == ("board", 1, event.deadline, PLACE)
    assert Dispatched.model_validate_json(whole.value or b"").message.author.name == numbered().author.name
    assert Dispatched.model_validate_json(copy.value or b"").message.author.name is None
    assert counted._value.get() == before + 1
    again = await worked(table_of(RULES), calendar, event, judged)
    assert dict(again[0].headers)["ce_id"] == dict(copy.headers)["ce_id"]
    second = await worked(table_of(RULES), calendar, handed("lamps"), judged)
    assert dict(second[0].headers)["ce_id"] != dict(copy.headers)["ce_id"]


async def test_reasons_are_masked_for_who_gets_the_extract_as_its_text_is_and_whole_for_the_ombudsman(
    table_of: Tables, calendar: BusinessCalendar
):
    said = "Aqui é Zulmira Quixadá, cpf 529.982.247-25, e a fatura veio errada."
    author = Author(name="Zulmira Quixadá", address="zulmira@exemplo.test")
    span = said.index("fatura")
    evidence = (Evidence(start=span, end=span + 6, label="area:vias", source="fatura"),)
    its = numbered().model_copy(update={"text": said, "author": author, "subject": None, "turns": ()})
    judged = Classified(message=its, verdict=verdict(Flag.REGULATOR, area="vias", evidence=evidence))
    event = handed("lamps", proposed="board")
    reason = "a Zulmira Quixadá (zulmira@exemplo.test, CPF 52998224725) já foi atendida por nós"
    event = event.model_copy(update={"reasons": (reason,)})
    copy, whole, _ = await worked(table_of(), calendar, event, judged)
    masked, open_ = (Dispatched.model_validate_json(each.value or b"") for each in (copy, whole))
    assert masked.dispatch.extract
    (told,) = masked.dispatch.handed_back
    assert told == "devolvido por lamps: a [NOME 1] ([E-MAIL 1], CPF [CPF 1]) já foi atendida por nós"
    assert masked.message.text.startswith("Aqui é [NOME 1], cpf [CPF 1]")
    assert open_.dispatch.handed_back == (f"devolvido por lamps: {reason}",)
    (spoke,) = open_.verdict.evidence
    assert open_.message.text[spoke.start : spoke.end] == "fatura"


async def test_after_two_rounds_it_is_in_the_ombudsman_s_queue_alone(table_of: Tables, calendar: BusinessCalendar):
    judged = Classified(message=numbered(), verdict=verdict(area="vias"))
    whole, word = await worked(table_of(), calendar, handed("roads", "counter", "lamps"), judged)
    assert whole.topic == "t.ombudsman"
    dispatch = Dispatched.model_validate_json(whole.value or b"").dispatch
    assert (dispatch.owner, dispatch.ombudsman, dispatch.why) == ("ombudsman", True, ("handed_back",))
    assert CaseDispatched.model_validate_json(word.value or b"").ombudsman


async def test_a_message_that_is_not_there_any_more_or_is_another_is_a_person_s(
    table_of: Tables, calendar: BusinessCalendar
):
    with pytest.raises(Rejected, match="not at"):
        await worked(table_of(), calendar, handed("roads"), Rejected("the message is not at t/1/17 any more"))
    other = Classified(message=message(protocol=protocol_number(uuid4(), MONDAY.date())), verdict=verdict())
    with pytest.raises(Rejected, match="another message"):
        await worked(table_of(), calendar, handed("roads"), other)


def test_other_events_of_a_case_leave_nothing(table_of: Tables, calendar: BusinessCalendar):
    function = redispatcher(table_of, calendar, TOPICS)
    assert function(incoming(handed("lamps"), "ouvidor.case.answered.v1")) == []
