"""`ouvidor schema`: the JSON Schemas of our records."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli.context import complete, say, settings_of

if TYPE_CHECKING:
    from ouvidor.settings import Settings

__all__ = ["schema"]


def schema(  # noqa: PLR0917 - a command's options
    context: typer.Context,
    record: Annotated[
        str | None, typer.Argument(metavar="RECORD", help="A record's name. Not given: the names are listed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write all (or RECORD) as files of this directory.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Does this version break anybody who was written for a released one?")
    ] = False,
    register: Annotated[
        bool, typer.Option("--register", help="Register all in `kafka.schema_registry`, and say by which names.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --check and --register: one JSON object a line.")
    ] = False,
) -> None:
    """Show the JSON Schema of a record on our topics.

    \b
    Examples:
      ouvidor schema                           the records' names
      ouvidor schema dispatched | jq .         what a department's topic holds
      ouvidor schema --out schemas/            all of them as files
      ouvidor schema --check                   what this version breaks, by release and field, and how to mend it
      ouvidor schema --register                put them into the schema registry, before the stages look for them

    `ouvidor asyncapi` tells the whole: topics, headers, keys, examples.
    """
    if check:
        _check(as_json=as_json)
        return
    if register:
        complete(_register(settings_of(context), as_json=as_json))
        return
    from ouvidor.schemas import RECORDS, schema_of

    if record is not None and record not in RECORDS:
        raise typer.BadParameter(f"{record!r} is none of {', '.join(RECORDS)}", param_hint="RECORD")
    wanted = [record] if record is not None else list(RECORDS)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in wanted:
            path = out / f"{name}.json"
            path.write_text(json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            say(f"wrote {path}")
    elif record is not None:
        typer.echo(json.dumps(schema_of(record), indent=2, ensure_ascii=False))
    else:
        for name in wanted:
            typer.echo(name)


def _check(*, as_json: bool) -> None:
    from ouvidor.releases import current, releases
    from ouvidor.releases.gate import broken, said

    released = releases()
    found = list(broken(released, current()))
    for each in found:
        typer.echo(json.dumps(each._asdict(), ensure_ascii=False) if as_json else said(each))
    names = ", ".join(each.version for each in released)
    say(
        f"{len(found)} breaks of what was released ({names})" if found else f"nothing breaks what was released: {names}"
    )
    if found:
        raise typer.Exit(1)


async def _register(settings: "Settings", *, as_json: bool) -> None:
    from ouvidor.errors import Misconfigured
    from ouvidor.schema_registry.keeping import registered

    registry = settings.kafka.schema_registry
    if registry is None:
        raise Misconfigured(f"{settings.file}: kafka.schema_registry.url is not set: where should they be registered?")
    async for record, its in registered(registry, settings.kafka.prefix, register=True):
        guid = None if its.guid is None else str(its.guid)
        row = {"record": record, "subject": its.subject, "id": its.id, "guid": guid}
        typer.echo(json.dumps(row) if as_json else f"{its.subject:<40} {its.id:<6} {guid or ''}".rstrip())
