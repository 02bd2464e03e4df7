"""Training the fast model: on all hands but one, to count what may be trusted, and then on all of them.

The same messages, rules and seed give the same model, byte for byte on one machine and one release of the libraries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.examples import Example
from classifiers.measures import macro_f1, weighted_kappa
from classifiers.model.counting import cuts_of, promised, shifts_of, temperature_of, threshold_of_flags
from classifiers.model.features import PIECE_BUCKETS, WORD_BUCKETS
from classifiers.model.fitting import answers_of, fit
from classifiers.model.heads import ALONE, SEEN, Head, heads, places
from classifiers.model.hearing import MET_BITS, met_bit
from classifiers.model.material import FOLDS, PIECES, SIGNAL, Material, idf_of, matrix
from classifiers.model.weights import FORMAT, Manifest, Model, Thresholds
from classifiers.rulebook import RuleBook
from classifiers.seen import sees_ombudsman
from classifiers.severities import ORDER
from ouvidor.records import Flag, Kind

__all__ = ["PROMISE", "left_out", "train"]

PROMISE: Final = 0.05
"""Of the kinds that may stand unread, at most so many wrong."""
_MISSED: Final = 0.04
_PRECISION: Final = 0.62
_STRANGE: Final = 0.02
Doubles = NDArray[np.float64]
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Fitted:
    idf: Doubles
    scales: Doubles
    rows: Doubles
    bias: Doubles
    features: sparse.csr_matrix


def train(
    book: RuleBook,
    material: Material,
    *,
    seed: int = 1,
    version: str = "1",
    tell: Told = lambda _: None,
) -> Model:
    """Train a model on what was gathered."""
    asked = heads(tuple(book.areas))
    answers = {
        head.name: answers_of(head, material.labels, {name: known for known, name in book.areas.items()})
        for head in asked
    }
    tell(f"{len(material.labels)} messages; counting on hands that are left out")
    outputs = left_out(material, asked, answers, seed, tell)
    thresholds, counted = _thresholds(material, asked, answers, outputs)
    tell("training on all")
    return _model(
        _fitted(material, asked, answers, np.ones(len(material.labels), bool), seed),
        material,
        Manifest(
            format=FORMAT,
            version=version,
            heads=asked,
            signals=material.names,
            thresholds=thresholds,
            data_sha256=material.hash,
            rules_sha256=book.hash,
            seed=seed,
            examples=sum(isinstance(one, Example) for one in material.labels),
            corrections=sum(not isinstance(one, Example) for one in material.labels),
            counted=counted,
        ),
    )


def left_out(
    material: Material, asked: Sequence[Head], answers: dict[str, NDArray[np.int64]], seed: int, tell: Told
) -> Doubles:
    """Give the outputs for each message by a model that saw no message of that hand (areas: not that message)."""
    *hands, about = asked
    where = places(tuple(asked))
    outputs = np.zeros((len(material.labels), sum(len(head.labels) for head in asked)))
    for fold in range(FOLDS):
        out = material.folds == fold
        if not out.any():
            continue
        tell(f"hand {fold + 1} of {FOLDS}: {int(out.sum())} messages")
        found = _fitted(material, hands, answers, ~out, seed)
        outputs[out, : where["area"].start] = found.features[out] @ found.rows.T + found.bias
        out = material.dealt == fold
        found = _fitted(material, (about,), answers, ~out, seed)
        outputs[out, where["area"]] = found.features[out] @ found.rows.T + found.bias
    return outputs


def _fitted(
    material: Material,
    asked: Sequence[Head],
    answers: dict[str, NDArray[np.int64]],
    rows: NDArray[np.bool_],
    seed: int,
) -> _Fitted:
    words, scales = idf_of(material, rows)
    features = matrix(material, words, scales)
    told = {head.name: answers[head.name][rows] for head in asked}
    weights, bias = fit(asked, features[rows], told, material.weights[rows], seed)
    return _Fitted(words, scales, weights, bias, features)


def _thresholds(
    material: Material, asked: Sequence[Head], answers: dict[str, NDArray[np.int64]], outputs: Doubles
) -> tuple[Thresholds, dict[str, float]]:
    where, life = places(tuple(asked)), material.lifelike
    shifts = shifts_of(outputs[life][:, where["kind"]], answers["kind"][life])
    warm = {
        name: temperature_of(outputs[life][:, where[name]], answers[name][life])
        for name in ("severity", "difficulty", "area", SEEN)
    }
    kinds = outputs[:, where["kind"]] + np.array(shifts)
    warm["kind"] = temperature_of(kinds[life], answers["kind"][life])
    warm["flags"] = 1.0
    shares = _softmax(kinds / warm["kind"])
    expected = _softmax(outputs[:, where["severity"]] / warm["severity"]) @ np.arange(len(ORDER))
    floors = np.array([_floor(verdict) for verdict in material.rules])
    told = life & (answers["severity"] >= 0)
    cuts = cuts_of(expected[told], floors[told], answers["severity"][told])
    ranks = np.maximum(np.digitize(expected, cuts), floors)
    flagged = np.column_stack([outputs[:, where[name].start] for name in ALONE])
    flagged = 1 / (1 + np.exp(-flagged))
    true = np.column_stack([answers[name] for name in ALONE])
    spoken = np.array([[flag in verdict.flags for flag in Flag] for verdict in material.rules])
    known = life & (true[:, 0] >= 0)
    least = threshold_of_flags(flagged[known], true[known], spoken[known], _PRECISION)
    raised = (flagged >= least) | spoken
    said = kinds.argmax(axis=1)
    seen = np.array(
        [
            sees_ombudsman(tuple(Kind)[kind], ORDER[rank], (flag for flag, on in zip(Flag, row, strict=True) if on))
            for kind, rank, row in zip(said, ranks, raised, strict=True)
        ]
    )
    hidden = 1 / (1 + np.exp(-outputs[:, where[SEEN].start] / warm[SEEN]))
    judged = life & (answers["kind"] >= 0)
    sure_kind = promised(shares.max(axis=1)[judged], said[judged] == answers["kind"][judged], PROMISE)
    sure_seen = _passing(hidden, seen, shares.max(axis=1) >= sure_kind, answers[SEEN], life)
    sure = (shares.max(axis=1) >= sure_kind) & ((hidden <= sure_seen) | seen)
    thresholds = Thresholds(
        temperatures=warm,
        shifts=shifts,
        severity_cuts=cuts,
        flags=dict.fromkeys(ALONE, least),
        sure_kind=sure_kind,
        sure_seen=sure_seen,
        known_words=_strange(material),
    )
    pairs = [(int(a), int(b)) for a, b in zip(answers["kind"][judged], said[judged], strict=True)]
    sent, wanted = seen | ~sure, answers[SEEN] == 1
    counted = {
        "kind_accuracy": float((said == answers["kind"])[judged].mean()),
        "kind_macro_f1_of_three": macro_f1(pairs, (0, 1, 2)),
        "severity_weighted_kappa": weighted_kappa(
            [(int(a), int(b)) for a, b in zip(answers["severity"][told], ranks[told], strict=True)], len(ORDER)
        ),
        "critical_called_low": float(((answers["severity"] == len(ORDER) - 1) & (ranks == 0) & life).sum()),
        "flags_recall": float((raised & (true == 1))[known].sum() / max((true == 1)[known].sum(), 1)),
        "flags_precision": float((raised & (true == 1))[known].sum() / max(raised[known].sum(), 1)),
        "difficulty_accuracy": _accuracy(outputs[:, where["difficulty"]], answers["difficulty"], life),
        "area_accuracy": _accuracy(outputs[:, where["area"]], answers["area"], life),
        "sure_share": float(sure[judged].mean()),
        "sure_kind_accuracy": float((said == answers["kind"])[judged & sure].mean()) if (judged & sure).any() else 1.0,
        "ombudsman_recall_with_unsure": float(sent[wanted & life].mean()),
        "sent_without_need": float((sent & ~wanted)[life].mean()),
    }
    return thresholds, {name: round(value, 4) for name, value in counted.items()}


def _passing(
    hidden: Doubles,
    seen: NDArray[np.bool_],
    sure: NDArray[np.bool_],
    answers: NDArray[np.int64],
    life: NDArray[np.bool_],
) -> float:
    """Give up to which probability a message may pass the ombudsman by, so that few of the ombudsman's do."""
    wanted = life & (answers == 1)
    chosen = 0.0
    for most in np.arange(0.02, 0.9, 0.01):
        passed = wanted & sure & ~seen & (hidden <= most)
        if passed.sum() > _MISSED * wanted.sum():
            break
        chosen = float(most)
    return round(chosen, 3)


def _floor(verdict: Any) -> int:  # noqa: ANN401 - a verdict
    said = {one.label for one in verdict.evidence}
    return max((rank for rank, severity in enumerate(ORDER) if f"severity:{severity}" in said), default=0)


def _softmax(values: Doubles) -> Doubles:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Doubles = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _accuracy(outputs: Doubles, answers: NDArray[np.int64], rows: NDArray[np.bool_]) -> float:
    told = rows & (answers >= 0)
    return float((outputs.argmax(axis=1) == answers)[told].mean())


def _strange(material: Material) -> float:
    """Give the share of words met elsewhere below which one message in fifty of another hand falls."""
    shares = []
    for fold in range(FOLDS):
        out = material.folds == fold
        met = {word for words, one in zip(material.heard, out, strict=True) if not one for word in words}
        for words, one in zip(material.heard, out, strict=True):
            if one and words:
                different = set(words)
                shares.append(len(different & met) / len(different))
    return round(float(np.quantile(shares, _STRANGE)), 3)


def _model(found: _Fitted, material: Material, manifest: Manifest) -> Model:
    words, pieces = found.rows[:, :WORD_BUCKETS], found.rows[:, WORD_BUCKETS : WORD_BUCKETS + PIECE_BUCKETS]
    met = np.zeros(MET_BITS // 8, np.uint8)
    for word in {word for words in material.heard for word in words}:
        bit = met_bit(word)
        met[bit >> 3] |= 1 << (bit & 7)
    return Model(
        manifest=manifest,
        words=(words * found.idf).T.astype(np.float32),
        word_squares=(found.idf**2).astype(np.float32),
        pieces=(pieces * found.scales * PIECES).T.astype(np.float32),
        piece_scales=found.scales.astype(np.float32),
        signals=(found.rows[:, WORD_BUCKETS + PIECE_BUCKETS : -1] * SIGNAL).T.astype(np.float32),
        bias=found.bias.astype(np.float32),
        met=met,
    )
