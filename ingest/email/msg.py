"""Outlook's `.msg`: a message as a compound file.

A property of fixed length stands in a list, one of variable length in a stream that is named for it; recipients, files
and messages inside are folders.

Source: [MS-OXMSG].
"""

import re
from struct import Struct
from typing import Final

from ingest.email.compound import MAGIC, Compound, Entry
from ingest.email.mapi import Item

__all__ = ["MAGIC", "is_msg", "read_msg"]

_STREAM: Final = re.compile(r"__substg1\.0_([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})")
_LIST: Final = "__properties_version1.0"
_ATTACHMENT, _RECIPIENT = "__attach_version1.0_", "__recip_version1.0_"
_EMBEDDED: Final = "__substg1.0_3701000D"
_PROPERTY: Final = Struct("<HHIQ")
_TOP, _WITHIN, _PART = 32, 24, 8
"""Bytes before the list: of the file's message, of one inside it, of a file or recipient."""
_NUMBERS: Final = {0x02: 0xFFFF, 0x03: 0xFFFFFFFF, 0x0B: 0xFFFF, 0x14: 2**64 - 1, 0x40: 2**64 - 1}
_TEXT8, _TEXT16, _BYTES = 0x1E, 0x1F, 0x0102
_DEEPEST: Final = 4
_MOST_PARTS: Final = 1000
_NAME_IN_FILE: Final = "__properties_version1.0".encode("utf-16-le")


def is_msg(data: bytes) -> bool:
    """Tell a message from other compound files (Word, Excel)."""
    return data.startswith(MAGIC) and _NAME_IN_FILE in data


def read_msg(data: bytes) -> tuple[Item, str | None]:
    """Give the message in it, and what was wrong, if anything."""
    try:
        file = Compound(data)
    except ValueError:
        return Item(), ".msg: não tem a forma que deveria ter"
    item = _item(file, file.root, _TOP, within=0)
    return item, None if item.properties else ".msg: não foi possível ler nada dele"


def _item(file: Compound, folder: Entry, offset: int, *, within: int) -> Item:
    item = Item()
    if (fixed := folder.within.get(_LIST)) is not None:
        _read_list(file.stream(fixed)[offset:], item)
    _read_streams(file, folder, item)
    parts = sorted(name for name, entry in folder.within.items() if entry.is_folder)
    for name in parts[:_MOST_PARTS]:
        entry = folder.within[name]
        if name.startswith(_RECIPIENT):
            item.recipients.append(_with_code_page(_item(file, entry, _PART, within=_DEEPEST), item))
        elif name.startswith(_ATTACHMENT):
            attachment = _with_code_page(_item(file, entry, _PART, within=within), item)
            inner = entry.within.get(_EMBEDDED)
            if inner is not None and inner.is_folder and within < _DEEPEST:
                attachment.embedded = _item(file, inner, _WITHIN, within=within + 1)
            item.attachments.append(attachment)
    return item


def _read_streams(file: Compound, folder: Entry, item: Item) -> None:
    for name, entry in folder.within.items():
        found = None if entry.is_folder else _STREAM.fullmatch(name)
        if found is None:
            continue
        number, kind = int(found[1], 16), int(found[2], 16)
        if kind == _TEXT16:
            item.properties[number] = file.stream(entry).decode("utf-16-le", "replace")
        elif kind in {_TEXT8, _BYTES}:
            item.properties.setdefault(number, file.stream(entry))


def _with_code_page(part: Item, item: Item) -> Item:
    if (code_page := item.properties.get(0x3FFD)) is not None:
        part.properties.setdefault(0x3FFD, code_page)
    return part


def _read_list(content: bytes, item: Item) -> None:
    for kind, number, _, value in _PROPERTY.iter_unpack(content[: len(content) // _PROPERTY.size * _PROPERTY.size]):
        if (mask := _NUMBERS.get(kind)) is not None:
            item.properties.setdefault(number, value & mask)
