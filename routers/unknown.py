"""Does somebody ask to stay unknown? Read in the message itself, whatever the classifier heard.

The flag `privacy` says so too, and either is enough: who is withheld by mistake loses nothing, who is shown by mistake
may lose much. So this rule hears more than it should (a wish that is quoted, or another's), and less only where the
words deny it.
"""

import re
from typing import Final

from ouvidor.masking.reading import fold
from ouvidor.records import Message

__all__ = ["wishes_to_stay_unknown"]

_SIGNS: Final = re.compile(
    "anon[iy]m|sigil|ident|meu nome|mi nombre|my name|meus dados|aparecer|expor|represal|retaliac|perseguic"
    "|quem (?:denunci|avis|fal|reclam|fui|foi|escrev|cont)"
)
_NAME: Final = r"(?:me identific\w*|ser identificad\w*|me expor|aparecer|(?:o )?meu nome|minha identidade|meus dados)"
_MINE: Final = r"(?:meu nome|minha identidade|meus dados)"
_WANTS: Final = "quero|queria|posso|desejo|gostaria|pretendo|prefiro|vou"
_ASKS: Final = (
    r"peco|solicito|requeiro|quero|pedimos|gostaria|com|mantenham?|manter|mantendo|em|garant\w+|preciso|sob|exijo"
)
_TELLS: Final = "divulg|revel|pass|mencion|cit|inform|coloqu|diga|cont|fal|exponh|bot|ponh|mostr"
_KEPT: Final = r"sigilo|sigilos\w+|preservad\w+|protegid\w+|confidenci\w+|anonim\w+|escondid\w+|de (?:fora|lado)"
_WISHES: Final = re.compile(
    r"\b(?:"
    + "|".join(
        (
            rf"(?:nao|sem) (?:\w+ ){{0,2}}(?:{_WANTS})? ?(?:de |que )?{_NAME}",
            rf"prefir\w+ (?:que )?(?:nao|manter|ficar|permanecer) (?:\w+ ){{0,2}}(?:{_NAME}|anonim\w+|sigilo)",
            r"(?:denuncia|manifestacao|reclamacao|relato|forma|carater|de modo) (?:e |em )?anonim\w+",
            r"(?:anonimamente|anonimato)\b",
            r"(?:fic|permanec|mant|continu|sou|stay|remain|quedar)\w* (?:em |no |completely )?anon[iy]m\w+",
            rf"(?:{_ASKS})(?: \w+){{0,3}} sigilo",
            rf"{_MINE}(?: \w+){{0,4}} (?:{_KEPT})",
            rf"(?:preserv|proteg|ocult|escond|omit)\w+ (?:\w+ )?(?:{_MINE}|identidade do denunciante)",
            rf"(?:nao|jamais|nem) (?:\w+ )?(?:{_TELLS})\w* (?:\w+ ){{0,3}}{_MINE}",
            rf"(?:nao|jamais|nem) (?:\w+ )?(?:{_TELLS})\w* quem (?:avis|denunci|fal|reclam|fui|foi|escrev|cont)\w*",
            r"(?:medo|receio|temo|temendo)(?: \w+){0,3} (?:represalia|retaliac|perseguic)\w*",
            r"(?:keep|leave|don'?t (?:use|mention|share|disclose|reveal))(?: \w+){0,2} my (?:name|identity)",
            "without (?:giving|revealing) my name",
            r"no (?:quiero|deseo)(?: \w+){0,2} (?:mi nombre|identificar\w*|identificad\w+)",
            r"mi (?:nombre|identidad)(?: \w+){0,3} (?:reserva|secreto|confidencial|anonim\w+)",
        )
    )
    + ")"
)
_DENIED: Final = re.compile(
    r"\b(?:nao (?:precisa|faco questao|preciso|e preciso|ha necessidade)(?: \w+){0,4} (?:sigilo|anonim\w+)"
    r"|(?:alcoolicos|narcoticos) anonimos|sigilo (?:bancario|medico|fiscal|profissional)"
    r"|pode(?:m)? (?:usar|citar|divulgar) meu nome)"
)


def wishes_to_stay_unknown(message: Message) -> bool:
    """Tell whether a message asks that its author stay unknown."""
    return _asks(message.text) or (message.subject is not None and _asks(message.subject))


def _asks(text: str) -> bool:
    folded = " ".join(fold(text).split())
    if _SIGNS.search(folded) is None:
        return False
    return _WISHES.search(_DENIED.sub(" ", folded)) is not None
