"""Which departments an opinion may name, and about which messages it is asked for one. Pure, and knows no network.

A department stands under a short id (`d1`, `d2`… in the table's order): an answer names one of these or none, and words
of a customer's that name a department name no id. It is told as one of its areas, because that is what a verdict holds
and a routing table decides by: a table that has renamed the department meanwhile still knows whose the area is.
A department without areas is reached by rules alone, so nobody is asked about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ouvidor.departments import DepartmentWords
from ouvidor.records import Kind, Verdict
from ouvidor.settings import Opinion

__all__ = ["NOBODY", "Choices", "are_too_many", "choices_of"]

_MOST: Final = 100
"""With more of them each would have less room in the question than its title takes: then none is asked for."""


@dataclass(frozen=True)
class Choices:
    """The departments that may be named."""

    departments: tuple[DepartmentWords, ...] = ()
    also_sure: bool = False
    """Is it asked for on messages that are sure, too?"""

    @cached_property
    def by_id(self) -> dict[str, DepartmentWords]:
        """The departments by their ids."""
        return {f"d{place}": one for place, one in enumerate(self.departments, 1)}

    @cached_property
    def _owners(self) -> dict[str, DepartmentWords]:
        return {area: one for one in self.departments for area in one.areas}

    def owner(self, area: str | None) -> DepartmentWords | None:
        """Give the department whose area it is."""
        return None if area is None else self._owners.get(area)

    def undecided(self, verdict: Verdict) -> bool:
        """Tell whether the table would have a person sort it, unless a rule names an owner."""
        owner = self.owner(verdict.area)
        return bool(self.departments) and (owner is None or verdict.confidence.area < owner.certain_from)

    def asks(self, verdict: Verdict) -> bool:
        """Tell whether it is worth a question for its department alone: chatter and advertisements are nobody's."""
        return self.also_sure and verdict.sure and verdict.kind is not Kind.OTHER and self.undecided(verdict)


NOBODY: Final = Choices()


def choices_of(settings: Opinion | None, departments: Sequence[DepartmentWords]) -> Choices:
    """Give the departments that the settings have named by an opinion."""
    told = tuple(one for one in departments if one.areas)
    if settings is None or settings.department == "never" or are_too_many(told):
        return NOBODY
    return Choices(told, also_sure=settings.department == "undecided")


def are_too_many(departments: Sequence[DepartmentWords]) -> bool:
    """Tell whether there are more than one question holds."""
    return sum(1 for one in departments if one.areas) > _MOST
