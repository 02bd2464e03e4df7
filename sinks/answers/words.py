"""The words with which a person says in a mail what it is to do, in Portuguese, Spanish and English.

They stand alone at the beginning of the first line, before a colon. Whatever begins otherwise is the answer itself.
"""

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["COMMANDS", "GREETING", "plain"]

COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "answer": ("responder", "resposta", "responda", "respuesta", "answer", "reply"),
    "answer-in-part": (
        "parcial", "resposta parcial", "responder em parte", "respuesta parcial", "partial", "partial answer",
    ),
    "hand-back": (
        "devolver", "devolvo", "devolução", "encaminhar", "repassar", "transferir", "devuelvo", "devolución",
        "reenviar", "hand back", "handback", "return", "forward", "transfer",
    ),
    "ask-customer": (
        "perguntar", "pergunta", "perguntas", "perguntar ao cidadão", "perguntar ao cliente", "preguntar", "pregunta",
        "ask", "ask customer", "question",
    ),
    "extend": ("prorrogar", "prorrogação", "prorrogue", "prórroga", "extend", "extension"),
    "propose-closing": (
        "encerrar", "encerramento", "encerre", "propor encerramento", "fechar", "concluir", "cerrar", "cierre",
        "proponer cierre", "close", "closing", "propose closing",
    ),
}  # fmt: skip
"""By command, `answer-in-part` being an answer after which more follows."""

GREETING: Final = re.compile(
    r"\W{0,3}(?:ol[áa]|oi|bom dia|boa tarde|boa noite|prezad[oa]s?|car[oa]s?|senhor(?:es|as?)?|hola|buen(?:os|as) \w+"
    r"|estimad[oa]s?|hello|hi|dear|good (?:morning|afternoon|evening))\b[^:]{0,60}$",
    re.IGNORECASE,
)
"""A line that may stand before the command."""

_MARKS: Final = str.maketrans("áàâãéêíóôõúüçñ", "aaaaeeiooouucn")


def plain(words: str) -> str:
    """Give words without case and marks, with one space between."""
    return " ".join(words.casefold().translate(_MARKS).split())
