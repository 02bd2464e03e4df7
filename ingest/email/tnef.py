"""`winmail.dat`: what Outlook wraps a mail into when it takes the receiver for another Outlook (TNEF).

A row of attributes with length and checksum (which no reader minds), in two generations: the old ones for body and
files, and a list of MAPI properties for the rest. Both are read, the properties win. What is cut off is read as far as
it goes.

Not `tnefparse`: it holds every attribute's bytes several times over and is no longer kept.

Source: [MS-OXTNEF].
"""

from dataclasses import dataclass
from struct import Struct, error, unpack_from
from typing import Final

from ingest.email.mapi import Item, Value

__all__ = ["MAGIC", "read_tnef"]

MAGIC: Final = b"\x78\x9f\x3e\x22"
_ATTRIBUTE: Final = Struct("<BII")
_FROM, _SUBJECT, _MESSAGE_CLASS, _BODY, _MESSAGE_ID = 0x8000, 0x8004, 0x8008, 0x800C, 0x8009
_FILE_DATA, _FILE_NAME, _FILE_BEGINS = 0x800F, 0x8010, 0x9002
_PROPERTIES, _FILE_PROPERTIES, _CODE_PAGE = 0x9003, 0x9005, 0x9007
_MOST_ATTRIBUTES: Final = 5000
_MOST_PROPERTIES: Final = 3000
_DEEPEST: Final = 4
_NAMED: Final = 0x8000
_MANY: Final = 0x1000
_FIXED: Final = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_NUMBERS: Final = frozenset({0x02, 0x03, 0x0B, 0x14, 0x40})
_TEXT8, _TEXT16, _BYTES, _OBJECT = 0x1E, 0x1F, 0x0102, 0x0D
_INTERFACE: Final = 16
"""Bytes of the interface's name before an object's own."""


def read_tnef(data: bytes, *, within: int = 0) -> tuple[Item, str | None]:
    """Give the message in it, and what was wrong, if anything."""
    item = Item()
    file: Item | None = None
    if not data.startswith(MAGIC):
        return item, "winmail.dat: não tem a forma que deveria ter"
    at = 6
    for _ in range(_MOST_ATTRIBUTES):
        if at + _ATTRIBUTE.size > len(data):
            return item, None
        _, tag, length = _ATTRIBUTE.unpack_from(data, at)
        at += _ATTRIBUTE.size
        kind = tag & 0xFFFF
        if kind == _FILE_BEGINS:
            file = Item()
            item.attachments.append(file)
        elif kind in {_FILE_DATA, _FILE_NAME, _FILE_PROPERTIES}:
            if file is None:
                file = Item()
                item.attachments.append(file)
            _read_file(kind, data[at : at + length], file, item, within)
        else:
            _read_message(kind, data[at : at + length], item, within)
        at += length + 2
        if at > len(data) + 2:
            return item, "winmail.dat: está cortado"
    return item, f"winmail.dat: mais de {_MOST_ATTRIBUTES} atributos, os outros estão no original"


def _read_message(kind: int, value: bytes, item: Item, within: int) -> None:
    if kind == _PROPERTIES:
        item.properties.update(_properties(value, within).properties)
    elif kind == _CODE_PAGE and len(value) >= 4:  # noqa: PLR2004 - a number of 32 bits
        item.properties.setdefault(0x3FFD, unpack_from("<I", value)[0])
    elif kind == _SUBJECT:
        item.properties.setdefault(0x0037, value.rstrip(b"\0"))
    elif kind == _BODY:
        item.properties.setdefault(0x1000, value.rstrip(b"\0"))
    elif kind == _FROM and len(value) > 8:  # noqa: PLR2004 - a structure of four numbers comes first
        _, _, name, address = unpack_from("<4H", value)
        item.properties.setdefault(0x0C1A, value[8 : 8 + name].rstrip(b"\0"))
        item.properties.setdefault(0x0C1F, value[8 + name : 8 + name + address].rstrip(b"\0").partition(b":")[2])


def _read_file(kind: int, value: bytes, file: Item, item: Item, within: int) -> None:
    if code_page := item.properties.get(0x3FFD):
        file.properties.setdefault(0x3FFD, code_page)
    if kind == _FILE_DATA:
        file.properties.setdefault(0x3701, value)
    elif kind == _FILE_NAME:
        file.properties.setdefault(0x3704, value.rstrip(b"\0"))
    else:
        found = _properties(value, within)
        file.properties.update(found.properties)
        file.embedded = found.embedded


@dataclass(slots=True)
class _Cursor:
    data: bytes
    at: int = 0

    def number(self) -> int:
        (value,) = unpack_from("<I", self.data, self.at)
        self.at += 4
        return int(value)

    def take(self, length: int) -> bytes:
        """Give so many bytes, and go on at the next place that is a multiple of four."""
        if self.at + length > len(self.data):
            raise ValueError("cut off")
        value = self.data[self.at : self.at + length]
        self.at += -(-length // 4) * 4
        return value


def _properties(data: bytes, within: int) -> Item:
    """Read a list of MAPI properties; what comes after something broken is lost."""
    item = Item()
    cursor = _Cursor(data)
    try:
        for _ in range(min(cursor.number(), _MOST_PROPERTIES)):
            tag = cursor.number()
            kind, number = tag & 0xFFFF, tag >> 16
            if number >= _NAMED:
                cursor.take(16)
                if cursor.number() == 0:
                    cursor.take(4)
                else:
                    cursor.take(cursor.number())
            value = _value(kind, cursor)
            if kind == _OBJECT and isinstance(value, bytes) and number == 0x3701:  # noqa: PLR2004 - a file's data
                _, inner = value[:_INTERFACE], value[_INTERFACE:]
                if inner.startswith(MAGIC) and within < _DEEPEST:
                    item.embedded = read_tnef(inner, within=within + 1)[0]
                    continue
                value = inner
            if value is not None and number < _NAMED:
                item.properties[number] = value
    except (error, ValueError):
        return item
    return item


def _value(kind: int, cursor: _Cursor) -> Value | None:
    """Read a property's value; of several only the first."""
    base = kind & ~_MANY
    if base in _FIXED:
        values = [
            cursor.take(_FIXED[base]) for _ in range(min(cursor.number(), _MOST_PROPERTIES) if kind & _MANY else 1)
        ]
        first = values[0] if values else b""
        return int.from_bytes(first[: 2 if base in {0x02, 0x0B} else 8], "little") if base in _NUMBERS else None
    if base not in {_TEXT8, _TEXT16, _BYTES, _OBJECT}:
        raise ValueError("unknown type of a property")
    values = [cursor.take(cursor.number()) for _ in range(min(cursor.number(), _MOST_PROPERTIES))]
    if not values:
        return None
    if base == _TEXT16:
        return values[0].decode("utf-16-le", "replace").rstrip("\0")
    return values[0].rstrip(b"\0") if base == _TEXT8 else values[0]
