"""Where in a text the older mails are: quoted lines, the line above them, headers that Outlook puts before a history.

One pass over the lines with a look at a few neighbours each, so the time is the text's length. The rules:

- a line that begins with `>` is quoted; the line that says who wrote it ("Em … Ana escreveu:") belongs to it, even
  where it was wrapped into several;
- such a line with nothing quoted below it begins a history that was not marked: all below it is old;
- so is all below a block of header lines ("De: … Enviado: … Assunto: …") or a line "----- Mensagem original -----",
  unless it introduces a forwarded mail, which is told apart (`Lines.forwarded_at`).

"O gerente me escreveu:" is no such line: it must hold a date or an address, and begin as they do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.email.phrases import (
    ATTRIBUTION_BEGINS,
    ATTRIBUTION_ENDS,
    FORWARD_MARK,
    FROM_LABEL,
    OTHER_LABELS,
    REPLY_MARK,
)

__all__ = ["Lines", "find_history"]

_QUOTED: Final = re.compile(r"\s{0,3}[>\uff1e]")
_RULE: Final = re.compile(r"\s*[_\-=*]{5,}\s*$")
_FACT: Final = re.compile(r"\d{1,2}[:h]\d\d|\d{4}|[^\s@]@[^\s@]")
_WORTH_A_LOOK: Final = re.compile(r"(?=.*[^\W\d_])(?:.*[:\uff1a]|.*--|.*__|.*==|.*\d)")
_LONGEST_LINE: Final = 400
_WRAPPED_INTO: Final = 4
_LABELS_AHEAD: Final = 8
_LABELS_NEEDED: Final = 2
_MOST_TRIES: Final = 2000
"""Lines that begin like such a block. Who writes more of them writes a table."""


@dataclass(slots=True)
class Lines:
    """Which lines of a text are old."""

    old: set[int] = field(default_factory=set)
    forwarded_at: int | None = None
    """The line at which a forwarded mail begins."""


def find_history(lines: Sequence[str], *, is_forward: bool) -> Lines:
    """Mark the lines of older mails. `is_forward`: the subject says that a mail is forwarded."""
    found = Lines()
    labels = _Labels(lines)
    at = 0
    while at < len(lines):
        line = lines[at]
        if _QUOTED.match(line):
            found.old.add(at)
        elif len(line) <= _LONGEST_LINE and _WORTH_A_LOOK.match(line):
            if FORWARD_MARK.match(line):
                found.forwarded_at = at
                return found
            is_block = _is_header_block(lines, at, labels)
            if is_block or REPLY_MARK.match(line):
                begin = _with_rule(lines, at)
                if is_forward and not found.old:
                    found.forwarded_at = begin
                else:
                    found.old.update(range(begin, len(lines)))
                return found
            end = _attribution(lines, at)
            if end is not None:
                below = _next_full(lines, end + 1)
                if below is None or not _QUOTED.match(lines[below]):
                    found.old.update(range(at, len(lines)))
                    return found
                found.old.update(range(at, below))
                at = below
                continue
        at += 1
    return found


def _attribution(lines: Sequence[str], at: int) -> int | None:
    """Tell whether a line that says who wrote what follows begins here; give its last piece."""
    if not ATTRIBUTION_BEGINS.match(lines[at]):
        alone = lines[at].strip()
        if not alone.endswith((":", "\uff1a")):
            return None
        return at if _FACT.search(alone) and "@" in alone and ATTRIBUTION_ENDS.search(alone) else None
    joined = ""
    if not any(line.rstrip().endswith((":", "\uff1a")) for line in lines[at : at + _WRAPPED_INTO]):
        return None
    for end in range(at, min(at + _WRAPPED_INTO, len(lines))):
        if not lines[end].strip() or len(joined) + len(lines[end]) > _LONGEST_LINE:
            return None
        joined += f" {lines[end].strip()}"
        if ATTRIBUTION_ENDS.search(joined):
            return end if _FACT.search(joined) else None
    return None


class _Labels:
    """The label with which each line begins (`Assunto`), looked for once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._known: dict[int, str | None] = {}
        self.tries = 0

    def at(self, number: int) -> str | None:
        """Give a line's label; None where it has none, or where there is no such line."""
        if number not in self._known:
            line = self._lines[number] if number < len(self._lines) else ""
            label = OTHER_LABELS.match(line) if len(line) <= _LONGEST_LINE else None
            self._known[number] = label[0].strip(" >*_:\uff1a\t").casefold() if label else None
        return self._known[number]


def _is_header_block(lines: Sequence[str], at: int, labels: _Labels) -> bool:
    """Tell whether header lines of a mail begin here, as Outlook writes them above a history."""
    if not FROM_LABEL.match(lines[at]):
        return False
    labels.tries += 1
    if labels.tries > _MOST_TRIES:
        return False
    ahead = {labels.at(number) for number in range(at + 1, at + 1 + _LABELS_AHEAD)}
    return len(ahead - {None}) >= _LABELS_NEEDED


def _with_rule(lines: Sequence[str], at: int) -> int:
    """Take in the ruler above, and the empty lines between."""
    above = at - 1
    while above >= 0 and at - above <= _LABELS_NEEDED and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above]) else at


def _next_full(lines: Sequence[str], at: int) -> int | None:
    for ahead in range(at, min(at + _LABELS_AHEAD, len(lines))):
        if lines[ahead].strip():
            return ahead
    return None
