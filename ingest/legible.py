"""Text that can stand in a record: no control characters, no halves of a character, and no more than fits.

A NUL ends a string in PostgreSQL, an escape sequence takes over a terminal, half of a surrogate pair cannot be written
as UTF-8 at all: customers' software sends each of them. What is measured is what the text takes in JSON.
"""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

__all__ = ["cleaned", "cut", "decoded", "json_bytes", "plain"]

_NEWLINES = re.compile(r"[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_UNCLEAN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_ESCAPED = ('"', "\\", "\n", "\t")
_WORD_END = re.compile(r"\s\S*\Z")
_LONGEST_WORD = 80
_DEEPEST = 20
_LONGEST_INTEGER_BITS = 64


def cleaned(text: str) -> str:
    """Give the text without what no reader can see: lines end in a line feed, halves of characters are joined."""
    if _UNCLEAN.search(text) is None:
        return text
    if _SURROGATES.search(text) is not None:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _replaced(_NEWLINES, text.replace("\r\n", "\n").replace("\r", "\n"), "\n")
    return _replaced(_CONTROLS, text, "")


def _replaced(signs: re.Pattern[str], text: str, by: str) -> str:
    """Replace single signs, all of one kind at once: of `re.sub`, twenty million take ten seconds."""
    while (found := signs.search(text)) is not None:
        text = text.replace(found[0], by)
    return text


def json_bytes(clean: str) -> int:
    """Say how many bytes a cleaned text takes in JSON, without its quotation marks."""
    size = len(clean) if clean.isascii() else len(clean.encode())
    return size + sum(clean.count(sign) for sign in _ESCAPED)


def cut(clean: str, limit: int) -> str:
    """Give as much of a cleaned text as takes `limit` bytes in JSON, up to the end of a word where one is near."""
    if len(clean) * 4 <= limit or json_bytes(clean) <= limit:
        return clean
    low, high = 0, min(len(clean), max(limit, 0))
    while low < high:
        middle = (low + high + 1) // 2
        if json_bytes(clean[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    if clean[low].isspace():
        return clean[:low].rstrip()
    end = _WORD_END.search(clean, max(low - _LONGEST_WORD, 0), low)
    return clean[: end.start() if end is not None and end.start() > 0 else low].rstrip()


def decoded(body: bytes, limit: int) -> str:
    """Read bytes that no reader understood as best one can, for a person's eyes. What is no text gives nothing."""
    head = body[:limit]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return cleaned(head.decode("utf-16", "replace")).removeprefix("\ufeff")
    if b"\0" in head:
        return ""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_off = len(head) < len(body) and error.start > len(head) - 4  # the limit went through a character
        text = head[: error.start].decode("utf-8") if cut_off else head.decode("cp1252", "replace")
    return cleaned(text).removeprefix("\ufeff")


def plain(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - whatever JSON can hold, and what it cannot
    """Give data of a network as JSON can hold it: what it cannot becomes words."""
    if isinstance(value, int | float | None):
        return _plain_number(value)
    if isinstance(value, str):
        return cleaned(value)
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {cleaned(str(key)): plain(each, depth + 1) for key, each in value.items()}
    if depth < _DEEPEST and isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(each, depth + 1) for each in value]
    return cleaned(str(value)[:1000])


def _plain_number(value: float | None) -> float | str | None:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or value.bit_length() <= _LONGEST_INTEGER_BITS:
        return value
    return f"{value:#x}"[:1000]
