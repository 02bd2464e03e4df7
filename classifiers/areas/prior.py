"""How often a house hears of each area, before a word is read: from the areas that its routing table has.

A bank has no street lamps, and most of what it hears is of banking; the model was trained on all houses at once. What
a house is there for are its services; bills, contracts, the desk, the app, people and papers every house has. Of the
houses that were left out seven messages in ten were about their services; a share of 0.5 to 0.8 made no difference
that could be told from noise. Corrections count as messages of the house.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.model.heads import NO_AREA

__all__ = ["house_shares"]

_GENERAL: Final = frozenset(
    {"atendimento", "cobranca", "contrato", "digital", "pessoal", "privacidade", "transparencia"}
)
"""What every house has (docs/labels.md, "Areas": 1 to 3 and 5 to 8). Every other area is somebody's service."""
_SERVICES: Final = 0.7
_NONE: Final = 0.05
_WEIGHS: Final = 50
"""So many messages of the house weigh as much as what is assumed of it."""
Doubles = NDArray[np.float64]


def house_shares(
    areas: Sequence[str], trained: Doubles, there: Collection[str], corrected: Mapping[str, int]
) -> Doubles:
    """Give each area's share of a house that has the areas `there`; 0: it has none of it.

    `trained`: the shares of what the model was trained on. `corrected`: how many corrections name each area.
    """
    mine = np.array([area in there for area in areas])
    general = np.array([area in _GENERAL for area in areas])
    shares = np.zeros(len(areas))
    for among, part in ((mine & ~general, _SERVICES), (mine & general, 1 - _SERVICES)):
        if among.any():
            shares[among] = trained[among] / trained[among].sum() * part
    none = np.array([area == NO_AREA for area in areas])
    if shares.any():
        shares *= (1 - _NONE) / shares.sum()
    shares[none] = 1 - shares.sum()
    told = np.array([corrected.get(area, 0) for area in areas]) * (mine | none)
    found: Doubles = (shares * _WEIGHS + told) / (_WEIGHS + told.sum())
    return found
