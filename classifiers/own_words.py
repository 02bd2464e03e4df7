r"""The customer's own words: what of a text is read.

Ingest cuts quotes and signatures already; but a text that was pasted into a form, or given to `ouvidor classify`, may
still hold the mail that it answers, a disclaimer, or an agent's turns of a call. Those are blanked, character for
character, so that places in the text stay what they are. Where almost nothing would be left, all is read: who only
forwards a mail says something by it.
"""

import re
from typing import Final

__all__ = ["own_words"]

_LEAST: Final = 12
_THREAD = re.compile(
    r"^[ \t>]*(?:-{2,}[ \t]*(?:mensagem (?:original|encaminhada)|original message|forwarded message|mensaje original)"
    r"|em [^\n]{5,120} escreveu:|on [^\n]{5,120} wrote:|el [^\n]{5,120} escribio:"
    r"|de: [^\n]{1,120}\n+(?:enviad[ao]( em)?|data|para|assunto): )",
    re.MULTILINE,
)
_DISCLAIMER = re.compile(
    r"^[ \t*]*(?:aviso( legal| de confidencialidade)?: "
    r"|esta mensagem(?: e seus anexos)?,? (?:pode conter|contem|e destinada)"
    r"|as informacoes contidas nesta mensagem|this (?:e-?mail|message) (?:may|is|and any))",
    re.MULTILINE,
)
_QUOTED = re.compile(r"^[ \t]*>[^\n]*", re.MULTILINE)
_AGENT = re.compile(
    r"^[ \t]*(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?[ \t]*)?"
    r"(?:atendente|agente|operadora?|robo|assistente virtual)(?: \w{1,30})?[ \t]*:[^\n]*",
    re.MULTILINE,
)
_SIGNS: Final = (
    "\n>",
    "escreveu:",
    "wrote:",
    "escribio:",
    "mensage",
    "message",
    "mensaje",
    "de: ",
    "aviso",
    "informacoes contidas",
)
_VOICES: Final = ("atendente", "agente", "operador", "robo", "assistente")


def own_words(folded: str) -> str:
    """Blank what is not the customer's own. The length stays the same."""
    text = folded
    if any(sign in text for sign in _SIGNS) or text.startswith(">"):
        for begins in (_THREAD, _DISCLAIMER):
            if found := begins.search(text):
                text = text[: found.start()] + " " * (len(text) - found.start())
        text = _QUOTED.sub(_blank, text)
    if ":" in text and any(voice in text for voice in _VOICES):
        text = _AGENT.sub(_blank, text)
    if text is not folded and len(text.split(None, 1)) and sum(map(str.isalnum, text)) >= _LEAST:
        return text
    return folded


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
