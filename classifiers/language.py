"""Is it Portuguese? Counted by the words that no sentence does without.

The rules know Portuguese only: a verdict on another language is never sure. A text's declared language is often the
program's, not the writer's, so it is only believed where the text itself says little.
"""

from collections.abc import Sequence
from typing import Final

__all__ = ["is_portuguese"]

_PORTUGUESE: Final = frozenset(
    "a ao aos as com como da das de do dos e em essa esse esta este eu foi ha isso ja la mais mas me meu minha muito na nao "
    "nas no nos o os ou para pela pelo por porque pra que quando se sem ser seu sua so sou tem tenho um uma voces vcs q n pq "
    "bom boa dia tarde noite obrigado obrigada favor solicito preciso quero gostaria ate aqui cade ta to".split()  # noqa: SIM905
)
_ONLY_ELSEWHERE: Final = frozenset(
    "the and is of to my i you your for with have not this that it was are they we please "
    "el los las y muy pero mi su usted ustedes con una hay desde donde cuando tengo quiero gracias hola es del al "
    "le les des une est et je vous pour dans avec der die das und ich nicht ist ein eine il che sono per non".split()  # noqa: SIM905
)
_FEW: Final = 6
_LEAST_SHARE: Final = 0.12


def is_portuguese(words: Sequence[str], declared: str | None) -> bool:
    """Tell whether folded words are Portuguese. Few words, and none of another language: as declared, or yes."""
    sample = words[:400]
    ours = sum(word in _PORTUGUESE for word in sample)
    theirs = sum(word in _ONLY_ELSEWHERE for word in sample)
    if len(sample) < _FEW:
        return theirs <= ours and (ours > 0 or declared is None or declared.lower().startswith("pt"))
    return ours > 1.2 * theirs and ours >= _LEAST_SHARE * len(sample)
