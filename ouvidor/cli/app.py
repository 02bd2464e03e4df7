"""The commands of `ouvidor`, and what stands before them.

The rooms' commands (`ingest`, `classify`, `route`) come by entry points (`ouvidor/cli/rooms.py`).
"""

from pathlib import Path
from typing import Annotated

import typer

from ouvidor.cli import EXIT_CODES, asyncapi, check, dead_letters, explain, identity, mask, run, schema, tail, topics
from ouvidor.cli.context import Invocation
from ouvidor.cli.rooms import RoomGroup

__all__ = ["app"]

_HELP = """Hear every customer, judge, route, and see to it that somebody answers.

\b
  ouvidor demo                  see it at work with 320 sample customers
  ouvidor check                 is my ouvidor.yaml right?
  ouvidor check --connect       and do the broker and the mailboxes answer?
  ouvidor up                    run everything on this machine
  ouvidor run ingest classify   run parts of it, as a background service
  ouvidor tail ombudsman        watch what goes to the ombudsman
  ouvidor explain PROTOCOL      what became of one contact, and why

Data goes to stdout, words go to stderr. Every setting is told in docs/reference/settings.md.
"""

_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code:<4} {words}" for code, words in EXIT_CODES.items())

app = typer.Typer(
    name="ouvidor",
    cls=RoomGroup,
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it can be piped, searched and quoted
    pretty_exceptions_enable=False,  # they would print local variables: customers' words
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from ouvidor.version import VERSION

        typer.echo(f"ouvidor {VERSION}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="The settings. Not given: ouvidor.yaml here, if any."),
    ] = None,
    _traceback: Annotated[bool, typer.Option("--traceback", help="Show where an error comes from.")] = False,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep what stands before the command."""
    context.obj = Invocation(config=config)


@app.command()
def version() -> None:
    """Show the version, and what matters most beside it."""
    import platform
    from importlib.metadata import version as version_of

    from ouvidor.version import VERSION

    typer.echo(f"ouvidor {VERSION}")
    typer.echo(f"python {platform.python_version()}")
    for name in ("aiokafka", "faststream", "pydantic"):
        typer.echo(f"{name} {version_of(name)}")


app.command()(run.run)
app.command()(run.up)
app.command()(run.demo)
app.command()(check.check)
app.command()(tail.tail)
app.command()(explain.explain)
app.add_typer(topics.app, name="topics")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(identity.app, name="identity")
app.command()(mask.mask)
app.command()(schema.schema)
app.command()(asyncapi.asyncapi)
