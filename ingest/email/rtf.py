"""Rich text: unpacked as Outlook packs it, and read as words or as the HTML that is hidden in it.

Outlook keeps a mail's HTML inside RTF, each tag in a group that RTF readers skip; where that is so, the HTML is given.
One pass over the commands with a stack for the groups, both bounded, and so is what packing can blow up.

Source: [MS-OXRTFCP] (packing), [MS-OXRTFEX] (HTML inside), Rich Text Format 1.9.1.
"""

import re
from dataclasses import dataclass, replace
from struct import unpack_from
from typing import Final

from ingest.email.charset import clean, decode

__all__ = ["decompressed", "rtf_to_text"]

_LONGEST: Final = 4 * 2**20
_MOST_COMMANDS: Final = 300_000
_DEEPEST: Final = 500
_DICTIONARY: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_COMPRESSED, _UNCOMPRESSED = b"LZFu", b"MELA"
_WINDOW: Final = 4096
_TOKEN: Final = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?\d{1,9})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SIGNS: Final = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"cell": "\t",
    b"emdash": "—", b"endash": "\u2013", b"bullet": "•", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "“", b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_SKIPPED: Final = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"listtable", b"listoverridetable", b"header"}
    | {b"footer", b"headerl", b"headerr", b"footerl", b"footerr", b"themedata", b"datastore", b"generator", b"fldinst"}
)
_FONT_CHARSETS: Final = {
    0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_SYMBOL: Final = 2


def decompressed(data: bytes) -> tuple[bytes, str | None]:
    """Unpack RTF, and say what was wrong, if anything."""
    if len(data) < 16:  # noqa: PLR2004 - the header's length
        return b"", "RTF compactado: está cortado"
    size, kind = unpack_from("<I4s", data, 4)
    if kind == _UNCOMPRESSED:
        return data[16 : 16 + size], None
    if kind != _COMPRESSED:
        return b"", "RTF compactado: não tem a forma que deveria ter"
    most = min(size, _LONGEST)
    unpacked, is_whole = _unpacked(data, len(_DICTIONARY) + most)
    if not is_whole:
        return unpacked, "RTF compactado: com defeito, lido até onde dá"
    defect = f"RTF compactado: mais de {_LONGEST} bytes, o resto está no original" if size > _LONGEST else None
    return unpacked[:most], defect


def _unpacked(data: bytes, most: int) -> tuple[bytes, bool]:
    """Unpack until there are so many bytes; and tell whether all made sense."""
    out = bytearray(_DICTIONARY)
    begin = len(_DICTIONARY)
    at, end = 16, len(data)
    while at < end and len(out) < most:
        flags = data[at]
        at += 1
        for bit in range(8):
            is_reference = flags >> bit & 1
            if at + is_reference >= end or len(out) >= most:
                break
            if not is_reference:
                out.append(data[at])
                at += 1
                continue
            place, length = data[at] << 4 | data[at + 1] >> 4, (data[at + 1] & 15) + 2
            at += 2
            back = (len(out) - place) % _WINDOW
            if back == 0:  # a place that is not written yet is the end
                return bytes(memoryview(out)[begin:]), True
            if back > len(out):
                return bytes(memoryview(out)[begin:]), False
            for _ in range(length):
                out.append(out[-back])
    return bytes(memoryview(out)[begin:]), True


@dataclass(slots=True)
class _Group:
    """What holds until a `}`."""

    skips: bool = False
    in_tag: bool = False
    only_rtf: bool = False
    fonts: bool = False
    font: int = -1
    unicode_skip: int = 1


def rtf_to_text(rtf: bytes) -> tuple[str, bool]:
    """Give the words, or the HTML that is inside; and whether it is that."""
    is_html = b"\\fromhtml" in rtf[:4096]
    reader = _Reader(is_html=is_html)
    text = clean(reader.read(rtf[:_LONGEST]))
    return (text, True) if is_html else (re.sub(r"[ \t]+\n", "\n", text.replace("•\t", "• ")).strip("\n"), False)


class _Reader:
    def __init__(self, *, is_html: bool) -> None:
        self._is_html = is_html
        self._groups: list[_Group] = []
        self._now = _Group()
        self._out: list[str] = []
        self._bytes = bytearray()
        self._charset = "cp1252"
        self._fonts: dict[int, int] = {}
        self._star = False
        self._skip = 0
        """Signs to be left out, which stand for a Unicode sign where it is not known."""

    def read(self, rtf: bytes) -> str:
        for count, token in enumerate(_TOKEN.finditer(rtf)):
            if count == _MOST_COMMANDS:
                break
            word, number, code, sign, brace, words = token.groups()
            if brace is not None:
                self._brace(brace)
            elif word is not None:
                self._command(word, int(number) if number else None)
            elif code is not None:
                self._put_bytes(bytes((int(code, 16),)))
            elif sign is not None:
                self._sign(sign)
            elif words is not None:
                self._put_bytes(words)
        self._settle()
        return "".join(self._out)

    def _brace(self, brace: bytes) -> None:
        self._settle()
        self._star = False
        self._skip = 0
        if brace == b"{":
            if len(self._groups) < _DEEPEST:
                self._groups.append(replace(self._now))
        elif self._groups:
            self._now = self._groups.pop()

    def _shows(self) -> bool:
        return not self._now.skips and (self._now.in_tag or not (self._is_html and self._now.only_rtf))

    def _put_bytes(self, data: bytes) -> None:
        if self._skip:
            left = min(self._skip, len(data))
            self._skip -= left
            data = data[left:]
        if self._shows():
            self._bytes += data

    def _put(self, text: str) -> None:
        if self._shows():
            self._settle()
            self._out.append(text)

    def _settle(self) -> None:
        """Decode what was gathered, in the charset of its font."""
        if not self._bytes:
            return
        data = bytes(self._bytes)
        self._bytes.clear()
        if data.isascii():
            self._out.append(data.decode("ascii"))
            return
        number = self._fonts.get(self._now.font)
        if number == _SYMBOL:
            self._out.append(data.replace(b"\xb7", b"*").decode("ascii", "ignore").replace("*", "•"))
            return
        charset = _FONT_CHARSETS.get(number, self._charset) if number else self._charset
        try:
            self._out.append(data.decode(charset))
        except (UnicodeError, LookupError):
            self._out.append(decode(data)[0])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._star = True
        elif sign == b"~":
            self._put("\xa0")
        elif sign in b"\r\n":
            self._put("\n")
        elif sign == b"_":
            self._put("-")
        elif sign in b"{}\\":
            self._put_bytes(sign)

    def _command(self, word: bytes, number: int | None) -> None:
        if word == b"u" and number is not None:
            self._put(_unicode(number))
            self._skip = self._now.unicode_skip
        elif (its := _SIGNS.get(word)) is not None:
            self._put("\r\n" if its == "\n" and self._is_html else its)
        elif word == b"htmltag" and self._star:
            self._settle()
            self._now.skips, self._now.in_tag = False, True
        elif word == b"htmlrtf":
            self._settle()
            self._now.only_rtf = number != 0
        elif self._star or word in _SKIPPED:
            self._now.skips = True
            self._now.fonts = word == b"fonttbl"
        else:
            self._setting(word, number)
        self._star = False

    def _setting(self, word: bytes, number: int | None) -> None:
        if word == b"f" and number is not None:
            self._settle()
            self._now.font = number
        elif word == b"fcharset" and number is not None and self._now.fonts:
            self._fonts[self._now.font] = number
        elif word == b"ansicpg" and number is not None:
            self._charset = "utf-8" if number == 65001 else f"cp{number}"  # noqa: PLR2004 - Windows' number of UTF-8
        elif word == b"uc" and number is not None:
            self._now.unicode_skip = max(0, min(number, 10))


def _unicode(number: int) -> str:
    code = number & 0xFFFF
    return chr(code)
