"""What a picture in a text says: its alternative words, where somebody wrote them for people.

A logo's, a spacer's and a tracker's say nothing; programs put in file names and their own guesses ("Descrição gerada
automaticamente"). An emoji that a program drew as a picture is the sign itself.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

__all__ = ["picture_words"]

_LONGEST: Final = 200
_SHORTEST: Final = 2
_LONGEST_EMOJI: Final = 8
_NAME_OF_A_FILE: Final = re.compile(
    r"(?i)\S+\.(?:png|jpe?g|gif|bmp|webp|svg|tiff?|heic|ashx|aspx)|(?:cid|https?|data):\S*"
)
_SAYS_NOTHING: Final = re.compile(
    r"(?i)(?:image|imagem|imagen|img|picture|photo|foto|bild|logo|logotipo|icon|[íi]cone|banner|spacer|pixel"
    r"|inline ?image|imagem (?:embutida|inline|removida)[^\n]{0,80}|image removed by sender[^\n]{0,80}"
    r"|inline image \d+)?[\s\d._-]*"
    r"|[^\n]*(?:gerad[ao]s? automaticamente|generad[ao]s? autom[áa]ticamente|automatically generated|automatisch generi"
    r"|g[ée]n[ée]r[ée]e? automatiquement)[^\n]*"
)
_TINY: Final = re.compile(r"\s*[0-3](?:px|pt)?\s*")


def picture_words(attributes: Mapping[str, str]) -> str:
    """Give what stands for a picture among the words: in brackets, or nothing."""
    said = " ".join(attributes.get("alt", "").split())
    if not said or len(said) > _LONGEST:
        return ""
    if _TINY.fullmatch(attributes.get("width", "9")) or _TINY.fullmatch(attributes.get("height", "9")):
        return ""
    if len(said) <= _LONGEST_EMOJI and any(unicodedata.category(sign) == "So" for sign in said):
        return said
    if len(said) < _SHORTEST or _NAME_OF_A_FILE.fullmatch(said) or _SAYS_NOTHING.fullmatch(said):
        return ""
    return f"[{said}]"
