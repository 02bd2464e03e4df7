"""`ouvidor route`: what the routing table does with messages, told before it does it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ouvidor.business_time import BusinessCalendar
from ouvidor.cli import NO
from ouvidor.cli.bar import bar
from ouvidor.cli.context import complete, say, settings_of
from ouvidor.errors import Rejected
from ouvidor.protocol import normalise
from ouvidor.running import at_running_broker
from ouvidor.settings import Settings
from routers.asked import Asked, asked
from routers.compiled import Table
from routers.decision import decide
from routers.diff_command import diff
from routers.lines import STDIN, lines, messages
from routers.lint_command import lint
from routers.reading import read_table
from routers.recorded import of_protocol
from routers.route import route
from routers.table_command import table as table_command
from routers.telling import told

__all__ = ["app"]

app = typer.Typer(
    help="Explain, compare and check what the routing table does with messages.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
app.command()(diff)
app.command()(lint)
app.command("table")(table_command)


@app.callback()
def root() -> None:
    """Explain, compare and check what the routing table does with messages."""


@app.command()
def explain(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="[FILE|PROTOCOL|-]", help="NDJSON, or a number; - is stdin.")] = STDIN,
    beside: Annotated[
        Path | None, typer.Option("--messages", metavar="FILE", help="The messages of the verdicts, as NDJSON.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE", help="Another table than the settings'.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Tell who answers, who is told, until when, whether the ombudsman sees it, and why: each message in sentences.

    \b
    Examples:
      ouvidor route explain 20261123-7K3M-9QX2-4W6
      ouvidor tail classified -n 5 --no-follow --json | ouvidor route explain
      ouvidor ingest parse --channel email letter.eml > letter.ndjson
      ouvidor classify letter.ndjson | ouvidor route explain --messages letter.ndjson
      ouvidor route explain --table new.yaml recorded.ndjson

    A line is a message with its verdict, a verdict as `ouvidor classify` prints it, or a message alone. A protocol
    number is looked up in the topic `classified`, from its day on; where it is not there, it leaves with 1.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    settings = settings_of(context)
    in_force = read_table(table or settings.routing.table)
    calendar = BusinessCalendar.from_settings(settings.organisation)
    if (protocol := _protocol(what)) is not None:
        found = _looked_up(settings, protocol)
        if found is None:
            say(f"{protocol}: not in the topic classified; it keeps messages for 30 days")
            raise typer.Exit(NO)
        _tell(found, in_force, calendar, as_json=as_json)
        return
    known = {} if beside is None else dict(messages(str(beside)))
    for one in _asked(what, known):
        _tell(one, in_force, calendar, as_json=as_json)


def _protocol(what: str) -> str | None:
    """Read what was given as a protocol number; None where it is a file. Raises `Rejected` where it is neither."""
    if what == STDIN or Path(what).exists():
        return None
    try:
        return normalise(what)
    except Rejected as error:
        looks_like_one = what[:1].isdigit() and "." not in what
        raise Rejected(str(error) if looks_like_one else f"{what}: cannot be read: No such file") from None


def _looked_up(settings: Settings, protocol: str) -> Asked | None:
    with bar(f"looking for {protocol}") as progress:
        found = complete(of_protocol(at_running_broker(settings), protocol, progress))
    return None if found is None else Asked(found.message, found.verdict)


def _asked(file: str, known: dict[str, Any]) -> Iterator[Asked]:
    now = datetime.now(UTC)
    for place, line in lines(file):
        try:
            yield asked(line, known, now)
        except Rejected as error:
            raise Rejected(f"{place}: {error}") from None


def _tell(one: Asked, table: Table, calendar: BusinessCalendar, *, as_json: bool) -> None:
    decision = decide(one.message, one.verdict, table, calendar)
    dispatch = route(one.message, one.verdict, table, calendar)
    sentences = list(told(one.message, one.verdict, table, calendar))
    if not as_json:
        typer.echo("\n".join([*sentences, *(f"  ({note})" for note in one.notes), ""]))
        return
    row: dict[str, Any] = {
        "id": str(one.message.id),
        "protocol": one.message.protocol,
        "dispatch": dispatch.model_dump(mode="json"),
        "held": [rule.name for rule in decision.held],
        "failed": list(decision.failed),
        "days": [
            {
                "date": each.date.isoformat(),
                "counted_seconds": int(each.counted.total_seconds()),
                "business": each.business,
                "holiday": each.holiday,
            }
            for each in calendar.days(one.message.received_at, dispatch.deadline)
        ],
        "told": sentences,
        "notes": list(one.notes),
    }
    typer.echo(json.dumps(row, ensure_ascii=False))
