"""A house with three departments that may be named, one that rules alone reach, and verdicts that know less or more."""

from ouvidor.departments import DepartmentWords
from ouvidor.records import ClassifierVersion, Confidence, Difficulty, Kind, Severity, Verdict

LAMPS = DepartmentWords(
    "luz", "Iluminação", "Postes e lâmpadas da rua.", ("O poste apagou.",), ("iluminacao-publica",)
)  # fmt: skip
CITY = DepartmentWords(
    "cidade", "Cidade", "Ruas e árvores.", ("Tem um buraco na rua.", "A árvore caiu."), ("vias", "meio-ambiente")
)  # fmt: skip
CLINIC = DepartmentWords("saude", "Saúde", "Postos e remédios.", ("Falta remédio no posto.",), ("saude",))
RULED = DepartmentWords("corregedoria", "Corregedoria", "Denúncias.", ("O fiscal pediu dinheiro.",), ())
HOUSE = (LAMPS, RULED, CITY, CLINIC)
"""The ids: d1 is LAMPS, d2 CITY, d3 CLINIC."""


def verdict(area: str | None = "saude", certain: float = 0.4, **fields: object) -> Verdict:
    """Give a verdict that is not sure, nor of its department."""
    usual = {
        "kind": Kind.COMPLAINT,
        "severity": Severity.MEDIUM,
        "difficulty": Difficulty.SIMPLE,
        "area": area,
        "confidence": Confidence(kind=0.8, severity=0.6, difficulty=0.6, flags=0.6, area=certain),
        "sure": False,
        "classifier": ClassifierVersion(name="rules+words", version="1+1", hash="1" * 64),
    }
    return Verdict.model_validate({**usual, **fields})
