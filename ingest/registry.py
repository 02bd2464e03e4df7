"""Which networks there are, and their adapters: found by the names of files, so that none has to be listed.

A network `contact-lens` is the module `contact_lens` in any package under `ingest`, where it defines `ADAPTER`; other
distributions offer theirs by the entry point group `ouvidor.adapters`. A module is imported when its network is asked
for and not before, so that a missing extra harms only those who use it: the names are read from the sources.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import ingest
from ingest.adapter import Account, Adapter
from ouvidor.config import read_section
from ouvidor.entry_points import load, offered
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings

__all__ = ["accounts", "adapter", "networks", "survey"]

_GROUP = "ouvidor.adapters"
_DEFINES = re.compile(r"^ADAPTER\b", re.MULTILINE)


def adapter(network: str) -> Adapter:
    """Give a network's adapter. Raises `Misconfigured` where there is none, or where what it needs is not installed."""
    if (module := _modules().get(network)) is not None:
        found = _load(network, module)
    elif (entry := offered(_GROUP).get(network)) is not None:
        found = _checked(network, entry.value, load(entry))
    else:
        known = networks()
        near = get_close_matches(network, known, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(known) or 'none'}"
        raise Misconfigured(f"network {network!r} is unknown; {mend}")
    if found.network != network:
        raise Misconfigured(f"network {network!r}: its adapter calls itself {found.network!r}: one of both must change")
    return found


def networks() -> list[str]:
    """Name all networks, in the alphabet's order. Imports none of their modules."""
    return sorted({*_modules(), *offered(_GROUP)})


def accounts(settings: Settings, *, where: str | None = None) -> list[tuple[Adapter, Account]]:
    """Read all accounts, each by its adapter's own model. Raises `Misconfigured` with a line for every fault."""
    found, faults = survey(settings, where=where)
    if faults:
        raise Misconfigured("\n".join(faults))
    return [(its, account) for _, its, account in found]


def survey(settings: Settings, *, where: str | None = None) -> tuple[list[tuple[int, Adapter, Account]], list[str]]:
    """Read those accounts that can be read, with their numbers, and give a line for every fault of the others."""
    where = where or str(settings.file)
    found: list[tuple[int, Adapter, Account]] = []
    faults: list[str] = []
    first: dict[tuple[str, str], int] = {}
    for number, given in enumerate(settings.ingest.accounts):
        path = f"{where}: ingest.accounts[{number}]"
        network = given.get("network")
        if not isinstance(network, str):
            words = "missing: it has no default" if network is None else "the name of a network is expected"
            faults.append(f"{path}.network: {words}; known are {', '.join(networks()) or 'none'}")
            continue
        try:
            its = adapter(network)
        except Misconfigured as error:
            faults.append(f"{path}.network: {error}")
            continue
        try:
            account = read_section(its.settings, given, where=where, within=("ingest", "accounts", number))
            found.append((number, its, account.at(settings.data)))
        except Misconfigured as error:
            faults.extend(str(error).splitlines())
        name = given.get("account")
        earlier = first.setdefault((network, name), number) if isinstance(name, str) else number
        if earlier != number:
            faults.append(
                f"{path}.account: {name!r} of {network} stands in accounts[{earlier}] already; rename one, or remove it"
            )
    return found, faults


@cache
def _modules() -> dict[str, str]:
    """Find the networks' modules: name of the network, and of its module."""
    return {module.rpartition(".")[2].replace("_", "-"): module for module in _adapter_modules()}


def _adapter_modules() -> Iterator[str]:
    for folder in iter_modules(ingest.__path__, f"{ingest.__name__}."):
        if not folder.ispkg:
            continue
        spec = find_spec(folder.name)
        for module in iter_modules(spec.submodule_search_locations if spec else (), f"{folder.name}."):
            if _DEFINES.search(_source(module.name)):
                yield module.name


def _source(module: str) -> str:
    spec = find_spec(module)
    get_source = getattr(spec.loader, "get_source", None) if spec else None
    return (get_source(module) or "") if get_source else ""


def _load(network: str, module: str) -> Adapter:
    extra = module.split(".")[-2]
    try:
        found = import_module(module).ADAPTER
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"ingest", "ouvidor"}:
            raise  # a defect of ours, not a missing installation
        raise Misconfigured(
            f"network {network!r} needs {error.name}, which is not installed: pip install 'ouvidor[{extra}]'"
        ) from error
    return _checked(network, module, found)


def _checked(network: str, where: str, found: object) -> Adapter:
    if not isinstance(found, Adapter):
        raise Misconfigured(f"network {network!r}: {where} gives a {type(found).__name__}, not an Adapter")
    return found
