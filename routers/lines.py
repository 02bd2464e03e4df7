"""Lines of NDJSON, from a file or from stdin, with the place of each: an error says which line it speaks of."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ouvidor.errors import Rejected
from ouvidor.records import Message

__all__ = ["STDIN", "lines", "messages"]

STDIN = "-"


def lines(file: str) -> Iterator[tuple[str, bytes]]:
    """Give a file's lines that hold something, and where they are. Raises `Rejected` where it cannot be read."""
    source = sys.stdin.buffer if file == STDIN else _opened(Path(file))
    with source:
        for number, line in enumerate(source, start=1):
            if line.strip():
                yield f"{'stdin' if file == STDIN else file}:{number}", line


def messages(file: str) -> Iterator[tuple[str, Message]]:
    """Give messages by id, as `ouvidor ingest parse` prints them. Raises `Rejected` that names the line."""
    for place, line in lines(file):
        try:
            message = Message.model_validate_json(line)
        except ValidationError as error:
            raise Rejected(f"{place}: no message as `ouvidor ingest parse` prints it: {error.title}") from None
        yield str(message.id), message


def _opened(path: Path) -> Any:  # noqa: ANN401 - a binary file
    try:
        return path.open("rb")
    except OSError as error:
        raise Rejected(f"{path}: cannot be read: {error.strerror}") from error
