"""From a form's fields to what the customer said.

Fields are known by many names, in Portuguese and English, since most forms are somebody else's. What is not known is
not lost: it stands in the body, readable, and it is the text where no field of the customer's words is known.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from ingest.adapter import Utterance
from ingest.webform.fields import Fields
from ouvidor.records import Consent

__all__ = ["utterance"]

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "message", "texto", "mensagem", "relato", "manifestacao", "descricao", "comentario", "msg"),
    "subject": ("subject", "assunto", "titulo", "title"),
    "name": ("name", "nome", "nomecompleto", "fullname"),
    "email": ("email", "correio", "mail", "correioeletronico"),
    "phone": ("phone", "telefone", "celular", "fone", "tel", "whatsapp"),
    "protocol": ("protocol", "protocolo", "numerodeprotocolo", "numerodoprotocolo"),
    "consent": ("consent", "consentimento"),
    "control": ("submission", "charset"),
}
_MEANING: Final = {name: meaning for meaning, names in _NAMES.items() for name in names}
_LONGEST_NAME: Final = 60
_YES: Final = frozenset({"1", "answer", "on", "sim", "true", "yes"})
_NO: Final = frozenset({"", "0", "false", "nao", "no", "off"})


def utterance(fields: Fields, received_at: datetime) -> Utterance:
    """Make of a form's fields what the customer said."""
    known: dict[str, list[str]] = {meaning: [] for meaning in _NAMES}
    unknown: list[tuple[str, str]] = []
    for name, value in fields.pairs:
        words = _tidy(value)
        meaning = _meaning(name)
        if meaning is None or (meaning in {"subject", "name", "email", "protocol"} and words and known[meaning]):
            if words:
                unknown.append((name, words))
        elif words:
            known[meaning].append(words)
    text = "\n\n".join(known["text"]) or "\n".join(_lines(unknown))
    phone = ", ".join(known["phone"])
    email = "".join(known["email"])
    rest = [*unknown, *((("telefone", phone),) if phone and email else ())] if known["text"] else []
    consent = " ".join(known["consent"])
    defects = list(fields.defects)
    if not text and fields.pairs and not defects:
        defects.append(
            "nenhum campo traz palavras do cliente" if not fields.files else "veio sem palavras, só arquivos"
        )
    return Utterance(
        text=text,
        body="\n\n".join(part for part in (text, "\n".join(_lines(rest))) if part),
        subject="".join(known["subject"]) or None,
        author_name="".join(known["name"]) or None,
        author_address=email or phone or None,
        files=tuple(fields.files),
        protocol="".join(known["protocol"]) or None,
        consent=_consent(consent, received_at),
        defects=tuple(defects),
    )


def _meaning(name: str) -> str | None:
    if not name:
        return "text"
    return _MEANING.get(_plain(name)) if len(name) <= _LONGEST_NAME else None


def _consent(words: str, given_at: datetime) -> Consent | None:
    if _plain(words) in _NO:
        return None
    purposes = ("answer",) if _plain(words) in _YES else tuple(re.split(r"[\s,;]+", words.strip()))
    return Consent(purposes=purposes, given_at=given_at, evidence=f"campo consent do formulário: {words}")


def _lines(pairs: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, value in pairs:
        yield f"{_tidy(name)}: {value}" if "\n" not in value else f"{_tidy(name)}:\n{value}"


def _tidy(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def _plain(name: str) -> str:
    """Give a name without accents, case and punctuation: `E-mail` is `email`."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())
