"""Likeness in meaning: what all rows have in common tells nothing."""

import numpy as np

from classifiers.areas.meanings import Meanings


def test_the_department_whose_phrases_point_the_same_way_is_most_alike():
    common = np.array([10.0, 0, 0], np.float32)
    training = np.array([[10, 1, 0], [10, -1, 0], [10, 0, 1], [10, 0, -1]], np.float32)
    training /= np.linalg.norm(training, axis=1, keepdims=True)
    meanings = Meanings(
        [common + np.eye(3, dtype=np.float32)[[1]], common + np.eye(3, dtype=np.float32)[[2]]], training
    )
    alike = meanings.alike((common + np.array([0, 0, 2])).astype(np.float32))
    assert alike[1] > 0.9
    assert alike[0] < 0.5
