"""A web form: our own page at `/form/<account>`, and any program that posts to it.

A submission is recognised when it comes again by its bytes and its `Idempotency-Key`, without the boundary that a
browser draws anew for each attempt; our page puts a one-time field into them, so that two customers with the same words
are two. Bytes always count: whoever sends another text under a used key, by mistake or going back in the browser, is
heard as well. A second identical text without any key within 30 days is the same message.

Source: IETF draft-ietf-httpapi-idempotency-key-header; RFC 7578.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from ingest.adapter import Account, Adapter, Answer, Aside, Call, Delivery, Original, Receipt, Utterance
from ingest.webform.fields import read_fields
from ingest.webform.multipart import boundary_of
from ingest.webform.pages import HEADERS, counted_words, form_page, received_page
from ingest.webform.reading import utterance
from ouvidor.promise import Promise
from ouvidor.records import Channel

__all__ = ["ADAPTER", "Form"]

_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json"
_CUT: Final = (
    "Sua mensagem era grande demais, e só o começo dela chegou: seu texto foi registrado, mas um ou mais arquivos "
    "ficaram de fora. Envie-os em outra mensagem, em partes menores, com este número de protocolo."
)


class Form(Account):
    """A form's settings."""

    title: str = "Fale com a ouvidoria"
    """What stands above the form."""
    introduction: str = (
        "Reclamação, pedido, sugestão ou elogio: escreva aqui. Você recebe na hora um número de protocolo e o prazo "
        "da resposta."
    )
    """What stands between the title and the form."""


def _accept(call: Call, account: Form) -> Delivery | Answer:
    if call.method != "POST":
        page = form_page(house=call.house, title=account.title, introduction=account.introduction, once=call.once)
        return Answer(body=page, media_type=_HTML, headers=HEADERS)
    media_type = call.headers.get("content-type", "")
    own_id = _own_id(call.body, media_type, call.headers.get("idempotency-key"))
    return Delivery(
        body=call.body,
        media_type=media_type or "application/octet-stream",
        own_id=own_id,
        order=own_id[:2],  # forms have no order among them: 256 keys spread them over the partitions
        hints={} if call.complete else {"cut": "1"},
    )


def _own_id(body: bytes, media_type: str, key: str | None) -> str:
    digest = sha256(key.encode("utf-8", "replace") + b"\0") if key else sha256()
    if media_type.startswith("multipart/") and (boundary := boundary_of(media_type)):
        body = body.replace(boundary, b"")
    digest.update(body)
    return digest.hexdigest()


def _respond(call: Call, _: Form, receipt: Receipt) -> Answer:
    if "text/html" in call.headers.get("accept", ""):
        notices = () if call.complete else (_CUT,)
        page = received_page(house=call.house, protocol=receipt.protocol, promise=receipt.promise, notices=notices)
        return Answer(body=page, media_type=_HTML, headers=HEADERS)
    notice = "" if call.complete else f',"notice":"{_CUT}"'
    words = f'{{"id":"{receipt.id}","protocol":"{receipt.protocol}",{_promised(receipt.promise)}{notice}}}\n'
    return Answer(status=HTTPStatus.ACCEPTED, body=words.encode(), media_type=_JSON)


@lru_cache(8)
def _promised(promise: Promise) -> str:
    """Write a promise, the same for all of a minute: this is the hot path."""
    told = {"answer_by": promise.until.isoformat(), "deadline": counted_words(promise)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))[1:-1]


def _read(original: Original) -> Iterable[Utterance | Aside]:
    fields = read_fields(original.body, original.media_type)
    if "cut" in original.hints:
        fields.defects.append("era maior que o limite, e só o começo chegou; o cliente foi avisado")
    return [utterance(fields, original.received_at)]


ADAPTER = Adapter(
    channel=Channel.WEBFORM,
    network="form",
    settings=Form,
    read=_read,
    media_type="application/json",
    accept=_accept,
    respond=_respond,
)
