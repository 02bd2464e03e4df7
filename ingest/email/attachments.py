"""Attachments: their names made safe, what they really are, and whether they belong to the text or to a signature.

A name is what the sender calls it, not where it is to be written: paths, control characters and signs that turn the
direction of writing (`exe.fdp` shown as `pdf.exe`) are taken out.
"""

import re
import unicodedata
from dataclasses import replace
from struct import unpack_from
from typing import Final, Literal

from ingest.adapter import File
from ingest.email.kinds import real_type
from ingest.email.structure import Part
from ingest.email.words import decode_words

__all__ = ["as_shown", "file_named", "file_of", "safe_name"]

_LONGEST: Final = 150
_LONGEST_ENDING: Final = 12
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
_PLAIN_NAME: Final = re.compile(r"[^\\/:?#]{1,200}\.[A-Za-z0-9]{1,5}")
_LOGO: Final = re.compile(
    r"(?i)logo|facebook|instagram|linkedin|twitter|youtube|whatsapp-?icon|assinatura|signature|icon|spacer"
)
_SMALL_BYTES: Final = 6 * 1024
_SMALL_SIDE: Final = 120
_FRAMES: Final = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
"""JPEG's markers that tell the picture's size."""


def file_of(part: Part, name: str | None = None) -> tuple[File, str | None]:
    """Give a part as a file, and what was wrong with its encoding, if anything."""
    content, defect = part.content()
    given = name or part.disposition_parameters.get("filename") or part.parameters.get("name") or _by_location(part)
    return file_named(given, part.media_type, content, is_inline=part.disposition == "inline"), defect


def _by_location(part: Part) -> str | None:
    """Give the file's name where it is told as a place within the mail (Apple, web pages saved as mails)."""
    location = "".join(decode_words(part.head.first("content-location"))[0].split())
    return location if _PLAIN_NAME.fullmatch(location) else None


def as_shown(file: File) -> File:
    """Give a file that the mail's HTML shows."""
    return replace(file, role=_role(file.name, file.real_type or file.media_type, file.content))


def file_named(given: str | None, declared: str, content: bytes, *, is_inline: bool = False) -> File:
    """Give a file by its parts."""
    name, found = safe_name(given), real_type(content)
    role = _role(name, found or declared, content) if is_inline else "attachment"
    return File(name=name, media_type=declared, content=content, real_type=found, role=role)


def safe_name(given: str | None) -> str | None:
    """Make a name that may be shown and stored. None where nothing is left of it."""
    if not given:
        return None
    last = re.split(r"[\\/]", given.replace("\0", ""))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})
    if len(visible) > 2 and visible[0] == visible[-1] == "'":  # noqa: PLR2004 - quotation marks of a shell's habit
        visible = visible[1:-1]
    settled = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", visible)).strip(" .")
    if not settled.strip("_"):
        return None
    if len(settled) > _LONGEST:
        stem, dot, ending = settled.rpartition(".")
        kept = f"{dot}{ending}" if stem and len(ending) <= _LONGEST_ENDING else ""
        settled = settled[: _LONGEST - len(kept)] + kept
    return settled


def _role(name: str | None, kind: str, content: bytes) -> Literal["attachment", "inline", "logo"]:
    if not kind.startswith("image/"):
        return "attachment"
    return "logo" if _is_logo(name, content) else "inline"


def _is_logo(name: str | None, content: bytes) -> bool:
    """Tell a picture that decorates from one that shows something."""
    if name and _LOGO.search(name):
        return True
    if (size := _size(content)) is not None:
        return min(size) <= _SMALL_SIDE
    return 0 < len(content) <= _SMALL_BYTES


def _size(content: bytes) -> tuple[int, int] | None:
    """Give a picture's width and height, where its head tells them."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:  # noqa: PLR2004 - the head's length
        width, height = unpack_from(">II", content, 16)
        return width, height
    if content.startswith(b"GIF8") and len(content) >= 10:  # noqa: PLR2004 - the head's length
        width, height = unpack_from("<HH", content, 6)
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(100):  # segments before the picture
        if at + 9 > len(content) or content[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            return None
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            height, width = unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + length
    return None
