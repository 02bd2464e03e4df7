"""The answer: JSON of exactly the form that was asked for, or no opinion at all.

A server may lie, be steered by the customer's words, or answer with a page of HTML. Only labels that we know come out
of here, and quotations, which count only where they stand in the customer's text (`heeding.py`): no word of a server's
reaches a record, a log or a person.

Source: OpenAI API reference, "Chat completions", the response object.
"""

import json
import re
from collections.abc import Collection
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ouvidor.errors import Rejected
from ouvidor.records import Flag, Kind, Severity

__all__ = ["NO_DEPARTMENT", "Because", "Opinion", "read_completion", "read_opinion"]

NO_DEPARTMENT: Final = "none"

_TRIES: Final = 8
_LONGEST: Final = 32_000
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Because(_Closed):
    """A quotation that speaks for a label."""

    label: Annotated[str, StringConstraints(max_length=60)]
    quote: Annotated[str, StringConstraints(max_length=1000)]


class Opinion(_Closed):
    """What another model says of a message."""

    kind: Kind
    severity: Severity
    flags: tuple[Flag, ...] = Field((), max_length=2 * len(Flag))
    because: tuple[Because, ...] = Field((), max_length=40)
    department: str | None = None
    """The id of a department or `none`; null: nothing was said of it."""


def read_completion(body: object) -> tuple[str, int]:
    """Give the words of a completion, and how many tokens the server counted (0: it did not say).

    Raises `Rejected` where there are none: a refusal, a call of a tool that nobody offered, something else.
    """
    choices = body.get("choices") if isinstance(body, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    words = message.get("content") if isinstance(message, dict) else None
    if not isinstance(words, str) or not words.strip():
        raise Rejected("the answer holds no words")
    if len(words) > _LONGEST:
        raise Rejected("the answer is longer than any that was asked for")
    usage = body.get("usage") if isinstance(body, dict) else None
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    counted = isinstance(total, int) and not isinstance(total, bool) and total > 0
    return words, min(int(total or 0), 10**6) if counted else 0


def read_opinion(words: str, departments: Collection[str] = ()) -> Opinion:
    """Read the opinion in a completion's words: the first JSON object. Raises `Rejected` without repeating them.

    `departments`: the ids that were asked about. An answer may leave the department out, as servers do that are held to
    no schema, but it may name no other.
    """
    try:
        found = Opinion.model_validate(_first_object(_THOUGHTS.sub("", words, count=1)))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = next((step for step in first["loc"] if step in Opinion.model_fields), "the object")
        raise Rejected(f"the answer is not of the form that was asked for: {place}: {first['type']}") from None
    known = {*departments, NO_DEPARTMENT} if departments else set()
    if "department" in found.model_fields_set and found.department not in known:
        raise Rejected("the answer is not of the form that was asked for: department: none that was asked about")
    return found


def _first_object(words: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Find JSON also where a model puts words or a fence around it."""
    decoder, at = json.JSONDecoder(), -1
    for _ in range(_TRIES):
        at = words.find("{", at + 1)
        if at < 0:
            break
        try:
            return decoder.raw_decode(words, at)[0]
        except (ValueError, RecursionError):
            continue
    raise Rejected("the answer holds no JSON object")
