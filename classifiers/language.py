"""Is it Portuguese? Counted by the words that no sentence does without.

The rules know Portuguese only: a verdict on another language is never sure. A text's declared language is often the
program's, not the writer's, so it is only believed where the text itself says little.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["Spoken", "is_portuguese", "spoken"]

_PORTUGUESE: Final = frozenset(
    {
        *("a", "ao", "aos", "aqui", "as", "ate", "boa", "bom", "cade", "com", "como", "da", "das", "de", "dia"),
        *("do", "dos", "e", "em", "essa", "esse", "esta", "este", "eu", "favor", "foi", "gostaria", "ha", "isso"),
        *("ja", "la", "mais", "mas", "me", "meu", "minha", "muito", "n", "na", "nao", "nas", "no", "noite"),
        *("nos", "o", "obrigada", "obrigado", "os", "ou", "para", "pela", "pelo", "por", "porque", "pq", "pra"),
        *("preciso", "q", "quando", "que", "quero", "se", "sem", "ser", "seu", "so", "solicito", "sou", "sua"),
        *(
            "ta",
            "tarde",
            "tem",
            "tenho",
            "to",
            "um",
            "uma",
            "vcs",
            "voces",
        ),
    }
)
_ONLY_ELSEWHERE: Final = frozenset(
    {
        *("al", "and", "are", "avec", "che", "con", "cuando", "dans", "das", "del", "der", "des", "desde", "die"),
        *("donde", "ein", "eine", "el", "es", "est", "et", "for", "gracias", "have", "hay", "hola", "i", "ich"),
        *("il", "is", "ist", "it", "je", "las", "le", "les", "los", "mi", "muy", "my", "nicht", "non", "not"),
        *("of", "per", "pero", "please", "pour", "quiero", "sono", "su", "tengo", "that", "the", "they", "this"),
        *(
            "to",
            "una",
            "und",
            "une",
            "usted",
            "ustedes",
            "vous",
            "was",
            "we",
            "with",
            "y",
            "you",
            "your",
        ),
    }
)
_SAMPLE: Final = 400
_FEW: Final = 6
_LEAST_SHARE: Final = 0.12


class Spoken(NamedTuple):
    """How many words were looked at, and how many of them are told apart."""

    words: int
    ours: int
    theirs: int


def spoken(words: Sequence[str]) -> Spoken:
    """Count a text's first words."""
    sample = words[:_SAMPLE]
    ours, theirs = sum(map(_PORTUGUESE.__contains__, sample)), sum(map(_ONLY_ELSEWHERE.__contains__, sample))
    return Spoken(len(sample), ours, theirs)


def is_portuguese(said: Spoken, declared: str | None) -> bool:
    """Tell whether folded words are Portuguese. Few words, and none of another language: as declared, or yes."""
    words, ours, theirs = said
    if words < _FEW:
        return theirs <= ours and (ours > 0 or declared is None or declared.lower().startswith("pt"))
    return ours > 1.2 * theirs and ours >= _LEAST_SHARE * words
