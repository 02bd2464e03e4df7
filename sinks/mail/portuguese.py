"""What a mail to a department says, in Portuguese: staff's words for the labels, as `docs/labels.md` has them."""

from typing import Final

__all__ = ["CHANNELS", "DIFFICULTIES", "FLAGS", "KINDS", "SEVERITIES"]

KINDS: Final = {
    "complaint": "reclamação",
    "request": "solicitação",
    "suggestion": "sugestão",
    "compliment": "elogio",
    "other": "outro",
}
SEVERITIES: Final = {"critical": "crítica", "high": "alta", "medium": "média", "low": "baixa"}
DIFFICULTIES: Final = {"simple": "simples", "moderate": "moderada", "complex": "complexa"}
CHANNELS: Final = {
    "email": "e-mail",
    "webform": "formulário",
    "social": "mensageiro ou rede social",
    "phone": "telefone",
    "desk": "balcão",
}
FLAGS: Final = {
    "safety": "perigo",
    "health": "saúde",
    "vulnerable_person": "pessoa vulnerável",
    "self_harm": "suicídio ou autolesão",
    "misconduct": "má conduta",
    "fraud": "fraude",
    "discrimination": "discriminação",
    "privacy": "dados pessoais ou sigilo",
    "legal_action": "ação judicial",
    "regulator": "órgão externo",
    "press": "imprensa",
    "repeat_contact": "contato repetido",
    "asks_for_ombudsman": "pede a ouvidoria",
}
