"""How `ouvidor model evaluate` shows the report: lines, or one object of JSON, and a page where one is asked for."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from classifiers.measurement import Row
from classifiers.model.promise import PROMISE
from classifiers.report.making import make_report
from classifiers.report.page import page
from classifiers.report.telling import told
from ouvidor.errors import Rejected
from ouvidor.records import Verdict

__all__ = ["present"]

_SPEED = ("messages_a_second", "p99_of_one_ms")


def present(
    rows: Sequence[Row],
    verdicts: Sequence[Verdict],
    measured: Mapping[str, float],
    *,
    as_json: bool,
    html: Path | None,
    promised: bool,
) -> None:
    """Show a report of verdicts; `measured` tells how fast they were. Raises `Rejected` where the page has no place."""
    report = make_report(rows, verdicts, PROMISE if promised else None)
    if html is not None:
        try:
            html.write_text(page(report), encoding="utf-8")
        except OSError as error:
            raise Rejected(
                f"{html}: cannot be written: {error.strerror}; name a file of a directory that is there"
            ) from error
        typer.echo(f"wrote {html}; it quotes messages: keep it like them", err=True)
    if as_json:
        speed = {name: measured[name] for name in _SPEED if name in measured}
        typer.echo(json.dumps({**report.model_dump(mode="json"), "speed": speed}, ensure_ascii=False))
        return
    typer.echo("")
    for line in told(report):
        typer.echo(line)
