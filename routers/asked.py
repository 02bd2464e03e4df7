"""What may be asked about: a line of NDJSON as `ouvidor ingest parse`, `classify` or `tail --json` prints it.

A message with its verdict is what there is to explain. A verdict alone (a line of `classify`) stands for a message
without words, or for the one of its id among those that are given beside it; a message alone has no verdict, so it is
explained as one of which nobody is sure. What was missing is said, never guessed in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import ValidationError
from pydantic_core import from_json

from ouvidor.errors import Rejected
from ouvidor.records import (
    Classified,
    ClassifierVersion,
    Confidence,
    Difficulty,
    Kind,
    Message,
    Original,
    Severity,
    Verdict,
)

__all__ = ["Asked", "asked"]

NO_VERDICT: Final = "Sem veredito: tratada como incerta e de gravidade baixa; antes, passe-a por `ouvidor classify`."
NO_MESSAGE: Final = "Só o veredito: sem a mensagem, as condições sobre ela valem para uma mensagem vazia."
NO_RECEIPT: Final = "Sem a hora do recebimento: o prazo conta a partir de agora."

_NEITHER: Final = (
    "neither a message (it has a `text`), nor a verdict (it has a `severity`), nor both (`message` and `verdict`): "
    "`ouvidor ingest parse`, `ouvidor classify` and `ouvidor tail classified --json` print such lines"
)
_UNJUDGED = Verdict(
    kind=Kind.OTHER,
    severity=Severity.LOW,
    difficulty=Difficulty.SIMPLE,
    confidence=Confidence(kind=0, severity=0, difficulty=0, flags=0, area=0),
    sure=False,
    classifier=ClassifierVersion(name="none", version="0", hash=""),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to explain, and what was missing from it."""

    message: Message
    verdict: Verdict
    notes: tuple[str, ...] = ()


def asked(line: bytes, messages: Mapping[str, Message], now: datetime) -> Asked:
    """Read a line. Raises `Rejected` that says what is wrong with it, without repeating what it holds."""
    try:
        given = from_json(line)
    except ValueError as error:
        raise Rejected(f"not JSON: {error}") from None
    if not isinstance(given, dict):
        raise Rejected(f"an object is expected, not {type(given).__name__}")
    try:
        if "message" in given and "verdict" in given:
            both = Classified(message=given["message"], verdict=given["verdict"])
            return Asked(both.message, both.verdict)
        if "severity" in given:
            return _judged(given, messages, now)
        if "text" not in given:
            raise Rejected(_NEITHER)
        notes = (NO_VERDICT,) if "received_at" in given else (NO_VERDICT, NO_RECEIPT)
        return Asked(_message(given, now), _UNJUDGED, notes)
    except ValidationError as error:
        raise Rejected(_words(error)) from None


def _judged(given: Mapping[str, Any], messages: Mapping[str, Message], now: datetime) -> Asked:
    verdict = Verdict.model_validate(_only(given, Verdict.model_fields))
    name = str(given.get("id", ""))
    if name in messages:
        return Asked(messages[name], verdict)
    notes = (NO_MESSAGE,) if "received_at" in given else (NO_MESSAGE, NO_RECEIPT)
    return Asked(_message(given, now), verdict, notes)


def _message(given: Mapping[str, Any], now: datetime) -> Message:
    """Read a message, whatever of it is there."""
    name = str(given.get("id", ""))
    stand_in = {
        "id": _id(name),
        "protocol": name or "-",
        "channel": "desk",
        "network": "none",
        "account": "none",
        "received_at": now,
        "text": "",
        "body": given.get("text", ""),
        "original": Original(sha256="", uri="", media_type="text/plain"),
    }
    return Message.model_validate({**stand_in, **_only(given, set(Message.model_fields) - {"id"})})


def _only(given: Mapping[str, Any], names: Any) -> dict[str, Any]:  # noqa: ANN401 - any collection of names
    return {name: value for name, value in given.items() if name in names}


def _id(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        return uuid5(NAMESPACE_OID, name)


def _words(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:5])
