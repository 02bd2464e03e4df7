"""What stands around a customer's words: warnings above, signatures, footers, disclaimers below. One pass.

A cutter that eats a complaint does more harm than one that leaves a name. So below `-- ` is cut what has a signature's
size, below a bare `--` or `__` only what reads like one (short lines, no sentences), and below "Atenciosamente" and a
name only a block that holds a telephone, an address or a link: the name itself stays, it may be all that says who
writes. A postscript counts wherever it stands.
"""

import re
from collections.abc import Sequence
from typing import Final

from ingest.email.banners import without_banner
from ingest.email.closing_words import CLOSING, GREETING, POSTSCRIPT
from ingest.email.disclaimers import without_disclaimers
from ingest.email.footers import without_footers

__all__ = ["says_nothing", "without_signature"]

_STANDARD: Final = re.compile(r"--[ \xa0]$")
_LOOSE: Final = re.compile(r"\s?(?:[-_\u2013\u2014\u1427]{1,3}|[-_\u2014=*]{3,90}|#\s?-{2,}#?)\s*$")
_LONGEST_SIGNATURE: Final = 25
"""Lines. What is longer below `-- ` is no signature, whatever it is."""
_LONGEST_LOOSE: Final = 14
_LONGEST_DELIMITER: Final = 3
"""What is longer is a ruler, and people draw rulers."""
_LONGEST_LINE: Final = 100
_SENTENCE_WORDS: Final = 9
_SENTENCE: Final = re.compile(r"[.!?\u3002]\s*$")
_SHORT_SENTENCE_WORDS: Final = 1
_THANKS: Final = re.compile(
    r"\W{0,3}(?:muito |fico )?(?:obrigad|grat[oa]|agrade|thank|gracias|merci|danke|grazie|bedankt|спасибо|谢谢)",
    re.IGNORECASE,
)
"""They may be all that a customer has to say."""
_SEPARATED: Final = re.compile(r"\s[|\u2022\u00b7/]\s")
_FIRM: Final = re.compile(r"(?:Ltda|S\.?A|Inc|Ltd|Co|Corp|GmbH|S\.?L|S\.?r\.?l|B\.?V)\.\s*$")
_CONTACT: Final = re.compile(
    r"(?:\+|\(|\b)\d[\d\s().\-/]{6,}\d|[^\s@]+@[^\s@]+\.[^\s@]+|https?://|www\.|\b(?:tel|fone|fax|cel|ramal"
    r"|whats\w*|mob|phone|email|e-mail|cpf|cnpj|crea|oab|cep)\b\s*[.:)]",
    re.IGNORECASE,
)


def without_signature(lines: Sequence[str]) -> list[str]:
    """Give the lines without what was put below them."""
    kept = without_disclaimers(without_footers(without_banner(lines)))
    kept = without_disclaimers(_without_contact(_without_delimited(kept)))
    while kept and (_LOOSE.match(kept[-1]) or not kept[-1].strip()):
        kept.pop()
    return kept


def says_nothing(text: str) -> bool:
    """Tell whether a text greets and takes its leave, and that is all."""
    lines = [line for line in text[:400].split("\n") if line.strip()]
    return len(text) < 400 and all(GREETING.match(line) or _is_bare_closing(line) for line in lines)  # noqa: PLR2004


def _is_bare_closing(line: str) -> bool:
    leave = CLOSING.match(line)
    return leave is not None and not leave["name"].strip(" ,.!;:-") and not _THANKS.match(line)


def _without_delimited(lines: list[str]) -> list[str]:
    """Cut what stands below the first delimiter that has a signature below it."""
    for at in range(max(0, len(lines) - _LONGEST_SIGNATURE - 1), len(lines)):
        below = lines[at + 1 :]
        is_standard = _STANDARD.match(lines[at]) is not None
        if not (is_standard or _LOOSE.match(lines[at])) or not any(line.strip() for line in lines[:at]):
            continue
        is_ruler = len(lines[at].strip()) > _LONGEST_DELIMITER
        if is_standard or (_reads_like_a_signature(below) and (not is_ruler or _has_contact(below))):
            return [*lines[:at], *_postscript(below)]
    return lines


def _without_contact(lines: list[str]) -> list[str]:
    """Keep the leave and the name; cut the telephones, the firm and the links below."""
    for at in range(max(1, len(lines) - _LONGEST_LOOSE - 1), len(lines)):
        leave = CLOSING.match(lines[at]) if len(lines[at]) <= _LONGEST_LINE else None
        if leave is None:
            continue
        below = lines[at + 1 :]
        if not leave["name"].strip(" ,.!;:\u2013\u2014-"):
            name = next((number for number, line in enumerate(below) if line.strip()), len(below))
            at += name + 1 if name < len(below) and not _CONTACT.search(below[name]) else 0  # noqa: PLW2901
            below = lines[at + 1 :]
        if _has_contact(below) and _reads_like_a_signature(below):
            return [*lines[: at + 1], *_postscript(below)]
    return lines


def _reads_like_a_signature(lines: Sequence[str]) -> bool:
    full = [line for line in lines[: _find_postscript(lines)] if line.strip()]
    return len(full) <= _LONGEST_LOOSE and not any(_is_sentence(line) for line in full)


def _has_contact(lines: Sequence[str]) -> bool:
    return any(_CONTACT.search(line) for line in lines[:_LONGEST_LOOSE])


def _is_sentence(line: str) -> bool:
    """Tell a sentence from a firm's name, a street or a row of telephones."""
    if _SEPARATED.search(line):
        return False
    words = len(_CONTACT.sub(" ", line).split())
    if len(line) > _LONGEST_LINE or words > _SENTENCE_WORDS:
        return True
    return words >= _SHORT_SENTENCE_WORDS and _SENTENCE.search(line) is not None and not _FIRM.search(line)


def _find_postscript(lines: Sequence[str]) -> int:
    return next((at for at, line in enumerate(lines) if POSTSCRIPT.match(line)), len(lines))


def _postscript(lines: Sequence[str]) -> Sequence[str]:
    at = _find_postscript(lines)
    return ["", *lines[at:]] if at < len(lines) else []
