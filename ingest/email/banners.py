# ruff: noqa: RUF001 - both apostrophes are written
"""The warning that a mail system puts above what comes from outside: "CUIDADO: este e-mail veio de fora…".

Our own departments' systems write it into each customer's mail before it is fetched, and the customer's system into
what he answers. It goes only where it is a paragraph of its own above the words, begins as such warnings begin, and
warns in each of its sentences: a customer may begin with "Atenção:" too.

Source: the warnings that administrators set by Exchange's mail flow rules, and Outlook's tip on unknown senders.
"""

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["without_banner"]

_MOST_LINES: Final = 8
_LONGEST: Final = 700
_LABEL: Final = (
    r"(?:(?:caution|warning|attention|alert|notice|external(?: (?:e-?mail|sender|message))?|aten[çc][ãa]o|cuidado|aviso"
    r"|alerta|importante|e-?mail externo|mensagem externa|remetente externo|externo|atenci[óo]n|precauci[óo]n|achtung"
    r"|vorsicht|attenzione)\b[\W_]{0,8}){1,3}"
)
_EXTERNAL: Final = (
    r"(?:\[?(?:external|externo|externa)\]?|external (?:e-?mail|sender|message)|e-?mail externo|mensagem externa"
    r"|remetente externo|correo externo)[\W_]{1,8}"
)
_OUTSIDE: Final = (
    r"(?:(?:from )?outside (?:of )?(?:the |your |our |this )?\w+"
    r"|external (?:e-?mail|sender|source|address|domain|system)"
    r"|(?:remetente|origem|endere[çc]o|fonte|dom[íi]nio|remitente|origen) extern[oa]"
    r"|(?:de )?fora d[aeo]s? (?:sua |nossa |seu )?(?:organiza|empresa|institui|rede|dom[íi]nio|companhia|entidade"
    r"|[óo]rg[ãa]o)\w*"
    r"|fuera de (?:la |su |nuestra )?(?:organiza|empresa|instituc|red)\w*|au(?:ß|ss)erhalb|externen)"
)
_ORIGIN: Final = (
    r"(?:this (?:e-?mail|message)\s+(?:is|was|has|originate[sd]?|originates|comes|came)\b"
    r"|est[ea] (?:e-?mail|mensagem|mensaje|correo)(?: electr[óo]nico)?\s+"
    r"(?:é|foi|vem|veio|se origin\w+|origin\w+|es|fue|proviene|procede|prov[ée]m|tem origem)\b"
    r"|(?:diese|die) (?:e-?mail|nachricht)\s+(?:kommt|wurde|stammt)\b)"
    rf"[^.!?]{{0,120}}?\b{_OUTSIDE}\b[^.!?]{{0,100}}"
)
_ADVICE: Final = (
    r"(?:(?:please )?(?:do not|don['’]t|never|be (?:very )?(?:careful|cautious|vigilant)|take|use|exercise|verify|think"
    r"|report)|(?:por favor,? )?(?:n[ãa]o (?:clique|abra|responda|forne[çc]a)|nunca|evite|s[óo] (?:clique|abra)"
    r"|tenha|tome|verifique|desconfie|confirme|no (?:haga|abra|responda)|tenga)|bitte|klicken|learn why|saiba por"
    r")\b[^.!?]{2,260}"
)
_BANNER: Final = re.compile(
    rf"[\W_]{{0,8}}{_LABEL}{_ORIGIN}(?:[.!][\W_]{{1,6}}{_ADVICE}){{0,4}}[.!]?[\W_]{{0,8}}"
    rf"|[\W_]{{0,8}}{_ORIGIN}(?:[.!][\W_]{{1,6}}{_ADVICE}){{1,4}}[.!]?[\W_]{{0,8}}"
    rf"|[\W_]{{0,8}}{_EXTERNAL}(?=.{{0,300}}\b(?:links?|attachments?|anexos?|enlaces|adjuntos)\b){_ADVICE}"
    rf"(?:[.!][\W_]{{1,6}}{_ADVICE}){{0,4}}[.!]?[\W_]{{0,8}}",
    re.IGNORECASE,
)
_UNKNOWN_SENDER: Final = re.compile(
    r"[\W_]{0,8}[^.\n]{5,120}@[^\n]{3,160}\s+https://aka\.ms/LearnAboutSenderIdentification\W{0,8}", re.IGNORECASE
)
"""Outlook's tip; its words differ by language, its link does not."""
_LINK: Final = re.compile(r"\s?<https?://[^\s<>]{1,300}>")


def without_banner(lines: Sequence[str]) -> list[str]:
    """Give the lines without the warnings that stand above all words."""
    begin = 0
    while (end := _banners_end(lines, begin)) is not None:
        begin = end
    return list(lines[begin:])


def _banners_end(lines: Sequence[str], begin: int) -> int | None:
    while begin < len(lines) and not lines[begin].strip():
        begin += 1
    end = begin
    while end < len(lines) and lines[end].strip() and end - begin <= _MOST_LINES:
        end += 1
    if begin == end or not any(line.strip() for line in lines[end:]):
        return None
    said = " ".join(line.strip()[: _LONGEST + 1] for line in lines[begin:end])
    if len(said) > _LONGEST:
        return None
    return end if _UNKNOWN_SENDER.fullmatch(said) or _BANNER.fullmatch(_LINK.sub("", said)) else None
