"""Compound files (OLE), the container of Outlook's `.msg`: a file system in a file, read by what is asked for.

Not `olefile`: it recurses along the directory's trees and reads the whole directory first, so that a file made for it
takes Python's stack or minutes. Here every chain and tree remembers where it was, the entries are bounded, and all
streams together give no more bytes than the file has.

Source: [MS-CFB].
"""

from dataclasses import dataclass, field
from struct import Struct, iter_unpack, unpack_from
from typing import Final

__all__ = ["MAGIC", "Compound", "Entry"]

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NONE: Final = 0xFFFFFFFA
"""Sector numbers from here on mean an end, or none."""
_ENTRY: Final = Struct("<64sHBBIII16sIQQIQ")
_STORAGE, _STREAM = 1, 2
_MOST_ENTRIES: Final = 8_000
_HEADER: Final = 512
_LONGEST_NAME: Final = 64
_IN_HEADER: Final = 109


@dataclass(slots=True)
class Entry:
    """A file or a folder in it."""

    name: str
    is_folder: bool
    start: int
    size: int
    within: dict[str, "Entry"] = field(default_factory=dict)
    """Of a folder: what lies in it, by name."""


class Compound:
    """A compound file. Raises `ValueError` where it is none; what is broken inside is left out."""

    def __init__(self, data: bytes) -> None:
        """Read the directory."""
        if not data.startswith(MAGIC) or len(data) < _HEADER:
            raise ValueError("no compound file")
        self._data = data
        self._left = len(data)
        self._sector: int = 1 << min(max(unpack_from("<H", data, 30)[0], 7), 16)
        self._small: int = 1 << min(max(unpack_from("<H", data, 32)[0], 4), 12)
        first_directory, _, self._cutoff, first_small, _, first_fats, _ = unpack_from("<IIIIIII", data, 48)
        self._fat = self._table(self._fat_sectors(first_fats))
        self._small_fat = self._table(self._chain(first_small, self._fat, len(data) // self._sector + 1))
        self.root = Entry("", is_folder=True, start=_NONE, size=0)
        self._small_data = b""
        self._read_directory(first_directory)

    def stream(self, entry: Entry) -> bytes:
        """Give a file's bytes; as many as there are."""
        size = min(entry.size, self._left)
        if entry.size < self._cutoff:
            chain = self._chain(entry.start, self._small_fat, size // self._small + 1)
            pieces = (self._small_data[number * self._small : (number + 1) * self._small] for number in chain)
            content = b"".join(pieces)[:size]
        else:
            content = self._read(entry.start, size)
        self._left -= len(content)
        return content

    def _at(self, number: int) -> int:
        return (number + 1) * self._sector

    def _read(self, start: int, size: int) -> bytes:
        chain = self._chain(start, self._fat, size // self._sector + 1)
        return b"".join(self._data[self._at(number) : self._at(number + 1)] for number in chain)[:size]

    def _fat_sectors(self, first: int) -> list[int]:
        found = [number for (number,) in iter_unpack("<I", self._data[76 : 76 + 4 * _IN_HEADER])]
        seen: set[int] = set()
        while first < _NONE and first not in seen:
            seen.add(first)
            sector = self._data[self._at(first) : self._at(first + 1)]
            if len(sector) < self._sector:
                break
            *numbers, first = (number for (number,) in iter_unpack("<I", sector))
            found += numbers
        return [number for number in found if number < _NONE]

    def _table(self, sectors: list[int]) -> list[int]:
        most = len(self._data) // self._sector * 4 // self._sector + 1  # a table longer than the file is a lie
        content = b"".join(self._data[self._at(number) : self._at(number + 1)] for number in sectors[:most])
        return [number for (number,) in iter_unpack("<I", content[: len(content) // 4 * 4])]

    def _chain(self, start: int, table: list[int], most: int) -> list[int]:
        """Follow a chain so far as its stream is long: one that runs in a circle ends there too."""
        chain: list[int] = []
        seen: set[int] = set()
        while start < len(table) and len(chain) < most and start not in seen:
            seen.add(start)
            chain.append(start)
            start = table[start]
        return chain

    def _read_directory(self, first: int) -> None:
        content = self._read(first, min(len(self._data), _MOST_ENTRIES * _ENTRY.size))
        entries: list[tuple[Entry, int, int, int, int]] = []
        for raw in _ENTRY.iter_unpack(content[: len(content) // _ENTRY.size * _ENTRY.size]):
            name, length, kind, _, left, right, child, _, _, _, _, start, size = raw
            readable = name[: max(0, min(length, _LONGEST_NAME) - 2)].decode("utf-16-le", "replace")
            size = size if self._sector > _HEADER else size & 0xFFFFFFFF
            entries.append((Entry(readable, kind != _STREAM, start, size), kind, left, right, child))
        if not entries:
            return
        self.root = entries[0][0]
        self._small_data = self._read(self.root.start, min(self.root.size, len(self._data)))
        seen = {0}
        waiting = [(entries[0][4], self.root)]
        while waiting:
            number, folder = waiting.pop()
            if number >= len(entries) or number in seen:
                continue
            seen.add(number)
            entry, kind, left, right, child = entries[number]
            waiting += [(left, folder), (right, folder)]
            if kind in {_STORAGE, _STREAM}:
                folder.within.setdefault(entry.name, entry)
            if kind == _STORAGE:
                waiting.append((child, entry))
