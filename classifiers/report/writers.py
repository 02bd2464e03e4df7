"""Who writes how, by cheap rules: formal or informal, and a region's own words. For fairness, never for judging.

Formal is a letter's formula (`solicito`, `prezados`, `atenciosamente`) and nothing informal. Informal is a chat's word
(`vcs`, `blz`, `kkk`), or a text of four words or more without a single capital letter or without a small one. All else
is plain. A call's transcript has no letters of its own to choose: it is spoken. The rules see spelling, not schooling:
they tell whether those who write so are judged worse, not who they are.

A region's words are few and certain; one that all of Brazil says by now (`mano`, `capaz`) is left out.
"""

import re
from typing import Final, Literal

from classifiers.model.features import heard_words
from classifiers.normalise import fold

__all__ = ["Register", "regions_of", "register_of"]

Register = Literal["formal", "plain", "informal", "spoken"]

_FEW: Final = 4
_CHAT: Final = (
    "aff blz bora cmg ctz ctg dps eh fds hj kd mds msm mto mta mtas mtos naum nd ngm ne neh nois obg oq pf pfv pfvr pq"
    " pqp prq q qd qdo qnd qq rsrs sdds sqn ta tao tb tbm td tmj tnc tou vc vcs vlw vsf vdd xau"
)
_LAUGHTER: Final = re.compile(r"(?:k{3,}|(?:ha){2,}|(?:rs){2,}|[!?]{3,}|([a-z])\1{3,})")
_FORMULAS: Final = re.compile(
    r"\b(?:solicito|solicitamos|requeiro|requer-se|venho por meio|venho atraves|venho, por meio|venho respeitosamente"
    r"|prezad[oa]s?|ilustrissim[oa]|excelentissim[oa]|atenciosamente|cordialmente|respeitosamente|nestes termos"
    r"|pede deferimento|encaminho|outrossim|informo que|gostaria de|estimad[oa]s?|solicitud"
    r"|dear (?:sir|madam|sirs|team)|yours (?:sincerely|faithfully)|v\. ?s\.? ?as?|vossa senhoria)\b"
)
_REGIONS: Final = {
    "south": "bah bergamota chimarrao guri guria guris gurias lomba sinaleira tche",
    "northeast": "abestado aperreado aperreio arretado avexado jerimum macaxeira mainha oxe oxente painho visse vixe",
    "north": "carapana egua igarape igarapes maninha pirarucu ribeirinha ribeirinho voadeira",
    "minas": "oce proce trem uai",
    "southeast": "busao caraca farol mermao role",
}
_CHATTED: Final = frozenset(_CHAT.split())
_WORDS: Final = {region: frozenset(words.split()) for region, words in _REGIONS.items()}


def register_of(text: str, channel: str | None = None) -> Register:
    """Tell how somebody writes."""
    if channel == "phone":
        return "spoken"
    folded = fold(text).text
    words = set(heard_words(folded))
    letters = [letter for letter in text if letter.isalpha()]
    even = len(words) >= _FEW and not (
        any(letter.isupper() for letter in letters) and any(letter.islower() for letter in letters)
    )
    if even or words & _CHATTED or _LAUGHTER.search(folded):
        return "informal"
    return "formal" if _FORMULAS.search(folded) else "plain"


def regions_of(text: str) -> tuple[str, ...]:
    """Give the regions whose words are said."""
    words = set(heard_words(fold(text).text))
    return tuple(region for region, known in _WORDS.items() if words & known)
