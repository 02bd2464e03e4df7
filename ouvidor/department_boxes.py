"""Who may answer for a department by mail: told by whoever sends it mail, since whoever reads mail imports no sink.

An entry point of the group `ouvidor.department-boxes` is a function of the settings that gives, for each department
that gets mail, the addresses that answer for it: whole ones, or domains with an @ before them. None where no answers by
mail are wanted. That an address is among these is no proof by itself: anybody can write it over a mail. It counts
together with the seal of the mail that is answered (`ouvidor/reply_address.py`).
"""

from collections.abc import Collection, Mapping

from ouvidor.entry_points import load, offered
from ouvidor.settings import Settings

__all__ = ["answers_for", "department_boxes"]

_GROUP = "ouvidor.department-boxes"


def department_boxes(settings: Settings) -> Mapping[str, frozenset[str]]:
    """Give each department's addresses, in small letters. Raises `Misconfigured` where a destination is broken."""
    found: dict[str, frozenset[str]] = {}
    for entry in offered(_GROUP).values():
        for department, addresses in load(entry)(settings).items():
            found[department] = found.get(department, frozenset()) | {each.casefold() for each in addresses}
    return found


def answers_for(address: str | None, addresses: Collection[str]) -> bool:
    """Tell whether a sender is among those who answer. `addresses` are in small letters."""
    its = (address or "").strip().casefold()
    name, _, domain = its.rpartition("@")
    return bool(name and domain) and (its in addresses or f"@{domain}" in addresses)
