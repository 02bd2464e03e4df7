"""A message that fits into an event, whatever came: what is too long is cut, and the whole of it kept as a blob.

An event stays under 64 KiB, and the verdict and the dispatch travel with the message, so a message takes 48 KiB at
most. What people wrote comes first: lists and names are bounded so that half of it is always left for the words, of
those `text` (which is judged) takes up to 24 KiB, and `body` and the turns of a call share the rest. Whatever was cut
stands as a file among the attachments, so that a person misses nothing, and a defect says so.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import isfinite
from typing import Any, Final

from ingest.legible import cleaned, cut, json_bytes
from ouvidor.records import Attachment, Automatic, Message, Recipient, Turn

__all__ = ["LARGEST_MESSAGE", "Blob", "Kept", "fitted", "without_cuts"]

LARGEST_MESSAGE: Final = 48 * 1024
"""Bytes of the longest message in JSON."""

_LONGEST_TEXT: Final = 24 * 1024
_SURELY_FITS: Final = 12 * 1024
_ROOM_FOR_CUTS: Final = 2048
_TURN_FRAME: Final = 96
_MOST_RECIPIENTS: Final = 15
_MOST_REFERENCES: Final = 15
_MOST_ATTACHMENTS: Final = 15
_MOST_DEFECTS: Final = 12
_MOST_UNREACHED: Final = 10
_WHOLE_TEXT: Final = "texto-completo.txt"
_WHOLE_BODY: Final = "corpo-completo.txt"
_SHORTENED: Final = "{what} longo demais: só os primeiros {part} de {whole} caracteres; inteiro em anexo"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes to be kept in the blob store: a deed of the intake."""

    content: bytes = field(repr=False)
    digest: str | None = None
    """Their SHA-256, where it is known."""


@dataclass(slots=True)
class Kept:
    """What is kept beside a message: the bytes, and where they will be."""

    uri_of: Callable[[str], str]
    blobs: list[Blob] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)

    def keep(self, content: bytes, name: str | None, media_type: str, **kinds: Any) -> Attachment:  # noqa: ANN401
        """Keep bytes, equal ones once, and give the attachment that refers to them; `kinds`: its other fields."""
        digest = sha256(content).hexdigest()
        if digest not in self.digests:
            self.digests.add(digest)
            self.blobs.append(Blob(content, digest))
        return Attachment(
            name=name, media_type=media_type, size=len(content), sha256=digest, uri=self.uri_of(digest), **kinds
        )


def fitted(message: Message, kept: Kept) -> Message:
    """Bound the lists of a message whose words are clean, then those words. What is cut goes to `kept`."""
    message = _bounded_lists(message, kept)
    if message.turns:
        message = message.model_copy(update={"turns": tuple(_clean_turn(each) for each in message.turns)})
    words = json_bytes(message.text) + json_bytes(message.body)
    if words <= _SURELY_FITS and not message.turns:
        return message
    frame = message.model_copy(update={"text": "", "body": "", "turns": ()})
    room = LARGEST_MESSAGE - len(_json(frame)) - _ROOM_FOR_CUTS
    spoken = [_TURN_FRAME + json_bytes(turn.speaker) + json_bytes(turn.text) for turn in message.turns]
    if words + sum(spoken) <= room and json_bytes(message.text) <= _LONGEST_TEXT:
        return message
    return _cut_words(message, room, spoken, kept)


def _cut_words(message: Message, room: int, spoken: Sequence[int], kept: Kept) -> Message:
    rest = json_bytes(message.body) + sum(spoken)
    text = cut(message.text, min(_LONGEST_TEXT, max(room // 2, room - rest)))
    room -= json_bytes(text)
    turns = _first(message.turns, spoken, max(room // 2, room - json_bytes(message.body)))
    room -= sum(spoken[: len(turns)])
    body = cut(message.body, room)
    files: list[Attachment] = []
    defects: list[str] = []
    if text != message.text:
        files.append(kept.keep(message.text.encode(), _WHOLE_TEXT, "text/plain; charset=utf-8"))
        defects.append(_shortened("texto", text, message.text))
    if body != message.body:
        if message.body != message.text or not files:
            files.append(kept.keep(message.body.encode(), _WHOLE_BODY, "text/plain; charset=utf-8"))
        defects.append(_shortened("corpo", body, message.body))
    if len(turns) != len(message.turns):
        every = json.dumps([turn.model_dump() for turn in message.turns], ensure_ascii=False).encode()
        files.append(kept.keep(every, "falas-completas.json", "application/json"))
        defects.append(f"só as primeiras {len(turns)} de {len(message.turns)} falas cabem aqui; todas estão em anexo")
    return message.model_copy(
        update={
            "text": text,
            "body": body,
            "turns": turns,
            "attachments": (*message.attachments, *files),
            "defects": (*message.defects, *defects),
        }
    )


def without_cuts(message: Message) -> tuple[tuple[Attachment, ...], bool]:
    """Give the files that its sender sent, without those that hold what was cut, and whether the text was cut."""
    files = list(message.attachments)
    cut_text, cut_body = (
        any(defect.startswith(f"{what} longo demais: ") for defect in message.defects) for what in ("texto", "corpo")
    )
    for name, is_cut in ((_WHOLE_BODY, cut_body), (_WHOLE_TEXT, cut_text)):  # the last two, in the other order
        if is_cut and files and files[-1].name == name:
            files.pop()
    return tuple(files), cut_text


def _shortened(what: str, part: str, whole: str) -> str:
    return _SHORTENED.format(what=what, part=len(part), whole=len(whole))


def _first(turns: tuple[Turn, ...], sizes: Sequence[int], room: int) -> tuple[Turn, ...]:
    """Give as many turns, from the first, as fit."""
    for count, size in enumerate(sizes):
        room -= size
        if room < 0:
            return turns[:count]
    return turns


def _bounded_lists(message: Message, kept: Kept) -> Message:
    """Bound what a message has many of, and the length of each name in it."""
    thread = message.thread
    references = thread.references
    if len(references) > _MOST_REFERENCES:  # the first is the thread's root, the last its newest
        references = (references[0], *references[1 - _MOST_REFERENCES :])
    update: dict[str, object] = {
        "author": message.author.model_copy(
            update={"name": _short(message.author.name, 200), "address": _short(message.author.address, 320)}
        ),
        "subject": _short(message.subject, 1000),
        "language": _short(message.language, 35),
        "recipients": tuple(_short_recipient(each) for each in message.recipients[:_MOST_RECIPIENTS]),
        "thread": thread.model_copy(
            update={
                "message_id": _short(thread.message_id, 250),
                "in_reply_to": _short(thread.in_reply_to, 250),
                "references": tuple(cut(cleaned(each), 250) for each in references),
                "protocol": _short(thread.protocol, 40),
                "index": _short(thread.index, 44),
            }
        ),
        "attachments": _bounded_attachments(message.attachments, kept),
        "automatic": _short_automatic(message.automatic),
    }
    if message.consent is not None:
        purposes = tuple(cut(cleaned(each), 100) for each in message.consent.purposes[:10])
        update["consent"] = message.consent.model_copy(
            update={"purposes": purposes, "evidence": cut(cleaned(message.consent.evidence), 1000)}
        )
    ours = []
    if (more := len(message.recipients) - _MOST_RECIPIENTS) > 0:
        ours.append(f"mais {more} destinatários, que só o original mostra")
    if (more := len(message.attachments) - _MOST_ATTACHMENTS) > 0:
        ours.append(f"mais {more} anexos, que a lista em anexo mostra")
    defects = [*ours, *message.defects]
    if len(defects) > _MOST_DEFECTS:
        defects = [*defects[: _MOST_DEFECTS - 1], f"mais {len(defects) - _MOST_DEFECTS + 1} defeitos"]
    update["defects"] = tuple(cut(cleaned(each), 300) for each in defects)
    return message.model_copy(update=update)


def _bounded_attachments(attachments: tuple[Attachment, ...], kept: Kept) -> tuple[Attachment, ...]:
    shown: Iterable[Attachment] = attachments
    if len(attachments) > _MOST_ATTACHMENTS:
        every = json.dumps([each.model_dump() for each in attachments], ensure_ascii=False, indent=1).encode()
        shown = (*attachments[: _MOST_ATTACHMENTS - 1], kept.keep(every, "lista-de-anexos.json", "application/json"))
    return tuple(
        each.model_copy(update={"name": _short(each.name, 150), "media_type": cut(cleaned(each.media_type), 100)})
        for each in shown
    )


def _short_recipient(recipient: Recipient) -> Recipient:
    return recipient.model_copy(update={"name": _short(recipient.name, 100), "address": _short(recipient.address, 320)})


def _clean_turn(turn: Turn) -> Turn:
    return turn.model_copy(
        update={
            "speaker": cut(cleaned(turn.speaker), 200),
            "text": cleaned(turn.text),
            "start": turn.start if isfinite(turn.start) else 0.0,  # JSON has no infinity
            "end": turn.end if isfinite(turn.end) else 0.0,
        }
    )


def _short_automatic(automatic: Automatic | None) -> Automatic | None:
    if automatic is None:
        return None
    unreached = tuple(cut(cleaned(each), 320) for each in automatic.recipients[:_MOST_UNREACHED])
    return automatic.model_copy(update={"recipients": unreached, "status": _short(automatic.status, 100)})


def _short(text: str | None, limit: int) -> str | None:
    return None if text is None else cut(cleaned(text), limit)


def _json(message: Message) -> bytes:
    return message.__pydantic_serializer__.to_json(message, exclude_none=True)
