"""`ouvidor check`: is everything set right, and does what we need answer?

A room checks its own settings by an entry point of the group `ouvidor.checks`: a function of the settings and
`connect`, perhaps a coroutine, that gives a list of all that is wrong, a line each, and an `Unavailable` for each that
is away.
"""

import inspect
import json
import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from ouvidor.cli import MISCONFIGURED, UNAVAILABLE
from ouvidor.cli.context import complete, survey_of
from ouvidor.entry_points import load, offered
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable

if TYPE_CHECKING:
    from ouvidor.loading import Survey
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

    Where a setting is wrong, the rest is looked at all the same, and nothing is connected.
    Exits with 78 where a setting is wrong, with 75 where something is away, with 0 where all is well.
    """
    worst = "ok"
    for finding in _findings(survey_of(context), connect=connect):
        typer.echo(json.dumps(finding._asdict()) if as_json else f"{finding.state:<6} {finding.check}: {finding.words}")
        worst = max(worst, finding.state, key=("ok", "away", "wrong").index)
    raise typer.Exit({"ok": 0, "away": UNAVAILABLE, "wrong": MISCONFIGURED}[worst])


def faults(survey: "Survey") -> list[str]:
    """Give all that is wrong with the settings, before anything is started with them."""
    found = [*_settings(survey), *_news(survey, [*_data(survey.settings), *_rooms(survey.settings, connect=False)])]
    return [finding.words for finding in found if finding.state != "ok"]


def _findings(survey: "Survey", *, connect: bool) -> Iterator[Finding]:
    from ouvidor.running import at_running_broker

    settings = at_running_broker(survey.settings)
    connect = connect and not survey.faults  # a word that stands for a secret is shown to nobody
    yield from _settings(survey)
    yield from _news(survey, _data(settings))
    yield from _news(survey, _rooms(settings, connect=connect))
    yield from _news(survey, _broker(settings, connect=connect))


def _settings(survey: "Survey") -> Iterator[Finding]:
    for fault in survey.faults:
        yield Finding("settings", "wrong", fault.line)
    if not survey.faults:
        organisation = survey.settings.organisation
        yield Finding("settings", "ok", f"{organisation.name}, {organisation.zone}")


def _news(survey: "Survey", found: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what only follows from a fault that was told: it names the same setting, or says that all is well."""
    from ouvidor.faults import path_of

    named = [(*fault.at[:-1], fault.secret) if fault.secret else fault.at for fault in survey.faults if fault.at]
    paths = [re.escape(path_of(at)) for at in named]
    told = re.compile(rf"(?<![\w.])(?:{'|'.join(paths)})(?!\w)") if paths else None
    for finding in found:
        if finding.state == "ok" and survey.faults:
            yield finding._replace(words="nothing else is wrong")
        elif told is None or finding.state == "ok" or not told.search(finding.words):
            yield finding


def _data(settings: "Settings") -> Iterator[Finding]:
    from ouvidor.identity import Pseudonyms

    folder = settings.data.absolute()
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding("data", "wrong", f"{nearest} is no directory that we may write to")
        return
    yield Finding("data", "ok", str(folder) if nearest == folder else f"{folder} will be made")
    key = settings.pseudonym_key
    try:
        if key.exists():
            Pseudonyms.from_file(key)
            if key.stat().st_mode & 0o077:
                yield Finding("data", "wrong", f"{key} can be read by others: chmod 600 {key}")
    except Misconfigured as error:
        yield Finding("data", "wrong", str(error))
    except OSError as error:
        yield Finding("data", "wrong", f"{key}: {error.strerror}: let the user of this process read it")


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
        departments, known = department_names(settings), settings.kafka
    except Misconfigured:  # the room whose table it is has told what is wrong with it
        departments, known = [], settings.kafka.model_copy(update={"topic_partitions": {}})
    found = []
    for wanted in (lambda: plan(known, departments), lambda: client_options(settings.kafka)):
        try:
            wanted()
        except Misconfigured as error:
            found += [Finding("kafka", "wrong", line) for line in str(error).splitlines()]
    if found:
        yield from found
        return
    plans = plan(known, departments)
    try:
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
