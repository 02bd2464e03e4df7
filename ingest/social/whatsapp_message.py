"""One message of WhatsApp, of any type, as what the customer said.

`text` is the customer's own words, or what a tap, a place, a shared contact says in words. What is a file stands in the
body as a line in brackets, with its reference at WhatsApp. Whoever has a user name and hides the telephone number is
known by Meta's `user_id`.

Source: Meta, "WhatsApp Business Platform: Webhooks, reference, messages" and "Business-scoped user IDs" (2026).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from ingest.adapter import Aside, Utterance
from ouvidor.records import Recipient

__all__ = ["Envelope", "read_message"]

_SILENT: Final[Mapping[str, str]] = {
    "request_welcome": "opened",  # the chat was opened for the first time
    "revoke": "revoked",  # a message was taken back
    "system": "system",  # the customer's number or identity changed
}
_MEDIA: Final[Mapping[str, str]] = {
    "audio": "áudio",
    "document": "documento",
    "image": "imagem",
    "sticker": "figurinha",
    "video": "vídeo",
}
_CAPTIONED: Final = frozenset({"document", "image", "video"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """What messages of one change have in common."""

    number: str | None
    """Our telephone number, as people write it."""
    number_id: str | None
    contacts: Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class _Said:
    """What a message says: words of the customer, lines that describe the rest, and what is wrong with it."""

    text: str = ""
    lines: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def read_message(message: Mapping[str, Any], own_id: str, envelope: Envelope) -> Utterance | Aside:
    """Read one message. `own_id` is its id, or one of its bytes."""
    kind = _text(message.get("type"))
    if kind in _SILENT or (kind == "reaction" and not _inner(message, "reaction").get("emoji")):
        return Aside(
            _SILENT.get(kind or "", "reaction-removed"), own_id, {"message": message, "number": envelope.number_id}
        )
    said = _Said()
    content = _inner(message, kind) if kind else {}
    _READERS.get(kind, _unknown)(said, content, message)
    _errors(said, message)
    context = _inner(message, "context")
    _circumstances(said, message, context)
    author = _text(message.get("from")) or _text(message.get("from_user_id"))
    contact = _contact(author, envelope.contacts)
    sent_at = _moment(message.get("timestamp"))
    if sent_at is None:
        said.defects.append("sem hora de envio legível")
    answered = _text(context.get("id")) or _text(
        content.get("message_id" if kind == "reaction" else "original_message_id")
    )
    return Utterance(
        text=said.text,
        body="\n".join(part for part in (said.text, *said.lines) if part),
        own_id=own_id,
        sent_at=sent_at,
        author_name=_text(_inner(contact, "profile").get("name")) or _text(_inner(contact, "profile").get("username")),
        author_address=author or _text(contact.get("wa_id")) or _text(contact.get("user_id")),
        recipients=(Recipient(role="to", address=envelope.number or envelope.number_id),) if _known(envelope) else (),
        conversation=_text(message.get("group_id")) or author or _text(contact.get("user_id")),
        message_id=own_id,
        in_reply_to=answered,
        defects=tuple(said.defects),
    )


def _written(said: _Said, content: Mapping[str, Any], _: Mapping[str, Any]) -> None:
    said.text = _text(content.get("body")) or ""


def _tapped(said: _Said, content: Mapping[str, Any], _: Mapping[str, Any]) -> None:
    said.text = _text(content.get("text")) or _text(content.get("payload")) or ""


def _interactive(said: _Said, content: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    reply = _inner(content, _text(content.get("type")) or "")
    if "response_json" in reply:
        said.text = _form(reply)
    elif title := _text(reply.get("title")):
        said.text = title
        if description := _text(reply.get("description")):
            said.lines.append(f"[{description}]")
    else:
        _unknown(said, content, message)


def _form(reply: Mapping[str, Any]) -> str:
    """Read the answers to a form inside WhatsApp (a "flow"): a line each."""
    raw = reply.get("response_json")
    try:
        answers = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        answers = raw
    if not isinstance(answers, Mapping):
        return str(answers)
    return "\n".join(f"{name}: {_words(each)}" for name, each in answers.items() if name != "flow_token")


def _place(said: _Said, content: Mapping[str, Any], _: Mapping[str, Any]) -> None:
    names = [_text(content.get(name)) for name in ("name", "address", "url")]
    where = f"{content.get('latitude')}, {content.get('longitude')}"
    said.text = ", ".join(("localização: " + where, *(name for name in names if name)))


def _shared_contacts(said: _Said, _: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    lines = []
    for contact in _list(message.get("contacts")):
        phones = [_text(_mapping(phone).get("phone")) for phone in _list(_mapping(contact).get("phones"))]
        mails = [_text(_mapping(mail).get("email")) for mail in _list(_mapping(contact).get("emails"))]
        name = _text(_inner(_mapping(contact), "name").get("formatted_name")) or "sem nome"
        lines.append(", ".join((f"contato: {name}", *(each for each in (*phones, *mails) if each))))
    said.text = "\n".join(lines)


def _reaction(said: _Said, content: Mapping[str, Any], _: Mapping[str, Any]) -> None:
    said.text = _text(content.get("emoji")) or ""
    said.lines.append("[reação a uma mensagem]")


def _order(said: _Said, content: Mapping[str, Any], _: Mapping[str, Any]) -> None:
    said.text = _text(content.get("text")) or ""
    for item in _list(content.get("product_items")):
        said.lines.append(f"[pedido: {_words(item)}]")


def _edit(said: _Said, content: Mapping[str, Any], _: Mapping[str, Any]) -> None:
    inner = _inner(content, "message")
    kind = _text(inner.get("type"))
    said.lines.append("[correção de uma mensagem anterior]")
    _READERS.get("" if kind == "edit" else kind, _unknown)(said, _inner(inner, kind or ""), inner)


def _media(said: _Said, content: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    kind = _text(message.get("type")) or ""
    said.text = _text(content.get("caption")) or ""
    name = "mensagem de voz" if content.get("voice") else _MEDIA.get(kind, kind)
    facts = [_text(content.get(fact)) for fact in ("filename", "mime_type")]
    facts.append(f"id {content.get('id')}")
    bare = " sem legenda" if kind in _CAPTIONED and not said.text else ""
    said.lines.append(f"[{name}{bare}: {', '.join(fact for fact in facts if fact)}]")
    said.defects.append(f"{name}: o arquivo ainda está no WhatsApp, não foi baixado")


def _unknown(said: _Said, content: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    kind = _text(message.get("type")) or "sem tipo"
    if kind == "unsupported":
        what = _text(content.get("type"))
        said.defects.append(f"o WhatsApp não entrega este tipo de mensagem{f' ({what})' if what else ''}")
        return
    said.defects.append(f"tipo de mensagem desconhecido ({kind}); o conteúdo está como veio")
    said.lines.append(_words(message))


_READERS: Final[Mapping[str | None, Callable[[_Said, Mapping[str, Any], Mapping[str, Any]], None]]] = {
    "text": _written,
    "button": _tapped,
    "interactive": _interactive,
    "location": _place,
    "contacts": _shared_contacts,
    "reaction": _reaction,
    "order": _order,
    "edit": _edit,
    **dict.fromkeys(_MEDIA, _media),
}


def _errors(said: _Said, message: Mapping[str, Any]) -> None:
    for error in _list(message.get("errors")):
        words = _mapping(error)
        said.defects.append(f"erro {words.get('code')} do WhatsApp: {words.get('title') or words.get('message')}")


def _circumstances(said: _Said, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    if context.get("forwarded") or context.get("frequently_forwarded"):
        said.lines.append("[encaminhada]")
    if product := _inner(context, "referred_product"):
        said.lines.append(f"[sobre o produto: {_words(product)}]")
    if referral := _inner(message, "referral"):
        facts = [_text(referral.get(fact)) for fact in ("headline", "body", "source_url")]
        said.lines.append(f"[veio de um anúncio: {', '.join(fact for fact in facts if fact)}]")


def _contact(author: str | None, contacts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    for contact in contacts:
        if author is not None and author in {_text(contact.get("wa_id")), _text(contact.get("user_id"))}:
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def _known(envelope: Envelope) -> bool:
    return bool(envelope.number or envelope.number_id)


def _moment(value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    try:
        moment = datetime.fromtimestamp(int(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return moment if 1 < moment.year < 9999 else None  # noqa: PLR2004 - the ends of what a record holds


def _words(value: Any) -> str:  # noqa: ANN401 - the same
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(value: Any) -> str | None:  # noqa: ANN401 - the same
    return str(value) if isinstance(value, str | int) and str(value) else None


def _inner(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _mapping(value.get(name))


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - the same
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - the same
    return value if isinstance(value, list) else []
