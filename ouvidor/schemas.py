"""JSON Schemas of the records, for whoever reads or writes our topics without our code.

They are generated from the models and checked in (`docs/schemas/`). What was released stays readable
(`ouvidor/compatibility.py`).

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

__all__ = ["RECORDS", "schema_of"]

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


def schema_of(name: str) -> dict[str, Any]:
    """Give a record's JSON Schema. An optional field that is null may be left out: we leave it out."""
    schema = RECORDS[name].model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:ouvidor:{name}:v1", **schema}
