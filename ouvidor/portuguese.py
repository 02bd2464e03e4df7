"""The labels' words in Portuguese, as `docs/labels.md` gives them: what staff read, in every room the same.

Spanish and English come with gettext later. What a room says with them in sentences stands in the room.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final

from ouvidor.records import Channel, Difficulty, Flag, Kind, Severity

__all__ = ["CHANNELS", "DIFFICULTIES", "FLAGS", "KINDS", "SEVERITIES", "end_of"]

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


def end_of(until: datetime, zone: tzinfo) -> tuple[datetime, str]:
    """Give the local day of an end, and its time of day.

    Midnight is 24:00 of the day before it: who reads "05/12 às 00:00" takes the whole of that day for his.
    """
    local = until.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return local - timedelta(days=1), "24:00"
    return local, f"{local:%H:%M}"
