"""Plain text as it was meant: `format=flowed` put together, enriched text without its commands.

Source: RFC 3676; RFC 1896.
"""

import re
from typing import Final

__all__ = ["unenriched", "unflowed"]

_QUOTES: Final = re.compile(r">*")
_COMMAND: Final = re.compile(r"<(/?[A-Za-z-]{1,60})>")
_PARAMETER: Final = re.compile(r"(?is)<param>[^<]{0,500}</param>")
_KEPT_LINES: Final = re.compile(r"(?is)<nofill>(.{0,100000}?)</nofill>")
_NEW_LINE: Final = re.compile(r"(?i)<(?:nl|paragraph|/paragraph)>")
_LINE_ENDS: Final = re.compile(r"\n+")
_SIGNATURE: Final = "-- "


def unflowed(text: str, *, delete_space: bool) -> str:
    """Join the lines that end in a space with the next of the same quotation depth."""
    lines: list[list[str]] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(_QUOTES.match(line)[0])  # type: ignore[index]  # matches always
        content = line[depth:]
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != _SIGNATURE
        if flows and delete_space:
            content = content[:-1]
        if open_depth == depth and content != _SIGNATURE:
            lines[-1].append(content)  # joined at the end: a million lines may flow into one
        else:
            lines.append([f"{'>' * depth} {content}" if depth else content])
        open_depth = depth if flows else None
    return "\n".join("".join(pieces) for pieces in lines)


def unenriched(text: str) -> str:
    """Take the commands out of enriched text; a doubled `<` is one, a line's end a space, two of them one."""
    bare = _PARAMETER.sub("", text.replace("<<", "\ue0f3"))
    pieces = _KEPT_LINES.split(_NEW_LINE.sub("\n\n", bare))
    for at in range(0, len(pieces), 2):
        pieces[at] = _LINE_ENDS.sub(lambda ends: " " if len(ends[0]) == 1 else ends[0][1:], pieces[at])
    return _COMMAND.sub("", "".join(pieces)).replace("\ue0f3", "<")
