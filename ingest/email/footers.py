"""Lines that programs add below a customer's words, and what mailing lists do: left out wherever they stand.

A footer may be followed by its link, and may be wrapped into two lines. A list's footer goes with all that follows it.
"""

import re
from collections.abc import Sequence
from typing import Final

from ingest.email.footer_words import FOOTER, LIST_FOOTER, SENTENCE, THING

__all__ = ["is_footer", "without_footers"]

_LONGEST: Final = 300
_LONGEST_WITH_LINK: Final = 2000
_NEAR_AN_END: Final = 300
"""Lines from the beginning or the end of a text: in the midst of what is longer nobody's program writes."""
_LONGEST_LIST_FOOTER: Final = 16
_LINK: Final = re.compile(r"\s?[<(\[]\s?(?:https?://|mailto:|www\.)[^\s<>()\[\]]{1,2000}\s?[>)\]]|https?://\S{1,2000}")
_MARKDOWN: Final = re.compile(r"\[([^\]\[]{1,80})\](?=\(|\s*$)")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SCANNED: Final = re.compile(
    r"v[íi]rus|avast|eset|avg|scan|verificad|imprimir|printing|environment|ambiente", re.IGNORECASE
)
_RULE: Final = re.compile(r"[\s\-_=*~]{3,}$")


def is_footer(line: str) -> bool:
    """Tell whether a program added this line by itself."""
    if len(line) > _LONGEST_WITH_LINK or not _LETTER.search(line):
        return False
    whole = line.strip()
    bare = _LINK.sub("", line) if "://" in line or "mailto:" in line or "www." in line else whole
    bare = (_MARKDOWN.sub(r"\1", bare) if "[" in bare else bare).strip() or whole
    if len(bare) > _LONGEST or not (
        FOOTER.fullmatch(bare) or (whole is not bare and FOOTER.fullmatch(whole[:_LONGEST]))
    ):
        return False
    return _SCANNED.search(bare) is not None or SENTENCE.search(bare) is None


def without_footers(lines: Sequence[str]) -> list[str]:
    """Leave out programs' lines, and all of a mailing list's below the words."""
    if len(lines) <= 2 * _NEAR_AN_END:
        return _without_list_footer(_without_each(lines))
    middle = lines[_NEAR_AN_END:-_NEAR_AN_END]
    end = _without_list_footer(_without_each(lines[-_NEAR_AN_END:]))
    return [*_without_each(lines[:_NEAR_AN_END]), *middle, *end]


def _without_each(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for at, line in enumerate(lines):
        if skip:
            skip = False
            continue
        if _is_wrapped(line, lines[at + 1] if at + 1 < len(lines) else ""):
            skip = True
            continue
        if is_footer(line):
            continue
        kept.append(line)
    return kept


def _is_wrapped(line: str, following: str) -> bool:
    return (
        bool(following.strip())
        and len(line) + len(following) < _LONGEST // 2
        and len(following.split()) <= 4  # noqa: PLR2004 - the rest of a name, or a link
        and THING.search(following) is not None
        and not line.rstrip().endswith((".", "!", "?", ":", ","))
        and is_footer(f"{line.rstrip()} {following.strip()}")
    )


def _without_list_footer(lines: list[str]) -> list[str]:
    for at in range(max(1, len(lines) - _LONGEST_LIST_FOOTER), len(lines)):
        if len(lines[at]) <= _LONGEST and LIST_FOOTER.match(lines[at]):
            while at > 1 and (not lines[at - 1].strip() or _RULE.match(lines[at - 1])):
                at -= 1  # noqa: PLW2901 - the ruler above belongs to it
            return lines[:at]
    return lines
