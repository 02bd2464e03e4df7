"""Counting a model's population when it is trained: what it says of hands that it had not seen."""

import numpy as np
from numpy.typing import NDArray

from classifiers.language import is_portuguese, spoken
from classifiers.model.deciding import decide
from classifiers.model.heads import Head, places
from classifiers.model.material import FOLDS, Material
from classifiers.model.population import ASPECTS, Population, confidence_bin, unknown_bin
from classifiers.model.weights import Thresholds
from ouvidor.records import Kind

__all__ = ["known_shares", "population_of"]

_FEW = 3
Doubles = NDArray[np.float64]


def known_shares(material: Material) -> Doubles:
    """Give, for each message, the share of its different words that other hands use; not a number where it has none."""
    shares = np.full(len(material.heard), np.nan)
    for fold in range(FOLDS):
        out = material.folds == fold
        met = {word for words, one in zip(material.heard, out, strict=True) if not one for word in words}
        for place in np.flatnonzero(out).tolist():
            if different := set(material.heard[place]):
                shares[place] = len(different & met) / len(different)
    return shares


def population_of(
    material: Material, asked: tuple[Head, ...], outputs: Doubles, by: Thresholds, known: Doubles
) -> Population:
    """Count the population of messages in life's shares, by the outputs of models that were not trained on them."""
    where, kinds = places(asked), tuple(Kind)
    areas = next(head.labels for head in asked if head.name == "area")
    counts = {name: [0] * bins for name, bins in ASPECTS.items()}
    lifelike = np.flatnonzero(material.lifelike)
    decided = decide(outputs[lifelike].astype(np.float32), where, areas, by)
    for place, found in zip(lifelike.tolist(), decided, strict=True):
        words = material.heard[place]
        share = 1.0 if np.isnan(known[place]) else float(known[place])
        grounded = len(set(words)) >= _FEW and share >= by.known_words and is_portuguese(spoken(words), None)
        counts["kind"][kinds.index(found.kind)] += 1
        counts["confidence"][confidence_bin(found.confidence.kind)] += 1
        counts["unknown_words"][unknown_bin(1 - share)] += 1
        counts["sure"][found.sure and grounded] += 1
    return Population.model_validate(counts)
