"""Are rules and model as they must be? What `ouvidor check` asks this room, and `ouvidor up` before it starts."""

from classifiers.in_force import seat_of
from classifiers.seats import cascade
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings

__all__ = ["check"]


def check(settings: Settings, *, connect: bool) -> list[str]:  # noqa: ARG001 - nothing here is away from this machine
    """Give what is wrong with them, a line each."""
    faults: list[str] = []
    for seating in (seat_of, _shadow):
        try:
            seating(settings)
        except Misconfigured as error:
            faults += [f"{settings.file}: judgement: {line}" for line in str(error).splitlines()]
    return faults


def _shadow(settings: Settings) -> None:
    if settings.judgement.shadow is not None:
        cascade(settings.judgement.shadow)
