"""Logs: one JSON object a line on stderr (or readable lines on a terminal), without personal data.

What we say ourselves is written without it. What we cannot know of is withheld: the words of an exception that is not
ours (they may quote the customer; its class and place are told), and the arguments of libraries' log lines (aiohttp
tells who called, asyncio the arguments of a failed callback). aiokafka's are told whole: every line that version 0.14
logs at WARNING or above was read, and names topics, groups, brokers and error classes only.

A library's line that repeats itself is told a few times and then counted: of a broker that is away aiokafka tells 600
lines a second, which would drive out of the log, within the hour, all that was told before.
"""

import logging
import sys
from collections.abc import Iterable
from traceback import extract_tb
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from ouvidor.errors import OuvidorError
from ouvidor.settings import Telemetry

__all__ = ["configure"]

_READ = ("aiokafka",)
"""Libraries whose lines may be told with their arguments."""
_WITHHELD = frozenset({"address", "author", "body", "email", "key", "phone", "recipients", "subject", "text", "value"})
_FRAMES = 8
_REPEATS = 5
"""How often a library's line is told within `_REPEATS_SECONDS`."""
_REPEATS_SECONDS = 30.0
_MOST_TEMPLATES = 1000
_LONGEST = 500


def configure(telemetry: Telemetry, service: str, stream: TextIO | None = None) -> None:
    """Let structlog and the standard library's logging write to `stream` (stderr), as the settings say.

    `service` stands in every line. May be called again: the last call holds.
    """
    out = stream or sys.stderr
    as_json = telemetry.log == "json" or (telemetry.log == "auto" and not out.isatty())
    level = logging.getLevelNamesMapping()[telemetry.level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Service(service),
        _tell_exception,
        _withhold,
        _in_order,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(default=_in_words)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,  # tests and a reload configure again
    )
    handler = logging.StreamHandler(out)
    handler.addFilter(_Seldom())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_tell_library, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))


class _Seldom(logging.Filter):
    """Tells a library's line a few times in a while; the next one that is told says how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        template = (record.name, str(record.msg)[:_LONGEST])
        since, times = self._told.get(template, (record.created, 0))
        if not 0 <= record.created - since < _REPEATS_SECONDS:
            record.left_out = max(0, times - _REPEATS)
            since, times = record.created, 0
        if len(self._told) >= _MOST_TEMPLATES:  # of a library that writes its words into the template
            self._told.clear()
        self._told[template] = (since, times + 1)
        return times < _REPEATS


class _Service:
    """Names the service in every line."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", self._name)
        return event


def _tell_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Tell an exception's class and place; its words only where they are ours."""
    given = event.pop("exc_info", None)
    error = _exception(given)
    if error is None:
        return event
    event["error"] = type(error).__name__
    if isinstance(error, OuvidorError):
        event["reason"] = str(error)
    event["trace"] = list(_frames(error.__traceback__))
    if error.__cause__ is not None:
        event["cause"] = type(error.__cause__).__name__
        event["cause_trace"] = list(_frames(error.__cause__.__traceback__))
    return event


def _exception(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _frames(trace: TracebackType | None) -> Iterable[str]:
    for frame in extract_tb(trace)[-_FRAMES:]:
        yield f"{frame.filename.rsplit('site-packages/', 1)[-1]}:{frame.lineno} {frame.name}"


def _withhold(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep back what is named as personal data is named: the last net, not the first."""
    for name in _WITHHELD & event.keys():
        event[name] = "(withheld)"
    return event


def _tell_library(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Tell a library's line: with its arguments where they were read, else by its template alone."""
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    if left_out := getattr(record, "left_out", 0):
        event["left_out"] = left_out
    if record.name.startswith(_READ):
        return event
    words = str(record.msg).partition("\n")[0]
    if record.name == "asyncio":
        words = words.partition("(")[0]  # what follows are the arguments of a callback, by their repr
    event["event"] = words[:_LONGEST]
    return event


def _in_order(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Put what every line has first: a person reads from the left."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "service", "event") if name in event}
    return {**first, **event}


def _in_words(value: Any) -> str:  # noqa: ANN401 - whatever a log line was given
    return str(value)
