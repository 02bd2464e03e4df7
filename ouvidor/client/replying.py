"""A reply to a case, checked before it is sent. Pure but for the moment, which is given.

Its id follows from the case, the command and the words: a program that was killed between its answer and its
acknowledgement answers again with the same id, and the same reply counts once. Who wants to say the same words twice
gives an id of their own.
"""

from datetime import datetime
from json import dumps
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic import ValidationError

from ouvidor.client.case import Case
from ouvidor.errors import Rejected
from ouvidor.records.reply import REPLIES, Reply

__all__ = ["LARGEST_BYTES", "make_reply"]

LARGEST_BYTES: Final = 48 * 1024
"""What `replies` takes."""

_NAMESPACE: Final = UUID("f1c9a5b0-2f0e-5d6c-8a53-6f75766964c3")


def make_reply(
    command: str, words: dict[str, Any], *, case: Case, by: str, at: datetime, own: UUID | None = None
) -> Reply:
    """Make a reply. Raises `Rejected` that names the field at fault."""
    said = {name: value for name, value in words.items() if value is not None}
    following = uuid5(_NAMESPACE, f"{case.id} {command} {dumps(said, sort_keys=True)}") if own is None else own
    common = {"id": following, "protocol": case.protocol, "department": case.department, "by": by, "at": at}
    try:
        reply = REPLIES[command].model_validate(common | said)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in faults)
        raise Rejected(f"{command}: {told}") from None
    size = len(reply.model_dump_json(exclude_none=True).encode())
    if size > LARGEST_BYTES:
        raise Rejected(f"{command}: it has {size} bytes; up to {LARGEST_BYTES} are taken")
    return reply
