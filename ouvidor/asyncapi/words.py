"""What the page says in Portuguese, by the names of the document: `portuguese.yaml`.

Fields of models that extend another are looked for in the other too. What has no Portuguese is said in the document's
own words: a page with one English line is better than none.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from ouvidor.asyncapi.naming import TO_SEND
from ouvidor.portuguese import CHANNELS, DIFFICULTIES, FLAGS, KINDS, SEVERITIES

__all__ = ["VALUES", "meaning", "spoken"]

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "Kind": KINDS,
    "Severity": SEVERITIES,
    "Difficulty": DIFFICULTIES,
    "Flag": FLAGS,
    "Channel": CHANNELS,
}
"""The words of our lists, by the list's model."""

_LIKE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("Answer", "HandBack", "AskCustomer", "Extend", "ProposeClosing"), "Reply"),
    **dict.fromkeys(
        ("CaseAnswered", "CaseHandedBack", "CaseCustomerAsked", "CaseExtended", "CaseClosingProposed"), "CaseEvent"
    ),
    "DeadLetterCase": "DeadLetter",
}


@cache
def _words() -> Mapping[str, Any]:
    text = (files("ouvidor.asyncapi") / "portuguese.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def spoken(part: str, name: str) -> Mapping[str, str] | None:
    """Give the words of a channel or a message (`part`); None where there are none."""
    found: Mapping[str, str] | None = _words()[part].get(name)
    return found


def meaning(model: str, field: str) -> str | None:
    """Give what a field means; None where nobody has said it in Portuguese."""
    model = model.removesuffix(TO_SEND)
    model = "Reply" if model.startswith("Http-") else _LIKE.get(model, model)
    found: str | None = _words()["fields"].get(model, {}).get(field)
    return found
