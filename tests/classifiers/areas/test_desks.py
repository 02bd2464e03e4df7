"""The desks: an area is chosen among those of the house, and a new one by its words."""

import numpy as np
import pytest

from classifiers.areas.desks import Desks
from classifiers.areas.prior import house_shares
from ouvidor.departments import DepartmentWords

_AREAS = ("", "banco", "digital", "iluminacao-publica", "saude")
_EVEN = np.full(len(_AREAS), 0.2)


def _department(name: str, *areas: str) -> DepartmentWords:
    return DepartmentWords(name, name.title(), "", (), areas)


def _desks(*departments: DepartmentWords, profiles: dict[int, dict[str, float]] | None = None) -> Desks:
    seen = np.zeros((len(departments), len(_AREAS)))
    for place, shares in (profiles or {}).items():
        for area, share in shares.items():
            seen[place, _AREAS.index(area)] = share
    return Desks(_AREAS, departments, seen, {}, {})


def _outputs(**likely: float) -> np.ndarray:
    return np.array([likely.get(area.replace("-", "_") or "none", 0.0) for area in _AREAS])


def test_an_area_that_no_department_has_is_not_chosen_however_likely():
    desks = _desks(_department("contas", "banco"), _department("canais", "digital"))
    area, confidence = desks.choose(_outputs(iluminacao_publica=9, banco=2), 1.0, np.zeros(2))
    assert area == "banco"
    assert confidence > 0.5


def test_most_of_what_a_house_hears_is_of_its_service():
    shares = house_shares(_AREAS, _EVEN, {"banco", "digital"}, {})
    assert shares[_AREAS.index("banco")] > 2 * shares[_AREAS.index("digital")]
    assert shares[_AREAS.index("saude")] == 0
    assert shares.sum() == pytest.approx(1)


def test_corrections_tell_what_the_house_hears_of():
    before = house_shares(_AREAS, _EVEN, {"banco", "digital"}, {})
    after = house_shares(_AREAS, _EVEN, {"banco", "digital"}, {"digital": 100, "saude": 100})
    assert after[_AREAS.index("digital")] > before[_AREAS.index("digital")]
    assert after[_AREAS.index("saude")] == 0


def test_a_house_with_no_general_area_hears_of_its_services_alone():
    shares = house_shares(_AREAS, _EVEN, {"saude"}, {})
    assert shares[_AREAS.index("saude")] == pytest.approx(0.95)
    assert shares[_AREAS.index("")] == pytest.approx(0.05)


def test_new_areas_share_what_looks_like_them_by_their_words():
    desks = _desks(
        _department("cartoes", "cartoes"),
        _department("emprestimos", "emprestimos"),
        _department("canais", "digital"),
        profiles={0: {"banco": 0.8}, 1: {"banco": 0.8}},
    )
    about = _outputs(banco=5)
    assert desks.choose(about, 1.0, np.array([0.3, 0.0, 0.0]))[0] == "cartoes"
    assert desks.choose(about, 1.0, np.array([0.0, 0.3, 0.0]))[0] == "emprestimos"
    assert desks.choose(_outputs(digital=5), 1.0, np.zeros(3))[0] == "digital"


def test_what_a_sentence_means_tells_new_areas_apart_where_no_word_does():
    desks = _desks(
        _department("cartoes", "cartoes"),
        _department("emprestimos", "emprestimos"),
        profiles={0: {"banco": 0.8}, 1: {"banco": 0.8}},
    )
    assert desks.choose(_outputs(banco=5), 1.0, np.zeros(2), np.array([0.0, 0.6]))[0] == "emprestimos"


def test_a_department_of_many_areas_has_their_probabilities_together():
    desks = _desks(_department("geral", "saude", "iluminacao-publica"), _department("contas", "banco"))
    area, _ = desks.choose(_outputs(saude=1.9, iluminacao_publica=1.8, banco=2.0), 1.0, np.zeros(2))
    assert area == "saude"


def test_nothing_that_a_desk_would_do_is_no_area():
    desks = _desks(_department("contas", "banco"), _department("canais", "digital"))
    assert desks.choose(_outputs(none=9), 1.0, np.zeros(2))[0] is None


def test_a_department_that_has_an_old_and_a_new_area_is_told_by_the_likelier():
    desks = _desks(_department("canais", "digital", "cartoes"), profiles={0: {"banco": 0.8}})
    assert desks.choose(_outputs(banco=9), 1.0, np.zeros(1))[0] == "cartoes"
    assert desks.choose(_outputs(digital=9), 1.0, np.zeros(1))[0] == "digital"
