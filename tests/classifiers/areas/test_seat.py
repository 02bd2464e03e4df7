"""A table behind the model: its departments are known by their own words, and a change of them is a new version."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.areas.own_words import phrases_of
from classifiers.areas.seat import AreaSeat
from classifiers.areas.table import departments_of
from classifiers.judge import Judged
from classifiers.model.features import tokens
from classifiers.model.hearing import Hearing
from classifiers.model.weights import own_model
from classifiers.rulebook import RuleBook
from classifiers.seats import cascade
from ouvidor.departments import DepartmentWords
from ouvidor.settings import Settings

_TABLES = Path(__file__).parent / "tables"


@pytest.fixture(scope="module")
def bank() -> Sequence[DepartmentWords]:
    return departments_of(Settings(), _TABLES / "banco.yaml")


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("Apareceu no meu cartão uma compra que eu não reconheço", "cartoes"),
        ("quero parcelar a dívida do empréstimo, estou sem emprego", "credito"),
        ("um moço da central ligou e pediu a senha, caí num golpe", "fraudes"),
        ("A ata da última assembleia ainda não foi publicada para os associados", "governanca"),
        ("o aplicativo trava quando abro", "canais-digitais"),
    ],
)
def test_departments_whose_areas_no_training_met_are_known_by_their_own_words(
    book: RuleBook, bank: Sequence[DepartmentWords], text: str, department: str
):
    # Which of a department's areas it is decides nothing: unpublished minutes are its members' and transparency's.
    owners = {area: one.name for one in bank for area in one.areas}
    assert owners.get(cascade(None, book, bank).judge(Judged(text)).area or "") == department


def test_without_a_table_all_areas_of_the_model_are_there(book: RuleBook, bank: Sequence[DepartmentWords]):
    said = Judged("O poste da minha rua está apagado há um mês")
    assert cascade(None, book).judge(said).area == "iluminacao-publica"
    assert cascade(None, book, bank).judge(said).area != "iluminacao-publica"


def test_nothing_else_of_a_verdict_depends_on_the_table(book: RuleBook, bank: Sequence[DepartmentWords]):
    said = Judged("Já liguei três vezes e o caixa eletrônico continua quebrado, vou ao Procon")
    one, other = cascade(None, book).judge(said), cascade(None, book, bank).judge(said)
    same = {"kind", "severity", "difficulty", "flags", "sure", "evidence"}
    assert one.model_dump(include=same) == other.model_dump(include=same)


def test_a_changed_example_is_another_version(book: RuleBook, bank: Sequence[DepartmentWords]):
    changed = [*bank[:-1], replace(bank[-1], examples=("Outro exemplo",))]
    versions = {cascade(None, book, some).version.hash for some in ((), bank, changed)}
    assert len(versions) == 3


def test_departments_without_areas_are_left_to_the_rules(book: RuleBook):
    told = [DepartmentWords("juridico", "Jurídico", "Processos.", ("Abri um processo.",), ())]
    assert cascade(None, book, told).version.hash == cascade(None, book).version.hash


def test_what_a_department_handles_is_read_comma_by_comma():
    told = DepartmentWords("x", "Cartões", "Fatura, limite; anuidade.", ("Perdi o cartão.", "Cartões"), ("cartoes",))
    assert phrases_of(told) == ("Cartões", "Fatura", "limite", "anuidade", "Perdi o cartão.")


def test_who_writes_more_is_not_more_alike_to_what_has_nothing_of_it():
    short = DepartmentWords("a", "Piscinas", "", (), ("piscinas",))
    many = tuple(f"Não sei o que fazer, quero saber do jazigo número {number} de vocês" for number in range(12))
    long = DepartmentWords("b", "Cemitérios", "Jazigos e velórios.", many, ("cemiterios",))
    model = own_model()
    seat, count = AreaSeat(model, [short, long]), model.words.shape[1]
    hearing = Hearing(seat.model)
    (outputs,), _ = hearing.outputs(hearing.listen([tokens("a luz acabou ontem e o poste entortou")]), [()])
    assert outputs[count:].tolist() == pytest.approx([0, 0], abs=0.1)
    (outputs,), _ = hearing.outputs(hearing.listen([tokens("quero o jazigo")]), [()])
    assert np.argmax(outputs[count:]) == 1
    assert outputs[count:].max() > 0.2
