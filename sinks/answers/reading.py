"""From the words of a mail to a reply, or why not, in words for who wrote it. Pure.

What is not told by a word on the first line is the answer. Where somebody seems to have meant a command and it cannot
be read, nothing is guessed: an answer goes to the customer, and "DEVOLVE, é da limpeza" is none.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final
from uuid import UUID, uuid5

from ouvidor.records import MailAnswer, Reply, ReplyFile, ReplyMail
from sinks.answers.words import COMMANDS, GREETING, plain
from sinks.mail.letter import ABOVE
from sinks.replies.reading import Fault, check_reply

__all__ = ["Said", "Unread", "command_in", "reply_of"]

_NAMESPACE: Final = UUID("a0d0c7f6-0a5e-5f0c-9b3e-6d61696c6564")
_WORDS: Final = {plain(word): command for command, words in COMMANDS.items() for word in words}
_COLON: Final = re.compile(r"\s*[*_]{0,2}([^\W\d_][^:\n]{1,80}?)[*_]{0,2}\s*[:\uff1a]\s*[*_]{0,2}\s?")
_TO: Final = re.compile(
    r"(?P<command>.+?) (?:para o departamento|para [oa]|para|ao|al?|to)(?: de)? (?P<name>[a-z0-9][a-z0-9 -]{0,62})$"
)
_SHOUTED: Final = re.compile(r"\s*[*_]{0,2}([A-ZÀ-Ý]{4,}(?: [A-ZÀ-Ý]{2,}){0,2})\b")
_SHOUTED_LINE: Final = re.compile(r"(?m)^\s*[*_]{0,2}([A-ZÀ-Ý]{4,}(?: [A-ZÀ-Ý]{2,}){0,2})[*_]{0,2}\s*[:\uff1a]")
_ONLY_BELOW: Final = re.compile(r"[-_\u2013\u2014]{2,}\s*(?:\n|$)")
"""A signature that stands alone."""
_MOST_GREETINGS: Final = 3
_NEAR: Final = 0.8
_MOST_FILES: Final = 16
_LONGEST_BY: Final = 100

_CUT: Final = "é longo demais: até 10000 caracteres; mande o resto em anexo"
_TOO_MANY: Final = (
    f"são {{count}} arquivos e cabem {_MOST_FILES}: junte-os num só (.zip), ou mande o resto em outra resposta"
)
_EMPTY: Final = "o e-mail não tem texto novo: escreva a resposta antes da mensagem citada"
_AUTOMATIC: Final = (
    "parece uma resposta automática de ausência; se é mesmo a resposta, comece a primeira linha com RESPONDER:"
)
_NOT_FIRST: Final = "há um comando ({word}:) fora da primeira linha; comece por ele, ou com RESPONDER: se é texto"
_NEARLY: Final = (
    "a primeira linha parece um comando; seria {word}: (com dois-pontos)? Se é a resposta, comece com RESPONDER:"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail's words are to do."""

    command: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail that is not taken: why, and what it seemed to be."""

    command: str | None
    fault: Fault
    id: UUID


def reply_of(answer: MailAnswer) -> Reply | Unread:
    """Give the reply that a mail is. Its id follows from the mail's, so that the same mail is the same reply."""
    named = answer.message_id or str(answer.id)
    its_id = uuid5(_NAMESPACE, f"{answer.protocol}\n{answer.department}\n{named}")
    said = Fault("text", _CUT) if answer.cut else command_in(answer.text, looks_automatic=answer.looks_automatic)
    if isinstance(said, Fault):
        return Unread(None, said, its_id)
    files = [each for each in answer.attachments if each.role != "logo"]
    if len(files) > _MOST_FILES:
        return Unread(said.command, Fault("attachments", _TOO_MANY.format(count=len(files))), its_id)
    common: dict[str, Any] = {
        "id": its_id,
        "protocol": answer.protocol,
        "department": answer.department,
        "by": answer.address[:_LONGEST_BY],
        "at": answer.sent_at or answer.received_at,
        "attachments": tuple(
            ReplyFile(name=each.name, media_type=each.media_type, size=each.size, sha256=each.sha256) for each in files
        ),
        "mail": ReplyMail(message_id=answer.message_id, original=answer.original.sha256),
    }
    reply = check_reply(said.command, common | said.data)
    return reply if isinstance(reply, Reply) else Unread(said.command, reply, its_id)


def command_in(text: str, *, looks_automatic: bool = False) -> Said | Fault:
    """Find the command in a mail's own words."""
    words = _without_greeting(text.partition(ABOVE)[0].strip())
    if not words or _ONLY_BELOW.match(words):
        return Fault("text", _EMPTY)
    first, _, rest = words.partition("\n")
    begins = _COLON.match(first)
    name, proposed = _command(begins[1] if begins else first.strip(" .*_"))
    if name is not None:
        rest = words[begins.end() :] if begins else rest
        return _said(name, rest.strip(), proposed)
    if looks_automatic:
        return Fault(None, _AUTOMATIC)
    return _against_a_slip(first, words, has_colon=begins is not None) or Said("answer", {"text": words})


def _said(name: str, words: str, proposed: str | None) -> Said:
    match name:
        case "answer-in-part":
            return Said("answer", {"text": words, "final": False})
        case "hand-back":
            return Said(name, {"reason": words, "proposed": proposed})
        case "ask-customer":
            return Said(name, {"question": words})
        case "extend":
            return Said(name, {"reason": words})
        case "propose-closing":
            return Said(name, {"measures": words})
        case _:
            return Said("answer", {"text": words})


def _command(words: str) -> tuple[str | None, str | None]:
    """Tell the command that words name, and to whom it is to be handed back."""
    its = plain(words)
    if its in _WORDS:
        return _WORDS[its], None
    if (to := _TO.match(its)) and _WORDS.get(to["command"]) == "hand-back":
        return "hand-back", to["name"].replace(" ", "-")
    return None, None


def _against_a_slip(first: str, words: str, *, has_colon: bool) -> Fault | None:
    """Say what speaks against a text's being an answer: a command in capitals that is not quite one, or not first."""
    if shouted := _SHOUTED.match(first):
        its = plain(shouted[1])
        known = its if its in _WORDS else its.partition(" ")[0]
        near = next(iter(get_close_matches(known, _WORDS, n=1, cutoff=_NEAR)), "")
        all_in_capitals = not has_colon and known not in _WORDS and first == first.upper()
        if near and not _WORDS[near].startswith("answer") and not all_in_capitals:
            return Fault(None, _NEARLY.format(word=near.upper()))
    for found in _SHOUTED_LINE.finditer(words):
        if plain(found[1]) in _WORDS:
            return Fault(None, _NOT_FIRST.format(word=plain(found[1]).upper()))
    return None


def _without_greeting(words: str) -> str:
    """Leave a greeting out where a command stands below it; an answer keeps its own."""
    lines = words.split("\n")
    at = 0
    while at < min(len(lines) - 1, 2 * _MOST_GREETINGS) and (not lines[at].strip() or GREETING.match(lines[at])):
        at += 1
    begins = _COLON.match(lines[at])
    return "\n".join(lines[at:]) if at and begins and _command(begins[1])[0] else words
