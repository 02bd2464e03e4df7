"""JSON Schemas of the records, for whoever reads or writes our topics without our code.

They are generated from the models and checked in (`docs/schemas/`). What we write, others read, so those schemas are
open (`ouvidor/schema_forms.py`); what others write is taken as the model says, and nothing else. What was released
stays readable (`ouvidor/releases/`).

Source: JSON Schema 2020-12.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from ouvidor.records import (
    REPLIES,
    CaseAnswered,
    CaseClosingProposed,
    CaseCustomerAsked,
    CaseDispatched,
    CaseExtended,
    CaseHandedBack,
    Classified,
    Correction,
    DeadLetter,
    DeadLetterCase,
    Dispatched,
    IdentityAccessed,
    MailAnswer,
    Message,
    NetworkEvent,
    Refused,
    Retried,
    ShadowDifference,
)
from ouvidor.schema_forms import as_read

__all__ = ["RECORDS", "WRITTEN_BY_OTHERS", "model_schema", "schema_of"]

RECORDS: Final[Mapping[str, type[BaseModel]]] = {
    "message": Message,
    "classified": Classified,
    "correction": Correction,
    "dispatched": Dispatched,
    "dead-letter": DeadLetter,
    "dead-letter-case": DeadLetterCase,
    "identity-accessed": IdentityAccessed,
    "mail-answer": MailAnswer,
    "network-event": NetworkEvent,
    "retried": Retried,
    "shadow-difference": ShadowDifference,
    **{f"reply-{name}": command for name, command in REPLIES.items()},
    "reply-refused": Refused,
    "case-dispatched": CaseDispatched,
    "case-answered": CaseAnswered,
    "case-handed-back": CaseHandedBack,
    "case-customer-asked": CaseCustomerAsked,
    "case-extended": CaseExtended,
    "case-closing-proposed": CaseClosingProposed,
}
"""The data of our events, by the name of its schema's file."""


WRITTEN_BY_OTHERS: Final = frozenset({"correction", *(f"reply-{name}" for name in REPLIES)})
"""What departments and the ombudsman send us; all else is ours."""


def schema_of(name: str) -> dict[str, Any]:
    """Give a record's JSON Schema as it is published. An optional field that is null may be left out: we do."""
    schema = model_schema(name)
    return schema if name in WRITTEN_BY_OTHERS else as_read(schema)


def model_schema(name: str) -> dict[str, Any]:
    """Give a record's JSON Schema as our own readers take it: no unknown field, no unknown word."""
    schema = RECORDS[name].model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:ouvidor:{name}:v1", **schema}
