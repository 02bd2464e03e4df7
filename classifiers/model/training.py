"""Training the fast model: on all hands but one, to count what may be trusted, and then on all of them.

The same messages, rules and seed give the same model, byte for byte on one machine and one release of the libraries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.examples import Example
from classifiers.measures import macro_f1, weighted_kappa
from classifiers.model.areas import area_shares, areas_corrected, taught
from classifiers.model.census import known_shares, population_of
from classifiers.model.counting import cuts_of, promised, shifts_of, temperature_of, threshold_of_flags, within_noise
from classifiers.model.deciding import decide
from classifiers.model.features import PIECE_BUCKETS, WORD_BUCKETS
from classifiers.model.fitting import answers_of, fit
from classifiers.model.heads import ALONE, SEEN, Head, heads, places
from classifiers.model.hearing import MET_BITS, met_bit
from classifiers.model.material import FOLDS, PIECES, SIGNAL, Material, idf_of, matrix, products_of
from classifiers.model.promise import PROMISE
from classifiers.model.together import together
from classifiers.model.weights import FORMAT, Manifest, Model, Thresholds
from classifiers.rulebook import RuleBook
from classifiers.seen import sees_ombudsman
from classifiers.severities import ORDER
from classifiers.waiting import flags_in_doubt
from ouvidor.records import Flag, Kind

__all__ = ["PROMISE", "Settled", "learn", "left_out", "settled_by", "thresholds_of", "train"]

_MISSED: Final = (0.012, 0.016)
"""Of the ombudsman's messages, how many may pass it by unread: by the quick model's word, and by both models'. Other
houses' are missed more than twice as often as these are on hands that were left out."""
_PRECISION: Final = 0.6
_STRANGE: Final = 0.02
_OWN: Final = 10
"""A house's correction counts as so many messages where shifts, cuts and the flags' threshold are chosen: with half of
the pilot as corrections of a model that never saw it, the kind is right in 0.855 of the other half, in 0.844 where it
counts as one. What may stand unread is promised by single messages."""
_A_HAND: Final = 300
"""Of so many messages on a hand is counted by itself: the next house will be as strange as the strangest of these."""
_EVEN: Final = 0.5
Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]
Told = Callable[[str], None]


def train(
    book: RuleBook,
    material: Material,
    *,
    seed: int = 1,
    version: str = "1",
    tell: Told = lambda _: None,
) -> Model:
    """Train a model on what was gathered."""
    return learn(book, material, seed=seed, version=version, tell=tell)[0]


def learn(
    book: RuleBook,
    material: Material,
    *,
    seed: int = 1,
    version: str = "1",
    tell: Told = lambda _: None,
) -> tuple[Model, Doubles]:
    """Train a model; give also the outputs for each message by one that saw no message of that hand."""
    asked = heads((*book.areas, *taught(material.labels, book.areas)))
    answers = {
        head.name: answers_of(head, material.labels, {name: known for known, name in book.areas.items()})
        for head in asked
    }
    tell(f"{len(material.labels)} messages; counting on hands that are left out")
    words, scales = idf_of(material)
    features = matrix(material, words, scales)
    products = products_of(features)
    outputs = left_out(material, products, asked, answers, tell)
    thresholds, counted = thresholds_of(material, asked, answers, outputs)
    tell("training on all")
    parts = (asked[:-1], asked[-1:])
    fits = [partial(fit, part, products, answers, material.weights) for part in parts]
    adds, bias = map(np.hstack, zip(*together(fits), strict=True))
    model = _model(
        (words, scales),
        (features.T @ adds).T,
        bias,
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
            area_shares=area_shares(asked[-1].labels, answers["area"], material.weights),
            areas_corrected=areas_corrected(material.labels, book.areas),
            population=population_of(material, asked, outputs, thresholds, known_shares(material)),
        ),
    )
    return model, outputs


def left_out(
    material: Material,
    products: Floats,
    asked: Sequence[Head],
    answers: dict[str, NDArray[np.int64]],
    tell: Told,
) -> Doubles:
    """Give the outputs for each message by a model that saw no message of that hand (areas: not that message)."""
    where = places(tuple(asked))
    outputs = np.zeros((len(material.labels), sum(len(head.labels) for head in asked)))
    hands, about = (asked[:-1], slice(0, where["area"].start)), (asked[-1:], where["area"])

    def leave(out: NDArray[np.bool_], heads_: Sequence[Head], columns: slice) -> None:
        if out.any() and not out.all():
            kept = ~out
            told = {head.name: answers[head.name][kept] for head in heads_}
            adds, bias = fit(heads_, products[np.ix_(kept, kept)], told, material.weights[kept])
            outputs[out, columns] = products[np.ix_(out, kept)] @ adds + bias

    folds = [
        partial(leave, by == fold, *part)
        for fold in range(FOLDS)
        for by, part in ((material.folds, hands), (material.dealt, about))
    ]
    for place, _ in enumerate(together(folds), 1):
        tell(f"{place} of {len(folds)} parts left out")
    return outputs


@dataclass(frozen=True, slots=True)
class Settled:
    """What a quicker model settles: that stands, and counts where thresholds are counted for what comes after it."""

    sure: NDArray[np.bool_]
    kinds: NDArray[np.int64]
    ranks: NDArray[np.int64]
    flags: NDArray[np.bool_]


def thresholds_of(
    material: Material,
    asked: Sequence[Head],
    answers: dict[str, NDArray[np.int64]],
    outputs: Doubles,
    settled: Settled | None = None,
) -> tuple[Thresholds, dict[str, float]]:
    """Count thresholds, and how well they do, on the outputs for messages of hands that were left out."""
    where, life = places(tuple(asked)), material.lifelike
    weighed = _weighed(material)
    shifts = shifts_of(outputs[weighed][:, where["kind"]], answers["kind"][weighed])
    warm = {
        name: temperature_of(outputs[weighed][:, where[name]], answers[name][weighed])
        for name in ("severity", "difficulty", "area", SEEN)
    }
    kinds = outputs[:, where["kind"]] + np.array(shifts)
    warm["kind"] = temperature_of(kinds[weighed], answers["kind"][weighed])
    warm["flags"] = 1.0
    shares = _softmax(kinds / warm["kind"])
    expected = _softmax(outputs[:, where["severity"]] / warm["severity"]) @ np.arange(len(ORDER))
    floors = np.array([_floor(verdict) for verdict in material.rules])
    told = life & (answers["severity"] >= 0)
    graded = weighed[told[weighed]]
    cuts = cuts_of(expected[graded], floors[graded], answers["severity"][graded])
    ranks = np.maximum(np.digitize(expected, cuts), floors)
    flagged = np.column_stack([outputs[:, where[name].start] for name in ALONE])
    flagged = 1 / (1 + np.exp(-flagged))
    true = np.column_stack([answers[name] for name in ALONE])
    known = life & (true[:, 0] >= 0)
    marked = weighed[known[weighed]]
    if settled is not None:
        flagged = np.where(settled.sure[:, None], settled.flags, flagged)
    least = threshold_of_flags(flagged[marked], true[marked], material.firm[marked], _PRECISION)
    raised = (flagged >= least) | material.firm
    said, best = kinds.argmax(axis=1), shares.max(axis=1)
    hidden = 1 / (1 + np.exp(-outputs[:, where[SEEN].start] / warm[SEEN]))
    if settled is not None:
        said, ranks = np.where(settled.sure, settled.kinds, said), np.where(settled.sure, settled.ranks, ranks)
        best, hidden = np.where(settled.sure, 1.0, best), np.where(settled.sure, 0.0, hidden)
    seen = np.array(
        [
            sees_ombudsman(tuple(Kind)[kind], ORDER[rank], (flag for flag, on in zip(Flag, row, strict=True) if on))
            for kind, rank, row in zip(said, ranks, raised, strict=True)
        ]
    )
    judged = life & (answers["kind"] >= 0)
    right = said == answers["kind"]
    hands = [mine for fold in range(FOLDS) if (mine := judged & (material.folds == fold)).sum() >= _A_HAND]
    # what was settled before is mostly right: were it counted with the rest, the rest might be wrong far more often
    open_ = judged if settled is None else judged & ~settled.sure
    sure_kind = max(
        promised(best[open_], right[open_], PROMISE),
        *(promised(best[mine & open_], right[mine & open_], PROMISE, _EVEN) for mine in hands),
        0.0,
    )
    missed = _MISSED[settled is not None]
    sure_seen = min(
        _passing(hidden, seen, best >= sure_kind, answers[SEEN], mine, most)
        for mine, most in (
            (life, missed),
            *((mine, within_noise(missed, (answers[SEEN][mine] == 1).sum())) for mine in hands),
        )
    )
    sure = (best >= sure_kind) & ((hidden <= sure_seen) | seen)
    if settled is not None:
        sure |= settled.sure
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


def _weighed(material: Material) -> NDArray[np.int64]:
    """Give the places of messages in life's shares, a house's corrections as often as they count."""
    times = np.array([1 if isinstance(one, Example) else _OWN for one in material.labels])
    places_: NDArray[np.int64] = np.repeat(np.flatnonzero(material.lifelike), times[material.lifelike])
    return places_


def settled_by(material: Material, asked: Sequence[Head], outputs: Doubles, by: Thresholds) -> Settled:
    """Give what a model with these thresholds settles, by its outputs for hands that were left out."""
    where = places(tuple(asked))
    found = decide(outputs.astype(np.float32), where, asked[-1].labels, by)
    floors = np.array([_floor(verdict) for verdict in material.rules])
    flags = np.array([[flag in one.flags for flag in Flag] for one in found])
    return Settled(
        sure=np.array([one.sure and not flags_in_doubt(one.confidence) for one in found]),
        kinds=np.array([tuple(Kind).index(one.kind) for one in found]),
        ranks=np.maximum([ORDER.index(one.severity) for one in found], floors),
        flags=flags | material.firm,
    )


def _passing(  # noqa: PLR0917 - what is known of each message, and the bound
    hidden: Doubles,
    seen: NDArray[np.bool_],
    sure: NDArray[np.bool_],
    answers: NDArray[np.int64],
    life: NDArray[np.bool_],
    missed: float,
) -> float:
    """Give up to which probability a message may pass the ombudsman by, so that few of the ombudsman's do."""
    wanted = life & (answers == 1)
    chosen = 0.0
    for most in np.arange(0.02, 0.9, 0.01):
        passed = wanted & sure & ~seen & (hidden <= most)
        if passed.sum() > missed * wanted.sum():
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
    return round(float(np.nanquantile(known_shares(material), _STRANGE)), 3)


def _model(
    rarity: tuple[Doubles, Doubles], rows: Doubles, bias: Doubles, material: Material, manifest: Manifest
) -> Model:
    idf, scales = rarity
    words, pieces = rows[:, :WORD_BUCKETS], rows[:, WORD_BUCKETS : WORD_BUCKETS + PIECE_BUCKETS]
    met = np.zeros(MET_BITS // 8, np.uint8)
    for word in {word for words in material.heard for word in words}:
        bit = met_bit(word)
        met[bit >> 3] |= 1 << (bit & 7)
    return Model(
        manifest=manifest,
        words=(words * idf).T.astype(np.float32),
        word_squares=(idf**2).astype(np.float32),
        pieces=(pieces * scales * PIECES).T.astype(np.float32),
        piece_scales=scales.astype(np.float32),
        signals=(rows[:, WORD_BUCKETS + PIECE_BUCKETS : -1] * SIGNAL).T.astype(np.float32),
        bias=bias.astype(np.float32),
        met=met,
    )
