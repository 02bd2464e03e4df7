"""Adapting the slow model to a house: its corrections' residual, and thresholds that are counted on them too.

The encoder stays as it is, so it takes seconds. What the slow model says of a correction is what it says of any message
that it has not seen; of its own training messages it knows what models said that had not seen them.
"""

from dataclasses import replace

import numpy as np

from classifiers.examples import Example
from classifiers.model.fitting import answers_of
from classifiers.model.heads import heads
from classifiers.model.material import FOLDS, Material
from classifiers.model.training import settled_by, thresholds_of
from classifiers.model.weights import Model
from classifiers.rulebook import RuleBook
from classifiers.slow.adapting import adapt
from classifiers.slow.lane import SlowLane
from classifiers.slow.stacking import Doubles, spoken_of, stacked
from classifiers.slow.weights import SlowModel

__all__ = ["adapted"]


def adapted(book: RuleBook, material: Material, fast: Model, quick: Doubles, slow: SlowModel) -> SlowModel:
    """Adapt a slow model. `quick`: the fast model's outputs for each message by one that had not seen its hand."""
    asked = heads(tuple(book.areas))
    quick = quick[:, : sum(len(head.labels) for head in asked)]  # without the areas that the house taught
    names = {name: known for known, name in book.areas.items()}
    answers = {head.name: answers_of(head, material.labels, names) for head in asked}
    known = dict(zip(slow.names, slow.left, strict=True))
    kept = [known.get(one.id) if isinstance(one, Example) else None for one in material.labels]
    new = [at for at, row in enumerate(kept) if row is None]
    own = np.array([not isinstance(one, Example) for one in material.labels])
    heard = SlowLane(slow, fast, book).embed([material.labels[at].text for at in new])
    outputs = np.array([np.zeros(quick.shape[1]) if row is None else row for row in kept], np.float64)
    outputs[new] = slow.upon(heard)
    both = stacked(slow.card.stack, asked, quick, outputs, spoken_of(material.rules))
    mine = own[new]
    told = {name: answer[own] for name, answer in answers.items()}
    house, added = adapt(asked, heard[mine], both[own], told, material.dealt[own] % FOLDS)
    both[own] += added
    settled = settled_by(material, asked, quick, fast.manifest.thresholds)
    thresholds, counted = thresholds_of(material, asked, answers, both, settled)
    card = slow.card.model_copy(
        update={
            "thresholds": thresholds,
            "counted": counted,
            "corrections": int(own.sum()),
            "data_sha256": material.hash,
            "fast_sha256": fast.hash,
        }
    )
    return replace(slow, card=card, house=house)
