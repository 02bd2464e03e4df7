"""`ouvidor schema`: the JSON Schemas of our records."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ouvidor.cli.context import say

__all__ = ["schema"]


def schema(
    record: Annotated[
        str | None, typer.Argument(metavar="RECORD", help="A record's name. Not given: the names are listed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write all (or RECORD) as files of this directory.")
    ] = None,
) -> None:
    """Show the JSON Schema of a record on our topics.

    \b
    Examples:
      ouvidor schema                           the records' names
      ouvidor schema dispatched | jq .         what a department's topic holds
      ouvidor schema --out schemas/            all of them as files
    """
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
