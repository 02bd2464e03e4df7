"""`ouvidor sla`: which clocks there are, and how one of them counts, day by day."""

import json
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from ouvidor.business_time import BusinessCalendar
from ouvidor.cli.context import settings_of
from ouvidor.records import Severity
from routers.clocks.builtin import NAMES
from routers.clocks.listing import listed_as_json, listed_profile
from routers.clocks.simulation import Simulation, as_json, as_text
from routers.reading import read_table

__all__ = ["app"]

app = typer.Typer(
    help="Show how deadlines are counted, and by which law.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

Table = Annotated[Path | None, typer.Option("--table", metavar="FILE", help="Another table than the settings'.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.callback()
def root() -> None:
    """Show how deadlines are counted, and by which law."""


@app.command()
def profiles(context: typer.Context, table: Table = None, as_lines: Json = False) -> None:
    """List the profiles: their steps, how each is counted, and the law that says so.

    \b
    Examples:
      ouvidor sla profiles
      ouvidor sla profiles --table routing.yaml
      ouvidor sla profiles --json | jq -r 'select(.steps[].binds == "department").name'

    Those of the table come first, then those that come with Ouvidor. What could not be confirmed in a public text is
    marked: have it read by a lawyer before you rely on it. --json gives one object a line.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    file = read_table(table or settings_of(context).routing.table).file
    for name in dict.fromkeys([*file.profiles, *NAMES]):
        profile, own = file.profile_of(name), name in file.profiles
        if as_lines:
            typer.echo(json.dumps(listed_as_json(name, profile, own=own), ensure_ascii=False))
        else:
            typer.echo("\n".join([*listed_profile(name, profile, own=own, used=name == file.profile), ""]))


@app.command()
def simulate(
    context: typer.Context,
    *,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="Not given: the table's usual one.")
    ] = None,
    received: Annotated[
        str | None,
        typer.Option("--received", metavar="MOMENT", help="Such as 2026-12-23T17:40. Not given: now."),
    ] = None,
    severity: Annotated[Severity, typer.Option("--severity", help="Where the length differs by it.")] = Severity.MEDIUM,
    step: Annotated[
        str | None, typer.Option("--step", metavar="NAME", help="Not given: the customer's deadline.")
    ] = None,
    extended: Annotated[bool, typer.Option("--extended", help="With its extension.")] = False,
    table: Table = None,
    as_object: Json = False,
) -> None:
    """Count a deadline: each day that counted, each that did not, and why.

    \b
    Examples:
      ouvidor sla simulate --profile bacen --received 2026-12-23T17:40
      ouvidor sla simulate --profile bacen --received 2026-12-23T17:40 --extended
      ouvidor sla simulate --severity critical
      ouvidor sla simulate --profile ouvidoria-publica --step department
      ouvidor sla simulate --profile lai --step appeal --received 2027-01-15T09:00
      ouvidor sla simulate --profile sac --json | jq -r .until

    A moment without a zone is one of the organisation's. A step that starts later than at receipt (an appeal) is
    counted from the moment that is given. Holidays, hours and vacations are those of `organisation` in the settings.
    """  # noqa: D301 - the same
    settings = settings_of(context)
    file = read_table(table or settings.routing.table).file
    name = _one_of(profile or file.profile, [*file.profiles, *NAMES], "--profile")
    found = file.profile_of(name)
    simulation = Simulation(
        name=name,
        profile=found,
        step=_one_of(step or found.answer, list(found.steps), "--step"),
        severity=severity,
        start=_moment(received, settings.organisation.tz),
        extended=extended,
    )
    if extended and found.steps[simulation.step].extension is None:
        raise typer.BadParameter(f"{name}, {simulation.step}: it cannot be extended", param_hint="--extended")
    calendar = BusinessCalendar.from_settings(settings.organisation)
    if as_object:
        typer.echo(json.dumps(as_json(simulation, calendar), ensure_ascii=False))
    else:
        typer.echo("\n".join(as_text(simulation, calendar)))


def _one_of(given: str, known: list[str], option: str) -> str:
    if given not in known:
        near = get_close_matches(given, known, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise typer.BadParameter(f"there is no {given}; {mend}", param_hint=option)
    return given


def _moment(given: str | None, zone: ZoneInfo) -> datetime:
    if given is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise typer.BadParameter(f"{given} is no moment such as 2026-12-23T17:40", param_hint="--received") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
