"""What a mail leaves out of an event: who wrote it. A mail lies in the clear in every box and server that it passes.

The same as the router takes out where the author is withheld (`docs/departments.md`), but from the event's data as it
stands, whatever a later version adds to it. What the customer's own words say of them stays; what staff wrote when they
handed it back is masked, for they may have read who it was, and what was wrong with the original, for it names files.
"""

from collections.abc import Sequence
from typing import Any, Final

from ouvidor.masking import Kind, Known, mask_together

__all__ = ["withheld"]

_GONE: Final = ("recipients", "consent", "authenticity")


def withheld(data: dict[str, Any]) -> dict[str, Any]:
    """Give a copy without author, recipients, headers and signatures."""
    message = data.get("message")
    if not isinstance(message, dict):
        return data
    left = {name: value for name, value in message.items() if name not in _GONE}
    author = left.get("author")
    reference = author.get("reference") if isinstance(author, dict) else None
    left["author"] = {} if reference is None else {"reference": reference}
    left["body"] = left.get("text", "")
    if isinstance(thread := left.get("thread"), dict):
        left["thread"] = {name: thread[name] for name in ("conversation", "protocol", "new_matter") if name in thread}
    if isinstance(automatic := left.get("automatic"), dict):
        left["automatic"] = {name: value for name, value in automatic.items() if name != "recipients"}
    if isinstance(files := left.get("attachments"), list):
        left["attachments"] = [
            {name: value for name, value in each.items() if name != "name"} for each in files if isinstance(each, dict)
        ]
    if isinstance(turns := left.get("turns"), list):
        speakers = list(dict.fromkeys(turn.get("speaker") for turn in turns))
        left["turns"] = [turn | {"speaker": f"speaker {speakers.index(turn.get('speaker')) + 1}"} for turn in turns]
    if isinstance(defects := left.get("defects"), list):
        left["defects"] = _masked(defects, author)
    return data | {"message": left, **_handed_back(data, author)}


def _handed_back(data: dict[str, Any], author: object) -> dict[str, Any]:
    """Mask the reasons; nothing where there are none."""
    dispatch = data.get("dispatch")
    reasons = dispatch.get("handed_back") if isinstance(dispatch, dict) else None
    if not isinstance(dispatch, dict) or not isinstance(reasons, list):
        return {}
    return {"dispatch": dispatch | {"handed_back": _masked(reasons, author)}}


def _masked(words: Sequence[object], author: object) -> list[str]:
    who = author if isinstance(author, dict) else {}
    known = Known(
        names=tuple(str(who[name]) for name in ("name",) if who.get(name)),
        addresses=tuple(str(who[name]) for name in ("address",) if who.get(name)),
    )
    return [each.text for each in mask_together([str(each) for each in words], known, spare=(Kind.STAFF,))]
