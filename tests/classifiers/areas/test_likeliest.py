"""Which of a department's areas a message is likeliest of, once somebody else has named the department."""

import pytest

from classifiers.areas.likeliest import likeliest
from classifiers.cascade import Cascade, Rules
from classifiers.judge import Judged
from classifiers.rulebook import RuleBook
from classifiers.seats import cascade
from ouvidor.departments import DepartmentWords

_AREAS = ("jazigos", "iluminacao-publica", "vias", "meio-ambiente")
_CITY = DepartmentWords("cidade", "Cidade", "Ruas, luz, árvores, cemitério.", (), _AREAS)


@pytest.fixture(scope="module")
def judging(book: RuleBook) -> Cascade:
    return cascade(book=book, departments=(_CITY,))


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("A árvore da minha calçada está podre e vai cair", "meio-ambiente"),
        ("Tem um buraco enorme na avenida, já furou dois pneus", "vias"),
        ("O poste da esquina está apagado há um mês", "iluminacao-publica"),
    ],
)
def test_it_is_what_the_model_hears_most_of(judging: Cascade, text: str, area: str):
    assert likeliest(judging, Judged(text), _AREAS) == area


def test_areas_that_no_model_knows_give_the_first(judging: Cascade, book: RuleBook):
    assert likeliest(judging, Judged("O jazigo quebrou"), ("jazigos", "velorios")) == "jazigos"
    assert likeliest(Cascade(Rules(book)), Judged("O poste apagou"), _AREAS) == "jazigos"
