"""The customer's own new words: the text without older mails, signature and footers.

The classifiers read these. `body` keeps all, and where the cut leaves almost nothing, the whole counts: a cutter that
eats a complaint does more harm than a quotation that is judged twice. A forwarded mail *is* the matter where the
forwarder says nothing himself ("segue abaixo").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.email.history import find_history
from ingest.email.history_marks import FORWARD_SUBJECT
from ingest.email.signatures import says_nothing, without_signature

__all__ = ["WHOLE_COUNTS", "OwnWords", "own_words"]

_FORWARDED: Final = "encaminhada sem palavras próprias: vale o texto inteiro"
_NOTHING_LEFT: Final = "sem citações e assinatura quase nada resta: vale o texto inteiro"
WHOLE_COUNTS: Final = frozenset({_FORWARDED, _NOTHING_LEFT})
"""What is said where the words are not the sender's own alone."""
_EMPTY_LINES: Final = re.compile(r"\n(?:[ \t]*+\n){2,}")
_LETTERS: Final = re.compile(r"\w")
_ALMOST_NOTHING: Final = 2
"""Letters and digits: "ok" is an answer."""
_NOD: Final = re.compile(r"[\U0001f300-\U0001faff\u2600-\u27bf]|[+-]1(?!\d)")
"""A thumb up, a heart: all that somebody may have to say, without a letter."""
_SAYS_SOMETHING: Final = 40
"""Letters and digits that somebody who forwards a mail must say for it to be his own matter."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What is the customer's, and what was found beside it."""

    text: str
    defect: str | None = None
    quotes: bool = False
    """Does the mail hold an older one, quoted or forwarded?"""
    older_subject: str | None = None
    """The older mail's subject, where the mail tells it."""


def own_words(body: str, forwarded: Sequence[str], subject: str | None) -> OwnWords:
    """Give the customer's own words, and what is to be said of the cut, if anything.

    `body` is what the mail itself says, `forwarded` the mails inside it.
    """
    lines = _EMPTY_LINES.sub("\n\n", body).split("\n")
    is_forward = subject is not None and FORWARD_SUBJECT.match(subject[:200]) is not None
    history = find_history(lines, is_forward=is_forward)
    quotes = bool(history.old) or history.forwarded_at is not None or bool(forwarded)
    end = len(lines) if history.forwarded_at is None else history.forwarded_at
    own = _joined(without_signature([line for at, line in enumerate(lines[:end]) if at not in history.old]))
    whole = "\n\n".join(filter(None, (body.strip(), *(text.strip() for text in forwarded))))
    defect = None
    if (history.forwarded_at is not None or forwarded) and _count(own) < _SAYS_SOMETHING:
        own, defect = whole, _FORWARDED
    elif _count(own) < _ALMOST_NOTHING <= _count(whole) or (quotes and says_nothing(own)):
        own, defect = whole, _NOTHING_LEFT
    return OwnWords(own, defect, quotes, history.subject)


def _joined(lines: Sequence[str]) -> str:
    """Join lines; at most one empty line stays between two."""
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _count(text: str) -> int:
    letters = len(_LETTERS.findall(text[:2000]))
    return max(letters, _ALMOST_NOTHING) if _NOD.search(text[:200]) else letters
