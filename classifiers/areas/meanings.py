"""How alike a message is to each department's words in meaning: cosines of a slow model's rows.

All of an encoder's rows point about one way, so what they have in common, the mean of the training's, is taken away
first. A department is the sum of its phrases.
"""

from collections.abc import Sequence

import numpy as np

from classifiers.model.weights import Floats

__all__ = ["Meanings"]


class Meanings:
    """The departments' words as a slow model hears them."""

    def __init__(self, departments: Sequence[Floats], training: Floats) -> None:
        """Take each department's phrases as rows, and the training's rows, of length one."""
        self._common: Floats = training.mean(axis=0)
        self._departments = _unit(np.array([_unit(_unit(rows) - self._common).sum(axis=0) for rows in departments]))

    def alike(self, row: Floats) -> Floats:
        """Give the cosine of a message's row with each department."""
        found: Floats = self._departments @ _unit(_unit(row) - self._common)
        return found


def _unit(rows: Floats) -> Floats:
    found: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    return found
