"""What every command shares: the settings that were asked for, and where words go.

A room's command takes `context: typer.Context` and calls `settings_of(context)`: it is read when it is needed, so that
`--help` works without any settings.
"""

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from ouvidor.loading import Survey
    from ouvidor.settings import Settings

__all__ = ["Invocation", "complete", "config_of", "say", "settings_at_broker", "settings_of", "survey_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options that stand before the command."""

    config: Path | None = None


def settings_of(context: typer.Context) -> "Settings":
    """Read the settings: `--config FILE`, else `ouvidor.yaml` here, else the defaults. Raises `Misconfigured`.

    From here on the log is as they say, and on stderr: stdout is for data.
    """
    from ouvidor.loading import load
    from ouvidor.log import configure

    settings = load(config_of(context))
    configure(settings.telemetry, "ouvidor")
    return settings


def survey_of(context: typer.Context) -> "Survey":
    """Read the settings as far as they go, with all that is wrong with them: for who tells it, and starts nothing."""
    from ouvidor.loading import survey
    from ouvidor.log import configure

    found = survey(config_of(context))
    configure(found.settings.telemetry, "ouvidor")
    return found


def settings_at_broker(context: typer.Context) -> "Settings":
    """Read the settings for a command that asks the broker: the one of `ouvidor up`, where it runs here."""
    from ouvidor.running import at_running_broker

    return at_running_broker(settings_of(context))


def config_of(context: typer.Context) -> Path | None:
    """Give the file that the settings are read from, for programs that we start ourselves."""
    invocation = context.find_object(Invocation)
    return invocation.config if invocation is not None else None


def say(words: str) -> None:
    """Say something to the person, not to the pipe: on stderr."""
    print(words, file=sys.stderr)  # noqa: T201 - this is the command line


def complete(doing: Coroutine[Any, Any, T]) -> T:
    """Run a short command's coroutine to its end. The Kafka client tells its failures by errors: its log is silent."""
    import logging

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return asyncio.run(doing)
