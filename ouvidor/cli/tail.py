"""`ouvidor tail`: what stands in a topic, and what comes, a line an event."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli.context import complete, settings_at_broker

if TYPE_CHECKING:
    from ouvidor.settings import Settings
    from ouvidor.tail import Span

__all__ = ["tail"]


def tail(  # noqa: PLR0917 - a command's options are called by name
    context: typer.Context,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="With or without prefix, as ombudsman.")],
    last: Annotated[int, typer.Option("--last", "-n", metavar="N", min=0, help="Begin with the last N events.")] = 10,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="Begin with the first event.")] = False,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Wait for more, or end.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line: the data, and `ce`.")] = False,
) -> None:
    """Watch a topic. It shows what customers wrote.

    \b
    Examples:
      ouvidor tail ombudsman
      ouvidor tail department.saude -n 100 --no-follow
      ouvidor tail classified --from-beginning --no-follow --json | jq -r .verdict.severity | sort | uniq -c

    It reads without a group: nothing is taken away from anybody. Times are the organisation's; a ? marks a verdict
    that is not sure, and what follows ≤ is the deadline.
    """
    from ouvidor.tail import Span

    span = Span(last=None if from_beginning else last, follow=follow)
    complete(_show(settings_at_broker(context), topic, span, as_json=as_json))


async def _show(settings: "Settings", topic: str, span: "Span", *, as_json: bool) -> None:
    from pydantic_core import to_json
    from rich.console import Console

    from ouvidor.glance import glance
    from ouvidor.ndjson import event
    from ouvidor.tail import tail as records

    console = Console() if sys.stdout.isatty() and not as_json else None
    async for record in records(settings, topic, span):
        told = event(record)
        if as_json:
            typer.echo(to_json(told).decode())
        elif console is None:
            typer.echo(glance(told, settings.organisation.tz).plain())
        else:
            console.print(glance(told, settings.organisation.tz).rich(), no_wrap=True, overflow="ellipsis", crop=True)
        await asyncio.sleep(0)  # Ctrl-C gets its turn in a long topic
