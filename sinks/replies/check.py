"""What is wrong with the settings of replies: a token for a department that there is not, a door without keys."""

from difflib import get_close_matches

from ouvidor.departments import department_names
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings
from sinks.replies.case import OMBUDSMAN

__all__ = ["check"]


def check(settings: Settings, *, connect: bool = False) -> list[str]:  # noqa: ARG001 - nothing here is away
    """Give the faults, a line each; what is wrong with the routing table is told by whoever reads it."""
    replies, where = settings.replies, settings.file
    found = []
    if replies.port is not None and not replies.tokens:
        found.append(f"{where}: replies.port: set, and nobody could reply; set replies.tokens.<department>_file")
    try:
        known = [*department_names(settings), OMBUDSMAN]
    except Misconfigured:
        return found
    for name in replies.tokens:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            found.append(f"{where}: replies.tokens.{name}: no such department; {mend}")
    return found
