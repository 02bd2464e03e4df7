"""A house's own areas are learnt from its corrections, once there are enough."""

import numpy as np

from classifiers.examples import Correction
from classifiers.model.areas import ENOUGH, area_shares, areas_corrected, taught

_BOOK = {"vias": "Vias, calçadas e pontes"}


def test_an_area_that_the_rule_book_has_not_is_learnt_from_enough_corrections():
    labels = [Correction(text=f"jazigo {number}", area="cemiterios") for number in range(ENOUGH)]
    assert taught(labels, _BOOK) == ("cemiterios",)
    assert taught(labels[1:], _BOOK) == ()


def test_corrections_are_counted_by_the_areas_identifier():
    labels = [
        Correction(text="a", area="Vias, calçadas e pontes"),
        Correction(text="b", area="vias"),
        Correction(text="c", area=""),
        Correction(text="d"),
    ]
    assert areas_corrected(labels, _BOOK) == {"": 1, "vias": 2}


def test_shares_are_by_weight_and_pass_over_what_nobody_labelled():
    found = area_shares(("", "vias"), np.array([0, 1, 1, -1]), np.array([1.0, 1.0, 2.0, 9.0]))
    assert found == {"": 0.25, "vias": 0.75}
