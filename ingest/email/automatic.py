"""Was this written by a machine? Such mail is kept, never judged as a customer's, never answered.

Being wrong costs more in one direction: a complaint that is taken for a machine's word is not heard. So one weak sign
is none. `Auto-Submitted: auto-generated` alone is none either: web forms send customers' words with it. And a list's
headers mean nothing where the list is our own address (an organisation's group mailbox), which shows by the domain that
it was delivered to.

Source: RFC 3834 (auto-replies), RFC 2369 and 2919 (lists), RFC 8098 (receipts); vendors' own headers as met.
"""

import re
from typing import Final

from ingest.email.bodies import Content
from ingest.email.bounces import is_mail_system, read_bounce
from ingest.email.headers import Said
from ingest.email.heads import Head
from ingest.email.words import decode_words
from ouvidor.records import Automatic

__all__ = ["read_automatic"]

_REPLY_SUBJECT: Final = re.compile(
    r"(?i)^\W*(?:resposta autom[áa]tica|mensagem autom[áa]tica|auto-?resposta|aus[êe]ncia tempor[áa]ria"
    r"|(?:estou |estarei )?(?:fora do escrit[óo]rio|de f[ée]rias|ausente)|notifica[çc][ãa]o de aus[êe]ncia"
    r"|respuesta autom[áa]tica|fuera de (?:la )?oficina|automatic reply|auto(?:matic)?[ -]?(?:reply|response|responder)"
    r"|out of (?:the )?office(?: autoreply)?|autoreply|vacation (?:reply|response)|away from (?:the )?office"
    r"|r[ée]ponse automatique|absence du bureau|automatische antwort|abwesenheits(?:notiz|assistent)"
    r"|risposta automatica|fuori sede|automatisch antwoord|afwezigheidsbericht|odpowied[źz] automatyczna"
    r"|автоответ|автоматический ответ|自动回复|自動回覆|自動返信|不在通知|automaattinen vastaus|autosvar)"
    r"\s*(?:[:\uff1a\-\u2013\u2014(\[]|$)"
)
_CHALLENGE_SUBJECT: Final = re.compile(
    r"(?i)antispam uol|your (?:e-?mail|message) requires verification|verify# ?\w{6,}"
    r"|please confirm your (?:message|e-?mail to)"
    r"|confirme (?:o envio|a entrega) d[ae] sua mensagem|\[?challenge[ -]response"
)
_REPLY_HEADERS: Final = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-autoreply-from", "x-mail-autoreply",
    "x-vacation", "x-ms-exchange-generated-message-source",
)  # fmt: skip
_BULK: Final = (
    "feedback-id",
    "list-unsubscribe-post",
    "x-campaign",
    "x-campaignid",
    "x-mailgun-tag",
    "x-csa-complaints",
)
_DOMAIN: Final = re.compile(r"@([^\s<>\"',;:@]{1,250})")


def read_automatic(head: Head, said: Said, content: Content) -> Automatic | None:
    """Tell what sort of machine wrote this. None: somebody did, as far as one can see."""
    address = said.author.address
    bounce = read_bounce(head, content, said.subject, address)
    if bounce is not None:
        return bounce
    if any(part.media_type == "message/disposition-notification" for part in content.reports):
        return Automatic(kind="receipt")
    if _is_challenge(head, said.subject or ""):
        return Automatic(kind="challenge")
    if _is_reply(head, said):
        return Automatic(kind="auto-reply")
    if _is_list(head, said):
        return Automatic(kind="list")
    return None


def _word(head: Head, name: str) -> str:
    return decode_words(head.first(name))[0].partition(";")[0].strip().casefold()


def _is_challenge(head: Head, subject: str) -> bool:
    return head.has("x-challenge-response") or _CHALLENGE_SUBJECT.search(subject[:300]) is not None


def _is_reply(head: Head, said: Said) -> bool:
    """One strong sign, or two weak ones."""
    submitted = _word(head, "auto-submitted")
    precedence = _word(head, "precedence")
    by_subject = _REPLY_SUBJECT.match((said.subject or "")[:300]) is not None
    if submitted in {"auto-replied", "auto-reply", "vacation"} or precedence in {"auto_reply", "auto-reply"}:
        return True
    if any(_word(head, name) not in {"", "no", "false", "0"} for name in _REPLY_HEADERS):
        return True
    weak = (
        by_subject,
        submitted.startswith("auto-"),
        is_mail_system(head, said.author.address),
        head.has("x-auto-response-suppress"),
        precedence in {"bulk", "junk"} and said.in_reply_to is not None,
    )
    return by_subject or sum(weak) > 1


def _is_list(head: Head, said: Said) -> bool:
    """Sent to many: a newsletter by its campaign's headers, a foreign mailing list by its own."""
    precedence = _word(head, "precedence")
    if head.has("list-unsubscribe") and (precedence in {"bulk", "junk"} or any(head.has(name) for name in _BULK)):
        return True
    named = b" ".join((head.first("list-id"), head.first("list-post")))
    if not named.strip() and precedence != "list":
        return False
    lists = " ".join((decode_words(named)[0], *(f"@{its}" for its in _domains(head, "x-beenthere"))))
    ours = _domains(head, "delivered-to", "x-original-to", "x-delivered-to", "envelope-to")
    if not ours:
        ours = {recipient.address.rpartition("@")[2].casefold() for recipient in said.recipients if recipient.address}
    return not any(domain and domain in lists.casefold() for domain in ours)


def _domains(head: Head, *names: str) -> set[str]:
    return {
        domain.casefold()
        for name in names
        for value in head.all(name)
        for domain in _DOMAIN.findall(decode_words(value)[0])
    }
