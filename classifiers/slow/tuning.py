"""Tuning the encoder's upper layers on labelled messages, all heads at once, on the processor.

The lower layers stay as they are, so what they make of each message is computed once, by the engine that judges later,
and kept. Messages of like length go through together. Classes are not weighted (it hurts); labels are smoothed, because
readers differ. Adam with decoupled decay, the rate rising over the first tenth of the steps and falling to nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from classifiers.model.heads import SEEN, Head
from classifiers.slow.base import Floats

__all__ = ["Course", "Tuned", "means", "tune"]

_LENGTHS: Final = (32, 48, 72, 112, 192)
_TOKENS: Final = 1536
_USUAL: Final = 32
_EPSILON: Final = 1e-12
_POOLED: Final = 99
_ROUNDS: Final = 300
_RIDGE: Final = 1e-3
Layer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """How long and how fast."""

    epochs: int = 3
    rate: float = 2e-4
    rate_of_heads: float = 1e-3
    drop: float = 0.1
    smoothing: float = 0.05
    decay: float = 0.01
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Tuned:
    """Tuned layers, and the heads' rows upon the mean of the last one's outputs."""

    layers: Sequence[Mapping[str, Floats]]
    rows: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class _Batch:
    rows: Any
    mask: Any
    answers: Any
    weights: Any


def _normal(rows: Any, layer: Layer, name: str) -> Any:  # noqa: ANN401 - JAX's arrays
    rows -= rows.mean(-1, keepdims=True)
    return rows * jax.lax.rsqrt((rows**2).mean(-1, keepdims=True) + _EPSILON) * layer[f"{name}.s"] + layer[f"{name}.b"]


def _dropped(rows: Any, key: Any, drop: float) -> Any:  # noqa: ANN401 - JAX's arrays
    return rows * jax.random.bernoulli(key, 1 - drop, rows.shape) / (1 - drop)


def _layer(rows: Any, layer: Layer, mask: Any, heads: int, key: Any, drop: float) -> Any:  # noqa: ANN401, PLR0917 - JAX's arrays
    batch, length, width = rows.shape
    first, second = jax.random.split(key)
    parts = (rows @ layer["qkv.w"] + layer["qkv.b"]).reshape(batch, length, 3, heads, width // heads)
    query, told, value = (parts[:, :, one].transpose(0, 2, 1, 3) for one in range(3))
    heed = jax.nn.softmax(query @ told.transpose(0, 1, 3, 2) * (width // heads) ** -0.5 + mask[:, None, None], axis=-1)
    heard = (heed @ value).transpose(0, 2, 1, 3).reshape(batch, length, width) @ layer["ao.w"] + layer["ao.b"]
    rows = _normal(rows + _dropped(heard, first, drop), layer, "aln")
    inner = jax.nn.gelu(rows @ layer["fi.w"] + layer["fi.b"], approximate=False) @ layer["fo.w"] + layer["fo.b"]
    return _normal(rows + _dropped(inner, second, drop), layer, "oln")


def _mean(layers: Sequence[Layer], rows: Any, mask: Any, heads: int, key: Any, drop: float) -> Any:  # noqa: ANN401, PLR0917 - JAX's arrays
    rows, unseen = rows.astype(jnp.float32), jnp.where(mask, 0.0, -1e9)
    for place, layer in enumerate(layers):
        rows = _layer(rows, layer, unseen, heads, jax.random.fold_in(key, place), drop)
    shares = mask / mask.sum(axis=1, keepdims=True).clip(1)
    return (rows * shares[..., None]).sum(axis=1)


_mean_of: Final = jax.jit(_mean, static_argnums=(3, 5))


def _loss(outputs: Any, answers: Any, weights: Any, asked: Sequence[Head], course: Course) -> Any:  # noqa: ANN401 - JAX's arrays
    total, at = jnp.zeros(len(weights)), 0
    for column, head in enumerate(asked):
        answer = answers[:, column]
        said = outputs[:, at : at + len(head.labels)]
        at += len(head.labels)
        if len(head.labels) == 1:
            true = jnp.clip(answer, course.smoothing / 5, 1 - course.smoothing / 5)
            lost = optax.sigmoid_binary_cross_entropy(said[:, 0], true)
        else:
            true = optax.smooth_labels(jax.nn.one_hot(answer, len(head.labels)), course.smoothing)
            lost = optax.softmax_cross_entropy(said, true)
        total += jnp.where(answer >= 0, lost, 0.0) * _WORTH.get(head.name, 1.0)
    return (total * weights).sum()


_WORTH: Final = {"kind": 2.0, "severity": 1.0, "difficulty": 0.5, "area": 1.0, SEEN: 0.5}


def tune(  # noqa: PLR0917 - what is tuned, on what, and how
    layers: Sequence[Mapping[str, Floats]],
    heads: int,
    kept: Sequence[NDArray[np.float16]],
    asked: Sequence[Head],
    answers: NDArray[np.int64],
    weights: NDArray[np.float64],
    course: Course,
    tell: Callable[[str], None] = lambda _: None,
) -> Tuned:
    """Tune layers. `kept` are the lower layers' outputs, a table for each message; `answers` messages by heads."""
    random = np.random.default_rng(course.seed)
    began = [{name: jnp.asarray(table) for name, table in layer.items()} for layer in layers]
    found = means(layers, heads, kept)
    middle, spread = found.mean(axis=0), found.std(axis=0)
    tell("heads upon the layers as they are")
    rows, bias = _heads((found - middle) / spread, asked, answers, weights, course)
    now: dict[str, Any] = {"layers": began, "rows": rows, "bias": bias}
    plan = [list(_batches([len(one) for one in kept], random)) for _ in range(course.epochs)]
    steps = sum(map(len, plan))
    optimiser = optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.multi_transform(
            {
                "layers": optax.adamw(_rate(course.rate, steps), weight_decay=course.decay),
                "heads": optax.adamw(_rate(course.rate_of_heads, steps), weight_decay=course.decay),
            },
            {"layers": "layers", "rows": "heads", "bias": "heads"},
        ),
    )

    def lost_by(tuned: Any, batch: _Batch, key: Any) -> Any:  # noqa: ANN401 - JAX's arrays
        mean = (_mean(tuned["layers"], batch.rows, batch.mask, heads, key, course.drop) - middle) / spread
        outputs = _dropped(mean, jax.random.fold_in(key, _POOLED), course.drop) @ tuned["rows"] + tuned["bias"]
        return _loss(outputs, batch.answers, batch.weights, asked, course) / _USUAL

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(tuned: Any, state: Any, batch: tuple[Any, ...], key: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 - JAX's arrays
        lost, gradient = jax.value_and_grad(lost_by)(tuned, _Batch(*batch), key)
        change, state = optimiser.update(gradient, state, tuned)
        return optax.apply_updates(tuned, change), state, lost

    state, key, count = optimiser.init(now), jax.random.key(course.seed), 0
    for epoch, batches in enumerate(plan, 1):
        total = 0.0
        for length, places in batches:
            count += 1
            given = _given(kept, answers, weights, places, length)
            now, state, lost = step(now, state, given, jax.random.fold_in(key, count))
            total += float(lost)
        tell(f"round {epoch} of {course.epochs}: loss {total * _USUAL / weights.sum():.3f}")
    rows = np.asarray(now["rows"]) / spread[:, None]
    return Tuned(
        layers=[{name: np.asarray(table) for name, table in layer.items()} for layer in now["layers"]],
        rows=rows,
        bias=np.asarray(now["bias"]) - middle @ rows,
    )


def means(layers: Sequence[Mapping[str, Floats]], heads: int, kept: Sequence[NDArray[np.float16]]) -> Floats:
    """Give the mean of each message's outputs of the last layer."""
    began = [{name: jnp.asarray(table) for name, table in layer.items()} for layer in layers]
    found = np.zeros((len(kept), kept[0].shape[1]), np.float32)
    key = jax.random.key(0)
    untold, alike = np.zeros((len(kept), 0), np.int64), np.ones(len(kept))
    for length, places in _batches([len(one) for one in kept], np.random.default_rng(0)):
        rows, mask, *_ = _given(kept, untold, alike, places, length)
        found[places] = np.asarray(_mean_of(began, rows, mask, heads, key, 0.0))[: len(places)]
    return found


def _heads(
    features: Floats,
    asked: Sequence[Head],
    answers: NDArray[np.int64],
    weights: NDArray[np.float64],
    course: Course,
) -> tuple[Any, Any]:
    """Fit the heads alone: tuning from heads that know nothing would first spoil the layers (Kumar et al. 2022)."""
    count = sum(len(head.labels) for head in asked)
    given, worth = jnp.asarray(features), jnp.asarray(weights / weights.sum(), jnp.float32)
    optimiser = optax.adam(optax.cosine_decay_schedule(0.02, _ROUNDS))

    def lost_by(now: Any) -> Any:  # noqa: ANN401 - JAX's arrays
        ridge = _RIDGE * (now[0] ** 2).sum()
        return _loss(given @ now[0] + now[1], jnp.asarray(answers), worth, asked, course) + ridge

    @jax.jit
    def step(now: Any, state: Any) -> tuple[Any, Any]:  # noqa: ANN401 - JAX's arrays
        change, state = optimiser.update(jax.grad(lost_by)(now), state)
        return optax.apply_updates(now, change), state

    now: Any = (jnp.zeros((features.shape[1], count)), jnp.zeros(count))
    state = optimiser.init(now)
    for _ in range(_ROUNDS):
        now, state = step(now, state)
    rows, bias = now
    return rows, bias


def _rate(most: float, steps: int) -> Any:  # noqa: ANN401 - optax's schedule
    return optax.warmup_cosine_decay_schedule(0.0, most, max(steps // 10, 1), max(steps, 2))


def _batches(lengths: Sequence[int], random: np.random.Generator) -> Iterator[tuple[int, list[int]]]:
    """Deal messages into batches of like length, and the batches in an order by chance."""
    found: list[tuple[int, list[int]]] = []
    shortest = 0
    for length in _LENGTHS:
        mine = random.permutation([place for place, one in enumerate(lengths) if shortest < one <= length]).tolist()
        size = _TOKENS // length
        found += [(length, mine[at : at + size]) for at in range(0, len(mine), size)]
        shortest = length
    yield from (found[at] for at in random.permutation(len(found)))


def _given(
    kept: Sequence[NDArray[np.float16]],
    answers: NDArray[np.int64],
    weights: NDArray[np.float64],
    places: Sequence[int],
    length: int,
) -> tuple[Any, ...]:
    """Put a batch together, always of the same shape for a length: what is missing weighs nothing."""
    size = _TOKENS // length
    rows = np.zeros((size, length, kept[0].shape[1]), np.float16)
    mask = np.zeros((size, length), bool)
    for row, place in enumerate(places):
        rows[row, : len(kept[place])] = kept[place]
        mask[row, : len(kept[place])] = True
    told = np.full((size, answers.shape[1]), -1, np.int64)
    told[: len(places)] = answers[places]
    worth = np.zeros(size, np.float32)
    worth[: len(places)] = weights[places]
    return rows, mask, told, worth
