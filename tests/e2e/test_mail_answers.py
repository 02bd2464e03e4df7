"""A department answers its mail, on a real mail server and a real broker: what it says becomes the case's history."""

import asyncio
import imaplib
import smtplib
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from ingest.stage import services as reading
from ouvidor.blobs import BlobStore
from ouvidor.events import Incoming, header
from ouvidor.local.greenmail import GreenMail
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import CaseAnswered, CaseClosingProposed, CaseEvent, Channel, Message, NetworkEvent
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers.departments import departments
from routers.stage import services as routing
from sinks.stage import services as sinking
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2
from tests.ingest.river import arrived, committed
from tests.routers.conftest import PLAIN
from tests.routers.samples import message, verdict
from tests.routers.test_river import judged, running, send
from tests.sinks.mail.box import read
from tests.sinks.replies.samples import PROTOCOL

BOX, ANSWERS, HOUSE = "vias@casa.test", "respostas@casa.test", "ouvidoria@casa.test"


@pytest.fixture
async def post() -> AsyncIterator[GreenMail]:
    async with GreenMail({name: f"senha-{name.partition('@')[0]}" for name in (BOX, ANSWERS, HOUSE)}) as server:
        yield server


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, post: GreenMail) -> Settings:
    table = tmp_path / "table.yaml"
    table.write_text(PLAIN, encoding="utf-8")
    account = {"network": "imap", "account": "respostas", "host": post.host, "port": post.imap_port, "tls": "none"}
    smtp = {"host": post.host, "port": post.smtp_port, "security": "none", "sender": HOUSE, "reply_to": ANSWERS}
    found = Settings(
        kafka={
            "bootstrap": kafka.bootstrap,
            "prefix": f"{sha256(fresh_name('answers').encode()).hexdigest()[:12]}.",
            "partitions": 2,
        },  # type: ignore[arg-type]
        data=tmp_path,
        routing={"table": table},  # type: ignore[arg-type]
        ingest={"accounts": [account | {"username": ANSWERS, "password": "senha-respostas", "idle": 1}]},  # type: ignore[arg-type]
        smtp=smtp,  # type: ignore[arg-type]
        deliveries={"destinations": [{"sink": "mail", "name": "vias", "department": "roads", "to": BOX}]},  # type: ignore[arg-type]
    )
    await create(found, plan(found.kafka, departments(found)))
    return found


async def letters(post: GreenMail, count: int) -> list[EmailMessage]:
    """Wait for so many mails in the department's box, and give them in order."""

    def fetch() -> list[EmailMessage]:
        with imaplib.IMAP4(post.host, post.imap_port) as client:
            client.login(BOX, "senha-vias")
            _, (number,) = client.select("INBOX")
            found = [client.fetch(str(each), "(RFC822)")[1][0] for each in range(1, int(number or b"0") + 1)]
            return [read(each[1]) for each in found if isinstance(each, tuple)]

    async with asyncio.timeout(60):
        while len(found := await asyncio.to_thread(fetch)) < count:  # noqa: ASYNC110 - another's box
            await asyncio.sleep(0.1)
    assert len(found) == count
    return found


def answer_to(letter: EmailMessage, words: str, *, sender: str = BOX, own_id: str, **headers: str) -> EmailMessage:
    """An answer as Outlook writes it: nothing marks the older mail but a block of headers above it."""
    its = EmailMessage()
    its["From"], its["To"], its["Subject"] = sender, letter["Reply-To"], f"RE: {letter['Subject']}"
    its["Message-ID"], its["In-Reply-To"] = f"<{own_id}@casa.test>", letter["Message-ID"]
    for name, value in headers.items():
        its[name.replace("_", "-")] = value
    older = (
        f"De: Ouvidoria <{HOUSE}>\nEnviada em: segunda-feira, 23 de novembro de 2026 10:00\nPara: {BOX}\n"
        f"Assunto: {letter['Subject']}\n\n{letter.get_body(('plain',)).get_content()}"  # type: ignore[union-attr]
    )
    its.set_content(f"{words}\n\nAtenciosamente,\nAna Souza\nSetor de Vias\nTel. (11) 3333-4444\n\n{older}")
    return its


async def hand_in(post: GreenMail, *mails: EmailMessage) -> None:
    def hand() -> None:
        with smtplib.SMTP(post.host, post.smtp_port) as client:
            for each in mails:
                client.send_message(each)

    await asyncio.to_thread(hand)


def case_event(record: Incoming) -> CaseEvent:
    models = {"ouvidor.case.answered.v1": CaseAnswered, "ouvidor.case.closing-proposed.v1": CaseClosingProposed}
    return models[header(record, "ce_type") or ""].model_validate_json(record.value or b"")


@QUIET_IMAPLIB2
async def test_an_answer_by_mail_is_a_reply_and_nothing_else_is(settings: Settings, post: GreenMail):
    topics = Topics(settings.kafka.prefix)
    async with running(settings, [*reading(settings), *routing(settings), *sinking(settings)]):
        await send(settings, [judged(1, message(), verdict(area="vias"), PROTOCOL)])
        (letter,) = await letters(post, 1)
        answered = answer_to(letter, "Tapamos o buraco hoje.", own_id="um")
        answered.add_attachment(b"%PDF-1.7 laudo", maintype="application", subtype="pdf", filename="laudo.pdf")
        away = answer_to(letter, "Volto em 10/12.", own_id="fora", Auto_Submitted="auto-replied")
        stranger = answer_to(letter, "Obrigada, mas não taparam!", own_id="dois", sender="maria@example.org")
        await hand_in(post, answered, answered, away, stranger)  # twice, with other boundaries between its parts
        await arrived(settings, topics.case_events, 1)
        await hand_in(post, answer_to(letter, "PRORROGAR: falta o asfalto novo", own_id="tres"))
        _, refusal = await letters(post, 2)
        await hand_in(post, answer_to(refusal, "ENCERRAR: buraco tapado em 23/11", own_id="quatro"))
        first, second = map(case_event, await arrived(settings, topics.case_events, 2))
        (automatic,) = await arrived(settings, topics.network_events, 1)
        (heard,) = await arrived(settings, topics.inbound(Channel.EMAIL), 1)
        await letters(post, 2)
    assert isinstance(first, CaseAnswered)
    assert first.reply.text == "Tapamos o buraco hoje.\n\nAtenciosamente,\nAna Souza"
    assert (first.reply.by, first.reply.department, first.protocol) == (BOX, "roads", PROTOCOL)
    (file,) = first.reply.attachments
    blobs = BlobStore.from_settings(settings)
    assert await blobs.get(blobs.uri_of(file.sha256)) == b"%PDF-1.7 laudo"
    assert isinstance(second, CaseClosingProposed)
    assert second.reply.measures.startswith("buraco tapado em 23/11")
    assert refusal["To"] == BOX
    assert refusal["In-Reply-To"] == "<tres@casa.test>"
    assert "não admite prorrogação" in refusal.get_body().get_content()  # type: ignore[union-attr]
    assert NetworkEvent.model_validate_json(automatic.value or b"").kind == "department-auto-reply"
    said = Message.model_validate_json(heard.value or b"")
    assert said.author.address == "maria@example.org"
    assert said.thread.protocol == PROTOCOL
    assert len(await committed(settings, topics.mail_answers)) == 4  # both copies of the first
    assert await committed(settings, topics.dead_letter) == []
