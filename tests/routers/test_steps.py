"""What the routers tell of a contact's way: each dispatch as it was recorded, and by which table."""

import pytest

from ouvidor.business_time import BusinessCalendar
from ouvidor.events import CASE_DISPATCHED, CLASSIFIED, DISPATCHED, Output
from ouvidor.records import CaseDispatched, Classified, Dispatched, Flag
from ouvidor.settings import Settings
from ouvidor.steps import Step
from routers.reading import read_table
from routers.route import copies, route
from routers.steps import steps
from tests.history import DEADLINE, NUMBER, announced, dispatch, event, records
from tests.routers.samples import message, verdict

pytestmark = pytest.mark.usefixtures("nowhere")
SAID, HOW = message(protocol=NUMBER), verdict(Flag.REGULATOR, area="telecom")
JUDGED = event(Classified(message=SAID, verdict=HOW), "ouvidor.classified", CLASSIFIED)


def lines(step: Step) -> list[str]:
    return [line.plain for line in step.lines]


def test_a_dispatch_by_the_table_in_force_is_told_once_in_its_sentences(calendar: BusinessCalendar):
    table = read_table()
    found = route(SAID, HOW, table, calendar)
    feeds = [event(copy, f"ouvidor.department.{name}", DISPATCHED) for name, copy in copies(SAID, HOW, found, table)]
    whole = event(Dispatched(message=SAID, verdict=HOW, dispatch=found), "ouvidor.ombudsman", DISPATCHED)
    word = event(announced(owner=found.owner, rule=found.rule), "ouvidor.case-commands", CASE_DISPATCHED)
    (step,) = steps(Settings(), records(JUDGED, *feeds, whole, word))
    assert (step.name, step.title) == ("dispatched", "ENCAMINHADA")
    assert len(step.records) == len(feeds) + 2 == 4
    told = lines(step)
    assert told[0] == (
        "Responde: Produtos, Entregas e Contratos (comercial). Nenhuma regra decide; o assunto “telecom” é deste setor."
    )
    assert told[-1] == f"Linha da tabela: area:telecom@{table.hash}"


def test_where_the_days_that_count_changed_since_the_record_is_told(calendar: BusinessCalendar):
    table = read_table()
    found = route(SAID, HOW, table, calendar).model_copy(update={"deadline": DEADLINE})
    feed = event(Dispatched(message=SAID, verdict=HOW, dispatch=found), "ouvidor.department.comercial", DISPATCHED)
    (step,) = steps(Settings(), records(JUDGED, feed))
    assert lines(step)[0] == "Responde: comercial, até 27/11/2026 às 09:00, perfil seed."
    assert lines(step)[-1] == f"Linha da tabela: area:telecom@{table.hash}"


def test_a_clause_of_another_version_is_named_and_none_says_nothing():
    for why, words in (((), "também recebe."), (("nova",), "também recebe, porque “nova”.")):
        (step,) = steps(Settings(), records(JUDGED, of(ombudsman=True, why=why)))
        assert f"Ouvidoria: {words}" in lines(step)


def of(**changes: object) -> Output:
    return event(
        Dispatched(message=SAID, verdict=HOW, dispatch=dispatch(**changes)), "ouvidor.department.saude", DISPATCHED
    )


def test_by_another_table_it_is_told_as_far_as_the_record_says():
    (step,) = steps(
        Settings(), records(JUDGED, of(ombudsman=True, why=("regulator", "condition_failed:x"), informed=("juridico",)))
    )
    assert lines(step) == [
        "Responde: saude, até 27/11/2026 às 09:00, perfil seed.",
        "Fica sabendo: juridico.",
        "Autor: o setor recebe a mensagem com o autor.",
        "Ouvidoria: também recebe, porque a mensagem fala de órgão externo.",
        (
            f"Linha da tabela: area:saude@0 (a tabela de agora é outra, {read_table().hash}:"
            " `ouvidor route explain` diz o que ela faria)"
        ),
    ]


def test_each_round_is_a_step_and_the_last_says_who_had_it():
    history = records(
        of(), of(owner="educacao", extract=True, handed_back=("devolvido por saude: é da educação",), rule="x@0")
    )
    first, second = steps(Settings(), history)
    assert (first.title, second.title) == ("ENCAMINHADA", "ENCAMINHADA DE NOVO")
    assert "Antes: devolvido por saude: é da educação" in lines(second)
    assert "Autor: o setor recebe o extrato, sem o autor." in lines(second)


def test_a_dispatch_whose_copies_are_gone_is_told_by_its_word():
    word: CaseDispatched = announced(informed=("juridico",), ombudsman=True)
    (step,) = steps(Settings(), records(event(word, "ouvidor.case-commands", CASE_DISPATCHED)))
    assert lines(step) == [
        "Responde: saude, até 27/11/2026 às 09:00, perfil seed.",
        "Fica sabendo: juridico.",
        "Ouvidoria: também recebe.",
        "Linha da tabela: area:saude@0",
    ]
