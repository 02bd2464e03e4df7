"""A part's bytes as the text that its reader would see: charset, form, and what was put around it.

Mailers mislabel: HTML that is sent as plain text is read as HTML, and text without a tag that is sent as HTML keeps
its lines.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from ingest.adapter import File
from ingest.email.at_most import letters_at_most
from ingest.email.attachments import file_named
from ingest.email.charset import clean, decode
from ingest.email.flowed import unenriched, unflowed
from ingest.email.html import LONGEST as LONGEST_HTML
from ingest.email.html import charset_of, html_to_text
from ingest.email.inside import files_inside
from ingest.email.pgp import without_signature_block
from ingest.email.rtf import rtf_to_text
from ingest.email.structure import Part
from ingest.email.transfer import PLAIN, decode_transfer, undeclared

__all__ = ["Text", "read_text"]

_LONGEST: Final = 4 * 2**20
_LONGEST_RAW: Final = 6 * 2**20
"""Bytes that are decoded at all: what is longer is no text that anybody wrote."""
_IS_HTML: Final = re.compile(
    r"\s*(?:<!doctype html|<html[\s>]|<(?:head|body|meta|style)[\s>][^\n]{0,2000}<)", re.IGNORECASE
)
_TAG: Final = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9:]{0,20}[\s/>]|/[a-zA-Z]|!--|!doctype)", re.IGNORECASE)
_PICTURE: Final = re.compile(r"""(?i)\bcid:([^"'\s>)]{1,300})""")


@dataclass(slots=True)
class Text:
    """What a text part says."""

    words: str
    files: list[File] = field(default_factory=list)
    pictures: frozenset[str] = frozenset()
    """The ids of the parts that its HTML shows."""
    defects: list[str] = field(default_factory=list)


def read_text(part: Part, *, unless_below: int = 0) -> Text:
    """Read a text part. HTML that says no more than `unless_below` letters is not read for its words."""
    raw = part.raw
    text = Text("")
    if len(raw) > _LONGEST_RAW:
        raw = raw[:_LONGEST_RAW]
        text.defects.append(f"texto: mais de {_LONGEST_RAW} bytes, o resto está no original")
    data, defect = decode_transfer(raw, part.encoding)
    if part.encoding in PLAIN and (hidden := undeclared(data)) is not None:
        data, defect = hidden
    declared = part.parameters.get("charset")
    if part.media_type == "text/html":
        declared = declared or charset_of(data)
    words, its = decode(data, declared)
    text.defects += [each for each in (defect, its) if each]
    _settle(text, clean(words), part, unless_below)
    if len(text.words) > _LONGEST:
        text.words = text.words[:_LONGEST]
        text.defects.append(f"texto: mais de {_LONGEST} caracteres, o resto está no original")
    text.words = text.words.strip("\n")
    return text


def _settle(text: Text, words: str, part: Part, unless_below: int) -> None:
    kind = part.media_type
    if kind in {"text/enriched", "text/richtext"}:
        text.words = unenriched(words)
    elif kind == "text/rtf":
        text.words = rtf_to_text(words.encode("cp1252", "replace"))[0]
    elif (kind == "text/html" and _TAG.search(words, 0, LONGEST_HTML)) or _IS_HTML.match(words):
        text.pictures = frozenset(_PICTURE.findall(words)) if "cid:" in words.lower() else frozenset()
        if not unless_below or letters_at_most(words) > unless_below:
            text.words, its = html_to_text(words)
            text.defects += [its] if its else []
    elif kind == "text/html":
        text.words = clean(unescape(words)).replace("\xa0", " ") if "&" in words else words
    else:
        if part.parameters.get("format", "").lower() == "flowed":
            words = unflowed(words, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        words, its = without_signature_block(words)
        text.words, files, defects = files_inside(words)
        text.files = [file_named(name, "application/octet-stream", content) for name, content in files]
        text.defects += [*([its] if its else []), *defects]
