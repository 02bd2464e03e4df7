"""The page's words, Portuguese and English side by side: the reader switches, and nothing is fetched."""

from collections.abc import Mapping
from html import escape
from typing import Final

from ouvidor.portuguese import KINDS, SEVERITIES

__all__ = ["both", "grouped", "label", "named"]

_FIGURES: Final = {
    "kind_accuracy": ("Tipo: acertos", "Kind: right"),
    "kind_macro_f1_of_three": ("Tipo: macro-F1 (reclamação, solicitação, sugestão)", "Kind: macro-F1 of the three"),
    "kind_macro_f1": ("Tipo: macro-F1 dos cinco", "Kind: macro-F1 of all five"),
    "severity_accuracy": ("Gravidade: acertos", "Severity: right"),
    "severity_weighted_kappa": ("Gravidade: kappa ponderado", "Severity: weighted kappa"),
    "sure_share": ("Tem certeza de", "Sure of"),
    "sure_kind_accuracy": ("Com certeza: tipo certo", "Where sure: kind right"),
    "flags_recall": ("Alertas: encontrados", "Flags: recall"),
    "flags_precision": ("Alertas: procedentes", "Flags: precision"),
    "difficulty_accuracy": ("Dificuldade: acertos", "Difficulty: right"),
    "area_accuracy": ("Área: acertos", "Area: right"),
    "critical_found": ("Críticas reconhecidas", "Critical ones found"),
    "ombudsman_recall": ("Do ouvidor, e chegaram a ele", "The ombudsman's that come to him"),
    "sent_without_need": ("Enviadas ao ouvidor sem precisar", "Sent to the ombudsman without need"),
    "critical_called_low": ("Críticas tomadas por baixas", "Critical ones called low"),
    "kind_calibration_error": ("Erro de calibração (ECE)", "Calibration error (ECE)"),
}
_GROUPINGS: Final = {
    "kind": ("Por tipo", "By kind"),
    "severity": ("Por gravidade", "By severity"),
    "channel": ("Por canal", "By channel"),
    "language": ("Por idioma", "By language"),
    "length": ("Por tamanho, em palavras", "By length, in words"),
    "sector": ("Por setor", "By sector"),
    "house": ("Por casa", "By house"),
    "writing": ("Por jeito de escrever", "By way of writing"),
    "region": ("Por palavras de uma região", "By a region's words"),
}
_LABELS: Final[Mapping[str, str]] = {
    **KINDS,
    **SEVERITIES,
    "comment": "comentário",
    "email": "e-mail",
    "form": "formulário",
    "letter": "carta",
    "phone": "telefone",
    "pt": "português",
    "es": "espanhol",
    "en": "inglês",
    "formal": "formal",
    "informal": "informal",
    "plain": "comum",
    "spoken": "falado",
    "north": "Norte",
    "northeast": "Nordeste",
    "south": "Sul",
    "southeast": "Sudeste",
    "minas": "Minas",
    "bank": "banco",
    "health-plan": "plano de saúde",
    "justice": "justiça",
    "municipality": "município",
    "transport": "transporte",
    "university": "universidade",
    "water": "água",
    "airline": "aviação",
    "energy": "energia",
    "federal": "federal",
    "state": "estadual",
    "insurer": "seguradora",
    "shop": "loja",
    "telecom": "telefonia",
    "app": "aplicativo",
}


def both(portuguese: str, english: str) -> str:
    """Give words in both languages, of which the page shows one. They are text, not markup."""
    return f'<span lang="pt-BR">{escape(portuguese)}</span><span lang="en">{escape(english)}</span>'


def named(name: str) -> str:
    """Name a figure."""
    return both(*(_FIGURES.get(name) or (name, name)))


def grouped(name: str) -> str:
    """Name a way to group messages."""
    return both(*_GROUPINGS.get(name, (name, name)))


def label(name: str) -> str:
    """Name a label or a group."""
    portuguese = _LABELS.get(name)
    return escape(name) if portuguese is None else both(portuguese, name)
