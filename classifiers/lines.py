"""Lines of NDJSON in, lines of verdicts out, one for one and in order: the pure part of `ouvidor classify`.

A line that cannot be read gives a line too, `{"id": …, "line": 7, "error": "…"}`: whoever joins the two files by place
keeps their order, and nothing is left out silently. Keys that are not named here are passed over, so that whole
messages can be given (`ouvidor ingest parse`); of these, `public` and `automatic` are heeded.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_json

from classifiers.cascade import Cascade
from classifiers.judge import Judged
from ouvidor.errors import Rejected
from ouvidor.records import Channel, Verdict

__all__ = ["Answer", "answers", "answers_together"]

_SHOWN = 40
_CHANNELS = {str(channel): channel for channel in Channel}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a line."""

    line: int
    """Counted from 1, empty ones too."""
    id: str | int | None
    said: Judged | None = None
    verdict: Verdict | None = None
    error: str | None = None

    def to_json(self) -> bytes:
        """Give the line to be written, with its end."""
        if self.verdict is None:
            return to_json({"id": self.id, "line": self.line, "error": self.error}) + b"\n"
        return to_json({"id": self.id, **dict(self.verdict)}) + b"\n"


def answers(lines: Iterable[bytes], cascade: Cascade) -> Iterator[Answer]:
    """Judge each line as it comes. Empty lines are no messages: they give nothing."""
    return answers_together(([line] for line in lines), lambda said: [cascade.judge(one) for one in said])


def answers_together(
    gusts: Iterable[Sequence[bytes]], judge: Callable[[Sequence[Judged]], Sequence[Verdict]]
) -> Iterator[Answer]:
    """Judge lines as they come, those of a gust together."""
    number = 0
    for gust in gusts:
        read: list[Answer] = []
        for line in gust:
            number += 1
            if line.strip():
                read.append(_read(line, number))
        verdicts = iter(judge([one.said for one in read if one.said is not None]))
        for one in read:
            yield one if one.said is None else replace(one, verdict=next(verdicts))


def _read(line: bytes, number: int) -> Answer:
    known: str | int | None = None
    try:
        given = _object(line, number)
        known = _id(given.get("id"), number)
        return Answer(number, known, said=_judged(given, number))
    except Rejected as error:
        return Answer(number, known, error=str(error))


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        given = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        raise Rejected(f"line {number}: not UTF-8 at byte {error.start + 1}: convert the file, as with iconv") from None
    except json.JSONDecodeError as error:
        raise Rejected(
            f"line {number}: not JSON at character {error.pos + 1} ({error.msg}): "
            'each line must be an object, as {"id": 1, "text": "…"}'
        ) from None
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets in thousands
        raise Rejected(f"line {number}: JSON that cannot be read ({type(error).__name__}): simplify it") from None
    if not isinstance(given, dict):
        raise Rejected(f"line {number}: {_named(given)} was found: each line must be an object with the key text")
    return given


def _id(given: object, number: int) -> str | int | None:
    if isinstance(given, str):
        try:
            given.encode()
        except UnicodeEncodeError:
            raise Rejected(f"line {number}: id: half a surrogate pair: mend the id's escapes") from None
        return given
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    raise Rejected(f"line {number}: id: {_named(given)} was found: give a string or a whole number, or leave it out")


def _judged(given: dict[str, Any], number: int) -> Judged:
    if "text" not in given:
        keys = ", ".join(sorted(given)[:8])[: 2 * _SHOWN] or "none"
        raise Rejected(f"line {number}: text: missing; give the customer's words by this key (found: {keys})")
    return Judged(
        text=_string(given, "text", number) or "",
        subject=_string(given, "subject", number),
        channel=_CHANNELS.get(_string(given, "channel", number) or ""),
        language=_string(given, "language", number),
        public=given.get("public") is True,
        automatic=bool(given.get("automatic")),
    )


def _string(given: dict[str, Any], key: str, number: int) -> str | None:
    value = given.get(key)
    if isinstance(value, str) or (value is None and key != "text"):
        return value
    raise Rejected(f"line {number}: {key}: {_named(value)} was found: give a string")


def _named(value: object) -> str:
    names = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return "null" if value is None else names.get(type(value), "something else")
