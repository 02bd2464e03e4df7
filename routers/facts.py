"""What a condition sees of a message and its verdict: their fields under the same names, in CEL's own types.

A text that is missing is the empty text, so that no condition fails for want of a subject or an area; a record or a
number that is missing is `null` (`message.automatic != null && message.automatic.kind == 'list'`). Only the fields that
some condition of the table reads are handed over: a message of a million characters costs nothing unless asked for.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from types import NoneType
from typing import Any, Final
from uuid import UUID

from cel import Context
from pydantic import BaseModel

from ouvidor.records import Message, Verdict

__all__ = ["Facts"]

_PLAIN: Final = frozenset({str, int, float, bool, NoneType, datetime})
"""What CEL takes as it is."""


class Facts:
    """Makes the context in which conditions are tried: once a message."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        """Take the fields that conditions read, as (variable, field)."""
        wanted = sorted(set(fields))
        self._message = tuple(field for variable, field in wanted if variable == "message")
        self._verdict = tuple(field for variable, field in wanted if variable == "verdict")

    def of(self, message: Message, verdict: Verdict) -> Context:
        """Hand over what conditions may read."""
        return Context({"message": _some(message, self._message), "verdict": _some(verdict, self._verdict)})


def _some(record: BaseModel, names: Iterable[str]) -> dict[str, Any]:
    texts = _texts(type(record))
    found: dict[str, Any] = {}
    for name in names:
        value = getattr(record, name)
        if type(value) not in _PLAIN:
            value = _told(value)
        found[name] = "" if value is None and name in texts else value
    return found


def _told(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, str):
        return str(value)  # a label: CEL takes texts, not Python's enumerations
    if isinstance(value, tuple):
        return [one if type(one) in _PLAIN else _told(one) for one in value]
    if isinstance(value, BaseModel):
        return _some(value, _names(type(value)))
    return str(value) if isinstance(value, UUID) else value


@lru_cache
def _names(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(model.model_fields)


@lru_cache
def _texts(model: type[BaseModel]) -> frozenset[str]:
    """The fields that may be missing and are plain text."""
    return frozenset(name for name, field in model.model_fields.items() if field.annotation == str | None)
