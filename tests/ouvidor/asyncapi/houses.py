"""Houses whose feed the tests describe."""

from typing import Any

from ouvidor.asyncapi.house import House, house_of
from ouvidor.settings import Settings

TOKENS = {"saude": "token-of-saude-0123456789"}


def house(**settings: Any) -> House:  # noqa: ANN401 - any section
    """A house with the table that comes with Ouvidor, and an open door."""
    usual: dict[str, Any] = {"replies": {"port": 8090, "tokens": TOKENS}}
    return house_of(Settings(**(usual | settings)))
