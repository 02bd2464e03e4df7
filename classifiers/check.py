"""Are rules and model as they must be? What `ouvidor check` asks this room, and `ouvidor up` before it starts."""

from classifiers.in_force import seat_of
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings

__all__ = ["check"]


def check(settings: Settings, *, connect: bool) -> list[str]:  # noqa: ARG001 - nothing here is away from this machine
    """Give what is wrong with them, a line each."""
    try:
        seat_of(settings)
    except Misconfigured as error:
        return [f"{settings.file}: judgement: {line}" for line in str(error).splitlines()]
    return []
