"""Fitting on products: the least loss that others find too, and the same bytes whoever fits beside."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info

from classifiers.model.descent import Question, least
from classifiers.model.fitting import fit, fit_rows
from classifiers.model.heads import Head
from classifiers.model.together import together

HEADS = (Head("kind", ("a", "b", "c")), Head("flags:safety", ("flags:safety",)), Head("seen", ("seen",)))
STRENGTH = 3.0
AREA = Head("area", ("", "x", "y"))
RIDGE, CERTAIN = 0.3, 8.0


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    return np.random.default_rng(2).normal(size=(120, 9)).astype(np.float32) * np.float32(2) + np.float32(1)


@pytest.fixture(scope="module")
def answers(features: np.ndarray) -> dict[str, np.ndarray]:
    noise = np.random.default_rng(3).normal(size=(120, 2))
    kind = np.digitize(features[:, 0] + noise[:, 0], (0.5, 1.5))
    kind[::10] = -1
    return {"kind": kind, "flags:safety": (features[:, 1] > noise[:, 1]) * 1, "seen": np.zeros(120, int)}


def test_it_finds_what_scikit_learn_finds(features: np.ndarray, answers: dict[str, np.ndarray]):
    weights = np.random.default_rng(4).uniform(0.5, 2, 120)
    rows, bias = fit_rows(HEADS, features, answers, weights, dict.fromkeys(answers, STRENGTH))
    for name, columns in (("kind", slice(0, 3)), ("flags:safety", slice(3, 4))):
        told = answers[name] >= 0
        known = LogisticRegression(C=STRENGTH, tol=1e-9, max_iter=9999)
        known.fit(features[told], answers[name][told], sample_weight=weights[told])
        theirs, ours = known.decision_function(features), features @ rows[:, columns] + bias[columns]
        if theirs.ndim == 1:
            theirs = theirs[:, None]
        else:  # a shift of all three says nothing
            theirs, ours = theirs - theirs[:, :1], ours - ours[:, :1]
        np.testing.assert_allclose(ours, theirs, rtol=0.05, atol=0.05)


def test_areas_are_what_scikit_learn_finds_by_ridge_regression(features: np.ndarray, answers: dict[str, np.ndarray]):
    weights = np.random.default_rng(4).uniform(0.5, 2, 120)
    adds, bias = fit((AREA,), features @ features.T, {"area": answers["kind"]}, weights)
    told = answers["kind"] >= 0
    known = KernelRidge(alpha=RIDGE, kernel="precomputed")
    among = features @ features.T + 1
    known.fit(among[np.ix_(told, told)], np.eye(3)[answers["kind"][told]] * CERTAIN, sample_weight=weights[told])
    np.testing.assert_allclose(features @ features.T @ adds + bias, known.predict(among[:, told]), atol=1e-2)
    assert (adds[~told] == 0).all()


def test_an_area_that_nobody_named_is_never_said(features: np.ndarray, answers: dict[str, np.ndarray]):
    named = np.where(answers["kind"] == 2, 1, answers["kind"])
    adds, bias = fit((AREA,), features @ features.T, {"area": named}, np.ones(120))
    outputs = features @ features.T @ adds + bias
    assert set(outputs.argmax(axis=1).tolist()) == {0, 1}
    assert (outputs[:, 2] < -5).all(), "nor has it a share that the others would lack"


def test_a_flags_answers_are_believed_nine_tenths(features: np.ndarray):
    certain = {"flags:safety": np.ones(120, int)}
    certain["flags:safety"][:60] = 0
    adds, bias = fit(HEADS[1:2], np.eye(120, dtype=np.float32) * 1e4, certain, np.full(120, 1e4))
    said = 1 / (1 + np.exp(-(1e4 * adds + bias)))
    np.testing.assert_allclose(said[:60], 0.05, atol=0.01)
    np.testing.assert_allclose(said[60:], 0.95, atol=0.01)


def test_a_label_that_nobody_gave_is_never_said(features: np.ndarray, answers: dict[str, np.ndarray]):
    answers = {**answers, "kind": np.where(answers["kind"] == 2, 1, answers["kind"])}
    adds, bias = fit(HEADS, features @ features.T, answers, np.ones(120))
    outputs = features @ features.T @ adds + bias
    assert set(outputs[:, :3].argmax(axis=1).tolist()) == {0, 1}
    assert (outputs[:, 4] < -5).all()


def test_what_is_given_already_is_only_added_to(features: np.ndarray):
    truth = (features[:, :1] > 1).astype(np.float32)
    known = np.where(truth > 0, 9, -9).astype(np.float32)
    asked = Question(True, np.ones((120, 1), np.float32), truth, np.zeros(1, bool), given=known, biased=False)
    ((parts, bias),) = least(features @ features.T, [asked])
    assert np.abs(features @ features.T @ parts).max() < 0.5
    assert bias.tolist() == [0]


def test_heads_that_are_fitted_together_are_as_if_fitted_alone(features: np.ndarray, answers: dict[str, np.ndarray]):
    products = features @ features.T
    adds, bias = fit(HEADS, products, answers, np.ones(120))
    alone, its = fit(HEADS[1:2], products, answers, np.ones(120))
    np.testing.assert_allclose(adds[:, 3:4], alone, atol=1e-3)
    np.testing.assert_allclose(bias[3:4], its, atol=1e-3)


def test_tasks_side_by_side_keep_their_order_and_one_core_each():
    def cores(number: int) -> tuple[int, set[int]]:
        return number, {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}

    assert list(together([lambda n=number: cores(n) for number in range(9)])) == [(n, {1}) for n in range(9)]
