"""`multipart/form-data`: the parts of a form, as many as can be read.

A part that is cut off in the middle, by a connection that broke or a limit, is kept as far as it came: the words stand
before the files, and half a photograph still says that there was one.

Source: RFC 7578; python-multipart 0.0.34, whose parser calls back while it reads, so that what came before an error is
not lost by it.
"""

from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

__all__ = ["Part", "boundary_of", "read_parts"]

_MOST_HEADERS: Final = 64
_LONGEST_HEADERS: Final = 64 * 1024
_MOST_PARTS: Final = 10_000


@dataclass(slots=True)
class Part:
    """One part: its headers by names in lower case, and its bytes."""

    headers: dict[str, str] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)
    whole: bool = False

    @property
    def name(self) -> bytes | None:
        """The field's name, as it came."""
        return self._option(b"name")

    @property
    def filename(self) -> bytes | None:
        """The file's name, as it came; None where the part is no file."""
        return self._option(b"filename")

    @property
    def media_type(self) -> str | None:
        """What the part says it is."""
        return self.headers.get("content-type")

    def _option(self, name: bytes) -> bytes | None:
        return parse_options_header(self.headers.get("content-disposition"))[1].get(name)


def boundary_of(media_type: str) -> bytes | None:
    """Give the boundary between the parts, which stands in the media type."""
    return parse_options_header(media_type)[1].get(b"boundary") or None


def read_parts(body: bytes, boundary: bytes) -> tuple[list[Part], bool]:
    """Read all parts that can be read; and say whether that was all, to the closing boundary."""
    reading = _Reading()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reading.begin,
                "on_part_data": reading.data,
                "on_part_end": reading.end,
                "on_header_field": reading.header_name,
                "on_header_value": reading.header_value,
                "on_header_end": reading.header_end,
                "on_end": reading.all_read,
            },
            max_header_count=_MOST_HEADERS,
            max_header_size=_LONGEST_HEADERS,
        )
        parser.write(body)
    except (FormParserError, _TooManyPartsError):
        return reading.parts, False
    return reading.parts, reading.ended


class _TooManyPartsError(Exception):
    """More parts than any form has."""


class _Reading:
    """What the parser calls back, written down."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ended = False
        self._name = self._value = b""

    def begin(self) -> None:
        if len(self.parts) >= _MOST_PARTS:
            raise _TooManyPartsError
        self.parts.append(Part())

    def data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].content += data[start:end]

    def end(self) -> None:
        self.parts[-1].whole = True

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        self.parts[-1].headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._name = self._value = b""

    def all_read(self) -> None:
        self.ended = True
