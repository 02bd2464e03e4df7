"""What a house taught, as judging adds it to what both models say. It is learnt by `adapting.py`, which needs SciPy."""

from dataclasses import dataclass

import numpy as np

from classifiers.slow.base import Floats
from classifiers.slow.stacking import Doubles

__all__ = ["Residual"]


@dataclass(frozen=True, slots=True)
class Residual:
    """What is added to the outputs: (row - middle) / spread, times rows, and a bias."""

    middle: Floats
    spread: Floats
    rows: Floats
    bias: Floats

    def __call__(self, heard: Floats) -> Doubles:
        """Give what is added for rows of the encoder's."""
        return ((heard - self.middle) / self.spread @ self.rows + self.bias).astype(np.float64)
