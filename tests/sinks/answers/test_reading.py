"""What a person writes in a mail is the answer, or one of five other things by the first line's word; never a guess."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from ouvidor.records import Answer, Attachment, HandBack, MailAnswer, Original
from ouvidor.records.reply import Reply
from sinks.answers.reading import Said, Unread, command_in, reply_of
from sinks.mail.letter import ABOVE
from sinks.replies.reading import Fault
from tests.sinks.replies.samples import PROTOCOL

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DIGEST = "ab" * 32


def answer(text: str = "Trocamos a lâmpada.", **changes: Any) -> MailAnswer:  # noqa: ANN401 - any field
    usual = {
        "id": UUID(int=5), "protocol": PROTOCOL, "department": "saude", "address": "saude@casa.test",
        "received_at": NOW, "message_id": "abc@casa.test", "text": text,
        "original": Original(sha256=DIGEST, uri="file:///x", media_type="message/rfc822"),
    }  # fmt: skip
    return MailAnswer.model_validate(usual | changes)


@pytest.mark.parametrize(
    ("text", "command", "data"),
    [
        ("Trocamos a lâmpada.\n\nAna", "answer", {"text": "Trocamos a lâmpada.\n\nAna"}),
        ("Prezados,\nA taxa é: R$ 10.", "answer", {"text": "Prezados,\nA taxa é: R$ 10."}),
        ("RESPONDER: DEVOLVER: é o título", "answer", {"text": "DEVOLVER: é o título"}),
        ("Resposta:\nTrocamos.", "answer", {"text": "Trocamos."}),
        ("PARCIAL: vamos amanhã", "answer", {"text": "vamos amanhã", "final": False}),
        ("Resposta parcial: vamos", "answer", {"text": "vamos", "final": False}),
        ("Devolver: é da coleta", "hand-back", {"reason": "é da coleta", "proposed": None}),
        ("**DEVOLVER:** é da coleta", "hand-back", {"reason": "é da coleta", "proposed": None}),
        ("devolução\né da coleta", "hand-back", {"reason": "é da coleta", "proposed": None}),
        ("DEVOLVER PARA vias: é da rua", "hand-back", {"reason": "é da rua", "proposed": "vias"}),
        ("Encaminhar para Bem Estar: é da rua", "hand-back", {"reason": "é da rua", "proposed": "bem-estar"}),
        ("DEVOLVER A limpieza: no es nuestro", "hand-back", {"reason": "no es nuestro", "proposed": "limpieza"}),
        ("HAND BACK TO roads: not ours at all", "hand-back", {"reason": "not ours at all", "proposed": "roads"}),
        ("Bom dia!\n\nDEVOLVER: é da coleta", "hand-back", {"reason": "é da coleta", "proposed": None}),
        ("PERGUNTAR: qual poste?", "ask-customer", {"question": "qual poste?"}),
        ("Pregunta: ¿cuál?", "ask-customer", {"question": "¿cuál?"}),
        ("Ask: which one?", "ask-customer", {"question": "which one?"}),
        ("Prorrogação: falta o laudo médico", "extend", {"reason": "falta o laudo médico"}),
        ("PRÓRROGA: falta el informe", "extend", {"reason": "falta el informe"}),
        ("extend : waiting for the report", "extend", {"reason": "waiting for the report"}),
        ("ENCERRAR:\nfeito ontem", "propose-closing", {"measures": "feito ontem"}),
        ("Cerrar: hecho", "propose-closing", {"measures": "hecho"}),
        ("propose closing: done", "propose-closing", {"measures": "done"}),
        (f"Feito.\n\n{ABOVE}\n\nProtocolo: x\nDEVOLVER: motivo", "answer", {"text": "Feito."}),
        ("Devolver o dinheiro é direito seu.", "answer", {"text": "Devolver o dinheiro é direito seu."}),
        ("https://casa.test: veja", "answer", {"text": "https://casa.test: veja"}),
        ("RESPOSTA AO PROTOCOLO 2026\nFeito.", "answer", {"text": "RESPOSTA AO PROTOCOLO 2026\nFeito."}),
        ("PERGUNTAMOS AO SETOR E FOI FEITO.", "answer", {"text": "PERGUNTAMOS AO SETOR E FOI FEITO."}),
    ],
)  # fmt: skip
def test_the_first_line_says_what_a_mail_is_to_do(text: str, command: str, data: dict[str, object]):
    assert command_in(text) == Said(command, data)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "não tem texto novo"),
        (f"{ABOVE}\nProtocolo", "não tem texto novo"),
        ("-- \nAna\nObras", "não tem texto novo"),
        ("DEVOLVE: é da limpeza", "seria DEVOLVER:"),
        ("DEVOLVER é da limpeza", "seria DEVOLVER:"),
        ("PRORROGUEM: falta laudo", "seria PRORROG"),
        ("Segue.\nDEVOLVER: é da limpeza", r"há um comando \(DEVOLVER:\) fora da primeira linha"),
        ("Bom dia, tudo bem com vocês? Sobre isto:\nENCERRAR: feito", r"há um comando \(ENCERRAR:\)"),
    ],
)
def test_what_may_be_a_command_and_is_none_goes_to_nobody(text: str, words: str):
    fault = command_in(text)
    assert isinstance(fault, Fault)
    assert re.search(words, fault.reason)


def test_an_absence_is_taken_only_where_it_says_that_it_is_the_answer():
    fault = command_in("Estou de férias.", looks_automatic=True)
    assert isinstance(fault, Fault)
    assert "RESPONDER:" in fault.reason
    assert command_in("RESPONDER: a servidora está de férias", looks_automatic=True) == Said(
        "answer", {"text": "a servidora está de férias"}
    )


def test_the_reply_says_who_wrote_by_which_mail_and_when_and_the_same_mail_is_the_same_reply():
    found = reply_of(answer())
    assert isinstance(found, Answer)
    assert (found.text, found.by, found.department, found.protocol) == (
        "Trocamos a lâmpada.", "saude@casa.test", "saude", PROTOCOL,
    )  # fmt: skip
    assert found.at == NOW
    assert found.mail is not None
    assert (found.mail.message_id, found.mail.original) == ("abc@casa.test", DIGEST)
    again = reply_of(answer(id=UUID(int=6)))  # the same mail, from another mailbox
    assert isinstance(again, Reply)
    assert again.id == found.id
    other = reply_of(answer(message_id="def@casa.test"))
    assert isinstance(other, Reply)
    assert other.id != found.id


def file(name: str, role: str = "attachment") -> Attachment:
    given = {"name": name, "media_type": "image/png", "size": 3, "sha256": DIGEST, "uri": "file:///etc/passwd"}
    return Attachment.model_validate(given | {"role": role})


def test_no_file_is_left_out_without_a_word():
    files = [file(f"foto {number}") for number in range(17)]
    taken = reply_of(answer("Segue.", attachments=(*files[:16], file("marca", "logo"))))
    assert isinstance(taken, Reply)
    assert len(taken.attachments) == 16
    refused = reply_of(answer("Segue.", attachments=tuple(files)))
    assert isinstance(refused, Unread)
    assert refused.fault.field == "attachments"
    assert "são 17 arquivos e cabem 16" in refused.fault.reason


def test_files_come_along_by_their_digest_and_a_signature_s_picture_does_not():
    found = reply_of(answer("DEVOLVER: é de outro setor", attachments=(file("a", "attachment"), file("b", "logo"))))
    assert isinstance(found, HandBack)
    assert [each.model_dump() for each in found.attachments] == [
        {"name": "a", "media_type": "image/png", "size": 3, "sha256": DIGEST}
    ]
    assert "passwd" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("given", "command", "words"),
    [
        (answer("PRORROGAR: falta"), "extend", "três palavras ou mais"),
        (answer("x" * 10_001), "answer", "longo demais: até 10000"),
        (answer("x", cut=True), None, "longo demais"),
        (answer("DEVOLVER:"), "hand-back", "três palavras"),
    ],
)
def test_what_a_reply_cannot_be_is_told_with_its_command(given: MailAnswer, command: str | None, words: str):
    found = reply_of(given)
    assert isinstance(found, Unread)
    assert found.command == command
    assert words in found.fault.reason
