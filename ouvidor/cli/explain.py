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
      ouvidor explain 20261123-7K3M-9QX2-4W6
      ouvidor explain 20261123-7K3M-9QX2-4W6 --json | jq -r .standing

    It shows what the customer wrote, masked until it is known that the department may read who it was. Who it was it
    shows never: that is `ouvidor identity show`. Topics are read from the number's own day on, and nothing is taken
    away from anybody. How a message was judged is known for 30 days where no department has it, else for a year. A
    number that is nowhere leaves with 1.
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
        if as_json:
            typer.echo(dumps(row(number, (), None, datetime.now(UTC), settings.organisation.tz)))
        say(f"{number}: on no topic; departments' feeds keep a year, what stands before them 30 days")
        raise typer.Exit(NO)
    found, where, now = steps(settings, records), standing(records), datetime.now(UTC)
    zone = settings.organisation.tz
    if as_json:
        typer.echo(dumps(row(number, found, where, now, zone), ensure_ascii=False))
        return
    console = Console(soft_wrap=not sys.stdout.isatty())
    for indent, line in told(number, found, where, now, zone, settings.kafka.prefix):
        if not line.plain.strip():
            console.print()
        elif console.is_terminal:
            console.print(Padding.indent(line, indent))
        else:
            console.print(Text(" " * indent).append(line))
