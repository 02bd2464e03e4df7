"""`ouvidor check`: is everything set right, and does what we need answer?

A room checks its own settings by an entry point of the group `ouvidor.checks`: a function of the settings and
`connect`, perhaps a coroutine, that gives a list of all that is wrong, a line each, and an `Unavailable` for each that
is away.
"""

import inspect
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from ouvidor.cli import MISCONFIGURED, UNAVAILABLE
from ouvidor.cli.context import complete, settings_at_broker
from ouvidor.entry_points import load, offered
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable

if TYPE_CHECKING:
    from ouvidor.settings import Settings

__all__ = ["check", "faults"]


class Finding(NamedTuple):
    """What one check found."""

    check: str
    state: Literal["ok", "away", "wrong"]
    words: str


def check(
    context: typer.Context,
    connect: Annotated[
        bool, typer.Option("--connect", help="Also connect once to the broker and to every account.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Check the settings: all that is wrong at once.

    \b
    Examples:
      ouvidor check                            the files alone: nothing is connected
      ouvidor check --connect                  before a start, or when something is silent
      ouvidor -c new.yaml check && cp new.yaml ouvidor.yaml

    Exits with 78 where a setting is wrong, with 75 where something is away, with 0 where all is well.
    """
    worst = "ok"
    for finding in _findings(settings_at_broker(context), connect=connect):
        typer.echo(json.dumps(finding._asdict()) if as_json else f"{finding.state:<6} {finding.check}: {finding.words}")
        worst = max(worst, finding.state, key=("ok", "away", "wrong").index)
    raise typer.Exit({"ok": 0, "away": UNAVAILABLE, "wrong": MISCONFIGURED}[worst])


def faults(settings: "Settings") -> list[str]:
    """Give all that is wrong with the settings, before anything is started with them."""
    found = [*_data(settings), *_rooms(settings, connect=False)]
    return [finding.words for finding in found if finding.state != "ok"]


def _findings(settings: "Settings", *, connect: bool) -> Iterator[Finding]:
    yield Finding("settings", "ok", f"{settings.organisation.name}, {settings.organisation.zone}")
    yield from _data(settings)
    yield from _rooms(settings, connect=connect)
    yield from _broker(settings, connect=connect)


def _data(settings: "Settings") -> Iterator[Finding]:
    folder = settings.data.absolute()
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding("data", "wrong", f"{nearest} is no directory that we may write to")
        return
    yield Finding("data", "ok", str(folder) if nearest == folder else f"{folder} will be made")
    key = settings.pseudonym_key
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding("data", "wrong", f"{key} can be read by others: chmod 600 {key}")


def _rooms(settings: "Settings", *, connect: bool) -> Iterator[Finding]:
    for name, entry in offered("ouvidor.checks").items():
        try:
            given = load(entry)(settings, connect=connect)
            faults = complete(given) if inspect.iscoroutine(given) else given
        except OuvidorError as error:
            yield _fault(name, error)
            continue
        for each in faults:
            yield _fault(name, each) if isinstance(each, Unavailable) else Finding(name, "wrong", each)
        if not faults:
            yield Finding(name, "ok", "connected" if connect else "settings are right")


def _broker(settings: "Settings", *, connect: bool) -> Iterator[Finding]:
    from ouvidor.departments import department_names
    from ouvidor.kafka import client_options, reach
    from ouvidor.topic_admin import existing
    from ouvidor.topics import plan

    try:
        departments = department_names(settings)
    except Misconfigured:
        departments = []  # the room whose table it is has told what is wrong with it
    try:
        plans = plan(settings.kafka, departments)
        client_options(settings.kafka)
        if not connect:
            yield Finding("kafka", "ok", f"{settings.kafka.servers}, {settings.kafka.security}, {len(plans)} topics")
            return
        complete(reach(settings.kafka))
        yield Finding("kafka", "ok", f"{settings.kafka.servers} answers")
        missing = {topic.name for topic in plans} - {topic.name for topic in complete(existing(settings))}
        if missing:
            words = f"missing: {', '.join(sorted(missing))}; run ouvidor topics create"
            yield Finding("topics", "wrong", words)
        else:
            yield Finding("topics", "ok", f"all {len(plans)} are there")
    except (Misconfigured, Unavailable) as error:
        yield _fault("kafka", error)


def _fault(name: str, error: OuvidorError) -> Finding:
    return Finding(name, "away" if isinstance(error, Unavailable) else "wrong", str(error).replace("\n", "; "))
