"""`ouvidor route diff`: what a new table would have done with the messages that came."""

import json
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid

from ouvidor.business_time import BusinessCalendar
from ouvidor.cli import NO
from ouvidor.cli.bar import bar
from ouvidor.cli.context import complete, say, settings_of
from ouvidor.errors import Rejected
from ouvidor.records import Classified
from ouvidor.running import at_running_broker
from ouvidor.settings import Settings
from routers.asked import asked
from routers.comparison import FIELDS, Change, Comparison, compare
from routers.compiled import Table
from routers.lines import lines
from routers.reading import read_table
from routers.recorded import read_span, since

__all__ = ["diff"]


def diff(  # noqa: PLR0917 - a command's options are called by name
    context: typer.Context,
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The table that is in force.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The table that shall be.")],
    span: Annotated[str, typer.Option("--since", metavar="SPAN", help="How far back: 7d, 24h, 90min.")] = "7d",
    file: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Recorded NDJSON instead of the topic; - is stdin.")
    ] = None,
    most: Annotated[int, typer.Option("--examples", metavar="N", min=0, help="Show so many.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Route recorded messages by two tables, and show how many change owner, who is told, deadline…

    \b
    Examples:
      ouvidor route diff routing.yaml new.yaml
      ouvidor route diff routing.yaml new.yaml --since 24h --json | jq .changed
      ouvidor tail classified --from-beginning --no-follow --json > recorded.ndjson
      ouvidor route diff routing.yaml new.yaml --from recorded.ndjson

    The messages are those of the topic `classified`, or of lines as `ouvidor tail classified --json` prints them.
    Exit codes: 0, nothing changes; 1, something does; 65, a line is none of these; 78, a table is broken.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    settings = settings_of(context)
    tables = read_table(old), read_table(new)
    calendar = BusinessCalendar.from_settings(settings.organisation)
    found = Comparison(most)
    unread = 0
    if file is not None:
        for both in _recorded(file):
            found.add(compare(both.message, both.verdict, *tables, calendar))
    else:
        moment = datetime.now(UTC) - read_span(span)
        with bar("routing by both tables") as progress:
            unread = complete(_replay(at_running_broker(settings), moment, found, (*tables, calendar), progress))
    if unread:
        say(f"{unread} records of the topic are no verdicts: they are left out")
    if as_json:
        typer.echo(json.dumps(_row(found, *tables), ensure_ascii=False))
    else:
        _show(found, *tables, settings)
    if found.changed:
        raise typer.Exit(NO)


def _recorded(file: str) -> Iterator[Classified]:
    now = datetime.now(UTC)
    for place, line in lines(file):
        try:
            one = asked(line, {}, now)
        except Rejected as error:
            raise Rejected(f"{place}: {error}") from None
        yield Classified(message=one.message, verdict=one.verdict)


async def _replay(
    settings: Settings,
    moment: datetime,
    found: Comparison,
    how: tuple[Table, Table, BusinessCalendar],
    progress: Callable[[int, int], None],
) -> int:
    unread = 0
    async with aclosing(since(settings, moment, progress)) as messages:
        async for both in messages:
            if both is None:
                unread += 1
            else:
                found.add(compare(both.message, both.verdict, *how))
    return unread


def _row(found: Comparison, old: Table, new: Table) -> dict[str, Any]:
    return {
        "old": old.hash,
        "new": new.hash,
        "messages": found.messages,
        "changed": found.changed,
        "fields": {name: found.fields[name] for name in FIELDS},
        "ombudsman": {"shown": found.shown, "hidden": found.hidden},
        "owners": [{"old": a, "new": b, "messages": count} for (a, b), count in found.owners.most_common()],
        "examples": [
            {
                "protocol": change.protocol,
                "received_at": change.received_at.isoformat(),
                "area": change.area,
                "rules": [change.old.rule, change.new.rule],
                "changes": {name: _values(change, name) for name in change.fields},
            }
            for change in found.examples()
        ],
    }


def _values(change: Change, name: str) -> list[Any]:
    return [value.isoformat() if isinstance(value, datetime) else value for value in change.values(name)]


def _show(found: Comparison, old: Table, new: Table, settings: Settings) -> None:
    console = Console(soft_wrap=True, markup=False, highlight=False)
    share = f" ({found.changed / found.messages:.1%})" if found.messages else ""
    console.print(f"{found.messages} messages, {found.changed} change{share}: table {old.hash} → {new.hash}")
    if not found.changed:
        return
    counts = Grid("what changes", "messages", box=None, pad_edge=False)
    counts.columns[1].justify = "right"
    for name in FIELDS:
        counts.add_row(name, str(found.fields[name]))
    counts.add_row("  shown to the ombudsman now", str(found.shown))
    counts.add_row("  no longer shown to the ombudsman", str(found.hidden))
    for (before, after), count in found.owners.most_common():
        counts.add_row(f"  {before} → {after}", str(count))
    console.print(counts)
    for change in found.examples():
        at = change.received_at.astimezone(settings.organisation.tz)
        console.print(f"\n{change.protocol}  {at:%Y-%m-%d %H:%M}  {change.area or '(no area)'}")
        for name in change.fields:
            before, after = (_shown(value, settings) for value in change.values(name))
            console.print(f"  {name}: {before} → {after}")
        console.print(f"  rule: {change.old.rule} → {change.new.rule}")


def _shown(value: Any, settings: Settings) -> str:  # noqa: ANN401 - whatever a dispatch holds
    if isinstance(value, datetime):
        return f"{value.astimezone(settings.organisation.tz):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) and value else str(value or "-")
