"""The live table: what came in, what goes where, and how the processes are. Drawn anew from the books each time."""

from collections.abc import Mapping

from rich.box import ROUNDED
from rich.console import Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ouvidor.demo.ledger import Ledger
from ouvidor.demo.sample import NETWORKS
from ouvidor.supervisor import State

__all__ = ["draw", "in_words"]

_COLOURS = {
    State.STARTING: "yellow",
    State.READY: "green",
    State.WAITING: "yellow",
    State.RESTARTING: "red",
    State.STOPPED: "bright_black",
}
WIDTH = 100


def draw(ledger: Ledger, processes: Mapping[str, State], begun: float | None, now: float) -> RenderableType:
    """Draw the table. `begun` is when the first sample was sent."""
    halves = Table.grid(padding=(0, 2, 0, 0), expand=True)
    halves.add_column(ratio=11)
    halves.add_column(ratio=10)
    halves.add_row(_channels(ledger), _departments(ledger))
    clock = "" if begun is None else f"{now - begun:5.1f} s"
    return Padding(
        Panel(
            Group(_figures(ledger, now), halves, Text(""), _processes(processes)),
            title="[bold]ouvidor demo[/]",
            title_align="left",
            subtitle=clock,
            subtitle_align="right",
            box=ROUNDED,
            padding=(1, 2),
        ),
        (1, 0, 0, 0),
    )


def in_words(ledger: Ledger, now: float) -> str:
    """Say the same in a line, for a pipe."""
    total = len(ledger.samples)
    oldest = ledger.oldest_waiting(now)
    channels = ", ".join(
        f"{NETWORKS[network]} {received}/{of}" for network, (of, _, received, _) in ledger.by_network().items()
    )
    return (
        f"received {_count(ledger.received)}/{total} ({channels}); judged {_count(ledger.judged)}; "
        f"dispatched {len(ledger.arrived)}; ombudsman {ledger.ombudsman}; {ledger.per_second(now):.0f}/s; "
        f"oldest waiting {'none' if oldest is None else f'{oldest:.1f} s'}"
    )


def _figures(ledger: Ledger, now: float) -> RenderableType:
    oldest = ledger.oldest_waiting(now)
    figures = [
        ("sent", str(len(ledger.sent)), "cyan"),
        ("received", str(_count(ledger.received)), "cyan"),
        ("judged", str(_count(ledger.judged)), "cyan"),
        ("dispatched", str(len(ledger.arrived)), "bold green"),
        ("ombudsman", str(ledger.ombudsman), "magenta"),
        ("not sure", str(ledger.unsure), "yellow"),
        ("per second", f"{ledger.per_second(now):.0f}", "white"),
        ("oldest wait", "none" if oldest is None else f"{oldest:.1f} s", "white"),
        *([("dead letters", str(ledger.dead), "bold red")] if ledger.dead else []),
    ]
    grid = Table.grid(padding=(0, 1), expand=True)
    for _ in figures:
        grid.add_column(justify="center")
    grid.add_row(*(Text(value, style=style) for _, value, style in figures))
    grid.add_row(*(Text(name, style="bright_black") for name, _, _ in figures))
    return Padding(grid, (0, 0, 1, 0))


def _channels(ledger: Ledger) -> RenderableType:
    table = _columns(("channel", "left"), ("received", "right"), ("dispatched", "right"))
    for network, (of, _, received, there) in ledger.by_network().items():
        table.add_row(NETWORKS[network], f"{received}/{of}", str(there), _bar(there, of, "green"))
    return table


def _departments(ledger: Ledger) -> RenderableType:
    table = _columns(("department", "left"), ("owns", "right"))
    rows = ledger.departments.most_common()
    most = max([ledger.ombudsman, *(count for _, count in rows)])
    for name, count in rows:
        table.add_row(name, str(count), _bar(count, most, "blue"))
    queue = Text("ombudsman's queue", style="magenta")
    table.add_row(queue, str(ledger.ombudsman), _bar(ledger.ombudsman, most, "magenta"))
    return table


def _columns(*names: tuple[str, JustifyMethod]) -> Table:
    """Give a table with a last column for bars."""
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="bold", show_edge=False)
    for name, justify in names:
        table.add_column(name, justify=justify, no_wrap=True)
    table.add_column("", ratio=1, min_width=6)
    return table


def _processes(processes: Mapping[str, State]) -> RenderableType:
    line = Text()
    for name, state in processes.items():
        line.append("● ", style=_COLOURS[state])
        line.append(name)
        line.append(f" {state}   " if state is not State.READY else "   ", style="bright_black")
    return line


def _bar(done: int, of: int, style: str) -> RenderableType:
    return ProgressBar(total=max(of, 1), completed=done, complete_style=style, finished_style=style)


def _count(seen: Mapping[str, int]) -> int:
    return sum(1 for ref in seen if ref)
