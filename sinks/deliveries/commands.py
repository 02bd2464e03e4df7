"""`ouvidor deliveries`: what has not arrived at departments' systems and boxes, and what to do about it."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli import NO
from ouvidor.cli.context import say, settings_of
from ouvidor.errors import Misconfigured
from sinks.deliveries.catalogue import destinations
from sinks.deliveries.choosing import (
    All,
    AsJson,
    Ids,
    InState,
    OfDestination,
    OfProtocol,
    chosen,
    open_desk,
    read_id,
    wanted_by,
)
from sinks.deliveries.telling import line, summary, whole

if TYPE_CHECKING:
    from sinks.deliveries.desk import Wanted

__all__ = ["app"]

app = typer.Typer(
    help="Look at deliveries to departments' systems and boxes, send them again, switch destinations.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

_AT_MOST = 1000


@app.callback()
def root() -> None:
    """Look at deliveries to departments' systems and boxes, send them again, switch destinations."""


@app.command("list")
def list_deliveries(
    context: typer.Context,
    *,
    destination: OfDestination = None,
    protocol: OfProtocol = None,
    state: InState = None,
    most: Annotated[int, typer.Option("-n", "--most", min=1, help="How many at most.")] = _AT_MOST,
    as_json: AsJson = False,
) -> None:
    """List what has not arrived, oldest first. It shows none of a customer's words.

    \b
    Examples:
      ouvidor deliveries list                              all that is open
      ouvidor deliveries list --state failed --json | jq -r .destination | sort | uniq -c
      ouvidor deliveries list --protocol 20261123-7K3M-9QX2-4W6 --state delivered

    Open is: waiting for its next try; failed (ten tries in 76 hours) or refused, which a person has to look at.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    wanted = wanted_by(None, destination, protocol, state)
    with open_desk(context) as desk:
        now = datetime.now(UTC)
        rows = desk.listed(wanted, most)
        off = desk.disabled()
    for row in rows:
        its = summary(row, now, off)
        typer.echo(json.dumps(its, ensure_ascii=False) if as_json else line(its))
    if not rows:
        say("no such delivery" if state else "nothing waits, nothing failed")
    elif len(rows) == most:
        say(f"there may be more: these are the first {most} (--most)")
    for name in sorted(off):
        say(f"{name} is disabled: {off[name]}")


@app.command()
def show(
    context: typer.Context,
    delivery: Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, as `list` shows it.")],
    as_json: Annotated[bool, typer.Option("--json", help="On one line.")] = False,
) -> None:
    """Show a delivery whole, as JSON. It holds what the customer wrote.

    \b
    Examples:
      ouvidor deliveries show 6f9e0c0e-7c55-5a3b-8f0c-3f1c2b7c9a10 | jq .answer
    """  # noqa: D301 - the same
    with open_desk(context) as desk:
        row = desk.whole(read_id(delivery))
        off = desk.disabled()
    if row is None:
        say(f"{delivery}: there is no such delivery")
        raise typer.Exit(NO)
    found = whole(row, datetime.now(UTC), off)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=None if as_json else 2))


@app.command()
def retry(
    context: typer.Context,
    *,
    ids: Ids = None,
    everything: All = False,
    destination: OfDestination = None,
    protocol: OfProtocol = None,
    state: InState = None,
    as_json: AsJson = False,
) -> None:
    """Have deliveries tried at once, and ten times anew.

    \b
    Examples:
      ouvidor deliveries retry 6f9e0c0e-7c55-5a3b-8f0c-3f1c2b7c9a10
      ouvidor deliveries retry --all --destination painel    it is back: do not wait for the next try
      ouvidor deliveries retry --all --state failed

    One that had arrived is sent again under its old id, as long as what it said is kept (deliveries.keep).
    """  # noqa: D301 - the same
    wanted = chosen(ids, everything, destination, protocol, state)
    with open_desk(context) as desk:
        _tell(desk.retry(wanted, datetime.now(UTC)), wanted, "will be tried now", as_json=as_json)


@app.command()
def skip(
    context: typer.Context,
    *,
    ids: Ids = None,
    everything: All = False,
    destination: OfDestination = None,
    protocol: OfProtocol = None,
    state: InState = None,
    as_json: AsJson = False,
) -> None:
    """Have deliveries not tried any more: somebody has seen to them. In an ordered destination the next ones go on.

    \b
    Examples:
      ouvidor deliveries skip 6f9e0c0e-7c55-5a3b-8f0c-3f1c2b7c9a10
      ouvidor deliveries skip --all --destination old-panel
    """  # noqa: D301 - the same
    wanted = chosen(ids, everything, destination, protocol, state)
    with open_desk(context) as desk:
        _tell(desk.skip(wanted, datetime.now(UTC)), wanted, "will not be tried any more", as_json=as_json)


@app.command()
def disable(
    context: typer.Context,
    destination: Annotated[str, typer.Argument(metavar="NAME", help="The destination's name in the settings.")],
    why: Annotated[str, typer.Option("--why", metavar="WORDS", help="For whoever asks later.")] = "by hand",
) -> None:
    """Send nothing to a destination until it is enabled. What comes for it waits, and no try is used up.

    \b
    Examples:
      ouvidor deliveries disable painel --why "manutenção até sexta"
    """  # noqa: D301 - the same
    _switch(context, destination, why)
    say(f"{destination} is disabled; what comes for it waits")


@app.command()
def enable(
    context: typer.Context,
    destination: Annotated[str, typer.Argument(metavar="NAME", help="The destination's name in the settings.")],
) -> None:
    """Send to a destination again: what waited goes at once.

    \b
    Examples:
      ouvidor deliveries enable painel
    """  # noqa: D301 - the same
    _switch(context, destination, None)
    say(f"{destination} is enabled")


def _switch(context: typer.Context, name: str, why: str | None) -> None:
    known = [its.name for _, its in destinations(settings_of(context))]
    with open_desk(context) as desk:
        if name not in known and name not in desk.disabled():
            raise Misconfigured(f"there is no destination {name}; the settings have {', '.join(known) or 'none'}")
        desk.switch(name, why, datetime.now(UTC))


def _tell(changed: list[str], wanted: "Wanted", words: str, *, as_json: bool) -> None:
    for each in changed:
        typer.echo(json.dumps({"delivery": each}) if as_json else each)
    missed = [str(each) for each in wanted.ids if str(each) not in changed]
    say(f"{len(changed)} {words}")
    for each in missed:
        say(f"{each}: there is none of this id, or it is in hand, or what it said is no longer kept")
    if missed or (wanted.ids and not changed):
        raise typer.Exit(NO)
