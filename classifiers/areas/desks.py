"""The house's desks: from what a model says of all areas to the area of one department of the table.

An area that the table names and no training met is *new*. It takes its share of what the model makes of a message
from the areas that its own words look like to the model (a bank's `cartoes` look like `banco`, which nobody there
has), by how alike the message is to the words of each department. What the model takes for an area that nobody has,
nor looks like a new one, counts as nothing. The confidence is of the department, since that is what the area decides:
its probability among all departments and none of them.

The weights were chosen on messages of training by models that had not seen them, not on those kept apart.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.areas.prior import house_shares
from classifiers.model.heads import NO_AREA
from ouvidor.departments import DepartmentWords

__all__ = ["Desks"]

_AMONG_NEW: Final = 10.0
_AMONG_ALL: Final = 8.0
_SENTENCES_AMONG_NEW: Final = 5.0
_SENTENCES_AMONG_ALL: Final = 3.0
_FLOOR: Final = 0.01
_CLAIMED: Final = 0.25
"""An area that nobody has is there all the same where the model sees so much of it in a new department's words."""
_SELDOM: Final = 0.02
_NEW: Final = 1.0
"""How much a new area may take of what looks like another: more finds more of the new, and loses more of the old."""
_NEVER: Final = -50.0
Floats = NDArray[np.floating]
Doubles = NDArray[np.float64]


class Desks:
    """Chooses an area among those of a table. Pure: what it is made of and asked decides what it says."""

    def __init__(
        self,
        areas: Sequence[str],
        departments: Sequence[DepartmentWords],
        profiles: Floats,
        trained: Mapping[str, float],
        corrected: Mapping[str, int],
    ) -> None:
        """Make them. `areas`: the model's, in its order. `profiles`: what it makes of each department's own words."""
        known = {area: at for at, area in enumerate(areas) if area != NO_AREA}
        self._areas = areas
        self._none = areas.index(NO_AREA)
        self._mine = [[known[area] for area in one.areas if area in known] for one in departments]
        self._names = [next((area for area in one.areas if area not in known), None) for one in departments]
        new = [at for at, name in enumerate(self._names) if name is not None]
        self._new = new or None
        owned = {at for mine in self._mine for at in mine}
        free = np.array([at not in owned and at != self._none for at in range(len(areas))])
        claimed = free & (profiles[new].max(axis=0, initial=0) >= _CLAIMED)
        there = {areas[at] for at in (*owned, *np.flatnonzero(claimed).tolist())}
        shares = np.array([max(trained.get(area, 0.0), 1e-3) for area in areas])
        shares /= shares.sum()
        mine = house_shares(areas, shares, there, corrected)
        self._odds: Doubles = np.where(mine > 0, np.log(np.maximum(mine, 1e-9) / shares), _NEVER)
        self._whose = np.zeros((len(areas), len(departments) + 1))
        for place, places in enumerate(self._mine):
            self._whose[places, place] = 1
        self._whose[self._none, -1] = 1
        self._whose[:, new] += _NEW * np.sqrt(profiles[new].T + _SELDOM)

    def choose(
        self, outputs: Floats, warmth: float, alike: Floats, sentences: Floats | None = None
    ) -> tuple[str | None, float]:
        """Give the area, null for none of the house's, and how likely its department is.

        `outputs`: the area's, before they are divided by their `warmth`. `alike`: how alike the message is to each
        department's words; `sentences`: to the meaning of its words, where a slow model tells.
        """
        shares = _shares(outputs / warmth + self._odds)
        leaning = _AMONG_ALL * alike
        if sentences is not None:
            leaning = leaning + _SENTENCES_AMONG_ALL * sentences
        by_department = shares @ (self._whose if self._new is None else self._dealt(alike, sentences))
        scores = np.log(by_department + _FLOOR)
        scores[:-1] += leaning
        scores[-1] += leaning.sum() / len(leaning)
        found = _shares(scores)
        best = int(found.argmax())
        return self._area(best, shares, by_department), float(found[best])

    def _dealt(self, alike: Floats, sentences: Floats | None) -> Doubles:
        """Give each department's share of each area, for a message that is so alike to their words."""
        leaning = _AMONG_NEW * alike
        if sentences is not None:
            leaning = leaning + _SENTENCES_AMONG_NEW * sentences
        weights = self._whose * np.exp(np.append(leaning, leaning.mean()) - leaning.max())
        found: Doubles = weights / weights.sum(axis=1, keepdims=True)
        return found

    def _area(self, department: int, shares: Doubles, by_department: Doubles) -> str | None:
        """Give the area of a department that a message is most likely of."""
        if department == len(self._mine):
            return None
        mine, name = self._mine[department], self._names[department]
        if not mine:
            return name
        best = max(mine, key=shares.__getitem__)
        if name is not None and by_department[department] - shares[mine].sum() > shares[best]:
            return name
        return self._areas[best]


def _shares(values: Doubles) -> Doubles:
    raised = np.exp(values - values.max())
    found: Doubles = raised / raised.sum()
    return found
