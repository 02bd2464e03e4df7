"""The labelled messages: a closed format, the labels' own words, and no message that is another one over again.

Alike is measured by MinHash over word 4-grams (Broder 1997): 64 permutations in bands of two rows find the pairs, and
what they find is then counted exactly.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from itertools import combinations

import pytest

from classifiers.examples import Example, own_examples
from classifiers.readers import agreement, own_readings
from classifiers.rulebook import RuleBook
from ouvidor.records import Flag, Kind

_ALIKE = 0.35
_ROWS = 2
_BANDS = 32
_PRIME = (1 << 61) - 1
_PERMUTATIONS = [(6364136223846793005 * (n + 1) % _PRIME, 1442695040888963407 * (n + 7) % _PRIME) for n in range(64)]

Grams = frozenset[tuple[str, ...]]


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return own_examples("train", "scarce", "apart")


def _grams(text: str) -> Grams:
    words = re.findall(r"\w+", text.lower())
    return frozenset(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def _signature(grams: Grams) -> list[int]:
    hashed = [int.from_bytes(blake2b(" ".join(gram).encode(), digest_size=7).digest()) for gram in grams]
    return [min((a * one + b) % _PRIME for one in hashed) for a, b in _PERMUTATIONS]


def _alike(texts: Sequence[str]) -> list[tuple[float, str, str]]:
    grams = [_grams(text) for text in texts]
    bands: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, signature in enumerate(map(_signature, grams)):
        for band in range(_BANDS):
            bands[band, *signature[_ROWS * band : _ROWS * (band + 1)]].append(number)
    pairs = {pair for numbers in bands.values() for pair in combinations(numbers, 2)}
    found = ((len(grams[a] & grams[b]) / len(grams[a] | grams[b]), texts[a], texts[b]) for a, b in pairs)
    return [one for one in found if one[0] >= _ALIKE]


def test_two_messages_with_one_word_changed_are_found_alike():
    first = "O caminhão do lixo passou às sete da manhã e deixou metade dos sacos na calçada do prédio"
    assert _alike([first, first.replace("metade", "dois"), "Parabéns à equipe da biblioteca do bairro"])
    assert not _alike([first, "O caminhão do lixo não veio hoje, e ontem também não"])


def test_no_message_is_another_one_over_again(examples: list[Example]):
    assert _alike([one.text for one in examples]) == []


def test_each_has_a_name_of_its_own(examples: list[Example]):
    assert [name for name, count in Counter(one.id for one in examples).items() if count > 1] == []


def test_nearly_all_begin_in_words_of_their_own(examples: list[Example]):
    openings = Counter(" ".join(re.findall(r"\w+", one.text.lower())[:5]) for one in examples)
    assert len(openings) >= 0.98 * len(examples)
    assert max(openings.values()) <= 3


def test_an_area_is_one_of_the_departments_vocabulary(examples: list[Example], book: RuleBook):
    assert {one.area for one in examples if one.area} <= set(book.areas.values())


def test_every_kind_and_every_flag_is_there(examples: list[Example]):
    assert {one.kind for one in examples} == set(Kind)
    assert {flag for one in examples for flag in one.flags} == set(Flag)


def test_kept_apart_is_kept_apart(examples: list[Example]):
    trained = {one.text for one in own_examples("train", "scarce")}
    assert not trained & {one.text for one in own_examples("apart")}


def test_labels_are_what_two_readers_agreed_on_or_a_third_one_settled(examples: list[Example]):
    labelled = {one.id: (one.kind, one.severity, one.difficulty, one.flags) for one in examples}
    readings = own_readings()
    assert readings
    other = [one.id for one in readings if labelled[one.id] != (one.settled or one.first)]
    assert other == []
    assert all(one.first == one.second for one in readings if one.settled is None)


def test_readers_agree_on_kind_and_severity_and_less_on_who_can_solve_it():
    found = agreement(own_readings())
    assert found["kind"] > 0.97
    assert found["severity"] > 0.9
    assert 0.6 < found["difficulty"] < found["severity"]
