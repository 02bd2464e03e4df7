"""A department's answer to our mail is told apart by seal and sender, and by neither alone."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from ingest.adapter import Original
from ingest.email.department_answers import DepartmentAnswers, is_belied
from ingest.intake import Intake
from ingest.registry import adapter
from ouvidor.department_boxes import answers_for
from ouvidor.errors import Misconfigured
from ouvidor.events import event_id
from ouvidor.metrics import MAIL_ANSWERS
from ouvidor.records import AuthenticityCheck, Channel, MailAnswer, Message, NetworkEvent
from ouvidor.reply_address import ReplyAddresses
from ouvidor.settings import Settings
from tests.ingest.hearing import PSEUDONYMS, ZONE

PROTOCOL = "20261123-0000-0000-00E"
ADDRESSES = ReplyAddresses(b"k" * 32)
SEALED = ADDRESSES.address("respostas@casa.test", PROTOCOL, "obras")
ITS_ID = ADDRESSES.message_id("casa.test", PROTOCOL, "obras", event_id(str(event_id("0" * 32, "a")), "b"))
ANSWERS = DepartmentAnswers(
    ADDRESSES, {"obras": frozenset({"obras@casa.test", "@obras.casa.test"}), "saude": frozenset({"saude@casa.test"})}
)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUOTED = "Vamos trocar a lâmpada amanhã.\n\nEm 23/11/2026 10:00, Ouvidoria escreveu:\n> O poste está apagado\n"


def mail(text: str = QUOTED, **headers: str) -> bytes:
    its = EmailMessage()
    usual = {
        "From": "Setor de Obras <Obras@casa.test>",
        "To": SEALED,
        "Subject": f"Re: [{PROTOCOL}] Reclamação",
        "Message-ID": "<abc@casa.test>",
        "In-Reply-To": ITS_ID,
    }
    for name, words in (usual | {name.replace("_", "-"): words for name, words in headers.items()}).items():
        if words:
            its[name] = words
    its.set_content(text)
    return bytes(its)


def heard(content: bytes, hints: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - one of three records
    original = Original(Channel.EMAIL, "imap", "caixa", content, "message/rfc822", NOW, hints or {})
    intake = Intake(PSEUDONYMS, ZONE, lambda digest: f"file:///{digest}")
    (found,) = intake.read(original, event_id("0" * 32, "original"), adapter("imap"))
    assert isinstance(found.said, Message)
    return ANSWERS.read(found.said)


def test_the_seal_and_the_department_s_own_sender_make_an_answer_of_its_new_words_alone():
    before = MAIL_ANSWERS.labels("answer")._value.get()
    found = heard(mail())
    assert isinstance(found, MailAnswer)
    assert (found.protocol, found.department, found.address) == (PROTOCOL, "obras", "obras@casa.test")
    assert found.text == "Vamos trocar a lâmpada amanhã."
    assert found.message_id == "abc@casa.test"
    assert (found.cut, found.looks_automatic) == (False, False)
    assert MAIL_ANSWERS.labels("answer")._value.get() == before + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"In_Reply_To": ""},
        {"To": "respostas@casa.test"},
        {"To": "respostas@casa.test", "In_Reply_To": "", "References": f"<x@y.test> {ITS_ID} <z@y.test>"},
        {"To": "outra@casa.test", "Cc": f"Ouvidoria <{SEALED.upper()}>", "In_Reply_To": ""},
        {"From": "maria@obras.casa.test"},
    ],
)
def test_the_seal_is_found_where_mail_programs_leave_it(headers: dict[str, str]):
    found = heard(mail(**headers))
    assert isinstance(found, MailAnswer)
    assert found.protocol == PROTOCOL


@pytest.mark.parametrize("sender", ["cliente@example.org", "saude@casa.test", "obras@casa.test.org", "x@casa.test"])
def test_who_was_handed_our_mail_and_is_not_the_department_is_heard_as_anybody(sender: str):
    found = heard(mail(From=sender))
    assert isinstance(found, Message)
    assert found.thread.protocol == PROTOCOL
    assert "o remetente não está entre os que respondem por ele" in found.defects[-1]
    assert "obras" in found.defects[-1]


@pytest.mark.parametrize(
    "headers",
    [
        b"From: obras@casa.test, mal@evil.test",
        b"From: <obras@casa.test> <mal@evil.test>",
        b"From: obras@casa.test (x) mal@evil.test",
        b"From: obras@casa.test\x00@evil.test",
        b"From: =?utf-8?q?obras=40casa=2Etest?=",
        b"From: obras@casa.test\nFrom: mal@evil.test",
        b"Reply-To: obras@casa.test",
        b"Sender: obras@casa.test",
        b"Return-Path: <obras@casa.test>",
        b"From: Obras\nReply-To: obras@casa.test",
    ],
)
def test_a_sender_of_whom_the_checks_need_not_speak_is_none_who_answers(headers: bytes):
    """DMARC is about the one address of the one From; a mail with none or two of them is checked by another."""
    raw = mail(From="x@y.test").replace(b"From: x@y.test", headers)
    assert headers in raw
    found = heard(raw)
    assert isinstance(found, Message)
    if found.author.address == "obras@casa.test":
        assert "o remetente" in found.defects[-1]


@pytest.mark.parametrize(
    "sender",
    [
        "obras@casa.test",
        "<obras@casa.test>",
        "obras@casa.test <obras@casa.test>",
        '"Obras, (centro) <x@y.test>" <Obras@casa.test>',
        "Obras (de x@y.test) <obras@casa.test>",
        "=?utf-8?q?Jo=C3=A3o?= <obras@casa.test>",
        "obras@casa.test (Obras)",
    ],
)
def test_a_sender_is_known_however_a_mail_program_writes_it(sender: str):
    found = heard(mail(From="x@y.test").replace(b"From: x@y.test", f"From: {sender}".encode()))
    assert isinstance(found, MailAnswer)
    assert found.address == "obras@casa.test"


@pytest.mark.parametrize("to", ["respostas@casa.test", SEALED.replace(SEALED[-30:-20], "a" * 10)])
def test_the_department_s_sender_without_a_seal_of_ours_is_anybody(to: str):
    found = heard(mail(To=to, In_Reply_To="<outro@casa.test>", References=""))
    assert isinstance(found, Message)
    assert not [defect for defect in found.defects if "remetente" in defect]


@pytest.mark.parametrize("sign", ["\u017f", "\u212a", "\u0131"])
def test_a_seal_of_signs_that_only_look_like_letters_of_ours_is_none(sign: str):
    forged = f"<{PROTOCOL}.{sign * 16}.{'0' * 32}@casa.test>".encode()
    raw = mail(To="respostas@casa.test", In_Reply_To="IT").replace(b"In-Reply-To: IT", b"In-Reply-To: " + forged)
    assert forged in raw
    assert isinstance(heard(raw), Message)


def test_a_seal_for_another_protocol_is_none():
    forged = SEALED.replace(PROTOCOL, "20261123-0000-0000-01D")
    assert isinstance(heard(mail(To=forged, In_Reply_To="")), Message)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "auto-replied"}, "department-auto-reply"),
        ({"Subject": "Resposta automática: [x] Reclamação"}, "department-auto-reply"),
        ({"From": "MAILER-DAEMON@casa.test", "Subject": "Undelivered Mail Returned to Sender", "Return_Path": "<>"},
         "department-bounce"),
    ],
)  # fmt: skip
def test_what_a_machine_answers_is_an_event_and_neither_answer_nor_message(headers: dict[str, str], kind: str):
    found = heard(mail("Estou de férias até 10/12.", **headers))
    assert isinstance(found, NetworkEvent)
    assert found.kind == kind
    assert found.data["protocol"] == PROTOCOL
    assert found.data["department"] == "obras"


def test_our_own_mail_in_a_box_of_ours_is_no_answer():
    its = heard(mail("Protocolo…", From="ouvidoria@casa.test", Auto_Submitted="auto-generated", References=ITS_ID))
    assert isinstance(its, NetworkEvent)


def test_an_absence_without_any_header_is_marked_for_who_reads_it():
    found = heard(mail("Estou de férias e retorno em 10/12. Procure a Ana."))
    assert isinstance(found, MailAnswer)
    assert found.looks_automatic


@pytest.mark.parametrize(
    "text",
    [f"{before}Em 23/11/2026 10:00, Ouvidoria escreveu:\n> O poste\n" for before in ("", "Atenciosamente,\n\n")] + [""],
)
def test_where_nothing_new_was_written_nothing_is_the_answer(text: str):
    found = heard(mail(text))
    assert isinstance(found, MailAnswer)
    assert found.text == ""


def test_the_files_are_those_that_were_sent_and_a_text_that_was_cut_says_so():
    its = EmailMessage()
    its["From"], its["To"], its["Message-ID"] = "obras@casa.test", SEALED, "<f@casa.test>"
    its.set_content("ã" * 40_000)
    its.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="laudo.pdf")
    found = heard(bytes(its))
    assert isinstance(found, MailAnswer)
    assert [each.name for each in found.attachments] == ["laudo.pdf"]
    assert found.cut


def check(method: str, result: str, domain: str | None = None) -> AuthenticityCheck:
    return AuthenticityCheck.model_validate({"method": method, "result": result, "domain": domain, "by": "mx"})


@pytest.mark.parametrize(
    ("checks", "belied"),
    [
        ([], False),
        ([check("dmarc", "fail", "casa.test"), check("spf", "pass", "casa.test")], True),
        ([check("dmarc", "pass", "casa.test"), check("dkim", "fail", "x.test")], False),
        ([check("dmarc", "none")], False),
        ([check("dkim", "fail", "casa.test")], True),
        ([check("dkim", "fail", "casa.test"), check("spf", "pass", "mx.casa.test")], False),
        ([check("spf", "softfail", "casa.test"), check("dkim", "pass", "outra.test")], True),
        ([check("spf", "temperror", "casa.test")], False),
        ([check("dmarc", "none", "casa.test"), check("spf", "fail", "casa.test")], True),
        ([check("dmarc", "temperror"), check("dkim", "fail", "casa.test")], True),
        ([check("dmarc", "none"), check("dkim", "fail", "x.test"), check("spf", "pass", "casa.test")], False),
        ([check("dmarc", "none"), check("spf", "pass", "evil.test"), check("dkim", "pass", "evil.test")], True),
        ([check("spf", "pass"), check("dkim", "none")], False),
        ([check("dmarc", "pass", "evil.test")], True),
        ([check("dmarc", "pass")], False),
    ],
)
def test_a_sender_is_belied_by_dmarc_or_by_a_check_that_failed_where_none_that_fits_passed(
    checks: list[AuthenticityCheck], belied: bool
):
    assert is_belied(checks, "obras@Casa.test") is belied


def test_a_mail_whose_sender_is_belied_is_no_answer():
    forged = mail(Authentication_Results="mx.casa.test; dmarc=fail header.from=casa.test")
    assert isinstance(heard(forged, {"authserv": "mx.casa.test"}), Message)
    assert isinstance(heard(forged), MailAnswer)


@pytest.mark.parametrize(
    ("address", "answers"),
    [("A@b.test", True), ("x@c.test", True), ("x@sub.c.test", False), ("@c.test", False), ("", False), (None, False)],
)
def test_who_answers_is_a_whole_address_or_of_a_whole_domain(address: str | None, answers: bool):
    assert answers_for(address, {"a@b.test", "@c.test"}) is answers


def boxes(**given: object) -> dict[str, Any]:
    usual = {"sink": "mail", "name": "caixa", "department": "obras", "to": "Obras@casa.test"}
    return {"deliveries": {"destinations": [usual | given]}}


def test_answers_are_looked_for_where_departments_get_mail_that_has_an_address_for_them(tmp_path: Path):
    smtp = {"smtp": {"reply_to": "respostas@casa.test"}}
    key = tmp_path / "key"
    assert DepartmentAnswers.from_settings(Settings(**smtp), key) is None
    assert DepartmentAnswers.from_settings(Settings(**boxes()), key) is None
    found = DepartmentAnswers.from_settings(Settings(**smtp, **boxes(answers_from=["@Obras.test"])), key)
    assert found is not None
    assert found._boxes == {"obras": {"obras@casa.test", "@obras.test"}}
    with pytest.raises(Misconfigured, match=r"destinations\[0\]\.answers_from\[0\]: .*a domain with an @ before it"):
        DepartmentAnswers.from_settings(Settings(**smtp, **boxes(answers_from=["obras.test"])), key)
