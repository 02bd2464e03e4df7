"""`ouvidor route explain`: a dispatch in sentences, that a person at the counter can check."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.records import Classified, Flag, Kind, Message, Severity, Verdict
from routers.asked import NO_MESSAGE, NO_RECEIPT, NO_VERDICT, asked
from routers.commands import app
from routers.reading import read_table
from routers.telling import told
from tests.routers.conftest import PLAIN, Tables
from tests.routers.samples import bounce, message, verdict

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("nowhere")


def test_it_tells_all_that_was_decided_and_by_which_line(calendar: BusinessCalendar):
    table = read_table()
    christmas = message(received_at=datetime(2026, 12, 23, 20, 40, tzinfo=UTC))
    judged = verdict(Flag.REGULATOR, kind=Kind.COMPLAINT, severity=Severity.LOW, area="telecom")
    assert list(told(christmas, judged, table, calendar)) == [
        "20261124-0000-0000-000: reclamação, gravidade baixa; sinais: órgão externo.",
        (
            "  Responde: Produtos, Entregas e Contratos (comercial)."
            " Nenhuma regra decide; o assunto “telecom” é deste setor."
        ),
        "  Fica sabendo: Jurídico, Transparência e Dados Pessoais (juridico), pela regra “orgao-externo-ou-processo”.",
        "  Autor: o setor recebe a mensagem com o autor.",
        "  Ouvidoria: também recebe, porque a mensagem fala de órgão externo.",
        "  Prazo: 29/12/2026 às 17:40, 72 h úteis a contar de 23/12/2026 às 17:40 (gravidade baixa, perfil seed).",
        "    quarta, 23/12: 6 h 20 min",
        "    quinta, 24/12: 24 h",
        "    sexta, 25/12: não conta, feriado: Natal",
        "    sábado, 26/12: não conta, fim de semana",
        "    domingo, 27/12: não conta, fim de semana",
        "    segunda, 28/12: 24 h",
        "    terça, 29/12: 17 h 40 min",
        f"  Linha da tabela: area:telecom@{table.hash}",
    ]


def test_it_tells_business_days_and_the_profile_s_other_dates(table_of: Tables, calendar: BusinessCalendar):
    christmas = message(received_at=datetime(2026, 12, 23, 20, 40, tzinfo=UTC))
    bank = table_of(instead=PLAIN.replace("profile: seed", "profile: bacen"))
    sentences = list(told(christmas, verdict(), bank, calendar))
    begin = next(at for at, line in enumerate(sentences) if line.startswith("  Prazo"))
    assert sentences[begin : begin + 5] == [
        "  Prazo: 08/01/2027 às 24:00, 10 dias úteis a contar de 23/12/2026 às 17:40 (gravidade média, perfil bacen).",
        "    quarta, 23/12: não conta, dia do recebimento",
        "    quinta, 24/12: 1º dia",
        "    sexta, 25/12: não conta, feriado: Natal",
        "    sábado, 26/12: não conta, fim de semana",
    ]
    assert sentences[-2] == "  Com prorrogação justificada: até 22/01/2027 às 24:00."
    body = table_of(instead=PLAIN.replace("profile: seed", "profile: ouvidoria-publica"))
    assert "  Também corre: Resposta do setor à ouvidoria, até 12/01/2027 às 24:00." in list(
        told(christmas, verdict(), body, calendar)
    )


@pytest.mark.parametrize(
    ("said", "judged", "words"),
    [
        (message(), verdict(Flag.MISCONDUCT), "É o que diz a regra “ma-conduta”: 'misconduct' in verdict.flags ||"),
        (message(), verdict(Flag.MISCONDUCT), "a mensagem fala de má conduta e o setor recebe sempre o extrato"),
        (message(), verdict(Flag.MISCONDUCT), "No texto, o que identifica alguém está mascarado."),
        (message(), verdict(area=None), "o assunto não foi reconhecido: fica com o setor padrão"),
        (message(), verdict(area="xyz"), "nenhum setor tem o assunto “xyz”: fica com o setor padrão"),
        (bounce(), verdict(sure=False), "A mensagem é automática (bounce): fica com o setor padrão."),
        (bounce(), verdict(sure=False), "Ouvidoria: não recebe."),
        (message(), verdict(sure=False), "porque o classificador não está seguro."),
        (message(), verdict(severity=Severity.CRITICAL), "porque a gravidade é crítica."),
        (message(), verdict(Flag.ASKS_FOR_OMBUDSMAN), "porque a pessoa pede a ouvidoria."),
        (
            message(),
            verdict(Flag.PRESS, Flag.FRAUD, severity=Severity.HIGH),
            "porque a gravidade é alta e há sinais de alerta (imprensa e fraude).",
        ),
        (
            message(),
            verdict(Flag.REPEAT_CONTACT, kind=Kind.COMPLAINT),
            "porque a reclamação já foi feita antes, sem solução.",
        ),
        (message(received_at=datetime(2026, 11, 28, 12, tzinfo=UTC)), verdict(), "Prazo: 01/12/2026 às 24:00, 48 h"),
    ],
)
def test_it_says_why(calendar: BusinessCalendar, said: Message, judged: Verdict, words: str):
    assert words in "\n".join(told(said, judged, read_table(), calendar))


def test_it_says_which_rule_added_the_ombudsman_and_which_could_not_be_tried(
    table_of: Tables, calendar: BusinessCalendar
):
    rules = """rules:
  - {name: lamp, when: "message.text.contains('poste')", then: {ombudsman: true}}
  - {name: fragile, when: "message.turns.size() == 0 || message.turns[0].end < 3.0 || message.turns[1].end < 1.0",
     then: {owner: lamps}}
"""
    (turn,) = message().turns
    said = message(turns=(turn.model_copy(update={"end": 9.0}),))
    sentences = "\n".join(told(said, verdict(), table_of(rules), calendar))
    assert "Ouvidoria: também recebe, porque a regra “lamp” o diz." in sentences
    assert "a regra “fragile” não pôde ser avaliada nesta mensagem e foi tida como não atendida" in sentences


def run(*arguments: str, given: str = "") -> list[str]:
    result = CliRunner().invoke(app, ["explain", *arguments], input=given, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output.splitlines()


def test_lines_come_from_stdin_and_as_json_the_dispatch_is_for_programs():
    both = Classified(message=message(), verdict=verdict(area="vias"))
    line = f'{{"ce": {{"id": "1"}}, {both.model_dump_json()[1:]}'
    rows = [json.loads(row) for row in run("--json", given=f"{line}\n\n{line}\n")]
    assert [row["dispatch"]["owner"] for row in rows] == ["servicos-urbanos"] * 2
    assert sum(day["counted_seconds"] for day in rows[0]["days"]) == 48 * 3600
    assert rows[0]["notes"] == []


def test_a_verdict_is_explained_with_its_message_where_that_is_given_beside(tmp_path: Path):
    (tmp_path / "messages.ndjson").write_text(bounce().model_dump_json() + "\n")
    line = json.dumps({"id": str(bounce().id), **verdict().model_dump(mode="json")})
    assert "A mensagem é automática" in "\n".join(run("--messages", "messages.ndjson", given=line))
    assert "A mensagem é automática" not in "\n".join(run(given=line))


def test_another_table_may_be_tried(tmp_path: Path, table_of: Tables):
    table = table_of()
    line = Classified(message=message(), verdict=verdict(area="vias")).model_dump_json()
    lines = run("--table", str(tmp_path / "table.yaml"), given=line)
    assert f"  Linha da tabela: area:vias@{table.hash}" in lines


def test_what_was_missing_is_said():
    alone = asked(message().model_dump_json().encode(), {}, NOW)
    assert (alone.message, alone.verdict.sure, alone.notes) == (message(), False, (NO_VERDICT,))
    judged = asked(json.dumps({"id": "a", **verdict().model_dump(mode="json")}).encode(), {}, NOW)
    assert (judged.verdict, judged.message.received_at) == (verdict(), NOW)
    assert judged.notes == (NO_MESSAGE, NO_RECEIPT)
    words = asked(b'{"text": "O poste caiu", "channel": "phone"}', {}, NOW)
    assert (words.message.text, words.message.channel, words.message.received_at) == ("O poste caiu", "phone", NOW)
    assert words.notes == (NO_VERDICT, NO_RECEIPT)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"nope", "not JSON"),
        (b"[1]", "an object is expected, not list"),
        (b'{"words": "segredo"}', "neither a message (it has a `text`), nor a verdict"),
        (b'{"text": ["segredo"]}', "text: Input should be a valid string"),
        (
            b'{"severity": "segredo", "kind": "complaint"}',
            "severity: Input should be 'critical', 'high', 'medium' or 'low'",
        ),
    ],
)
def test_a_line_that_is_none_of_these_is_refused_without_repeating_it(line: bytes, words: str):
    with pytest.raises(Rejected) as refused:
        asked(line, {}, NOW)
    assert words in str(refused.value)
    assert "segredo" not in str(refused.value)


def test_the_command_says_which_line_and_which_file(tmp_path: Path):
    (tmp_path / "in.ndjson").write_text("\n{}\n")
    with pytest.raises(Rejected, match=r"in\.ndjson:2: neither a message"):
        CliRunner().invoke(app, ["explain", "in.ndjson"], catch_exceptions=False)
    with pytest.raises(Rejected, match=r"none\.ndjson: cannot be read: No such file"):
        CliRunner().invoke(app, ["explain", "none.ndjson"], catch_exceptions=False)
    with pytest.raises(Rejected, match="its last symbol does not fit"):
        CliRunner().invoke(app, ["explain", "20261124-0F3K-9QZT-M7X"], catch_exceptions=False)
    with pytest.raises(Misconfigured, match=r"none\.yaml: no such file"):
        CliRunner().invoke(app, ["explain", "--table", "none.yaml"], catch_exceptions=False)
