"""How often one sender is told by mail that a reply was not taken: a last bound, should two machines answer each other.

What a machine writes is known by its headers, and is no answer. One that hides it would be refused, answer the refusal,
and so on: after so many in a day nothing more is sent, and a person sees why in `ouvidor deliveries list`. Kept in
memory alone: a restart begins anew, and the bound holds again.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

__all__ = ["Bound"]

_DAY: Final = timedelta(days=1)
_MOST_SENDERS: Final = 10_000


class Bound:
    """Counts, each delivery once however often it is tried."""

    def __init__(self, most: int = 20) -> None:
        self.most: Final = most
        """So many in a day."""
        self._told: dict[str, dict[UUID, datetime]] = {}

    def lets(self, to: str, delivery: UUID, at: datetime) -> bool:
        """Tell whether this one may go, and count it."""
        if len(self._told) > _MOST_SENDERS:
            self._told.clear()
        told = {its: when for its, when in self._told.get(to, {}).items() if when > at - _DAY}
        self._told[to] = told
        if delivery not in told and len(told) >= self.most:
            return False
        told.setdefault(delivery, at)
        return True
