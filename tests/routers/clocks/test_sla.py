"""`ouvidor sla`: each day counted, each skipped, and why, as a person at the counter reads it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from routers.clocks.builtin import NAMES
from routers.clocks.commands import app

RECEIVED = ("--received", "2026-12-23T17:40")
SETTINGS = """organisation:
  closed: [{day: 12-24, name: Véspera de Natal}]
  vacations: [{from: 12-28, to: 12-29, name: Recesso}]
"""


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings here; and a command's log, which goes to the runner's stderr, ends with the test."""
    monkeypatch.chdir(tmp_path)
    root, log = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**log)


def run(*arguments: str, code: int = 0) -> list[str]:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output.splitlines()


def rows(lines: list[str]) -> list[str]:
    begin = next(at for at, line in enumerate(lines) if line.startswith("  dia"))
    return [" ".join(line.split()) for line in lines[begin + 1 : lines.index("", begin)]]


def test_business_days_are_told_with_what_kept_each_from_counting():
    lines = run("simulate", "--profile", "bacen", *RECEIVED)
    assert rows(lines)[:7] == [
        "qua 23/12/2026 - dia do recebimento",
        "qui 24/12/2026 1",
        "sex 25/12/2026 - feriado: Natal",
        "sáb 26/12/2026 - fim de semana",
        "dom 27/12/2026 - fim de semana",
        "seg 28/12/2026 2",
        "ter 29/12/2026 3",
    ]
    assert rows(lines)[-1] == "sex 08/01/2027 10"
    assert "Prazo: 08/01/2027 às 24:00, que obriga a casa." in lines
    assert "Se não der: avisar o cliente até 06/01/2027 às 24:00." in lines
    assert "Com prorrogação justificada, uma vez: até 22/01/2027 às 24:00." in lines
    assert any(line.startswith("Não confirmado: Resolução CMN 4.860/2020: O número do artigo") for line in lines)


def test_an_extension_is_marked_day_by_day():
    lines = run("simulate", "--profile", "bacen", *RECEIVED, "--extended")
    assert "sáb 09/01/2027 - fim de semana; prorrogação" in rows(lines)
    assert rows(lines)[-1] == "sex 22/01/2027 20 prorrogação"
    assert "Prazo: 22/01/2027 às 24:00, que obriga a casa." in lines


def test_hours_are_told_from_the_minute_of_receipt_and_the_house_s_closures_by_their_names(tmp_path: Path):
    (tmp_path / "ouvidor.yaml").write_text(SETTINGS, encoding="utf-8")
    lines = run("simulate", "--severity", "high", *RECEIVED)
    assert rows(lines) == [
        "qua 23/12/2026 6 h 20 min desde o recebimento, às 17:40",
        "qui 24/12/2026 - a casa está fechada: Véspera de Natal",
        "sex 25/12/2026 - feriado: Natal",
        "sáb 26/12/2026 - fim de semana",
        "dom 27/12/2026 - fim de semana",
        "seg 28/12/2026 - férias da casa: Recesso",
        "ter 29/12/2026 - férias da casa: Recesso",
        "qua 30/12/2026 17 h 40 min",
    ]
    assert "Começo: o momento do recebimento, 23/12/2026 às 17:40, gravidade alta." in lines


def test_late_receipt_a_wait_for_the_first_day_and_an_end_that_moves_are_told():
    lines = rows(run("simulate", "--profile", "lai", "--received", "2026-12-23T19:40"))
    assert lines[:3] == [
        "qua 23/12/2026 - recebida às 19:40, tarde; vale como recebida no dia útil seguinte",
        "qui 24/12/2026 - dia do recebimento",
        "sex 25/12/2026 - feriado: Natal; a contagem começa no dia útil seguinte",
    ]
    assert "sex 01/01/2027 5 feriado: Confraternização Universal; conta" in lines
    assert lines[-3:] == [
        "sáb 16/01/2027 20 fim de semana; o fim passa ao dia útil seguinte",
        "dom 17/01/2027 - fim de semana; o fim passa ao dia útil seguinte",
        "seg 18/01/2027 - o dia útil ao qual o fim passou",
    ]


def test_a_department_s_own_date_is_told_beside_and_alone():
    beside = run("simulate", "--profile", "ouvidoria-publica", *RECEIVED)
    told = "Resposta do setor à ouvidoria: até 12/01/2027 às 24:00, prorrogável até 01/02/2027 às 24:00"
    assert f"{told}; obriga o setor." in beside
    alone = run("simulate", "--profile", "ouvidoria-publica", "--step", "department", *RECEIVED)
    assert "Prazo: 12/01/2027 às 24:00, que obriga o setor." in alone


def test_a_step_that_starts_later_is_counted_from_the_moment_that_is_given():
    lines = run("simulate", "--profile", "lai", "--step", "appeal", "--received", "2027-01-15T09:00")
    assert rows(lines)[0] == "sex 15/01/2027 - dia da ciência da decisão"
    assert "Prazo: 27/01/2027 às 24:00, que obriga o cliente." in lines


def test_a_program_reads_one_object():
    (line,) = run("simulate", "--profile", "bacen", "--received", "2026-12-23T20:40:00Z", "--json")
    told = json.loads(line)
    assert (told["received"], told["until"]) == ("2026-12-23T17:40:00-03:00", "2027-01-09T03:00:00Z")
    assert (told["warn_at"], told["extended_until"]) == ("2027-01-07T03:00:00Z", "2027-01-23T03:00:00Z")
    assert [day["number"] for day in told["days"] if day["number"]] == list(range(1, 11))
    assert told["days"][2] == {
        "date": "2026-12-25",
        "number": None,
        "counted_seconds": 0,
        "reason": "closed",
        "closure": "holiday",
        "name": "Natal",
        "extension": False,
        "told": "feriado: Natal",
    }


def test_the_table_s_own_profiles_are_simulated_and_listed(tmp_path: Path):
    own = "default: a\ndepartments: [{name: a, title: A}]\nprofile: nosso\nprofiles: {nosso: {steps: {answer: "
    (tmp_path / "table.yaml").write_text(own + "{title: Resposta, within: 2 business days}}}}\n")
    lines = run("simulate", "--table", "table.yaml", *RECEIVED)
    assert "Prazo: 28/12/2026 às 24:00, que obriga a casa." in lines
    listed = run("profiles", "--table", "table.yaml")
    assert listed[0] == "nosso (da tabela e o usual)"
    names = [json.loads(line)["name"] for line in run("profiles", "--table", "table.yaml", "--json")]
    assert names == ["nosso", *NAMES]


def test_the_list_tells_steps_laws_and_what_is_not_confirmed():
    lines = "\n".join(run("profiles"))
    assert "  § Lei 13.460/2017, art. 16: Decisão administrativa final ao usuário em 30 dias do" in lines
    assert "(não confirmado) Decreto 11.034/2022" in lines
    assert "seed: Promessa da casa, pela gravidade (o usual)" in lines


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--profile", "bace"), "there is no bace; did you mean bacen?"),
        (("--profile", "bacen", "--step", "appeal"), "there is no appeal; known are answer"),
        (("--received", "Christmas"), "Christmas is no moment such as 2026-12-23T17:40"),
        (("--extended",), "seed, answer: it cannot be extended"),
    ],
)
def test_what_cannot_be_counted_is_said(arguments: tuple[str, ...], words: str):
    assert words in " ".join(" ".join(run("simulate", *arguments, code=2)).split())
