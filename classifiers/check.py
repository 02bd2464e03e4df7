"""Are rules and models as they must be? What `ouvidor check` asks this room, and `ouvidor up` before it starts."""

import asyncio

from classifiers.in_force import lanes_of, seat_of, shadow_lanes_of
from classifiers.opinion.asking import check as check_opinion
from classifiers.seats import cascade
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.settings import Settings

__all__ = ["check"]


def check(settings: Settings, *, connect: bool) -> list[str | Unavailable]:
    """Give what is wrong with them, a line each. With `connect`, the server of opinions is asked for its models."""
    found: list[str | Unavailable] = []
    for seating in (_seat, _shadow):
        try:
            seating(settings)
        except Misconfigured as error:
            found += [f"{settings.file}: judgement: {line}" for line in str(error).splitlines()]
    asked = settings.judgement.opinion
    if connect and asked is not None and (fault := asyncio.run(check_opinion(asked))) is not None:
        words = f"{settings.file}: judgement.opinion: {fault}"
        found.append(Unavailable(words) if isinstance(fault, Unavailable) else words)
    return found


def _seat(settings: Settings) -> None:
    seating = lanes_of if settings.judgement.lane == "both" else seat_of
    seating(settings, ())  # what is wrong with the routing table, the routers tell


def _shadow(settings: Settings) -> None:
    if settings.judgement.shadow is None:
        return
    if settings.judgement.lane == "both":
        shadow_lanes_of(settings, ())
    else:
        cascade(settings.judgement.shadow)
