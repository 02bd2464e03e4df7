"""What `ouvidor check` asks of deliveries: are the destinations right, is the store there, would a delivery arrive?

Nothing is sent: with `connect`, names are resolved and TLS handshakes made, and the store is opened where it is there.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from ouvidor.departments import department_names
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.settings import Settings
from sinks.deliveries.catalogue import survey
from sinks.deliveries.contract import Destination, Sink
from sinks.deliveries.opening import open_switches

__all__ = ["check"]

_ANSWER_WITHIN: Final = timedelta(seconds=30)


async def check(settings: Settings, *, connect: bool) -> list[str | Unavailable]:
    """Give all that is wrong, a line each, and an `Unavailable` for each destination that is away."""
    if not settings.deliveries.destinations:
        return []
    known, faults = survey(settings)
    found: list[str | Unavailable] = [*faults, *_strangers(settings, faults)]
    switches: Callable[[], Mapping[str, str]] = dict
    try:
        switches = open_switches(settings)
    except Misconfigured as error:
        found.append(str(error))
    for sink, its in known:
        try:
            async with sink.open(its, settings):
                pass
        except OuvidorError as error:
            found.append(f"{settings.file}: destination {its.name}: {error}")
    if found or not connect:
        return found
    told: list[OuvidorError | None] = []
    try:
        off = await asyncio.to_thread(switches)
        found.extend(
            f"destination {name} is disabled ({off[name]}): mend it, then `ouvidor deliveries enable {name}`"
            for name in sorted({its.name for _, its in known} & set(off))
        )
    except OuvidorError as error:
        told.append(error)
    told += await asyncio.gather(*(_ask(sink, its, settings) for sink, its in known))
    found.extend(each if isinstance(each, Unavailable) else str(each) for each in told if each is not None)
    return found


def _strangers(settings: Settings, told: Sequence[str]) -> list[str]:
    """Look for departments that there are not, also of destinations that cannot be read for another reason."""
    try:
        names = {*department_names(settings), "ombudsman"}
    except Misconfigured:
        return []  # the room whose table it is tells what is wrong with it
    found = []
    for at, given in enumerate(settings.deliveries.destinations):
        place, name = f"{settings.file}: deliveries.destinations[{at}].department", given.get("department")
        if isinstance(name, str) and name not in names and not any(line.startswith(place) for line in told):
            found.append(f"{place}: there is no department {name}; known are {', '.join(sorted(names))}")
    return found


async def _ask(sink: Sink, destination: Destination, settings: Settings) -> OuvidorError | None:
    if sink.check is None:
        return None
    try:
        async with asyncio.timeout(_ANSWER_WITHIN.total_seconds()):
            await sink.check(destination, settings)
    except TimeoutError:
        return Unavailable(f"destination {destination.name}: no answer within {_ANSWER_WITHIN.seconds} s")
    except OuvidorError as error:
        return type(error)(f"destination {destination.name}: {error}")
    return None
