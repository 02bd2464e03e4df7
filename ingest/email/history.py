"""Where in a text the older mails are: quoted lines, the line above them, headers that programs put before a history.

One pass over the lines with a look at a few neighbours each, so the time is the text's length. The rules:

- a quoted line is old (`quoting.py`); the line that says who wrote it ("Em … Ana escreveu:") belongs to it, even
  where it was wrapped into several (`attributions.py`);
- such a line that is certain, with nothing quoted below it, begins a history that was not marked: all below it is old;
- so is all below a block of header lines ("De: … Enviado: … Assunto: …", `header_blocks.py`) or a line
  "-----Mensagem original-----" (`history_marks.py`), unless it introduces a forwarded mail, which is told apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.email.attributions import attribution_ending_at, may_end_one
from ingest.email.header_blocks import Block, HeaderBlocks
from ingest.email.history_marks import ANSWER_ABOVE, BARE_MARK, FORWARD_MARK, REPLY_MARK, STAMPED
from ingest.email.quoting import is_quoted, is_rest_of_a_quoted_line, other_quoted

__all__ = ["Lines", "find_history"]

_RULE: Final = re.compile(r"[\s*>]*[_\-=*\u2500\u2501\u2014\u2013]{5,}\s*$")
_LETTER: Final = re.compile(r"[^\W\d_]")
_LONGEST_LINE: Final = 1000
_LONGEST_MARK: Final = 300
_MOST_LINES: Final = 20_000
"""Of a longer text only what is marked by `>` is told apart below them."""
_MOST_TRIES: Final = 1_000
"""Lines that end as an attribution may. Who writes more of them writes no letter, and the time must stay linear."""
_NEAR: Final = 3
_AHEAD: Final = 6


@dataclass(slots=True)
class Lines:
    """Which lines of a text are old."""

    old: set[int] = field(default_factory=set)
    forwarded_at: int | None = None
    """The line at which a forwarded mail begins."""
    subject: str | None = None
    """The older mail's, where a block of headers tells it."""


def find_history(lines: Sequence[str], *, is_forward: bool) -> Lines:
    """Mark the lines of older mails. `is_forward`: the subject says that a mail is forwarded."""
    reader = _Reader(lines, is_forward=is_forward)
    for at, line in enumerate(lines[:_MOST_LINES]):
        if not line or line.isspace() or at in reader.found.old:
            continue
        if (is_quoted(line) or is_rest_of_a_quoted_line(lines, at)) and not reader.is_stamp(at):
            reader.found.old.add(at)
            continue
        if reader.is_the_rest_older(at):
            return reader.found
    reader.found.old.update(at for at in range(_MOST_LINES, len(lines)) if is_quoted(lines[at]))
    return reader.found


class _Reader:
    """What was found up to a line."""

    def __init__(self, lines: Sequence[str], *, is_forward: bool) -> None:
        self._lines = lines
        self._is_forward = is_forward
        self._blocks = HeaderBlocks(lines)
        self._tries = 0
        self.found = Lines(old=other_quoted(lines[:_MOST_LINES]))

    def is_the_rest_older(self, at: int) -> bool:
        """Look at a line that is not quoted: does it begin a history, or a forwarded mail? Then all below is marked."""
        line = self._lines[at]
        if len(line) > _LONGEST_LINE:
            return False
        if self.is_stamp(at):
            return self._end_at(at, is_forward=False)
        if BARE_MARK.match(line[:_LONGEST_MARK]) and (below := self._quoted_below(at)) is not None:
            self.found.old.update(range(at, below))
            return False
        kind = _mark(line)
        block = self._block_below(at) if kind else self._blocks.at(at)
        if kind or block:
            self.found.subject = block.subject if block else None
            return self._end_at(
                at, is_forward=kind == "forward" or (self._is_forward and kind != "helpdesk"), kind=kind
            )
        return self._is_attribution(at)

    def is_stamp(self, at: int) -> bool:
        """Tell whether this line names who wrote what stands below it unmarked, as GroupWise and Notes do."""
        return STAMPED.match(self._lines[at][:_LONGEST_MARK]) is not None and self._quoted_below(at) is None

    def _is_attribution(self, at: int) -> bool:
        if not may_end_one(self._lines[at]):
            return False
        self._tries += 1
        if self._tries > _MOST_TRIES:
            return False
        attribution = attribution_ending_at(self._lines, at, self.found.old)
        if attribution is None:
            return False
        below = self._quoted_below(at)
        if below is not None:
            self.found.old.update(range(self._with_rule(attribution.begin), below))
            return False
        return attribution.certain and self._end_at(attribution.begin, is_forward=self._is_forward)

    def _end_at(self, at: int, *, is_forward: bool, kind: str | None = None) -> bool:
        """Mark all from here; what is quoted above makes it history, whatever the subject says."""
        begin = self._with_rule(at)
        if is_forward and (kind == "forward" or not any(old < begin for old in self.found.old)):
            self.found.forwarded_at = begin
        else:
            self.found.old.update(range(begin, len(self._lines)))
        return True

    def _block_below(self, at: int) -> Block | None:
        for below in range(at + 1, min(at + 1 + _NEAR, len(self._lines))):
            if self._lines[below].strip():
                return self._blocks.at(below, is_marked=True)
        return None

    def _with_rule(self, at: int) -> int:
        """Take in the ruler or the bare mark above, and the empty lines between."""
        above = at - 1
        while above >= 0 and at - above <= _NEAR and not self._lines[above].strip():
            above -= 1
        if above < 0:
            return at
        line = self._lines[above][:_LONGEST_MARK]
        return above if _RULE.match(line) or BARE_MARK.match(line) else at

    def _quoted_below(self, at: int) -> int | None:
        """Give the next line that is not empty, where it is quoted."""
        for below in range(at + 1, min(at + 1 + _AHEAD, len(self._lines))):
            if self._lines[below].strip():
                return below if below in self.found.old or is_quoted(self._lines[below]) else None
        return None


def _mark(line: str) -> str | None:
    if len(line) > _LONGEST_MARK or not _LETTER.search(line):  # a ruler: each of its dashes may begin a mark
        return None
    if FORWARD_MARK.match(line):
        return "forward"
    if REPLY_MARK.match(line):
        return "reply"
    return "helpdesk" if ANSWER_ABOVE.match(line) else None
