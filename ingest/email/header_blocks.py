"""A few header lines of an older mail, as Outlook, Zimbra, Yahoo and telephones put them above it, unmarked otherwise.

In any order, bold or not, with empty lines between, wrapped lists of recipients, or all on one line. A customer's own
letter may begin with "De: … Para: … Assunto: …" too: a block must tell a date, or the sender's address.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.email.header_labels import LABEL, LABELS_IN_A_LINE, kind_of

__all__ = ["Block", "HeaderBlocks"]

_LONGEST_LINE: Final = 1000
_LINES_AHEAD: Final = 14
_WRAPPED_INTO: Final = 3
_KINDS_NEEDED: Final = 3
_MOST_TRIES: Final = 4000
"""Lines that begin like a block. Who writes more of them writes a table."""
_FORM: Final = re.compile(
    r"[\s*_]{0,6}(?:mensagem|message|mensaje|nachricht|messaggio|corpo da mensagem|coment[áa]rios?|comments?"
    r"|nome(?: completo)?|name|nombre|telefone|phone|celular|tel[ée]fono|cpf|cidade|descri[çc][ãa]o|texto|motivo"
    r"|solicita[çc][ãa]o)[*_]{0,3}\s{0,3}:",
    re.IGNORECASE,
)
"""Labels that a web form has and a mail program has not."""
_NEAR_A_FORM: Final = 5


@dataclass(frozen=True, slots=True)
class Block:
    """A block's place, and the subject that it tells."""

    end: int
    subject: str | None = None


class HeaderBlocks:
    """The blocks of a text. Each line is compared with the labels once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._known: dict[int, tuple[str, str] | None] = {}
        self._tries = 0

    def at(self, begin: int, *, is_marked: bool = False) -> Block | None:
        """Give the block that begins at a line; `is_marked`: a line above says that an older mail follows."""
        first = self._label(begin)
        if first is None or first[0] in {"copy", "other"}:
            return None
        self._tries += 1
        if self._tries > _MOST_TRIES:
            return None
        if block := self._in_one_line(begin, first[0]):
            return block
        told: dict[str, str] = {first[0]: first[1]}
        end, wrapped, empty = begin, 0, 0
        for at in range(begin + 1, min(begin + _LINES_AHEAD, len(self._lines))):
            label = self._label(at)
            if label is not None:
                told.setdefault(*label)
                end, wrapped, empty = at, 0, 0
            elif not self._lines[at].strip():
                empty += 1
                if empty > 1 or (wrapped and len(told) < _KINDS_NEEDED):
                    break
            else:
                wrapped += 1
                if wrapped > _WRAPPED_INTO or (empty and len(told) > 1):
                    break
        if not _is_block(told, first[0], is_marked=is_marked) or (not is_marked and self._is_form(begin, end)):
            return None
        return Block(end, told.get("subject"))

    def _is_form(self, begin: int, end: int) -> bool:
        """Tell whether a web form wrote these lines: what follows is the customer's."""
        return any(
            _FORM.match(line[:_LONGEST_LINE]) for line in self._lines[max(0, begin - _NEAR_A_FORM) : end + _NEAR_A_FORM]
        )

    def _in_one_line(self, at: int, first: str) -> Block | None:
        line = self._lines[at][:_LONGEST_LINE]
        kinds = {kind_of(label) for label in LABELS_IN_A_LINE.finditer(line)}
        needed = _KINDS_NEEDED if first == "from" else _KINDS_NEEDED + 1
        is_block = len(kinds - {"other", "copy"}) >= needed and bool({"date", "subject"} & kinds)
        return Block(at) if is_block and "from" in kinds and (first == "from" or "@" in line) else None

    def _label(self, at: int) -> tuple[str, str] | None:
        if at not in self._known:
            line = self._lines[at] if at < len(self._lines) else ""
            found = LABEL.match(line) if len(line) <= _LONGEST_LINE else None
            self._known[at] = (kind_of(found), found["value"].strip(" *_\t")) if found else None
        return self._known[at]


def _is_block(told: dict[str, str], first: str, *, is_marked: bool) -> bool:
    kinds = told.keys() - {"other", "copy"}
    if "from" not in kinds:
        return False
    if is_marked and len(told) > 1:
        return True
    is_a_mails = "@" in told["from"] or ("date" in told and bool(told["date"]))
    needed = _KINDS_NEEDED if first == "from" else _KINDS_NEEDED + 1
    return is_a_mails and len(kinds) >= needed
