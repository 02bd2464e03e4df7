"""What the house wrote in a mail program: the folder of sent mail, read as answers, never as a customer's words.

An answer is no `Message`: those are judged, routed and given a protocol number, and a stage that forgot to ask for the
direction would open a case of our own words. So it is a network event of the kind `answer`, with the conversation that
it belongs to, for whoever keeps cases (`docs/decisions/0010-sent-mail.md`).
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from ingest.adapter import Aside, Original, Utterance
from ingest.email import parse
from ingest.legible import cleaned, cut

__all__ = ["OUTBOUND", "read"]

OUTBOUND: Final = {"direction": "outbound"}
"""The hint of a mail that lay in the folder of sent mail."""
_KIND: Final = "answer"
_LONGEST_TEXT: Final = 12 * 1024
_LONGEST: Final = 300
_MOST: Final = 20


def read(original: Original) -> Iterable[Utterance | Aside]:
    """Read one mail: a customer's, or the house's own."""
    found = parse.read(original)
    if original.hints.get("direction") != OUTBOUND["direction"]:
        return found
    return [_answer(each, original) if isinstance(each, Utterance) else each for each in found]


def _answer(said: Utterance, original: Original) -> Aside:
    data: dict[str, Any] = {
        "message_id": _short(said.message_id),
        "in_reply_to": _short(said.in_reply_to),
        "references": [_short(each) for each in said.references[-_MOST:]],
        "protocol": said.protocol,
        "sent_at": said.sent_at.isoformat() if said.sent_at else None,
        "to": [_short(each.address) for each in said.recipients[:_MOST] if each.address and each.role != "reply_to"],
        "subject": _short(said.subject),
        "text": cut(cleaned(said.text), _LONGEST_TEXT),
        "attachments": len(said.files),
        "automatic": said.automatic.kind if said.automatic else None,
        "defects": list(said.defects),
    }
    own = said.own_id or original.hints.get("unfetched") or sha256(original.body).hexdigest()
    return Aside(_KIND, own, {name: each for name, each in data.items() if each}, conversation=said.conversation)


def _short(words: str | None) -> str | None:
    return None if words is None else cut(cleaned(words), _LONGEST)
