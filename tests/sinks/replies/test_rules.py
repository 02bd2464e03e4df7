"""Who may reply what to which case, and what comes of it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ouvidor.records import REPLIES, CaseAnswered, CaseExtended, CaseHandedBack, Reply
from sinks.replies.case import Case, dispatched, fingerprint
from sinks.replies.reading import Fault
from sinks.replies.rules import HAND_BACK_WITHIN, Accepted, House, decide
from tests.sinks.replies.samples import DEPARTMENTS, MONDAY, data, dispatch
from tests.sinks.replies.test_reading import WORDS

HOUSE = House(DEPARTMENTS.knows, DEPARTMENTS.names, ZoneInfo("America/Sao_Paulo"))
LONGER = MONDAY + timedelta(days=13)


def case(**changes: Any) -> Case:  # noqa: ANN401 - any field
    return dispatched(None, dispatch(**changes))


def reply(command: str, **changes: Any) -> Reply:  # noqa: ANN401 - the same
    return REPLIES[command].model_validate(data(**(WORDS[command] | changes)))


def accepted(given: Reply, case: Case | None, **later: float) -> Accepted:
    found = decide(given, case, MONDAY + timedelta(**later), HOUSE)
    assert isinstance(found, Accepted), found
    return found


def refused(given: Reply, case: Case | None, **later: float) -> Fault:
    found = decide(given, case, MONDAY + timedelta(**later), HOUSE)
    assert isinstance(found, Fault), found
    return found


@pytest.mark.parametrize("command", REPLIES)
def test_the_owner_s_reply_becomes_an_event_with_the_reply_in_it(command: str):
    given = reply(command)
    event = accepted(given, case(extendable_until=LONGER), hours=1).event
    assert (event.reply, event.owner, event.at) == (given, "saude", MONDAY + timedelta(hours=1))


@pytest.mark.parametrize("command", REPLIES)
def test_whoever_is_informed_or_a_stranger_or_a_protocol_that_there_is_not_is_refused(command: str):
    informed = refused(reply(command, department="juridico"), case())
    assert (informed.field, "só são informados" in informed.reason) == ("department", True)
    assert refused(reply(command, department="vias"), case()).field == "department"
    assert refused(reply(command, department="ombudsman"), case()).field == "department"
    assert refused(reply(command), None).field == "protocol"


def test_partners_reply_as_the_owner_does_and_the_ombudsman_where_it_sees_the_case():
    accepted(reply("answer", department="vias"), case(partners=("vias",)))
    accepted(reply("answer", department="ombudsman"), case(ombudsman=True))
    assert refused(reply("hand-back", department="vias", proposed=None), case(partners=("vias",))).field == "department"


def test_a_deadline_is_extended_once_to_what_the_clock_gives_and_not_after_it_has_passed():
    first = accepted(reply("extend"), case(extendable_until=LONGER))
    assert isinstance(first.event, CaseExtended)
    assert (first.event.deadline, first.event.before, first.case.deadline) == (LONGER, case().deadline, LONGER)
    assert "uma vez, até 06/12/2026 às 09:00" in refused(reply("extend"), first.case).reason
    assert "não admite prorrogação: responda até 26/11/2026 às 09:00" in refused(reply("extend"), case()).reason
    assert "venceu em 26/11/2026" in refused(reply("extend"), case(extendable_until=LONGER), days=4).reason


def test_what_was_answered_for_good_is_neither_extended_nor_handed_back_but_may_be_answered_again():
    found = accepted(reply("answer", final=True), case(extendable_until=LONGER))
    assert isinstance(found.event, CaseAnswered)
    assert "já foi respondido" in refused(reply("extend"), found.case).reason
    assert "já foi respondido" in refused(reply("hand-back"), found.case).reason
    accepted(reply("answer", text="Uma correção."), found.case)
    accepted(reply("extend"), accepted(reply("answer", final=False), case(extendable_until=LONGER)).case)


def test_what_is_handed_back_is_nobody_s_until_the_routers_have_given_it_to_the_next_and_its_clock_goes_on():
    found = accepted(reply("hand-back"), case(ombudsman=True))
    assert isinstance(found.event, CaseHandedBack)
    assert (found.event.round, found.event.had, found.event.reasons) == (1, ("saude",), ("é da coleta de lixo",))
    assert (found.event.judged, found.event.rule) == (case().judged, case().rule)
    assert "a caminho" in refused(reply("answer"), found.case).reason
    accepted(reply("answer", department="ombudsman"), found.case)
    given = dispatch(owner="vias", round=1, deadline=MONDAY + timedelta(days=30), rule="handed-back:x@1")
    second = dispatched(found.case, given)
    assert (second.owner, second.deadline, second.ombudsman) == ("vias", case().deadline, True)
    assert "agora é de vias" in refused(reply("answer"), second).reason
    again = accepted(reply("hand-back", department="vias", proposed=None), second)
    assert isinstance(again.event, CaseHandedBack)
    assert (again.event.round, again.event.had) == (2, ("saude", "vias"))


def test_a_dispatch_that_is_told_again_takes_nothing_back():
    found = accepted(reply("hand-back"), case()).case
    assert dispatched(found, dispatch()) == found
    second = dispatched(found, dispatch(owner="vias", round=1))
    assert dispatched(second, dispatch()) == second


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"proposed": "saude"}, "indique outro"), ({"proposed": "saudee"}, "seria saude?"), ({"proposed": "q"}, "tabela")],
)
def test_who_is_proposed_is_another_department_that_there_is(changes: dict[str, Any], words: str):
    fault = refused(reply("hand-back", **changes), case())
    assert (fault.field, words in fault.reason) == ("proposed", True)
    accepted(reply("hand-back", proposed="ombudsman"), case())


def test_a_wrong_address_is_told_while_the_message_can_still_be_read_again():
    accepted(reply("hand-back"), case(), seconds=HAND_BACK_WITHIN.total_seconds())
    assert "25 dias" in refused(reply("hand-back"), case(), seconds=HAND_BACK_WITHIN.total_seconds() + 1).reason


def test_the_ombudsman_hands_nothing_back():
    assert "última instância" in refused(reply("hand-back", department="ombudsman"), case(owner="ombudsman")).reason


def test_a_reply_that_is_sent_again_later_is_the_same_and_other_words_are_not():
    first = reply("answer")
    assert fingerprint(first) == fingerprint(first.model_copy(update={"at": MONDAY + timedelta(days=1)}))
    assert fingerprint(first) != fingerprint(first.model_copy(update={"text": "Outra coisa."}))
