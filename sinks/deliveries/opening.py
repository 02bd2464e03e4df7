"""The store that the settings name; where SQLAlchemy is not installed, that is said in words."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings

if TYPE_CHECKING:
    from sinks.deliveries.store import Store

__all__ = ["open_store", "open_switches"]


def open_store(settings: Settings) -> "Store":
    """Give the store, which is opened when it is first used. Raises `Misconfigured`."""
    try:
        from sinks.deliveries.engine import address  # noqa: PLC0415 - an extra, wanted by whoever has destinations
        from sinks.deliveries.store import Store  # noqa: PLC0415 - the same
    except ImportError as error:
        raise Misconfigured(f"deliveries: {error}: install it with `pip install 'ouvidor[sinks]'`") from error
    return Store(address(settings))


def open_switches(settings: Settings) -> Callable[[], Mapping[str, str]]:
    """Give what tells the disabled destinations of a store that is there, and makes none. Raises `Misconfigured`."""
    try:
        from sinks.deliveries.desk import switched_off  # noqa: PLC0415 - as above
        from sinks.deliveries.engine import address  # noqa: PLC0415 - as above
    except ImportError as error:
        raise Misconfigured(f"deliveries: {error}: install it with `pip install 'ouvidor[sinks]'`") from error
    url = address(settings)
    return lambda: switched_off(url)
