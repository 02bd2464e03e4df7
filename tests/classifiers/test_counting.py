"""Thresholds: counted, with the bound that a promise needs, and none where nothing can be promised."""

import numpy as np
import pytest

from classifiers.model.counting import cuts_of, promised, temperature_of, threshold_of_flags, within_noise


def test_where_all_that_score_high_are_right_the_threshold_stands_above_the_wrong():
    scores = np.linspace(0, 1, 400)
    threshold = promised(scores, scores > 0.5, 0.05)
    assert 0.4 < threshold <= 0.51


def test_nothing_is_promised_of_a_few_or_of_guesses():
    assert promised(np.linspace(0, 1, 20), np.ones(20, bool), 0.05) > 1
    assert promised(np.linspace(0, 1, 400), np.arange(400) % 2 == 0, 0.05) > 1


def test_more_messages_allow_a_bolder_threshold():
    def of(count: int) -> float:
        scores = np.linspace(0, 1, count)
        return promised(scores, (scores > 0.5) | (np.arange(count) % 2 == 0), 0.05)

    assert of(4000) < of(100)


def test_outputs_that_boast_are_cooled():
    rng = np.random.default_rng(1)
    answers = rng.integers(0, 2, 2000)
    right = np.where(rng.random(2000) < 0.7, answers, 1 - answers)
    boasting = np.where(np.arange(2)[None, :] == right[:, None], 4.0, 0.0)
    assert 4 < temperature_of(boasting, answers) <= 5


def test_severity_is_cut_where_it_agrees_best():
    answers = np.array([0, 0, 1, 1, 2, 2, 3, 3] * 20)
    low, middle, top = cuts_of(answers * 0.7, np.zeros(160, int), answers)
    assert low <= 0.7 < middle <= 1.4 < top <= 2.1


def test_flags_are_raised_from_where_enough_are_right():
    shares = np.array([[0.9], [0.6], [0.3], [0.2]])
    answers = np.array([[1], [1], [0], [0]])
    spoken = np.zeros((4, 1), bool)
    assert 0.2 < threshold_of_flags(shares, answers, spoken, 0.6) <= 0.31
    assert 0.3 <= threshold_of_flags(shares, answers, spoken, 0.9) <= 0.61


def test_few_are_allowed_more_than_many_before_it_is_no_chance():
    assert within_noise(0.02, 10_000) == pytest.approx(0.02, abs=0.003)
    assert within_noise(0.02, 60) > 0.03
    assert within_noise(0.02, 0) == 0
