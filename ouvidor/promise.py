"""What a customer is promised at receipt: told by whoever has the clocks, since ingest imports no router.

An entry point of the group `ouvidor.promises` is a function of the settings that gives a function of the moment.
Nothing is known of the message yet, so the promise is the weakest that the usual clock gives, whatever the severity
will be: the dispatch may bring it forward.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from ouvidor.entry_points import load, offered
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings

__all__ = ["Promise", "PromiseOf", "promise_of"]

_GROUP = "ouvidor.promises"


@dataclass(frozen=True, slots=True)
class Promise:
    """Until when, and how that is counted, in Portuguese."""

    until: datetime
    within: str
    """`7 dias corridos`."""
    extendable_by: str | None = None
    """How much longer it may take, once and with a reason: `10 dias úteis`."""
    by_severity: bool = False
    """May it be sooner, by the message's severity?"""
    others: bool = False
    """Are there subjects with another clock?"""


PromiseOf: TypeAlias = Callable[[datetime], Promise]
"""What is promised for a message that was received at a moment. It follows the table as that changes."""


def promise_of(settings: Settings) -> PromiseOf:
    """Give who promises. Raises `Misconfigured` where nobody does, or where the clocks are broken."""
    for entry in offered(_GROUP).values():
        found: PromiseOf = load(entry)(settings)
        return found
    raise Misconfigured(f"nobody offers {_GROUP}: customers can be told no deadline; install the routers' room")
