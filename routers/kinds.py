"""What a part of a condition is: a text, a number, a moment, a list, a record; which labels and bounds it has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin
from uuid import UUID

from annotated_types import Ge, Gt, Le, Lt
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from routers.vocabulary import element_of, is_record, labels_of, plain

__all__ = ["BOOL", "MOMENT", "NULL", "NUMBER", "SPAN", "TEXT", "UNKNOWN", "Kind", "kind_of_field", "kind_of_model"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind. Two of different sorts never equal one another."""

    sort: str
    labels: frozenset[str] = frozenset()
    """All that a text may be; none: anything."""
    element: "Kind | None" = None
    model: Any = None
    nullable: bool = False
    low: float = -inf
    high: float = inf

    def __str__(self) -> str:
        """Name it as an error does."""
        return _WORDS[self.sort]


_WORDS: Final = {
    "bool": "true or false",
    "text": "a text",
    "number": "a number",
    "moment": "a moment",
    "span": "a length of time",
    "null": "null",
    "list": "a list",
    "record": "a record",
    "unknown": "something",
}
BOOL, TEXT, NUMBER, MOMENT, SPAN, NULL, UNKNOWN = (
    Kind(sort) for sort in ("bool", "text", "number", "moment", "span", "null", "unknown")
)
_PLAIN: Final = {
    bool: BOOL,
    str: TEXT,
    UUID: TEXT,
    datetime: MOMENT,
    AwareDatetime: MOMENT,
    timedelta: SPAN,
    int: NUMBER,
    float: NUMBER,
}


def kind_of_model(model: Any) -> Kind:  # noqa: ANN401 - a record's class
    """Give the kind of a record."""
    return Kind("record", model=model)


def kind_of_field(field: FieldInfo, labels: frozenset[str] = frozenset()) -> Kind:
    """Give a field's kind. A text that is missing is the empty text (`routers/facts.py`), all else is null."""
    found = _of(field.annotation)
    bounds = {type(bound): bound for bound in field.metadata}
    low = next((getattr(bounds[each], word) for each, word in ((Ge, "ge"), (Gt, "gt")) if each in bounds), -inf)
    high = next((getattr(bounds[each], word) for each, word in ((Le, "le"), (Lt, "lt")) if each in bounds), inf)
    missing = NoneType in get_args(field.annotation) and field.annotation != str | None
    return Kind(
        found.sort,
        labels or found.labels,
        found.element,
        found.model,
        nullable=missing,
        low=float(low),
        high=float(high),
    )


def _of(annotation: Any) -> Kind:  # noqa: ANN401 - an annotation
    kind = plain(annotation)
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if (element := element_of(kind)) is not None:
        return Kind("list", element=_of(element))
    if is_record(kind):
        return kind_of_model(kind)
    if labels := labels_of(kind):
        return Kind("text", labels=labels)
    return next((known for each, known in _PLAIN.items() if isinstance(kind, type) and issubclass(kind, each)), UNKNOWN)
