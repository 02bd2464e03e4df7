"""What the house answers in a mail program joins its conversation, and is never taken for a customer's words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from ingest.adapter import Delivery, Original
from ingest.email.imap import ADAPTER, Mailboxes, check
from ingest.intake import Heard, Intake
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.identity import Pseudonyms
from ouvidor.records import Channel, Message, NetworkEvent
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, all_of
from tests.ingest.email.scripted import ScriptedServer, Talk, opened

pytestmark = QUIET_IMAPLIB2
ASKED = (
    b"From: Ana <ana@cliente.test>\r\nTo: ouvidoria@ouvidor.test\r\nSubject: Conta\r\nMessage-ID: <1@cliente.test>\r\n"
    b"\r\nA conta veio em dobro.\r\n"
)
ANSWERED = (
    b"From: Ouvidoria <ouvidoria@ouvidor.test>\r\nTo: Ana <ana@cliente.test>\r\nSubject: Re: Conta\r\n"
    b"Date: Mon, 02 Nov 2026 10:00:00 -0300\r\nMessage-ID: <2@ouvidor.test>\r\nIn-Reply-To: <1@cliente.test>\r\n"
    b"References: <1@cliente.test>\r\n\r\nPrezada Ana, o valor da conta em dobro foi devolvido hoje.\r\n\r\n"
    b"Em dom., 1 de nov. de 2026, 09:00, Ana <ana@cliente.test> escreveu:\r\n\r\n> A conta veio em dobro.\r\n"
)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        server.mails = {1: ASKED}
        server.boxes = {"Itens Enviados": {1: ANSWERED}}
        yield server


def heard(delivery: Delivery) -> list[Heard]:
    intake = Intake(Pseudonyms(b"x" * 32), ZoneInfo("America/Sao_Paulo"), lambda digest: f"file:///b/{digest}")
    original = Original(
        Channel.EMAIL, "imap", "caixa", delivery.body, "message/rfc822", datetime.now(UTC), dict(delivery.hints)
    )
    return list(intake.read(original, uuid4(), ADAPTER))


async def test_an_answer_from_the_sent_folder_joins_the_conversation_that_it_answers(server: ScriptedServer):
    async with opened(server, sent="Itens Enviados") as pull:
        asked, answered = (await all_of(pull))[0]
    [message], [event] = (heard(each) for each in (asked, answered))
    assert isinstance(message.said, Message)
    assert isinstance(event.said, NetworkEvent)
    assert event.said.kind == "answer"
    assert event.said.conversation == message.said.thread.conversation
    assert event.said.data["text"] == "Prezada Ana, o valor da conta em dobro foi devolvido hoje."
    assert event.said.data["in_reply_to"] == "1@cliente.test"
    assert event.said.data["to"] == ["ana@cliente.test"]
    assert event.said.data["sent_at"] == "2026-11-02T13:00:00+00:00"


async def test_without_the_setting_sent_mail_is_left_alone(server: ScriptedServer):
    async with opened(server) as pull:
        assert [delivery.body for delivery in (await all_of(pull))[0]] == [ASKED]
    assert not [command for command in server.commands if "Enviados" in command]


async def test_the_same_answer_has_the_same_id_wherever_it_is_found_again(server: ScriptedServer):
    server.boxes["Itens Enviados"][7] = ANSWERED
    async with opened(server, sent="Itens Enviados") as pull:
        _, one, other = (await all_of(pull))[0]
    assert heard(one)[0].said.id == heard(other)[0].said.id


async def test_a_sent_mail_that_breaks_the_connection_is_no_customers_word_either(server: ScriptedServer):
    async def break_(talk: Talk, _: str, arguments: str) -> bool:
        if "BODY" not in arguments or talk.folder != "Itens Enviados":
            return False
        talk.hang_up()
        return True

    server.on["UID FETCH"] = break_
    pulls, found = Mailboxes(), []
    async with asyncio.timeout(60):
        while not (stand_ins := [each for each in found if not each.body]):
            pull = pulls(server.account(sent="Itens Enviados"))
            await pull.open(None)
            with suppress(Unavailable):
                found = list((await pull.fetch()).deliveries)
            await pull.close()
    [event] = heard(stand_ins[0])
    assert isinstance(event.said, NetworkEvent)
    assert event.said.kind == "answer"


@pytest.mark.parametrize("body", [b"", b"\xff\x00", ANSWERED[:40], ANSWERED.replace(b"Prezada", b"x" * 90_000)])
def test_whatever_lies_there_is_an_event_and_fits(body: bytes):
    [event] = heard(Delivery(body, "message/rfc822", hints={"folder": "Sent", "direction": "outbound"}))
    assert isinstance(event.said, NetworkEvent)
    assert event.said.kind == "answer"
    assert len(event.said.model_dump_json()) < 32 * 1024
    assert event.said.data or not body


async def test_a_sent_folder_that_is_not_there_is_named(server: ScriptedServer):
    async def refuse(talk: Talk, tag: str, arguments: str) -> bool:
        if "Enviadas" not in arguments:
            return False
        await talk.say(f"{tag} NO [NONEXISTENT] no such mailbox")
        return True

    server.on["EXAMINE"] = refuse
    with pytest.raises(Misconfigured, match="sent: the server opens no such folder"):
        await check(server.account(sent="Enviadas"))


def test_a_folder_cannot_be_both(server: ScriptedServer):
    with pytest.raises(ValueError, match="folders apart"):
        server.account(folders=["INBOX", "Sent"], sent="Sent")
