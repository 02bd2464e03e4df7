"""The slow model's training: what is tuned learns, what is written is read, and a house's corrections are felt."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.examples import Correction, own_examples
from classifiers.judge import Judged
from classifiers.model.heads import Head
from classifiers.model.material import Material, gather
from classifiers.model.training import learn
from classifiers.model.weights import Model
from classifiers.rulebook import RuleBook
from classifiers.slow.adapting import adapt
from classifiers.slow.base import Base, load_base
from classifiers.slow.house import adapted
from classifiers.slow.lane import SlowLane
from classifiers.slow.layers import full_layer
from classifiers.slow.training import train_slow
from classifiers.slow.tuning import Course, means, tune
from classifiers.slow.weights import SlowModel, load_slow_model, save_slow_model
from ouvidor.errors import Misconfigured
from ouvidor.records import Kind


@pytest.fixture(scope="module")
def base() -> Base:
    return load_base()


@pytest.fixture(scope="module")
def few(book: RuleBook) -> Material:
    return gather(book, lifelike=own_examples("train")[::24], scarce=())


@pytest.fixture(scope="module")
def fast(book: RuleBook, few: Material) -> Model:
    return learn(book, few)[0]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def slow(book: RuleBook, few: Material, fast: Model, base: Base, directory: Path) -> SlowModel:
    return train_slow(book, few, fast, base, Course(epochs=0), directory)


@pytest.fixture(scope="module")
def lane(slow: SlowModel, fast: Model, book: RuleBook, base: Base) -> SlowLane:
    return SlowLane(slow, fast, book, base)


def test_tuning_learns_and_the_same_seed_gives_the_same(base: Base):
    random = np.random.default_rng(1)
    kept = [random.normal(size=(random.integers(5, 30), base.width)).astype(np.float16) for _ in range(60)]
    answers = np.array([[int(rows[:, 0].mean() > 0)] for rows in kept])
    layers, asked, worth = [full_layer(base, 11)], [Head("kind", ("no", "yes"))], np.ones(60)
    course = Course(epochs=3, drop=0.0)
    first = tune(layers, base.heads, kept, asked, answers, worth, course)
    again = tune(layers, base.heads, kept, asked, answers, worth, course)
    said = means(first.layers, base.heads, kept) @ first.rows + first.bias
    assert (said.argmax(axis=1) == answers[:, 0]).mean() > 0.8
    assert not np.array_equal(first.layers[0]["fi.w"], layers[0]["fi.w"])
    np.testing.assert_array_equal(first.rows, again.rows)


def test_what_was_written_says_what_was_trained(
    slow: SlowModel, lane: SlowLane, fast: Model, book: RuleBook, tmp_path: Path
):
    save_slow_model(slow, tmp_path)
    read = load_slow_model(tmp_path)
    assert read.hash
    said = [Judged(one.text) for one in own_examples("train")[5:400:40]]
    again = SlowLane(replace(read, hash=slow.hash), fast, book).judge(said)
    assert again == lane.judge(said)


def test_a_verdict_does_not_depend_on_its_neighbours(lane: SlowLane):
    said = [Judged(one.text) for one in own_examples("train")[7:600:50]]
    together = lane.judge(said)
    for one, verdict in zip(said, together, strict=True):
        (alone,) = lane.judge([one])
        assert (alone.kind, alone.severity, alone.flags, alone.area) == (
            verdict.kind,
            verdict.severity,
            verdict.flags,
            verdict.area,
        )
        assert alone.confidence.kind == pytest.approx(verdict.confidence.kind, abs=1e-3)


def test_what_rules_said_stays_a_floor(lane: SlowLane):
    (verdict,) = lane.judge([Judged("Já avisei: vou ao Procon amanhã cedo se não resolverem")])
    assert "regulator" in verdict.flags


def test_its_evidence_names_messages_of_the_package(lane: SlowLane):
    text = own_examples("train")[24].text
    (verdict,) = lane.judge([Judged(text)])
    shown = [one.source for one in verdict.evidence if one.source.startswith("slow model: alike")]
    assert shown
    assert text.split()[0] in shown[0]


def test_weights_and_thresholds_are_counted_anew_without_tuning(
    book: RuleBook, few: Material, fast: Model, slow: SlowModel, directory: Path
):
    base = load_base()
    again = train_slow(book, few, fast, base, Course(epochs=7), directory, again=True)
    assert again.card == slow.card, "it tells of the rounds that the kept layers had"
    np.testing.assert_array_equal(again.upon.rows, slow.upon.rows)
    with pytest.raises(Misconfigured, match="of other messages"):
        train_slow(book, replace(few, labels=few.labels[1:]), fast, base, Course(epochs=0), directory, again=True)


def test_a_houses_corrections_are_felt(book: RuleBook, slow: SlowModel):
    text = "O zarbelhim da {} está com o trunfo virado para o lado {}"
    rooms = ("sala", "copa", "frente", "garagem", "torre", "praça", "doca", "horta", "ala", "quadra")
    corrections = [
        Correction(text=text.format(room, side), kind=Kind.COMPLIMENT) for room in rooms for side in ("norte", "sul")
    ]
    lifelike = own_examples("train")[::24]
    material = gather(book, corrections, lifelike=lifelike, scarce=())
    model, left = learn(book, material)
    house = adapted(book, material, model, left, slow)
    (verdict,) = SlowLane(house, model, book).judge([Judged(text.format("cozinha", "leste"))])
    assert verdict.kind is Kind.COMPLIMENT
    assert house.card.corrections == 20


def test_corrections_that_teach_nothing_change_nothing():
    random = np.random.default_rng(3)
    answers = {"kind": random.integers(0, 2, 60)}
    asked = [Head("kind", ("a", "b"))]
    heard, outputs = random.normal(size=(60, 8)).astype(np.float32), np.zeros((60, 2))
    residual, added = adapt(asked, heard, outputs, answers, np.arange(60) % 5)
    assert np.abs(residual.rows).max() < 0.1
    assert np.abs(added).max() < 0.3
