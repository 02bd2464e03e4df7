"""Which sinks there are, and the destinations that the settings give them: no list of either is kept in the code.

A sink `ticket-system` is the module `ticket_system` anywhere under `sinks`, where it defines `SINK`; other
distributions offer theirs by the entry point group `ouvidor.sinks`. The names are read from the sources: a module is
imported when a destination asks for it, so that a missing extra harms only those who use it.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages

import sinks
from ouvidor.config import read_section
from ouvidor.entry_points import load, offered
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings
from sinks.deliveries.contract import Destination, Sink

__all__ = ["destinations", "sink", "sink_names", "survey"]

_GROUP = "ouvidor.sinks"
_DEFINES = re.compile(r"^SINK\b", re.MULTILINE)


def sink(name: str) -> Sink:
    """Give a sink. Raises `Misconfigured` where there is none, or where what it needs is not installed."""
    if (module := _modules().get(name)) is not None:
        try:
            found = import_module(module).SINK
        except ImportError as error:
            raise Misconfigured(f"sink {name}: {error}: install it with `pip install 'ouvidor[sinks]'`") from error
    elif (entry := offered(_GROUP).get(name)) is not None:
        found = load(entry)
    else:
        known = sink_names()
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(known) or 'none'}"
        raise Misconfigured(f"there is no sink {name!r}; {mend}")
    if not isinstance(found, Sink) or found.name != name:
        raise Misconfigured(f"sink {name}: its module's SINK must be a Sink of that name")
    return found


def sink_names() -> list[str]:
    """Name all sinks, in the alphabet's order. Imports none of their modules."""
    return sorted({*_modules(), *offered(_GROUP)})


def destinations(settings: Settings) -> list[tuple[Sink, Destination]]:
    """Read all destinations, each by its sink's own model. Raises `Misconfigured` with a line for every fault."""
    found, faults = survey(settings)
    if faults:
        raise Misconfigured("\n".join(faults))
    return found


def survey(settings: Settings) -> tuple[list[tuple[Sink, Destination]], list[str]]:
    """Read those destinations that can be read, and give a line for every fault of the others."""
    found: list[tuple[Sink, Destination]] = []
    faults: list[str] = []
    first: dict[str, int] = {}
    for number, given in enumerate(settings.deliveries.destinations):
        within = ("deliveries", "destinations", number)
        path = f"{settings.file}: deliveries.destinations[{number}]"
        name = given.get("sink")
        if not isinstance(name, str):
            faults.append(f"{path}.sink: the name of a sink is expected; known are {', '.join(sink_names())}")
            continue
        try:
            its = sink(name)
        except Misconfigured as error:
            faults.append(f"{path}.sink: {error}")
            continue
        try:
            found.append((its, read_section(its.settings, given, where=str(settings.file), within=within)))
        except Misconfigured as error:
            faults.extend(str(error).splitlines())
        called = given.get("name")
        earlier = first.setdefault(called, number) if isinstance(called, str) else number
        if earlier != number:
            faults.append(f"{path}.name: {called} is destinations[{earlier}] already; choose another name")
    return found, faults


@cache
def _modules() -> dict[str, str]:
    """Find the sinks' modules: name of the sink, and of its module."""
    return {module.rpartition(".")[2].replace("_", "-"): module for module in _sink_modules()}


def _sink_modules() -> Iterator[str]:
    for found in walk_packages(sinks.__path__, "sinks."):
        if found.ispkg:
            continue
        spec = find_spec(found.name)
        origin = spec.origin if spec is not None else None
        if origin is not None and _DEFINES.search(Path(origin).read_text("utf-8")):
            yield found.name
