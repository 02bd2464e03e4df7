"""What Outlook's objects say: the properties of a message that came as `winmail.dat` or `.msg`, as a letter.

Both containers hold the same properties under the same numbers; `tnef.py` and `msg.py` read them, here they are
understood. Of several forms of the body the plain one is taken, then HTML, then RTF, as anywhere else.

Source: [MS-OXPROPS], [MS-OXCMSG].
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from ingest.adapter import File
from ingest.email.attachments import file_named
from ingest.email.charset import clean, decode
from ingest.email.heads import Head, read_head
from ingest.email.html import charset_of, html_to_text
from ingest.email.rtf import decompressed, rtf_to_text

__all__ = ["Item", "Letter", "Value", "letter_of", "moment"]

Value = str | bytes | int

_SUBJECT, _BODY, _RTF, _HTML, _HEADERS = 0x0037, 0x1000, 0x1009, 0x1013, 0x007D
_CODE_PAGE, _INTERNET_CODE_PAGE, _CLASS = 0x3FFD, 0x3FDE, 0x001A
_SENDERS: Final = ((0x5D02, 0x0042), (0x5D01, 0x0C1A), (0x0065, 0x0042), (0x0C1F, 0x0C1A))
"""Address and name: for whom it was sent, who sent it, and the same with what may be an organisation's own address."""
_TIMES: Final = (0x0039, 0x0E06, 0x3007)
_IDS: Final = ((0x1035, "message-id"), (0x1042, "in-reply-to"), (0x1039, "references"))
_TO_AND_CC: Final = ((0x0E04, "to", 1), (0x0E03, "cc", 2))
"""The list in words, the header, and the kind of recipient that stands for it in the table."""
_DATA, _NAMES, _TYPE, _CONTENT_ID = 0x3701, (0x3707, 0x3704, 0x3001), 0x370E, 0x3712
_DEEPEST: Final = 3
_MOST_FILES: Final = 200


@dataclass(slots=True)
class Item:
    """A message, a recipient or an attachment: its properties by number."""

    properties: dict[int, Value] = field(default_factory=dict)
    attachments: list["Item"] = field(default_factory=list)
    recipients: list["Item"] = field(default_factory=list)
    embedded: "Item | None" = None
    """Of an attachment: the message that it is."""

    def text(self, *numbers: int) -> str:
        """Give the first of some properties that is there, as text."""
        for number in numbers:
            value = self.properties.get(number)
            if isinstance(value, bytes):
                value = decode(value, self.code_page(_CODE_PAGE))[0]
            if isinstance(value, str) and (settled := clean(value).strip("\0 ")):
                return settled
        return ""

    def data(self, number: int) -> bytes:
        """Give a property as bytes."""
        value = self.properties.get(number, b"")
        return (
            value.encode("utf-8", "replace") if isinstance(value, str) else value if isinstance(value, bytes) else b""
        )

    def code_page(self, number: int) -> str | None:
        """Give the name of the charset that a property names by its number."""
        value = self.properties.get(number)
        return _charset(value) if isinstance(value, int) else None


@dataclass(slots=True)
class Letter:
    """A message that was inside a file."""

    head: Head
    text: str
    files: list[File] = field(default_factory=list)
    letters: list["Letter"] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def moment(ticks: int) -> str | None:
    """Give Windows' count of tenths of microseconds since 1601 as a date of a mail."""
    try:
        return format_datetime(datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10))
    except (OverflowError, ValueError):
        return None


def letter_of(item: Item, *, within: int = 0) -> Letter:
    """Read an item as a letter. Nothing in it can fail, whatever its properties are."""
    letter = Letter(_head(item), "")
    letter.text = _body(item, letter.defects)
    for attachment in item.attachments[:_MOST_FILES]:
        if attachment.embedded is not None and within < _DEEPEST:
            letter.letters.append(letter_of(attachment.embedded, within=within + 1))
            continue
        content = attachment.data(_DATA)
        name = attachment.text(*_NAMES)
        if not content and not name:
            continue
        is_inline = bool(attachment.text(_CONTENT_ID))
        declared = attachment.text(_TYPE).lower() or "application/octet-stream"
        letter.files.append(file_named(name, declared, content, is_inline=is_inline))
    if len(item.attachments) > _MOST_FILES:
        letter.defects.append(f"arquivos: mais de {_MOST_FILES}, os outros estão no original")
    return letter


def _head(item: Item) -> Head:
    """Take the headers that came by the net, where they were kept; else write them from the properties."""
    if headers := item.data(_HEADERS).strip(b"\0\r\n "):
        head = read_head(headers, 0, len(headers))[0]
        if head.has("from") or head.has("date"):
            return Head(head.fields)
    fields = [("from", _sender(item)), ("date", _sent(item))]
    fields += [(name, _recipients(item, kind) or item.text(number).encode()) for number, name, kind in _TO_AND_CC]
    fields.append(("subject", " ".join(item.text(_SUBJECT, 0x0070, 0x0E1D).split()).encode()))
    fields += [(name, item.text(number).encode()) for number, name in _IDS]
    return Head([each for each in fields if each[1]])


def _sender(item: Item) -> bytes:
    for address, name in _SENDERS:
        its = item.text(address)
        if "@" in its:
            return _mailbox(item.text(name), its)
    return _mailbox(item.text(_SENDERS[-1][1]), "")


def _sent(item: Item) -> bytes:
    for number in _TIMES:
        ticks = item.properties.get(number)
        if isinstance(ticks, int) and (written := moment(ticks)):
            return written.encode()
    return b""


def _recipients(item: Item, kind: int) -> bytes:
    its = (each for each in item.recipients[:_MOST_FILES] if each.properties.get(0x0C15) == kind)
    return b", ".join(_mailbox(each.text(0x3001), each.text(0x39FE, 0x3003)) for each in its)


def _mailbox(name: str, address: str) -> bytes:
    quoted = '"' + name.replace("\\", "").replace('"', "").strip("'") + '"' if name else ""
    return f"{quoted} <{address}>".encode() if "@" in address else quoted.encode()


def _body(item: Item, defects: list[str]) -> str:
    if plain := item.text(_BODY):
        return plain
    if text := html_to_text(_html(item, defects))[0]:
        return text
    if compressed := item.data(_RTF):
        rtf, defect = decompressed(compressed)
        defects += [defect] if defect else []
        text, is_html = rtf_to_text(rtf)
        return html_to_text(text)[0] if is_html else text
    return ""


def _html(item: Item, defects: list[str]) -> str:
    html = item.properties.get(_HTML)
    if not isinstance(html, bytes):
        return clean(html) if isinstance(html, str) else ""
    words, defect = decode(html, charset_of(html) or item.code_page(_INTERNET_CODE_PAGE))
    defects += [defect] if defect else []
    return clean(words)


def _charset(number: int) -> str | None:
    known = {65001: "utf-8", 1200: "utf-16-le", 20127: "us-ascii", 28591: "cp1252", 20866: "koi8-r", 21866: "koi8-u"}
    known |= {50220: "iso-2022-jp", 50221: "iso-2022-jp", 51932: "euc-jp", 51949: "euc-kr", 54936: "gb18030"}
    known |= {28590 + part: f"iso-8859-{part}" for part in range(2, 16)}
    return known.get(number, f"cp{number}" if 0 < number < 65000 else None)  # noqa: PLR2004 - beyond are transforms
