"""Who is named for what they do on our side: after a role, after "fui atendida por", before a workplace, or addressed.

A matter about somebody can't be looked into without their name, so the extract spares them; a customer taken for staff
would be shown. So every sign of kinship wins over every sign of work.
"""

import re
from typing import Final

from ouvidor.masking.lexicon import RELATIONS, ROLES, SHORTENED, WORKPLACES
from ouvidor.masking.masked import Kind
from ouvidor.masking.reading import Reading

__all__ = ["SERVED", "at_workplace", "is_addressed", "kind_near", "was_attended"]

SERVED: Final = re.compile(
    r"\b(?:atendid[oa]s? (?:por|pel[oa])|fal(?:ei|amos|ou|ado) com(?: [ao])?|conversei com(?: [ao])?|"
    r"nome d(?:el[ea]|[oa] atendente|[oa] funcionari[oa]) e|spoke (?:to|with)|helped by|attended by|chamad[oa]|"
    r"se chama) ?(?:uma? |[ao] |tal de )?"
)
_ROLE_WITHIN: Final = 4
_BEFORE: Final = 60
_AFTER: Final = 40
_ATTENDED: Final = re.compile(
    r"\b(?:atendeu|atendente|atendimento|me ajudou|me atende|elogi\w{1,4}|parabens|agradec\w{1,5}|equipe|guiche|"
    r"balcao|suporte|"
    r"recepcao|(?:sala|turma) d[oa])\b(?:(?! (?:falou|disse|perguntou|respondeu|gritou|chamou))[^.!?;\n]){0,44}$"
)
_ADDRESSED: Final = re.compile(
    r"(?:^|\n) ?(?:(?:ola|oi|hola|hi|hello|dear|prezad[oa]s?|car[oa]s?|estimad[oa]s?|querid[oa]|bom dia|boa tarde|"
    r"boa noite|"
    r"senhora?|sra?|ilm[oa]|exm[oa]|diretora?|secretari[oa]|prefeit[oa]|doutora?|dra?)[.,! ]{0,3}){1,4}$"
)
_QUOTED: Final = re.compile(
    r">|[^\n]{0,60}\b(?:sua|seu) (?:manifestacao|solicitacao|pedido|protocolo|reclamacao|demanda)"
)
_AT_WORK: Final = re.compile(
    r",? ?(?:que (?:\w+ ){0,2}(?:trabalha|atende\w{0,2}|me ajudou|atendid[oa]) |(?:foi|e) (?:muito |super |bem |"
    r"extremamente )?"
    r"(?:gross|mal educad|atencios|prestativ|solicit|arrogant|simpatic|educad)|me (?:atendeu|ajudou|disse|"
    r"informou|explicou))"
)
_OF: Final = re.compile(
    r"(?:,? ?\(?|, ?)(?:d[oa]|n[oa]|from the|at the|del?(?: la)?) ([a-z]+)"
    r"|, ?(setor|depto|departamento|gerencia|diretoria|ramal)\b"
)
_OFFICE: Final = re.compile(r" ?\(([a-z]+)")


def kind_near(reading: Reading, place: int, end: int) -> tuple[Kind, bool]:
    """Tell of a name whether it is of somebody at work, and whether anything said so."""
    tokens, folded = reading.tokens, reading.folded
    for before in range(place - 1, max(-1, place - 1 - _ROLE_WITHIN), -1):
        gap = folded[tokens[before].end : tokens[before + 1].start]
        if any(each in gap for each in ";!?\n") or ("." in gap and tokens[before].word not in SHORTENED):
            break
        if tokens[before].word in RELATIONS and tokens[before].word not in {"chamado", "chamada"}:
            return Kind.NAME, True
        if tokens[before].word in ROLES:
            return Kind.STAFF, True
    start, stop = tokens[place].start, tokens[end - 1].end
    return (Kind.STAFF, True) if _works(folded, start, stop) else (Kind.NAME, False)


def _works(folded: str, start: int, stop: int) -> bool:
    served = SERVED.search(folded, max(0, start - 24), start)
    if served is not None and served.end() == start:
        return True
    if was_attended(folded, start) or _AT_WORK.match(folded, stop, stop + _AFTER):
        return True
    return at_workplace(folded, stop) or is_addressed(folded, start, stop)


def was_attended(folded: str, start: int) -> bool:
    """Do words of being served, praised or thanked stand shortly before a name?"""
    return _ATTENDED.search(folded, max(0, start - _BEFORE), start) is not None


def at_workplace(folded: str, stop: int) -> bool:
    """Does a name's place of work follow it, or its office in brackets?"""
    where = _OF.match(folded, stop, stop + _AFTER)
    office = _OFFICE.match(folded, stop, stop + _AFTER)
    placed = where is not None and (where.group(2) is not None or where.group(1) in WORKPLACES)
    return placed or (office is not None and office.group(1) in ROLES)


def is_addressed(folded: str, start: int, stop: int) -> bool:
    """Does a text or a line begin by calling somebody, who is then the house's?"""
    line = folded.rfind("\n", max(0, start - _BEFORE), start) + 1
    begin = max(line - 1, 0)
    if start - begin > _BEFORE or not _ADDRESSED.search(folded, begin, start):
        return False
    after = folded[stop : stop + 1]
    return (after in {",", "!", ":", ".", "\n", ""}) and not (
        folded[line : line + 1] == ">" or _QUOTED.match(folded, stop)
    )
