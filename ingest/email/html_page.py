"""Lines as HTML's layout would break them.

A break is not written when it is met but remembered, and the widest is written before the next words: so empty
elements leave no holes, and a table's cell stays on its row's line for as long as the row holds one line.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

__all__ = ["Break", "Page"]

_UNSEEN: Final = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]")
_NOTHING_TO_SEE: Final = re.compile("[\\s\xa0\u200c\u200d\u2007]+")
_FILLING: Final = re.compile("[\u200c\u200d](?:[\xa0\u2007 ]++[\u200c\u200d])++[\xa0\u2007 ]*+")
"""What mailings put after the words that the list of mails is to show."""
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_DEEPEST_QUOTATION: Final = 5


class Break(IntEnum):
    """What stands between two words; the wider wins."""

    NONE = 0
    CELL = 1
    LINE = 2
    GAP = 3


@dataclass(slots=True)
class _Row:
    has_words: bool = False
    is_one_line: bool = True
    cells: int = 0


@dataclass(slots=True)
class Page:
    """What was written so far."""

    lines: list[str] = field(default_factory=list)
    depth: int = 0
    """Of quotations."""
    _line: list[str] = field(default_factory=list)
    _pending: Break = Break.NONE
    _has_words: bool = False
    """False: the line holds nothing, or an item's mark that waits for its words."""
    _space: bool = False
    _at_beginning: bool = False
    """Of a cell that has no words yet."""
    _rows: list[_Row] = field(default_factory=list)

    def words(self, text: str) -> None:
        """Write words; spaces and line ends between them are one space."""
        text = _FILLING.sub(" ", _UNSEEN.sub("", text))
        bare = _SPACES.sub(" ", text)
        settled = bare.strip(" ")
        if not settled:
            self._space = self._space or bool(bare)
            return
        if _NOTHING_TO_SEE.fullmatch(settled):
            if not self._has_words or self._pending >= Break.LINE:
                self._break()
                self._has_words = True  # a space that does not break holds its line open
            self._space = True
            return
        if bare[0] == " ":
            self._space = True
        self._put(settled.replace("\xa0", " "))
        self._space = bare[-1] == " "

    def kept(self, text: str) -> None:
        """Write words whose spaces and line ends count."""
        first, *others = _UNSEEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._put(first, is_kept=True)
        for other in others:
            self.newline()
            self._put(other, is_kept=True)

    def newline(self) -> None:
        """Write a line's end, whatever the line holds."""
        self._break()
        self._end_line()

    def boundary(self, width: Break, *, of_block: bool = True) -> None:
        """Remember a break. `of_block`: of an element that may stand inside a cell or an item, as its beginning."""
        if of_block and (self._at_beginning or (self._line and not self._has_words)):
            return
        self._pending = max(self._pending, width)
        self._space = False

    def begin_quotation(self) -> None:
        """Write what follows as a quotation."""
        if self.lines or self._line:
            self.boundary(Break.GAP, of_block=False)
            self._break()
        self.depth += 1

    def end_quotation(self) -> None:
        """End a quotation on a line of its own."""
        if self._line or self._has_words:
            self._end_line()
        self.depth -= 1
        self._pending = Break.GAP

    def begin_row(self) -> None:
        """Begin a row of a table."""
        self.boundary(Break.LINE, of_block=bool(self._rows))
        self._rows.append(_Row())

    def begin_cell(self) -> None:
        """Begin a cell: on the row's line while that is one."""
        row = self._rows[-1] if self._rows else None
        if row is not None and row.has_words and row.is_one_line:
            self._pending = Break.CELL
        else:
            self.boundary(Break.LINE)
        if row is not None:
            row.cells += 1
            self._at_beginning = True

    def end_row(self) -> None:
        """End the row that was begun last."""
        self._at_beginning = False
        row = self._rows.pop() if self._rows else _Row()
        if row.cells > 1 and row.is_one_line:
            self._pending = Break.LINE
        self.boundary(Break.LINE, of_block=False)

    def item(self, mark: str) -> None:
        """Begin an item of a list."""
        self.boundary(Break.LINE, of_block=self._pending == Break.CELL)
        self._break()
        self._line.append(mark)
        self._has_words = False

    def place(self) -> tuple[int, int]:
        """Give the place that is written at."""
        return len(self.lines), len(self._line)

    def since(self, place: tuple[int, int]) -> str:
        """Give what was written on this line since a place."""
        count, begin = place
        return "".join(self._line[begin if count == len(self.lines) else 0 :])

    def after_words(self, text: str) -> None:
        """Write right after the last words, before any break that was met since."""
        self._line.append(text)

    def end(self) -> str:
        """Give the text."""
        if self._line or self._has_words:
            self._end_line()
        return "\n".join(self.lines)

    def _put(self, text: str, *, is_kept: bool = False) -> None:
        if not text:
            return
        self._break()
        if self._space and self._has_words and not is_kept and self._line[-1:] != ["\t"]:
            self._line.append(" ")
        self._line.append(text)
        self._space = self._at_beginning = False
        self._has_words = True
        if self._rows:
            self._rows[-1].has_words = True

    def _break(self) -> None:
        """Write the break that was met before."""
        pending, self._pending = self._pending, Break.NONE
        if pending == Break.CELL:
            self._line.append("\t")
            self._space = False
        elif pending:
            if self._line or self._has_words:
                self._end_line()
            if pending == Break.GAP and self.lines and self.lines[-1].strip("> "):
                self._end_line()

    def _end_line(self) -> None:
        mark = ">" * min(self.depth, _DEEPEST_QUOTATION)
        text = "".join(self._line).rstrip()
        self.lines.append(f"{mark} {text}".rstrip() if mark else text)
        self._line.clear()
        self._space = self._has_words = False
        if self._rows and self._rows[-1].has_words:
            self._rows[-1].is_one_line = False
