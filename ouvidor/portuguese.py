"""The labels' words in Portuguese, as `docs/labels.md` gives them: what staff read, in every room the same.

Spanish and English come with gettext later. What a room says with them in sentences stands in the room.
"""

from collections.abc import Mapping
from typing import Final

from ouvidor.records import Channel, Difficulty, Flag, Kind, Severity

__all__ = ["CHANNELS", "DIFFICULTIES", "FLAGS", "KINDS", "SEVERITIES"]

KINDS: Final[Mapping[str, str]] = {
    Kind.COMPLAINT: "reclamação",
    Kind.REQUEST: "solicitação",
    Kind.SUGGESTION: "sugestão",
    Kind.COMPLIMENT: "elogio",
    Kind.OTHER: "outro",
}
SEVERITIES: Final[Mapping[str, str]] = {
    Severity.CRITICAL: "crítica",
    Severity.HIGH: "alta",
    Severity.MEDIUM: "média",
    Severity.LOW: "baixa",
}
DIFFICULTIES: Final[Mapping[str, str]] = {
    Difficulty.SIMPLE: "simples",
    Difficulty.MODERATE: "moderada",
    Difficulty.COMPLEX: "complexa",
}
FLAGS: Final[Mapping[str, str]] = {
    Flag.SAFETY: "perigo",
    Flag.HEALTH: "saúde",
    Flag.VULNERABLE_PERSON: "pessoa vulnerável",
    Flag.SELF_HARM: "suicídio ou autolesão",
    Flag.MISCONDUCT: "má conduta",
    Flag.FRAUD: "fraude",
    Flag.DISCRIMINATION: "discriminação",
    Flag.PRIVACY: "dados pessoais ou sigilo",
    Flag.LEGAL_ACTION: "ação judicial",
    Flag.REGULATOR: "órgão externo",
    Flag.PRESS: "imprensa",
    Flag.REPEAT_CONTACT: "contato repetido",
    Flag.ASKS_FOR_OMBUDSMAN: "pede a ouvidoria",
}
CHANNELS: Final[Mapping[str, str]] = {
    Channel.EMAIL: "e-mail",
    Channel.WEBFORM: "formulário",
    Channel.SOCIAL: "mensageiro ou rede social",
    Channel.PHONE: "telefone",
    Channel.DESK: "balcão",
}
