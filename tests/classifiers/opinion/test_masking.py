"""Masking: what tells who somebody is does not leave; what tells what happened does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.judge import Judged
from classifiers.opinion.masking import mask
from classifiers.opinion.question import question


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("CPF 123.456.789-09 e 98765432100", ["123.456", "98765432100"]),
        ("CNPJ 12.345.678/0001-95", ["12.345"]),
        ("ligue (11) 98765-4321 ou +55 11 3456 7890", ["8765", "4321", "3456"]),
        ("escreva a ana.silva+x@mail.exemplo.com.br", ["ana", "exemplo"]),
        ("cartão 4111 1111 1111 1111", ["4111"]),
        ("placa ABC1D23, a outra abc-1234", ["ABC1D23", "abc-1234"]),
        ("Meu nome é João da Silva Sauro e pago em dia", ["João", "Silva", "Sauro"]),
        ("meu nome é joão da silva e quero a segunda via", ["joão", "silva"]),
        ("me chamo ana", ["ana"]),
        ("Falo com o senhor como Sra. Maria Clara dos Anjos", ["Maria", "Anjos"]),
        ("o motorista José Carlos gritou", ["José", "Carlos"]),
        ("Não resolveram.\n\nAtenciosamente,\nPedro Henrique Alves", ["Pedro", "Alves"]),
        ("moro na Rua das Flores, 123, apto 4", ["Flores", "123"]),
        ("CEP 01310-100, processo nº 0001234-56.2024.8.26.0100", ["01310", "0001234", "2024.8"]),
        ("nascida em 12/03/1950", ["1950"]),
        ("minha senha é gato123", ["gato123"]),
        ("veja https://exemplo.br/x?token=abc", ["token", "exemplo"]),
        ("matrícula: 4567", ["4567"]),
        ("pix 8f14e45f-ceea-467f-a9b4-1d2d3e4f5a6b", ["8f14e45f", "1d2d3e4f5a6b"]),
    ],
)
def test_who_somebody_is_goes(text: str, gone: list[str]):
    masked = mask(text)
    assert not [words for words in gone if words in masked]
    assert "[" in masked


@pytest.mark.parametrize(
    "text",
    [
        "Pedi em 12/03/2025 e de novo em 3/4, já são 45 dias",
        "Cobraram R$ 1.234.567,89 e depois R$ 99,90",
        "A linha 875H passa às 18h40, na rua da escola faz 3 anos que reclamo",
        "Sou aposentado e não recebi o 13º; vou ao Procon",
        "Meu nome foi negativado, meu filho de 4 anos está doente",
    ],
)
def test_what_happened_stays(text: str):
    assert mask(text) == text


def test_a_writers_own_brackets_do_not_pass_for_ours():
    assert mask("[CPF] não, [nome] não") == "(CPF] não, (nome] não"


@pytest.mark.parametrize("cut", range(5_990, 6_010))
def test_no_cut_leaves_half_a_number(cut: int):
    text = "a" * cut + " CPF 123.456.789-09 " + "b " * 6_000
    asked = question(Judged(text), "m", answer_tokens=50)["messages"][1]["content"]
    assert "123" not in asked
    assert "789" not in asked


@settings(derandomize=True, max_examples=150)
@given(text=st.text(st.sampled_from("123 .-/()@:\nAzáRrua senha[]\ud800\x00<|"), max_size=300))
def test_any_text_can_be_asked_about(text: str):
    question(Judged(text, subject=text), "m", answer_tokens=50)["messages"][1]["content"].encode()
