"""Attachments: their names made safe, their bytes and kinds as declared.

A name is what the sender calls it, not where it is to be written: paths, control characters and signs that turn the
direction of writing (`exe.fdp` shown as `pdf.exe`) are taken out.
"""

import re
import unicodedata
from typing import Final

from ingest.adapter import File
from ingest.email.structure import Part

__all__ = ["file_of", "safe_name"]

_LONGEST: Final = 150
_LONGEST_ENDING: Final = 12
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')


def file_of(part: Part, name: str | None = None) -> tuple[File, str | None]:
    """Give a part as a file, and what was wrong with its encoding, if anything."""
    content, defect = part.content()
    given = name or part.disposition_parameters.get("filename") or part.parameters.get("name")
    return File(name=safe_name(given), media_type=part.media_type, content=content), defect


def safe_name(given: str | None) -> str | None:
    """Make a name that may be shown and stored. None where nothing is left of it."""
    if not given:
        return None
    last = re.split(r"[\\/]", given.replace("\0", ""))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})
    settled = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", visible)).strip(" .")
    if not settled.strip("_"):
        return None
    if len(settled) > _LONGEST:
        stem, dot, ending = settled.rpartition(".")
        kept = f"{dot}{ending}" if stem and len(ending) <= _LONGEST_ENDING else ""
        settled = settled[: _LONGEST - len(kept)] + kept
    return settled
