"""`ouvidor route`: what the routing table does with a message, told before it does it."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from ouvidor.business_time import BusinessCalendar
from ouvidor.cli.context import settings_of
from ouvidor.errors import Rejected
from ouvidor.records import Message
from routers.asked import Asked, asked
from routers.compiled import Table
from routers.decision import decide
from routers.reading import read_table
from routers.route import route
from routers.telling import told

__all__ = ["app"]

app = typer.Typer(
    help="Explain what the routing table does with a message.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@app.callback()
def root() -> None:
    """Explain what the routing table does with a message."""


@app.command()
def explain(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="NDJSON; - is stdin.")] = "-",
    messages: Annotated[
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
      ouvidor tail classified -n 5 --no-follow --json | ouvidor route explain
      ouvidor ingest parse --channel email letter.eml > letter.ndjson
      ouvidor classify letter.ndjson | ouvidor route explain --messages letter.ndjson
      ouvidor route explain --table new.yaml recorded.ndjson

    A line is a message with its verdict, a verdict as `ouvidor classify` prints it, or a message alone.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    settings = settings_of(context)
    in_force = read_table(table or settings.routing.table)
    calendar = BusinessCalendar.from_settings(settings.organisation)
    known = {} if messages is None else dict(_messages(str(messages)))
    now = datetime.now(UTC)
    for place, line in _lines(file):
        try:
            one = asked(line, known, now)
        except Rejected as error:
            raise Rejected(f"{place}: {error}") from None
        _tell(one, in_force, calendar, as_json=as_json)


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


def _lines(file: str) -> Iterator[tuple[str, bytes]]:
    """Give a file's lines that hold something, and where they are."""
    source = sys.stdin.buffer if file == "-" else _opened(Path(file))
    with source:
        for number, line in enumerate(source, start=1):
            if line.strip():
                yield f"{'stdin' if file == '-' else file}:{number}", line


def _opened(path: Path) -> Any:  # noqa: ANN401 - a binary file
    try:
        return path.open("rb")
    except OSError as error:
        raise Rejected(f"{path}: cannot be read: {error.strerror}") from error


def _messages(file: str) -> Iterator[tuple[str, Message]]:
    for place, line in _lines(file):
        try:
            message = Message.model_validate_json(line)
        except ValidationError as error:
            raise Rejected(f"{place}: no message as `ouvidor ingest parse` prints it: {error.title}") from None
        yield str(message.id), message
