"""Folder names on the wire: modified UTF-7 in quotes.

imaplib2 sends what it is given, so an unquoted name with a space would be two arguments, and one with an umlaut an
exception.

Source: RFC 3501, 5.1.3, "Mailbox International Naming Convention".
"""

import re
from base64 import b64encode
from typing import Final

__all__ = ["on_the_wire"]

_NOT_PRINTABLE_ASCII: Final = re.compile(r"[^\x20-\x7e]+")


def on_the_wire(folder: str) -> str:
    """Write a folder's name as an IMAP command's argument."""
    encoded = _NOT_PRINTABLE_ASCII.sub(_shift, folder.replace("&", "&-"))
    escaped = encoded.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _shift(run: re.Match[str]) -> str:
    """Encode a run of other characters: base 64 of UTF-16, with a comma for the slash and without padding."""
    words = b64encode(run[0].encode("utf-16-be")).decode("ascii")
    return f"&{words.rstrip('=').replace('/', ',')}-"
