"""`ouvidor route lint`: what is odd in a routing table that is good."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ouvidor.cli import NO
from ouvidor.cli.context import say, settings_of
from routers.lint import findings
from routers.reading import DEFAULT, place, places, read_table

__all__ = ["lint"]


def lint(
    context: typer.Context,
    table: Annotated[Path | None, typer.Argument(metavar="[TABLE]", help="Not given: the settings' table.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Find rules that can never speak, departments that nothing reaches, and rules that overlap.

    \b
    Examples:
      ouvidor route lint
      ouvidor route lint new.yaml
      ouvidor route lint new.yaml --json | jq -r '.findings[] | select(.level == "warning") | .words'

    A warning is what hardly was meant; a note is worth a look. Unknown departments, fields, flags and other labels, and
    two departments with one area, are faults: `ouvidor check` tells them, and the table is not taken.
    Exit codes: 0, no warnings; 1, there are some; 78, the table is broken.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    path = table or settings_of(context).routing.table or DEFAULT
    good = read_table(path)
    lines = places(path)
    found = [(finding, lines(finding.at)) for finding in findings(good)]
    if as_json:
        rows = [
            {"level": finding.level, "line": line, "key": place(finding.at), "words": finding.words}
            for finding, line in found
        ]
        typer.echo(json.dumps({"table": str(path), "hash": good.hash, "findings": rows}, ensure_ascii=False))
    else:
        for finding, line in found:
            typer.echo(f"{path}:{line}: {finding.level}: {place(finding.at)}: {finding.words}")
    warnings = sum(finding.level == "warning" for finding, _ in found)
    say(f"{warnings} warnings, {len(found) - warnings} notes")
    if warnings:
        raise typer.Exit(NO)
