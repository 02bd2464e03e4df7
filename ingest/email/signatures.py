"""What stands below a customer's words: signatures, mail programs' footers, disclaimers. One pass, from the end.

Only what is certain is cut: a signature below `-- `, lines that programs add by themselves, and paragraphs at the very
end that begin and read like a disclaimer. A name below "Atenciosamente" stays: it may be all that says who writes.
"""

import re
from collections.abc import Sequence
from typing import Final

from ingest.email.phrases import DISCLAIMER_BEGINS, DISCLAIMER_WORDS, FOOTER

__all__ = ["without_signature"]

_DELIMITER: Final = re.compile(r"--\s?$|—\s?$")
_LETTER: Final = re.compile(r"[^\W\d_]")
_LONGEST_FOOTER: Final = 160
_LONGEST_SIGNATURE: Final = 25
"""Lines. What is longer below `-- ` is no signature, whatever it is."""


def without_signature(lines: Sequence[str]) -> list[str]:
    """Give the lines without what was put below them."""
    kept = [
        line for line in lines if not (len(line) <= _LONGEST_FOOTER and _LETTER.search(line) and FOOTER.fullmatch(line))
    ]
    for at in range(len(kept) - 1, max(-1, len(kept) - _LONGEST_SIGNATURE - 2), -1):
        if _DELIMITER.fullmatch(kept[at]) and any(line.strip() for line in kept[:at]):
            kept = kept[:at]
            break
    return _without_disclaimers(kept)


def _without_disclaimers(lines: list[str]) -> list[str]:
    """Cut the paragraphs at the end that are disclaimers, and the rulers between them."""
    end = len(lines)
    while True:
        last = end
        while last > 0 and not re.search(r"\w", lines[last - 1]):
            last -= 1
        first = last
        while first > 0 and lines[first - 1].strip():
            first -= 1
        if first in {0, last}:
            return lines[:end]
        paragraph = " ".join(line.strip() for line in lines[first:last])
        if not (DISCLAIMER_BEGINS.match(paragraph) and DISCLAIMER_WORDS.search(paragraph[:3000])):
            return lines[:end]
        end = first
