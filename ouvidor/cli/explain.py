"""`ouvidor explain`: what became of one contact, step by step, and why."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from ouvidor.cli.context import complete, say, settings_at_broker

__all__ = ["explain"]


def explain(
    context: typer.Context,
    protocol: Annotated[str, typer.Argument(metavar="PROTOCOL", help="The protocol number, however it is typed.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell what became of a contact: when it was heard, how it was judged and why, who has it, what was answered.

    \b
    Examples:
      ouvidor explain 20261124-0F3K-9QZT-M7X
      ouvidor explain 20261124-0F3K-9QZT-M7X --json | jq -r .standing

    It shows what the customer wrote, masked where the department gets the extract, and not who wrote it: that is
    `ouvidor identity show`. What departments wrote is shown as they wrote it. Topics are read from the number's own day
    on, and nothing is taken away from anybody. How a message was judged is known for 30 days where no department has
    it, else for a year. A number that is nowhere leaves with 1.
    """
    from json import dumps

    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from ouvidor.cli import NO
    from ouvidor.cli.bar import bar
    from ouvidor.explained import row, told
    from ouvidor.history import history
    from ouvidor.protocol import normalise
    from ouvidor.standing import standing
    from ouvidor.steps import steps

    number = normalise(protocol)
    settings = settings_at_broker(context)
    with bar(f"looking for {number}") as progress:
        records = complete(history(settings, number, progress))
    if not records:
        say(f"{number}: on no topic; departments' feeds keep a year, what stands before them 30 days")
        raise typer.Exit(NO)
    found, where, now = steps(settings, records), standing(records), datetime.now(UTC)
    zone = settings.organisation.tz
    if as_json:
        typer.echo(dumps(row(number, found, where, now, zone), ensure_ascii=False))
        return
    console = Console(soft_wrap=not sys.stdout.isatty())
    for indent, line in told(number, found, where, now, zone, settings.kafka.prefix):
        console.print(Padding.indent(line, indent) if console.is_terminal else Text(" " * indent).append(line))
