"""The labels in staff's language, and the rules' sentences in it. The labels' meaning is `docs/labels.md`'s."""

from functools import cache
from importlib import resources
from typing import Final

import yaml

from ouvidor.records import Difficulty, Flag, Kind, Severity

__all__ = ["DIFFICULTIES", "FLAGS", "KINDS", "SEVERITIES", "name_of", "sentences"]

KINDS: Final = {
    Kind.COMPLAINT: "reclamação",
    Kind.REQUEST: "solicitação",
    Kind.SUGGESTION: "sugestão",
    Kind.COMPLIMENT: "elogio",
    Kind.OTHER: "outro",
}
SEVERITIES: Final = {
    Severity.CRITICAL: "crítica",
    Severity.HIGH: "alta",
    Severity.MEDIUM: "média",
    Severity.LOW: "baixa",
}
DIFFICULTIES: Final = {
    Difficulty.SIMPLE: "simples",
    Difficulty.MODERATE: "moderada",
    Difficulty.COMPLEX: "complexa",
}
FLAGS: Final = {
    Flag.SAFETY: "segurança",
    Flag.HEALTH: "saúde",
    Flag.VULNERABLE_PERSON: "pessoa vulnerável",
    Flag.SELF_HARM: "risco de suicídio",
    Flag.MISCONDUCT: "má conduta",
    Flag.FRAUD: "fraude",
    Flag.DISCRIMINATION: "discriminação",
    Flag.PRIVACY: "privacidade",
    Flag.LEGAL_ACTION: "ação judicial",
    Flag.REGULATOR: "órgão de fora",
    Flag.PRESS: "imprensa",
    Flag.REPEAT_CONTACT: "contato repetido",
    Flag.ASKS_FOR_OMBUDSMAN: "pede a ouvidoria",
}
_DOUBT: Final = "dúvida"
_BY_FIELD: Final[dict[str, dict[str, str]]] = {
    "kind": {str(key): name for key, name in KINDS.items()},
    "severity": {str(key): f"gravidade {name}" for key, name in SEVERITIES.items()},
    "difficulty": {str(key): f"dificuldade {name}" for key, name in DIFFICULTIES.items()},
    "flags": {str(key): name for key, name in FLAGS.items()},
}


def name_of(label: str) -> str:
    """Give a label of evidence, `field:value`, in Portuguese; one that is not known as it is."""
    field, _, value = label.partition(":")
    if field == "sure":
        return _DOUBT
    if field == "area":
        return f"área {value}"
    return _BY_FIELD.get(field, {}).get(value, label)


@cache
def sentences() -> dict[str, str]:
    """Give what each rule hears, by its identifier."""
    text = (resources.files("classifiers") / "sentences.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = yaml.safe_load(text)
    return found
