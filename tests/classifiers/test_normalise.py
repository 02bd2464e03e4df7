"""Folding: what a rule reads, and the customer's own characters behind it."""

import unicodedata

import pytest

from classifiers.normalise import HEAD, TAIL, fold
from classifiers.own_words import own_words

BOLD = "\N{MATHEMATICAL SANS-SERIF BOLD CAPITAL N}ão recebi"


def _behind(text: str, words: str) -> str:
    folded = fold(text)
    start = folded.text.index(words)
    first, last = folded.span(start, start + len(words))
    return text[first:last]


@pytest.mark.parametrize(
    ("text", "words", "behind"),
    [
        ("Não FUNCIONA", "nao funciona", "Não FUNCIONA"),
        (unicodedata.normalize("NFD", "a água está suja"), "esta", unicodedata.normalize("NFD", "está")),
        ("rec\u200blama\u00adção", "reclamacao", "rec\u200blama\u00adção"),
        ("😡😡 péssimo 😡", "pessimo", "péssimo"),
        (BOLD, "nao recebi", BOLD),
        ("ﬁla enorme", "fila", "ﬁla"),
        ("não <b>funciona</b>", "funciona", "funciona"),
        ("straße cheia", "cheia", "cheia"),
    ],
)
def test_a_span_points_at_the_customers_own_characters(text: str, words: str, behind: str):
    assert _behind(text, words) == behind


def test_of_a_megabyte_the_head_and_the_tail_are_read_and_both_are_found():
    text = "socorro " + "x " * 500_000 + "Procon"
    folded = fold(text)
    assert not folded.whole
    assert len(folded.text) <= HEAD + TAIL + 1
    assert _behind(text, "socorro") == "socorro"
    assert _behind(text, "procon") == "Procon"


def test_html_is_no_word():
    assert "script" not in fold("<script src='x'>oi</script>").text


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("Solicito o informe.\n\n----- Mensagem original -----\nDe: x\nSua reclamacao", "informe", "reclamacao"),
        ("peco a poda da arvore\nem 12/03/2025, ana <a@b.c> escreveu:\n> fraude", "poda", "fraude"),
        ("pedido de certidao\naviso: esta mensagem pode conter informacao confidencial", "certidao", "confidencial"),
        ("atendente: o senhor vai a justica?\ncliente: quero so a segunda via", "segunda via", "justica"),
    ],
)
def test_only_the_customers_own_words_are_read_and_places_stay(text: str, kept: str, gone: str):
    read = own_words(fold(text).text)
    assert len(read) == len(text)
    assert kept in read
    assert gone not in read


def test_who_only_forwards_says_something_by_it():
    text = "----- mensagem original -----\nme cobraram duas vezes"
    assert own_words(text) == text
