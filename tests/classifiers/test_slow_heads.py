"""Heads upon what the encoder makes of a text."""

import numpy as np

from classifiers.model.heads import Head
from classifiers.slow.upon import Upon, fit_upon, senses_of


def _fitted(seed: int = 1) -> tuple[Upon, np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    heard = (random.normal(size=(1200, 3)) * 3 + 5).astype(np.float32)
    answers = (np.abs(heard[:, 0] - 5) > 2).astype(np.int64)  # no plane divides these
    kept = slice(0, 900)
    asked = [Head("kind", ("no", "yes"))]
    upon = fit_upon(asked, senses_of(heard[kept], seed), heard[kept], {"kind": answers[kept]}, np.ones(900))
    return upon, heard[900:], answers[900:]


def test_likeness_tells_what_no_plane_divides():
    upon, heard, answers = _fitted()
    assert (upon(heard).argmax(axis=1) == answers).mean() > 0.75


def test_the_same_seed_gives_the_same_heads():
    first, again = _fitted()[0], _fitted()[0]
    np.testing.assert_array_equal(first.near, again.near)
    np.testing.assert_array_equal(first.senses.landmarks, again.senses.landmarks)
    other = _fitted(seed=2)[0]
    assert not np.array_equal(first.senses.landmarks, other.senses.landmarks)


def test_what_a_text_says_does_not_depend_on_its_neighbours():
    upon, heard, _ = _fitted()
    np.testing.assert_allclose(upon(heard[:5])[2], upon(heard[2:3])[0], atol=1e-4)


def test_heads_of_the_last_layer_are_added():
    upon, heard, _ = _fitted()
    rows, bias = np.array([[0.5, -1.0], [2.0, 0.25]], np.float32), np.array([0.1, -0.2], np.float32)
    both = upon.plus(rows, bias)(heard)
    np.testing.assert_allclose(both, upon(heard) + heard[:, -2:] @ rows + bias, atol=1e-4)
