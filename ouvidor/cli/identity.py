"""`ouvidor identity`: who wrote a message, for those who may know, with a reason that is kept."""

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli.context import complete, say, settings_at_broker

if TYPE_CHECKING:
    from ouvidor.records import Message

__all__ = ["app", "told"]

app = typer.Typer(
    help="Show who wrote a message, and keep who asked and why.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@app.callback()
def root() -> None:
    """Show who wrote a message, and keep who asked and why."""


@app.command()
def show(
    context: typer.Context,
    protocol: Annotated[str, typer.Argument(metavar="PROTOCOL", help="The protocol number, however it is typed.")],
    why: Annotated[str, typer.Option("--why", metavar="REASON", help="What it is needed for. It is kept.")],
    asker: Annotated[str, typer.Option("--as", metavar="ROLE/NAME", help="Who asks, and as what.")],
    as_json: Annotated[bool, typer.Option("--json", help="The whole message, one JSON object.")] = False,
) -> None:
    """Show a message with its author, whole, after it was written down who asked for it and why.

    \b
    Examples:
      ouvidor identity show 20261123-7K3M-9QX2-4W6 --as ouvidoria/ana.souza --why "convocar para depor no PAD 12/2026"
      ouvidor tail identity-accesses --from-beginning --no-follow --json      who looked, and why

    Without a reason nothing is shown. Where the access cannot be written, nothing is shown either. A number that is
    not found leaves with 1, and no access is written, because nothing was seen.
    """
    from ouvidor.cli import NO
    from ouvidor.cli.bar import bar
    from ouvidor.identity_access import identity, read_asker, read_reason
    from ouvidor.protocol import normalise

    number, who, reason = normalise(protocol), read_asker(asker, getpass.getuser()), read_reason(why)
    settings = settings_at_broker(context)
    with bar(f"looking for {number}") as progress:
        found = complete(identity(settings, number, who, reason, lambda: datetime.now(UTC), progress))
    if found is None:
        say(f"{number}: neither in the topic ombudsman, which keeps a year, nor in classified, which keeps 30 days")
        raise typer.Exit(NO)
    say(f"written to identity-accesses: {who.role}/{who.name} ({who.user}) saw {number}")
    typer.echo(found.model_dump_json(exclude_none=True) if as_json else told(found))


def told(message: "Message") -> str:
    """Tell people, files and words of a message, to be read."""
    people = [("author", message.author.name, message.author.address)]
    people += [(each.role, each.name, each.address) for each in message.recipients]
    lines = [f"{role}: {_who(name, address)}" for role, name, address in people]
    lines += [f"file: {file.name or '-'} ({file.media_type}, {file.size} bytes)" for file in message.attachments]
    return "\n".join([*lines, f"subject: {message.subject or '-'}", "", message.body])


def _who(name: str | None, address: str | None) -> str:
    """Write who it was as mail does; who gave neither is not a `- <->`."""
    return " ".join(part for part in (name, address and f"<{address}>") if part) or "(not given)"
