"""What the demo says at its end: is every sample where it belongs, three messages told whole, where to look next."""

from collections.abc import Iterable
from textwrap import fill
from typing import Any

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ouvidor.demo.house import House
from ouvidor.demo.ledger import Ledger, Verdict
from ouvidor.demo.sample import NETWORKS
from ouvidor.demo.story import choose, tell
from ouvidor.demo.table import WIDTH
from ouvidor.invoked import invoked
from ouvidor.settings import Settings

__all__ = ["as_json", "as_page", "as_text"]

_SHOWN = 20


def as_json(ledger: Ledger, verdict: Verdict, *, seconds: float, redeliveries: int, forgeries: int) -> dict[str, Any]:
    """Give the outcome for a program."""
    arrived = ledger.arrived
    return {
        "good": verdict.good,
        "samples": len(ledger.samples),
        "exactly_once": sum(arrived[sample.ref] == 1 for sample in ledger.samples),
        "missing": list(verdict.missing),
        "doubled": list(verdict.doubled),
        "strange": list(verdict.strange),
        "networks": {network: there for network, (_, _, _, there) in ledger.by_network().items()},
        "departments": dict(sorted(ledger.departments.items())),
        "ombudsman": ledger.ombudsman,
        "unsure": ledger.unsure,
        "dead_letters": ledger.dead,
        "network_events": ledger.asides,
        "redeliveries": redeliveries,
        "forgeries": forgeries,
        "seconds": round(seconds, 1),
    }


def as_text(settings: Settings, house: House, ledger: Ledger, verdict: Verdict, figures: dict[str, Any]) -> str:
    """Write the report as plain lines. `figures` are those of `as_json`."""
    lines = [_outcome(figures), *_faults(verdict), "", *_counts(ledger, figures)]
    for headline, arrival in choose(ledger.arrivals):
        lines += ["", headline, *(_wrapped(name, words) for name, words in tell(arrival, settings.organisation.tz))]
    return "\n".join(
        [*lines, "", "Where to look next", *(_wrapped(name, words) for name, words in _next(house, stays=False))]
    )


def _wrapped(name: str, words: str) -> str:
    return fill(words, WIDTH, initial_indent=f"  {name:<11}", subsequent_indent=" " * 13, break_long_words=False)


def as_page(
    settings: Settings, house: House, ledger: Ledger, verdict: Verdict, figures: dict[str, Any], *, stays: bool
) -> RenderableType:
    """Draw the report for a terminal. `stays` says that all of it goes on running."""
    parts: list[RenderableType] = [Text(_outcome(figures), style="bold green" if verdict.good else "bold red")]
    parts += [Text(line, style="red") for line in _faults(verdict)]
    parts += [Text(line) for line in _counts(ledger, figures)]
    for headline, arrival in choose(ledger.arrivals):
        story = _grid(tell(arrival, settings.organisation.tz))
        parts.append(Panel(story, title=headline, title_align="left", box=ROUNDED, padding=(0, 1)))
    where = Panel(_grid(_next(house, stays=stays)), title="Where to look next", title_align="left", box=ROUNDED)
    return Group(*parts, where)


def _grid(rows: Iterable[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bright_black", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, words in rows:
        grid.add_row(name, Text(words))
    return grid


def _outcome(figures: dict[str, Any]) -> str:
    if figures["good"]:
        return (
            f"All {figures['samples']} messages are in their departments' topics, each exactly once, "
            f"{figures['seconds']:.0f} seconds after the first was sent."
        )
    return f"{figures['exactly_once']} of {figures['samples']} messages are in their departments' topics exactly once."


def _faults(verdict: Verdict) -> Iterable[str]:
    for name, found in (("missing", verdict.missing), ("doubled", verdict.doubled), ("strange", verdict.strange)):
        yield from (f"  {name}: {words}" for words in found[:_SHOWN])
        if len(found) > _SHOWN:
            yield f"  {name}: and {len(found) - _SHOWN} more"


def _counts(ledger: Ledger, figures: dict[str, Any]) -> Iterable[str]:
    yield "By channel     " + ", ".join(f"{NETWORKS[name]} {count}" for name, count in figures["networks"].items())
    yield "By department  " + ", ".join(f"{name} {count}" for name, count in ledger.departments.most_common())
    yield f"Ombudsman      {figures['ombudsman']} in the queue; the classifier was not sure of {figures['unsure']}"
    yield (
        f"Kept apart     {figures['redeliveries']} redeliveries, {figures['network_events']} delivery status,"
        f" {figures['forgeries']} forged webhook refused, {figures['dead_letters']} dead letters"
    )


def _next(house: House, *, stays: bool) -> list[tuple[str, str]]:
    """Tell where to look: what is running only while it runs."""
    us = invoked()
    running = [
        ("write one", f"{house.url}/form/ouvidoria"),
        ("the topics", f"{us} --config {house.config} tail ombudsman --from-beginning"),
    ]
    return [
        *(running if stays else []),
        ("the files", f"{house.data / 'departments'}/*.ndjson"),
        ("the logs", f"{house.data / 'log'}/*.log"),
        ("your own", f"{us} up, with your own ouvidor.yaml; docs/ tells how"),
    ]
