"""Which folder the settings mean: a well-known name, an id, or names as mail programs show them.

Source: Microsoft Graph, "mailFolder resource type" (well-known names), "List childFolders".
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

__all__ = ["find"]

_WELL_KNOWN: Final = frozenset(
    {"inbox", "archive", "junkemail", "sentitems", "deleteditems", "drafts", "outbox", "clutter", "msgfolderroot"}
)
_ID: Final = re.compile(r"[A-Za-z0-9_=-]{80,}")

Ask = Callable[[str], Awaitable[Mapping[str, Any]]]


async def find(folder: str, ask: Ask) -> str | None:
    """Give the folder's id or well-known name. None: there is no such folder. `ask` takes a path below the mailbox."""
    first, *rest = folder.split("/")
    if _ID.fullmatch(folder):
        return folder
    if first.casefold() in _WELL_KNOWN:
        found = first.casefold()
    else:
        found, rest = "msgfolderroot", [first, *rest]
    for name in rest:
        wanted = quote("displayName eq '{}'".format(name.replace("'", "''")))
        said = await ask(f"/mailFolders/{found}/childFolders?$select=id&includeHiddenFolders=true&$filter={wanted}")
        children = said.get("value")
        child = children[0] if isinstance(children, list) and children else None
        if not isinstance(child, dict) or not isinstance(child.get("id"), str):
            return None
        found = child["id"]
    return found
