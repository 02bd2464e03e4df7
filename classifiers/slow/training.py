"""Training the slow model: on all hands but some, to learn how far to believe it beside the fast one; then on all.

Tuning is what takes long, so hands are left out in three groups, not one by one. What the tuned models said of messages
that they had not seen is kept (`Left`): with it, weights and thresholds are counted anew in two minutes when only the
rules or the fast model have changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.examples import Example
from classifiers.model.fitting import answers_of
from classifiers.model.heads import Head, heads
from classifiers.model.material import Material, idf_of, matrix, products_of
from classifiers.model.training import left_out, settled_by, thresholds_of
from classifiers.model.weights import Model
from classifiers.rulebook import RuleBook
from classifiers.slow.base import PACKAGE, WEIGHTS_SHA256, Base, Floats
from classifiers.slow.encoder import Encoder, means_of
from classifiers.slow.graph import write_graph
from classifiers.slow.layers import full_layer, whole_layer
from classifiers.slow.reading import read_words
from classifiers.slow.stacking import Doubles, Stack, fit_stack, spoken_of, stacked
from classifiers.slow.tuning import Course, Tuned, tune
from classifiers.slow.upon import TAPS, Senses, Upon, fit_upon, senses_of
from classifiers.slow.weights import FORMAT, Card, SlowModel
from ouvidor.errors import Misconfigured

__all__ = ["Left", "train_slow"]

_TUNED: Final = 4
"""Layers. Six are no better, and take half as long again."""
_GROUPS: Final = (0, 1, 2, 0, 3)
"""By the material's fold (city, state, private, pilot, scarce): which are left out together. The scarce never are."""
_NEVER: Final = 3
_SENSES: Final = ("middle", "spread", "landmarks")
_UPON: Final = ("rows", "near", "bias")
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Left:
    """What models said that had not seen these messages, and the one that saw all."""

    texts: Sequence[str]
    outputs: Doubles
    layers: Sequence[Mapping[str, Floats]]
    """The upper ones, tuned."""
    upon: Upon
    heard: Floats
    """Each message as the one that saw all hears it."""
    epochs: int
    """Of tuning."""


def train_slow(  # noqa: PLR0917 - what it is trained on, beside what, and how
    book: RuleBook,
    material: Material,
    fast: Model,
    base: Base,
    course: Course,
    keep: Path | None = None,
    *,
    again: bool = False,
    tell: Told = lambda _: None,
) -> SlowModel:
    """Train on what was gathered, beside a fast model. `keep`: where what was left out is kept; `again`: use it."""
    asked = heads(tuple(book.areas))
    if asked != fast.manifest.heads:
        raise Misconfigured("the fast model answers other questions than the rules name now: train it (make model)")
    names = {name: known for known, name in book.areas.items()}
    answers = {head.name: answers_of(head, material.labels, names) for head in asked}
    left = _left_in(keep, material) if again and keep is not None else None
    tell("the fast model, hands left out")
    quick = left_out(material, products_of(matrix(material, *idf_of(material))), asked, answers, tell)
    if left is None:
        left = _tuned(material, base, asked, answers, course, tell)
        if keep is not None:
            _keep(left, keep)
    tell("putting the two together")
    spoken = spoken_of(material.rules)
    stack, both = _together(material, asked, quick, left.outputs, spoken, answers)
    thresholds, counted = thresholds_of(
        material, asked, answers, both, settled_by(material, asked, quick, fast.manifest.thresholds)
    )
    own = [isinstance(one, Example) for one in material.labels]
    shipped = [whole_layer(layer) for layer in left.layers] if left.epochs else []
    return SlowModel(
        card=Card(
            format=FORMAT,
            version="1",
            heads=asked,
            stack=stack,
            thresholds=thresholds,
            base=PACKAGE,
            base_sha256=WEIGHTS_SHA256,
            layers=base.layers - len(shipped),
            taps=TAPS,
            data_sha256=material.hash,
            rules_sha256=book.hash,
            fast_sha256=fast.hash,
            course=asdict(replace(course, epochs=left.epochs)),
            libraries={name: version_of(name) for name in ("jax", "numpy", "onnx", "onnxruntime", "optax", "scipy")},
            examples=sum(own),
            corrections=len(own) - sum(own),
            counted=counted,
        ),
        layers=shipped,
        upon=left.upon,
        graph=write_graph(base, base.layers, TAPS),
        examples=_whole(left.heard[own, -base.width :]),
        names=[one.id for one in material.labels if isinstance(one, Example)],
        left=left.outputs[own].astype(np.float16),
    )


def _tuned(  # noqa: PLR0917 - as train_slow
    material: Material,
    base: Base,
    asked: tuple[Head, ...],
    answers: Mapping[str, NDArray[np.int64]],
    course: Course,
    tell: Told,
) -> Left:
    texts = [read_words(one.text) for one in material.labels]
    tell("the lower layers, once")
    lower = base.layers - _TUNED
    low, high = [place for place in TAPS if place <= lower], [place - lower for place in TAPS if place > lower]
    whole = [whole_layer(full_layer(base, at)) for at in range(lower)]
    below = Encoder(base, write_graph(base, lower, (*low, lower)), whole)
    kept: list[NDArray[np.float16]] = [np.zeros((0, base.width), np.float16)] * len(texts)
    beneath = np.zeros((len(texts), len(low) * base.width), np.float32)
    for place, rows in below.encoded(below.cut(texts)):
        beneath[place] = rows[:, : -base.width].mean(axis=0)
        kept[place] = rows[:, -base.width :].astype(np.float16)
    begin = [full_layer(base, at) for at in range(lower, base.layers)]
    true = np.column_stack([answers[head.name] for head in asked])
    group = np.array(_GROUPS)[material.folds]
    group[[not isinstance(one, Example) for one in material.labels]] = _NEVER
    outputs = np.zeros((len(texts), sum(len(head.labels) for head in asked)))

    def tuned_on(rows: NDArray[np.bool_]) -> Tuned:
        mine = np.flatnonzero(rows)
        mine_kept = [kept[at] for at in mine]
        return tune(begin, base.heads, mine_kept, asked, true[mine], material.weights[mine], course, tell)

    def heard_by(layers: Sequence[Mapping[str, Floats]]) -> Floats:
        above = Encoder(base, write_graph(base, _TUNED, high), [whole_layer(layer) for layer in layers])
        return np.hstack([beneath, means_of(above.upwards(kept), len(texts), len(high) * base.width)])

    def fitted_on(heard: Floats, rows: NDArray[np.bool_]) -> Upon:
        told = {name: answer[rows] for name, answer in answers.items()}
        return fit_upon(asked, senses_of(heard[rows], course.seed), heard[rows], told, material.weights[rows])

    def taught_on(rows: NDArray[np.bool_]) -> tuple[Sequence[Mapping[str, Floats]], Floats, Upon]:
        if as_it_is is not None:
            return begin, as_it_is, fitted_on(as_it_is, rows)
        tuned = tuned_on(rows)
        heard = heard_by(tuned.layers)
        return tuned.layers, heard, fitted_on(heard, rows).plus(tuned.rows, tuned.bias)

    as_it_is = heard_by(begin) if course.epochs == 0 else None
    for out in range(_NEVER):
        rows = group == out
        if rows.any() and not rows.all():
            tell(f"hands {out + 1} of {_NEVER} left out")
            _, heard, upon = taught_on(~rows)
            outputs[rows] = upon(heard[rows])
    tell("training on all")
    layers, heard, upon = taught_on(np.ones(len(texts), bool))
    return Left([one.text for one in material.labels], outputs, layers, upon, heard, course.epochs)


def _together(  # noqa: PLR0917 - as train_slow
    material: Material,
    asked: tuple[Head, ...],
    fast: Doubles,
    slow: Doubles,
    spoken: Doubles,
    answers: Mapping[str, NDArray[np.int64]],
) -> tuple[Stack, Doubles]:
    """Give the weights of both, and for each message in life's shares what weights give that it had no part in."""
    group = np.array(_GROUPS)[material.folds]
    life = material.lifelike & (group != _NEVER)
    stack = fit_stack(asked, fast, slow, spoken, answers, life)
    both = stacked(stack, asked, fast, slow, spoken)
    for out in range(_NEVER):
        rows = group == out
        others = life & ~rows
        if rows.any() and others.any():
            fitted = fit_stack(asked, fast, slow, spoken, answers, others)
            both[rows] = stacked(fitted, asked, fast[rows], slow[rows], spoken[rows])
    return stack, both


def _whole(rows: Floats) -> NDArray[np.int8]:
    """Give rows of length 127 or so, in whole numbers: likeness needs no more."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    whole: NDArray[np.int8] = np.rint(rows / largest * 127).astype(np.int8)
    return whole


def _keep(left: Left, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {"outputs": left.outputs, "heard": left.heard, "texts": np.array(left.texts)}
    arrays["epochs"] = np.array(left.epochs)
    arrays |= {f"upon.{name}": getattr(left.upon, name) for name in _UPON}
    arrays |= {f"senses.{name}": getattr(left.upon.senses, name) for name in _SENSES}
    for place, layer in enumerate(left.layers):
        arrays |= {f"{place}.{name}": table for name, table in layer.items()}
    np.savez(directory / "left.npz", allow_pickle=False, **arrays)


def _left_in(directory: Path, material: Material) -> Left:
    """Take what was kept, where the messages are the same. Raises `Misconfigured` where they are not."""
    file = directory / "left.npz"
    try:
        with np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except OSError as error:
        raise Misconfigured(f"{file}: {error.strerror}; tune first, without --keep-layers") from error
    texts = found.pop("texts").tolist()
    if texts != [one.text for one in material.labels]:
        raise Misconfigured(f"{file}: of other messages than those of classifiers/data: tune without --keep-layers")
    outputs, heard = found.pop("outputs"), found.pop("heard")
    if not {"senses.middle", "epochs"} <= found.keys() or found["senses.middle"].shape[0] != heard.shape[1]:
        raise Misconfigured(f"{file}: of another release: tune without --keep-layers")
    epochs = int(found.pop("epochs"))
    senses = Senses(*(found.pop(f"senses.{name}") for name in _SENSES))
    upon = Upon(senses, *(found.pop(f"upon.{name}") for name in _UPON))
    layers: list[dict[str, NDArray[np.float32]]] = []
    for name, table in found.items():
        place, _, part = name.partition(".")
        layers += [{} for _ in range(int(place) + 1 - len(layers))]
        layers[int(place)][part] = table
    return Left(texts, outputs, layers, upon, heard, epochs)
