"""What a model is trained on: messages with their labels, their weights, and what the rules say of them, as matrices.

Life's messages weigh 1, those written because they are scarce less, a house's corrections more: two hundred messages of
the same house teach as much as thousands of others. The rules were written with two thirds of the pilot in sight, so
there they are right far more often than anywhere else: of those messages the model does not see what the rules said.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.cascade import Rules, firm_flags
from classifiers.examples import Correction, Example, held_out, own_examples
from classifiers.judge import Judged, heard_text
from classifiers.model.features import PIECE_BUCKETS, WORD_BUCKETS, heard_words, pairs_of, pieces_of, word_bucket
from classifiers.model.signals import signals_of
from classifiers.rulebook import RuleBook
from ouvidor.records import Flag, Verdict

__all__ = ["FOLDS", "PIECES", "SIGNAL", "Material", "gather", "idf_of", "matrix", "products_of"]

FOLDS: Final = 5
_SCARCE: Final = 0.6
_CORRECTION: Final = 4.0
SIGNAL: Final = 0.3
PIECES: Final = 1.5
_UNTOLD: Final = frozenset({"untold"})

_COMMON: Final = 1500
"""So many features stand in most messages: as a full matrix they are multiplied three times as fast."""

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """Messages in their order, and what is known of each."""

    labels: Sequence[Correction]
    weights: Doubles
    lifelike: NDArray[np.bool_]
    """In life's shares: by these thresholds are counted."""
    folds: NDArray[np.int64]
    """Whoever wrote a message, all of that hand's are left out together; a house's corrections are dealt out."""
    dealt: NDArray[np.int64]
    """Folds by chance, for what no other hand writes of: areas."""
    rules: Sequence[Verdict]
    firm: NDArray[np.bool_]
    """Flags that stand whatever a model says: a row for each message."""
    words: sparse.csr_matrix
    pieces: Sequence[Sequence[Counter[int]]]
    signals: sparse.csr_matrix
    names: tuple[str, ...]
    """The signals' columns."""
    heard: Sequence[Sequence[str]]
    hash: str


def gather(
    book: RuleBook,
    corrections: Sequence[Correction] = (),
    *,
    lifelike: Sequence[Example] | None = None,
    scarce: Sequence[Example] | None = None,
) -> Material:
    """Hear messages, the package's if none are given, and a house's corrections."""
    lifelike = own_examples("train") if lifelike is None else lifelike
    scarce = own_examples("scarce") if scarce is None else scarce
    rare = {one.id for one in scarce}
    labels: list[Correction] = [*lifelike, *scarce, *corrections]
    rules = [Rules(book).judge(Judged(one.text)) for one in labels]
    told = [_signals(one, verdict) for one, verdict in zip(labels, rules, strict=True)]
    names = tuple(sorted(set().union(*told) - _UNTOLD))
    heard = [heard_words(heard_text(one.text).own) for one in labels]
    memo: dict[str, Counter[int]] = {}
    return Material(
        labels=labels,
        weights=np.array(
            [_CORRECTION if not isinstance(one, Example) else _SCARCE if one.id in rare else 1.0 for one in labels]
        ),
        lifelike=np.array([not isinstance(one, Example) or one.id not in rare for one in labels]),
        folds=np.array([_fold(one, rare) for one in labels]),
        dealt=np.array([_chance(one) for one in labels]),
        rules=rules,
        firm=np.array([[flag in kept for flag in Flag] for kept in (firm_flags(one, book.leaning) for one in rules)]),
        words=_rows(
            (Counter([*map(word_bucket, dict.fromkeys(words)), *pairs_of(words)]) for words in heard), WORD_BUCKETS
        ),
        pieces=[[_pieces(word, memo) for word in dict.fromkeys(words)] for words in heard],
        signals=_rows((dict.fromkeys((place(names, one) for one in sorted(said)), 1) for said in told), len(names) + 1),
        names=names,
        heard=heard,
        hash=sha256("\n".join(sorted(one.model_dump_json() for one in labels)).encode()).hexdigest(),
    )


def place(names: Sequence[str], signal: str) -> int:
    """Give a signal's column; the last one stands for all that is not named."""
    return names.index(signal) if signal in names else len(names)


def _pieces(word: str, memo: dict[str, Counter[int]]) -> Counter[int]:
    if word not in memo:
        memo[word] = Counter(pieces_of(word))
    return memo[word]


def _signals(one: Correction, verdict: Verdict) -> frozenset[str]:
    if isinstance(one, Example) and one.source == "pilot" and not held_out(one.text):
        return _UNTOLD
    return frozenset(signals_of(verdict))


def _chance(one: Correction) -> int:
    return sha256(one.text.encode()).digest()[0] % FOLDS


def _fold(one: Correction, rare: set[str]) -> int:
    if not isinstance(one, Example):
        return _chance(one)
    if one.id in rare:
        return FOLDS - 1
    return {"city": 0, "state": 1, "private": 2}.get(one.source, 3)


def _rows(rows: Iterable[dict[int, int]], width: int) -> sparse.csr_matrix:
    ends, columns, values = [0], list[int](), list[int]()
    for row in rows:
        columns += row.keys()
        values += row.values()
        ends.append(len(columns))
    return sparse.csr_matrix((np.array(values, np.float64), columns, ends), shape=(len(ends) - 1, width))


def idf_of(material: Material) -> tuple[Doubles, Doubles]:
    """Tell how rare each bucket is. Pieces of a single message teach nothing that its words do not."""
    count = len(material.labels)
    seen = np.asarray((material.words > 0).sum(axis=0)).ravel()
    pieces = np.zeros(PIECE_BUCKETS)
    for row in material.pieces:
        pieces[list(set().union(*row))] += 1
    words: Doubles = np.log((1 + count) / (1 + seen)) + 1
    scales: Doubles = np.where(pieces >= 2, np.log((1 + count) / (1 + pieces)) + 1, 0)  # noqa: PLR2004 - as told above
    return words, scales


def matrix(material: Material, words: Doubles, scales: Doubles) -> sparse.csr_matrix:
    """Make rows of features: words of length one, pieces of about length one and a half, signals."""
    by_word = material.words.multiply(words).tocsr()
    squares = np.asarray(material.words.multiply(words**2).sum(axis=1)).ravel()
    totals, lengths = [], []
    for row in material.pieces:
        total: Counter[int] = Counter()
        for one in row:
            total.update(one)
        totals.append(total)
        lengths.append(sum((count * scales[bucket]) ** 2 for one in row for bucket, count in one.items()))
    by_piece = _rows(totals, PIECE_BUCKETS).multiply(scales).tocsr()
    return sparse.hstack(
        [
            sparse.diags(1 / np.sqrt(np.maximum(squares, 1e-9))) @ by_word,
            sparse.diags(PIECES / np.sqrt(np.maximum(lengths, 1e-9))) @ by_piece,
            material.signals * SIGNAL,
        ]
    ).tocsr()


def products_of(features: sparse.csr_matrix) -> Floats:
    """Give each message's products with all."""
    whole = features.astype(np.float32).tocsc()
    order = np.argsort(-np.diff(whole.indptr), kind="stable")
    common, rest = whole[:, order[:_COMMON]].toarray(), whole[:, order[_COMMON:]].tocsr()
    products: Floats = common @ common.T
    products += (rest @ rest.T).toarray()
    return products
