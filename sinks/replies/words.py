"""What a department is told of a reply that was not taken: in Portuguese, what is wrong and how it is mended.

Nothing of what was sent is repeated: it may be a customer's.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Final

from pydantic_core import ErrorDetails

from ouvidor.portuguese import end_of

__all__ = ["NOT_JSON", "TOO_LONG", "end", "fault_words", "no_such_command"]

NOT_JSON: Final = "o corpo não é um objeto JSON em UTF-8; veja o esquema do comando em docs/schemas"
TOO_LONG: Final = "a resposta passa de {limit} bytes; encurte o texto"

_TEXT: Final = "precisa ser um texto, entre aspas"
_MOMENT: Final = "precisa ser data e hora com fuso, como 2026-11-23T14:05:00-03:00"
_FAULTS: Final[Mapping[str, str]] = {
    "missing": "falta este campo",
    "blank": "está em branco; escreva o texto",
    "too_few_words": "diga o motivo em três palavras ou mais",
    "protocol_number": "não é um número de protocolo: confira os símbolos (AAAAMMDD-XXXX-XXXX-XXC)",
    "string_type": _TEXT,
    "string_too_short": "está vazio; escreva o texto",
    "string_pattern_mismatch": "só letras minúsculas, algarismos e hífen, como na tabela de departamentos",
    "bool_type": "precisa ser true ou false",
    "bool_parsing": "precisa ser true ou false",
    "uuid_parsing": "precisa ser um UUID, como 0b0e7a52-4d0e-4f0b-9d0c-3f6f0d1a2b3c",
    "uuid_type": "precisa ser um UUID, como 0b0e7a52-4d0e-4f0b-9d0c-3f6f0d1a2b3c",
    "timezone_aware": "falta o fuso: escreva como 2026-11-23T14:05:00-03:00",
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
}


def fault_words(fault: ErrorDetails, known: tuple[str, ...]) -> str:
    """Say what is wrong with a field. `known` are the command's fields."""
    if fault["type"] == "extra_forbidden":
        return f"há um campo que o comando não conhece; ele tem {', '.join(known)}"
    if fault["type"] == "string_too_long":
        return f"é longo demais: até {fault['ctx']['max_length']} caracteres"
    return _FAULTS.get(fault["type"], "o valor não serve; veja o esquema do comando em docs/schemas")


def no_such_command(commands: tuple[str, ...], prefix: str) -> str:
    """Say which commands there are."""
    return f"o tipo do evento precisa ser {prefix} seguido de {', '.join(commands)} e .v1"


def end(at: datetime, zone: tzinfo) -> str:
    """Write a deadline as people here read it."""
    local, clock = end_of(at, zone)
    return f"{local:%d/%m/%Y} às {clock}"
