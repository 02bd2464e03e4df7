"""Evidence's labels in staff's language, and the rules' sentences in it."""

from functools import cache
from importlib import resources
from typing import Final

import yaml

from ouvidor.portuguese import DIFFICULTIES, FLAGS, KINDS, SEVERITIES

__all__ = ["name_of", "sentences"]

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
