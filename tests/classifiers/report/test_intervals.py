"""Intervals: as wide as the books say, and a difference is told only where there is one."""

import numpy as np
import pytest

from classifiers.report.intervals import differ, resamples, wilson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_newcombes_table(hits: int, count: int, low: float, high: float):
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)
    assert not differ(0, 0, 5, 10)


def test_a_difference_is_told_only_where_it_is_more_than_noise():
    assert differ(56, 70, 48, 80)  # Newcombe's first example: 0.0524 to 0.3339
    assert not differ(5, 10, 6, 10)


def test_samples_are_drawn_with_replacement_and_the_same_for_the_same_seed():
    drawn = resamples(50, 200, seed=3)
    assert (drawn.sum(axis=1) == 50).all()
    assert (drawn > 1).any()
    np.testing.assert_array_equal(drawn, resamples(50, 200, seed=3))
    assert (drawn != resamples(50, 200, seed=4)).any()
