"""Whether the words of a line above a quotation name somebody, as mail programs do: "Ana da Silva", "ana", "Ana <a@b>".

"Em 12/05 às 10:00 a gerente escreveu:" names nobody: a customer tells a story, and what stands below is his own.
"""

import re
from typing import Final

from ingest.email.attribution_words import NO_NAME, TIME, USER, VERB

__all__ = ["AROUND", "is_name", "last", "names_somebody"]

AROUND: Final = " \t\xa0*_\"'\u201c\u201d"
_PARTICLES: Final = frozenset(
    {
        "da",
        "de",
        "do",
        "das",
        "dos",
        "del",
        "della",
        "di",
        "du",
        "van",
        "der",
        "den",
        "von",
        "zu",
        "e",
        "y",
        "via",
        "la",
        "le",
    }
)


def names_somebody(unit: str) -> bool:
    """Tell "10:00, Ana Souza escreveu" and "10:00 schrieb Ana" from "10:00 o gerente escreveu"."""
    hour, verb = last(TIME, unit), last(VERB, unit)
    if hour is None:
        return USER.search(unit) is not None
    if verb is None:
        return True  # what is written without spaces
    before = unit[hour.end() : verb.start()]
    name = (USER.split(before)[-1].rpartition(",")[2] or before).strip(AROUND)
    after = unit[verb.end() :].strip(AROUND + ":")
    named = [said for said in (name, after) if said]
    if not named or any(said.casefold() in NO_NAME for said in named):
        return not named
    return any(is_name(said) or (("," in before or after) and said[0].isupper()) for said in named)


def last(what: re.Pattern[str], unit: str) -> re.Match[str] | None:
    """Find the last of them."""
    found = None
    for found in what.finditer(unit):  # noqa: B007 - the last one is meant
        pass
    return found


def is_name(words: str) -> bool:
    """Tell "Ana da Silva" and "ana" from "Mandei para a loja"."""
    each = [word for word in words.replace("*", " ").split() if word[0].isalpha()]
    small = [word for word in each if word[0].islower() and word.casefold() not in _PARTICLES]
    return not small or (len(each) == 1 and not words.rstrip().endswith((".", "!", "?")))
