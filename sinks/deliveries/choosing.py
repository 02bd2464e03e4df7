"""What the commands of `ouvidor deliveries` share: how deliveries are chosen, and the store that they stand in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from ouvidor.cli.context import settings_of
from ouvidor.errors import Misconfigured
from ouvidor.protocol import normalise

if TYPE_CHECKING:
    from sinks.deliveries.desk import Desk, Wanted

__all__ = [
    "All",
    "AsJson",
    "Ids",
    "InState",
    "OfDestination",
    "OfProtocol",
    "chosen",
    "open_desk",
    "read_id",
    "wanted_by",
]

Ids = Annotated[list[str] | None, typer.Argument(metavar="DELIVERY…", help="Their ids, as `list` shows them.")]
OfDestination = Annotated[str | None, typer.Option("--destination", metavar="NAME", help="Only those of one.")]
OfProtocol = Annotated[str | None, typer.Option("--protocol", metavar="NUMBER", help="Only those of one protocol.")]
InState = Annotated[
    str | None, typer.Option("--state", metavar="STATE", help="waiting, failed, refused, delivered or skipped.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
All = Annotated[bool, typer.Option("--all", help="All that are open and fit the other options.")]


@contextmanager
def open_desk(context: typer.Context) -> Iterator["Desk"]:
    """Open the store. Raises `Misconfigured` where there is none, or where what it needs is not installed."""
    try:
        from sinks.deliveries.desk import Desk  # noqa: PLC0415 - an extra; --help works without it
    except ImportError as error:
        raise Misconfigured(f"deliveries: {error}: install it with `pip install 'ouvidor[sinks]'`") from error
    desk = Desk(settings_of(context))
    try:
        yield desk
    finally:
        desk.close()


def chosen(
    ids: list[str] | None, everything: bool, destination: str | None, protocol: str | None, state: str | None
) -> "Wanted":
    """Choose those that are named, or all that fit; one of both has to be said."""
    if bool(ids) == everything:
        raise typer.BadParameter("give ids, or --all", param_hint="DELIVERY")
    return wanted_by(ids, destination, protocol, state)


def wanted_by(ids: list[str] | None, destination: str | None, protocol: str | None, state: str | None) -> "Wanted":
    """Choose those that are named, else those that fit."""
    from sinks.deliveries.desk import Wanted  # noqa: PLC0415 - an extra; --help works without it
    from sinks.deliveries.tables import State  # noqa: PLC0415 - the same

    if state is not None and state not in list(State):
        raise typer.BadParameter(f"known are {', '.join(State)}", param_hint="--state")
    return Wanted(
        ids=[read_id(each) for each in ids or ()],
        states=[State(state)] if state is not None else [],
        destination=destination,
        protocol=None if protocol is None else normalise(protocol),
    )


def read_id(given: str) -> UUID:
    """Read a delivery's id."""
    try:
        return UUID(given)
    except ValueError:
        raise typer.BadParameter(f"{given!r} is no id such as `list` shows", param_hint="DELIVERY") from None
