"""The phrases' language: each construct, and what is said of one that cannot be read."""

import re

import pytest

from classifiers.examples import own_examples
from classifiers.index import Index, cut
from classifiers.normalise import fold
from classifiers.phrases import Anchor, First, PhraseError, compile_phrase
from classifiers.rulebook import RuleBook


def _found(phrase: str, text: str) -> list[str]:
    words = cut(fold(text).text)
    hits = Index([compile_phrase(phrase)]).find(words).get(0, [])
    return [words.text[start:end] for start, end, _ in hits]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("não funciona", "O site NÃO, funciona!", ["nao, funciona"]),
        ("nao funciona", "Não. Funciona sim", []),
        ("nao funciona", "isso não funcionaria", []),
        ("reclam*", "reclamo da reclamação", ["reclamo", "reclamacao"]),
        ("(nao|nunca) recebi", "nunca recebi, não recebi", ["nunca recebi", "nao recebi"]),
        ("falta d(e|o) agua", "falta do água e falta de agua", ["falta do agua", "falta de agua"]),
        ("conta (de)? luz", "conta luz, conta de luz", ["conta luz", "conta de luz"]),
        ("pedi ~2 protocolo", "pedi hoje o protocolo", ["pedi hoje o protocolo"]),
        ("pedi ~2 protocolo", "pedi hoje cedo o protocolo", []),
        ("ha # dias", "há 15 dias, há três dias, há muitos dias", ["ha 15 dias", "ha tres dias", "ha muitos dias"]),
        ("{65-99} anos", "tem 64 anos; tem 71 anos", ["71 anos"]),
        ("^bom dia$", "Bom dia!!", ["bom dia"]),
        ("^bom dia$", "Bom dia, preciso de ajuda", []),
        ("(muito)? bom", "muito bom", ["muito bom", "bom"]),
        ("lei 12.527", "a Lei 12.527/2011", ["lei 12.527"]),
        ("(ja pedi|reclamei) ~1 vez", "já pedi outra vez", ["ja pedi outra vez"]),
        ("d(o|a) agua", "caixa d'água, da água", ["da agua"]),
    ],
)
def test_a_phrase_finds_what_it_says(phrase: str, text: str, found: list[str]):
    assert _found(phrase, text) == found


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("(a", "bracket is not closed"),
        ("a)", "means nothing"),
        ("(a)?", "needs a word"),
        ("~3 b", "between two words"),
        ("a ~3", "needs a word"),
        ("", "needs a word"),
        ("a [b]", "has no meaning"),
    ],
)
def test_a_phrase_that_cannot_be_read_says_why(phrase: str, words: str):
    with pytest.raises(PhraseError, match=words):
        compile_phrase(phrase)


def test_a_phrase_costs_no_more_than_the_text_is_long():
    index = Index([compile_phrase("ja ~14 (nada|ninguem) ~14 nunca")])
    assert index.find(cut("ja " * 20_000)) == {}


def test_what_may_follow_the_first_word_is_known_of_each_way_to_begin():
    phrase = compile_phrase("(um|falei com (meu|um)|e-mail d*) advogad*")
    assert phrase.firsts == {
        First("um", open=False): {First("advogad", open=True)},
        First("falei", open=False): {First("com", open=False)},
        First("e", open=False): {First("mail", open=False)},
    }


def test_a_number_may_go_on_before_what_follows_it():
    seconds = compile_phrase("# dias").firsts[First("1", open=True)]
    assert seconds is not None
    assert {First("dias", open=False), First("0", open=True)} <= seconds
    assert compile_phrase("# dias").firsts[First("dois", open=False)] == {First("dias", open=False)}


def test_after_a_gap_any_word_may_follow():
    assert compile_phrase("pedi ~3 protocolo").firsts == {First("pedi", open=False): None}


def test_each_piece_that_may_not_be_missing_is_an_anchor_with_the_most_words_that_stand_before_it():
    phrase = compile_phrase("(ja)? (quero|vou) ~2 e-mail (hoje)? (do procon|d*)")
    words = [({one.word for one in anchor.words}, anchor.reach) for anchor in phrase.anchors]
    assert words == [({"quero", "vou"}, 1), ({"e"}, 4), ({"do", "d"}, 7)]


def test_before_what_follows_a_number_may_stand_any_number_of_words():
    assert compile_phrase("ha # dias").anchors[-1] == Anchor(frozenset({First("dias", open=False)}), None)
    assert _found("ha # dias", "há 1.2.3.4.5.6.7.8.9 dias") == ["ha 1.2.3.4.5.6.7.8.9 dias"]


def test_the_index_finds_what_trying_every_phrase_at_every_word_would_find(book: RuleBook):
    phrases = [compile_phrase(source) for rule in book.rules[::4] for source in rule.spec.any]
    index = Index(phrases)
    tried = [
        (number, re.compile(one.pattern)) for number, one in enumerate(phrases) if one.pattern and not one.at_start
    ]
    for said in [one.text for one in own_examples("train")[::40]]:
        words = cut(fold(said).text)
        hits = index.find(words)
        for number, pattern in tried:
            matches = [(pattern.match(words.text, start), at) for at, start in enumerate(words.starts[:-1])]
            assert hits.get(number, []) == [(one.start(), one.end(), at) for one, at in matches if one]
