"""A mail's bytes to what the customer said: always one utterance, never an exception.

Each step takes any input and tells in `defects` what was wrong with it. Defects are read by the departments' people, so
they are in Portuguese.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from ingest.adapter import Aside, Original, Utterance
from ingest.email.authenticity import recorded
from ingest.email.automatic import answered_id, read_automatic
from ingest.email.bodies import Content, read_content
from ingest.email.envelope import with_envelope
from ingest.email.forwarded import as_content
from ingest.email.headers import Said, read_headers
from ingest.email.heads import Head
from ingest.email.identity import own_id
from ingest.email.mapi import letter_of
from ingest.email.msg import is_msg, read_msg
from ingest.email.new_matter import is_new_matter
from ingest.email.own_words import own_words
from ingest.email.references import conversation_index
from ingest.email.structure import Part, read_structure
from ingest.email.words import decode_words
from ingest.quoted_protocol import find_protocol

__all__ = ["read"]

_ENVELOPE: Final = ("delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to")
_MOST_DEFECTS: Final = 30
_CHARSET_OF_BODY: Final = "charset"


def read(original: Original) -> Iterable[Utterance | Aside]:
    """Read one mail."""
    hints = original.hints
    if "unfetched" in hints:
        return [
            Utterance(
                text="", body="", defects=(f"a caixa postal lista a mensagem e não a entrega ({hints['unfetched']})",)
            )
        ]
    utterance = with_envelope(_read(original.body, hints), hints)
    if "announced" in hints:
        cut = f"{hints['announced']} bytes anunciados, só {len(original.body)} foram trazidos"
        utterance = _with_defect(utterance, cut)
    return [utterance]


def _read(mail: bytes, hints: Mapping[str, str]) -> Utterance:
    if is_msg(mail):
        return _read_msg(mail)
    root, structure_defects = read_structure(mail)
    utterance = _told(mail, root.head, _charset(root), read_content(root), structure_defects)
    return replace(utterance, authenticity=recorded(root.head, hints))


def _read_msg(mail: bytes) -> Utterance:
    """Read a file of Outlook's, which says the same in another form. What it is known by are all its bytes."""
    item, defect = read_msg(mail)
    letter = letter_of(item)
    utterance = _told(mail, letter.head, "utf-8", as_content(letter), [defect] if defect else [])
    return replace(utterance, own_id=None)


def _told(mail: bytes, head: Head, charset: str | None, content: Content, structure_defects: list[str]) -> Utterance:
    said = read_headers(head, charset)
    body = "\n\n".join(filter(None, (text.strip("\n") for text in content.texts)))
    whole = "\n\n".join(filter(None, (body, *content.forwarded)))
    own = own_words(body, content.forwarded, said.subject)
    automatic = read_automatic(head, said, content)
    protocol = find_protocol((said.subject or "", *_addresses(head, said), own.text, whole))
    index, is_answer = conversation_index(head)
    in_reply_to = said.in_reply_to or answered_id(content, automatic)
    defects = [*said.defects, *structure_defects, *content.defects, *([own.defect] if own.defect else [])]
    if not whole.strip():
        defects.append("corpo vazio" if mail.strip() else "mensagem vazia")
    return Utterance(
        text=own.text,
        body=whole,
        own_id=own_id(mail),
        subject=said.subject,
        sent_at=said.sent_at,
        author_name=said.author.name,
        author_address=said.author.address,
        recipients=said.recipients,
        files=tuple(content.files),
        conversation=_conversation(said, in_reply_to, index if is_answer else None),
        message_id=said.message_id,
        in_reply_to=in_reply_to,
        references=said.references,
        protocol=protocol,
        thread_index=index,
        new_matter=is_new_matter(
            head, said, own, has_protocol=protocol is not None, is_automatic=automatic is not None
        ),
        automatic=automatic,
        defects=_shortened(defects),
    )


def _charset(root: Part) -> str | None:
    """Find the charset that the mail's first text declares: raw headers are mostly written in it."""
    for part in root.walk():
        if part.media_type.startswith("text/") and (declared := part.parameters.get(_CHARSET_OF_BODY)):
            return declared
    return None


def _conversation(said: Said, in_reply_to: str | None, index: str | None) -> str | None:
    """Give the first mail's id; where no id is named, Outlook's conversation, if this is an answer in one."""
    if said.references:
        return said.references[0]
    return in_reply_to or (f"thread-index:{index}" if index else said.message_id)


def _addresses(head: Head, said: Said) -> list[str]:
    """Give the addresses that may hold a protocol number: also those that only the envelope had."""
    envelope = (decode_words(value)[0][:1000] for name in _ENVELOPE for value in head.all(name))
    return [*(recipient.address for recipient in said.recipients if recipient.address), *envelope]


def _with_defect(utterance: Utterance, defect: str) -> Utterance:
    return replace(utterance, defects=(*utterance.defects, defect))


def _shortened(defects: list[str]) -> tuple[str, ...]:
    each = tuple(dict.fromkeys(defects))
    return each if len(each) <= _MOST_DEFECTS else (*each[:_MOST_DEFECTS], f"e mais {len(each) - _MOST_DEFECTS}")
