"""A message inside a message: as a mail program would show it below what its sender says."""

from typing import Final

from ingest.email.content import Content
from ingest.email.heads import Head
from ingest.email.mapi import Letter
from ingest.email.words import decode_words

__all__ = ["as_content", "shown"]

_LABELS: Final = (("from", "De"), ("date", "Data"), ("to", "Para"), ("subject", "Assunto"))


def shown(head: Head, inner: Content) -> str:
    """Give a message with its head above it."""
    lines = ["---------- Mensagem encaminhada ----------"]
    for name, label in _LABELS:
        if value := decode_words(head.first(name))[0]:
            lines.append(f"{label}: {value[:500]}")
    return "\n".join([*lines, "", *(inner.texts or inner.instead), *inner.forwarded])


def as_content(letter: Letter) -> Content:
    """Give what an Outlook letter holds."""
    content = Content(texts=[letter.text] if letter.text else [], defects=list(letter.defects))
    for file in letter.files:
        content.add(file)
    for inner in letter.letters:
        its = as_content(inner)
        content.forwarded.append(shown(inner.head, its))
        for file in its.files:
            content.add(file)
        content.defects += its.defects
    return content
