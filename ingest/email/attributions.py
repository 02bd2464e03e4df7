"""The line above a quotation that says who wrote it: one line, or the same wrapped into up to five.

It is looked for from its end (a colon, an address, Zoho's dashes), so that each line of a text is looked at a few times
and no more. Two degrees of certainty:

- *certain*: it begins as mail programs begin (the date, or a name with its address), holds the verb, and an address
  or somebody's name. All that stands below may be old, marked or not. "Em 12/05 às 10:00 a gerente escreveu:" is a
  customer's story: it names nobody.
- *likely*: "Ana escreveu:". It counts only where quoted lines follow.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.email.attribution_names import AROUND, is_name, last, names_somebody
from ingest.email.attribution_words import (
    ADDRESS,
    CITING,
    DATE,
    LONE_ADDRESS,
    NAMED_ADDRESS,
    STRICT_BEGIN,
    TIME,
    VERB,
    VERB_AT_END,
    VERB_WITHOUT_COLON,
)

__all__ = ["Attribution", "attribution_ending_at", "may_end_one"]

_LONGEST: Final = 400
_WRAPPED_INTO: Final = 5
_LONGEST_TAIL: Final = 160
_LONGEST_NAME: Final = 70
_SHORT: Final = 90
_SHORT_ALONE: Final = 200
_COLONS: Final = (":", "\uff1a")
_NAME_AFTER_DATE: Final = re.compile(r"\d\s?[,\uff0c]\s+[A-Z\u00c0-\u00dd\"<]")
_DASHED: Final = re.compile(r"-{2,}\s*(.*\S)\s*-{2,}")
_MUTT: Final = re.compile(r"(?:\*\s)?.{2,120}\[\d{4}-\d\d-\d\d[^\]]{0,30}\]\s?:$")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where it begins, and whether it is one even without quoted lines below."""

    begin: int
    certain: bool


def may_end_one(line: str) -> bool:
    """Tell cheaply whether an attribution can end with this line."""
    if len(line) > _LONGEST:
        return False
    bare = line.rstrip(AROUND)
    if bare.endswith((*_COLONS, "----")) or (bare.endswith((">", ")", "]")) and "@" in bare):
        return True
    return bare.endswith(VERB_WITHOUT_COLON) and "@" in bare


def attribution_ending_at(lines: Sequence[str], end: int, old: Container[int]) -> Attribution | None:
    """Find the attribution whose last line is `end` and that holds none of the `old` lines; None: there is none."""
    unit, found = "", None
    for begin in range(end, max(0, end + 1 - _WRAPPED_INTO) - 1, -1):
        line = lines[begin].strip(AROUND)
        if not line or begin in old or len(line) + len(unit) > _LONGEST:
            break
        unit = f"{line} {unit}".rstrip()
        is_strict = STRICT_BEGIN.match(line) is not None
        certain = _is_attribution(unit, is_strict=is_strict)
        if certain is not None:
            if certain and is_strict and DATE.search(unit):
                return Attribution(begin, certain=True)
            if found is None or (certain and (is_strict or not found.certain)):
                found = Attribution(begin, certain)
    return found


def _is_attribution(unit: str, *, is_strict: bool) -> bool | None:
    """Tell whether these words are one for certain (True), likely (False) or not at all (None)."""
    if (dashed := _DASHED.fullmatch(unit)) is not None:
        said = dashed[1].rstrip(" -")
        return True if VERB_AT_END.search(said) and DATE.search(said) else None
    is_dated = DATE.search(unit) is not None
    if _MUTT.match(unit) or (is_strict and is_dated and len(unit) < _SHORT_ALONE and LONE_ADDRESS.search(unit)):
        return True
    if not unit.endswith(_COLONS):
        return True if is_strict and is_dated and _ends_without_colon(unit) else None
    if CITING.match(unit):
        return NAMED_ADDRESS.search(unit) is not None
    if _has_verb(unit):
        return _of_words(unit, is_strict=is_strict, is_dated=is_dated)
    return False if is_strict and is_dated and len(unit) <= _SHORT and TIME.search(unit) else None


def _of_words(unit: str, *, is_strict: bool, is_dated: bool) -> bool | None:
    """Tell the same of words that hold the verb and end in a colon."""
    address = NAMED_ADDRESS.search(unit)
    if address is not None and address.start() <= _LONGEST_NAME and is_name(unit[: address.start()]):
        return True
    if is_strict and (is_dated or ADDRESS.search(unit)):
        return bool(ADDRESS.search(unit) or _NAME_AFTER_DATE.search(unit) or names_somebody(unit))
    return False if len(unit) <= _SHORT or is_dated else None


def _ends_without_colon(unit: str) -> bool:
    address = NAMED_ADDRESS.search(unit)
    return address is not None and unit[address.end() :].strip() in VERB_WITHOUT_COLON


def _has_verb(unit: str) -> bool:
    """See the verb at the end ("… escreveu:"), or before a name or a date ("… schrieb Ana:", "… wrote on 3 April:")."""
    if VERB_AT_END.search(unit):
        return True
    verb = last(VERB, unit)
    return verb is not None and len(unit) - verb.end() <= _LONGEST_TAIL and not re.search(r"[!?]", unit[verb.end() :])
