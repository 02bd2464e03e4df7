"""A table's departments behind a model: its columns for their words, and the desks that choose among their areas."""

from collections.abc import Sequence
from dataclasses import astuple
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from classifiers.areas.desks import Desks
from classifiers.areas.own_words import phrases_of, with_columns
from classifiers.judge import heard_text
from classifiers.model.deciding import softmax
from classifiers.model.features import tokens
from classifiers.model.heads import places
from classifiers.model.hearing import Hearing
from classifiers.model.weights import Floats, Model, Thresholds
from ouvidor.departments import DepartmentWords

__all__ = ["AreaSeat"]

Chosen = tuple[str | None, float]


class AreaSeat:
    """The departments that have areas, as a model sees them. A department that has none is reached by rules alone."""

    def __init__(self, model: Model, departments: Sequence[DepartmentWords]) -> None:
        told = [one for one in departments if one.areas]
        self.phrases = [phrases_of(one) for one in told]
        self.model = with_columns(model, self.phrases)
        """The model with an output more for each department."""
        areas = next(head.labels for head in model.manifest.heads if head.name == "area")
        self._where = places(model.manifest.heads)["area"]
        self._desks = Desks(
            areas,
            told,
            np.array([_profile(model, phrases) for phrases in self.phrases]).reshape(len(told), len(areas)),
            model.manifest.area_shares,
            model.manifest.areas_corrected,
        )
        words = repr([astuple(one) for one in told])
        self.hash = sha256(f"{model.hash}\n{words}".encode()).hexdigest()
        """Of the model and the departments' words: with either, verdicts change."""

    def choose(self, outputs: Floats, by: Thresholds, alike: Floats, sentences: Floats | None = None) -> Chosen:
        """Choose the area and tell how likely its department is. `outputs`: of all heads that the model has."""
        return self._desks.choose(outputs[self._where], by.temperatures["area"], alike, sentences)


def _profile(model: Model, phrases: Sequence[str]) -> NDArray[np.float64]:
    """Give the shares of areas that a model sees in phrases, in the mean."""
    hearing = Hearing(model)
    listened = hearing.listen([tokens(heard_text(phrase).own) for phrase in phrases])
    outputs, _ = hearing.outputs(listened, [()] * len(phrases))
    areas = outputs[:, places(model.manifest.heads)["area"]].astype(np.float64)
    found: NDArray[np.float64] = softmax(areas, model.manifest.thresholds.temperatures["area"]).mean(axis=0)
    return found
