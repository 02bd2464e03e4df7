"""Mail to a department's box: the contract of sinks, a real server, and headers by which an answer finds its case."""

import asyncio
import imaplib
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from aiosmtplib import SMTPDataError, SMTPRecipientRefused

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.identity import Pseudonyms
from ouvidor.local.greenmail import GreenMail
from ouvidor.protocol import protocol_number
from ouvidor.reply_address import ReplyAddresses, Sealed
from ouvidor.settings import Settings
from sinks.deliveries.catalogue import sink
from sinks.deliveries.check import check
from sinks.deliveries.contract import Again, Delivered, Gone, Refused
from sinks.mail.mail import outcome
from tests.sinks.contract import SinkContract, delivery
from tests.sinks.mail.box import Box, event_in, read


class TestContract(SinkContract):
    name = "mail"

    @pytest.fixture
    async def receiver(self, tmp_path: Path):
        box = Box()
        await box.start()
        self.settings = box.settings(tmp_path)
        yield box
        await box.stop()


async def send(box: Box, path: Path, **more: object):
    its = sink("mail")
    settings = box.settings(path)
    async with its.open(box.destination(its, **more), settings) as attempt:
        assert isinstance(await attempt(delivery()), Delivered)
    return read(box.mails[-1])


async def test_an_answer_finds_its_case_by_the_address_or_by_the_mail_s_id(box: Box, tmp_path: Path):
    mail = await send(box, tmp_path)
    addresses = ReplyAddresses.from_file(box.settings(tmp_path).pseudonym_key)
    wanted = Sealed("20261123-0000-0000-00E", "lamps")
    for header in ("Reply-To", "Message-ID", "References"):
        assert addresses.read([mail[header]], ["roads", "lamps"]) == wanted
    assert mail["Message-ID"] != mail["References"]
    assert mail["Reply-To"].startswith("respostas+20261123-0000-0000-00E.")


async def test_other_machines_are_told_not_to_answer(box: Box, tmp_path: Path):
    mail = await send(box, tmp_path)
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


async def test_who_wrote_is_in_no_part_of_the_mail_unless_it_is_to_be(box: Box, tmp_path: Path):
    mail = await send(box, tmp_path)
    assert event_in(mail)["data"]["message"]["author"] == {}
    said = f"{mail['Subject']} {mail.get_body().get_content()} {event_in(mail)}"
    assert "Maria" not in said
    assert "maria@" not in said
    assert "O poste está apagado" in said
    assert "poste" not in mail["Subject"].lower()
    whole = await send(box, tmp_path, whole=True)
    assert event_in(whole)["data"]["message"]["author"]["name"] == "Maria da Silva"


async def test_a_real_server_takes_it_and_a_real_box_shows_it(greenmail: GreenMail, tmp_path: Path):
    smtp = {"host": greenmail.host, "port": greenmail.smtp_port, "security": "none", "sender": "ouvidoria@ouvidor.test"}
    settings = Settings(data=tmp_path, smtp=smtp)  # type: ignore[arg-type]
    its = sink("mail")
    given = {"sink": "mail", "name": "ana", "department": "lamps", "to": "ana@ouvidor.test"}
    destination = its.settings.model_validate(given)
    wanted = delivery(77, said="Ção: o poste está apagado 😀\n.\nfim")
    async with its.open(destination, settings) as attempt:
        assert isinstance(await attempt(wanted), Delivered)

    def fetch() -> bytes:
        with imaplib.IMAP4(greenmail.host, greenmail.imap_port) as client:
            client.login("ana@ouvidor.test", "senha-ana")
            client.select("INBOX")
            _, numbers = client.search(None, "HEADER", "X-Ouvidor-Delivery", str(wanted.id))
            _, parts = client.fetch(numbers[0].split()[-1].decode(), "(RFC822)")
            return parts[0][1]  # type: ignore[index, return-value]

    mail = read(await asyncio.to_thread(fetch))
    text = mail.get_body().get_content()
    assert "  Ção: o poste está apagado 😀\n  .\n  fim" in text.replace("\r\n", "\n")
    assert event_in(mail)["subject"] == wanted.protocol
    assert mail["Reply-To"] is None
    assert its.check is not None
    await its.check(destination, settings)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (SMTPRecipientRefused(550, "5.1.1 no such user", "a"), Gone),
        (SMTPRecipientRefused(550, "no such user", "a"), Gone),
        (SMTPRecipientRefused(550, "5.7.1 relaying denied", "a"), Again),
        (SMTPRecipientRefused(452, "4.2.2 over quota", "a"), Again),
        (SMTPRecipientRefused(552, "5.2.2 over quota", "a"), Again),
        (SMTPDataError(552, "5.3.4 message too big"), Refused),
        (SMTPDataError(552, "too big"), Refused),
        (SMTPDataError(554, "5.7.1 spam"), Again),
        (SMTPDataError(550, "5.1.1 no such user"), Again),
    ],
)
def test_a_refusal_means(said: SMTPDataError, wanted: type):
    assert type(outcome(said, b"{}")) is wanted


async def test_the_check_names_a_box_without_a_server_and_makes_nothing():
    given = {"sink": "mail", "name": "caixa", "department": "atendimento", "to": "lamps@casa.test"}
    settings = Settings(deliveries={"destinations": [given]}, data=Path("nowhere"))  # type: ignore[arg-type]
    (told,) = await check(settings, connect=False)
    assert told == "ouvidor.yaml: destination caixa: smtp.host and smtp.sender are needed to send mail: set both"


async def test_without_a_server_in_the_settings_that_is_said(tmp_path: Path, box: Box):
    its = sink("mail")
    with pytest.raises(Misconfigured, match=r"smtp\.host and smtp\.sender are needed"):
        async with its.open(box.destination(its), Settings(data=tmp_path)):
            pass
    assert its.check is not None
    settings = box.settings(tmp_path)
    await box.stop()
    with pytest.raises(Unavailable, match="not reached"):
        await its.check(box.destination(its), settings)


def test_an_address_is_read_however_it_comes_back_and_another_s_is_not():
    addresses = ReplyAddresses(b"k" * 32)
    given = addresses.address("respostas@casa.test", "20261123-0000-0000-00E", "lamps")
    assert len(given.partition("@")[0]) <= 64
    wanted = Sealed("20261123-0000-0000-00E", "lamps")
    for place in (given, given.upper(), f"Ouvidoria <{given}>", f"a@b.test, {given}"):
        assert addresses.read([place], ["lamps"]) == wanted
    assert addresses.read([given], ["roads"]) is None
    assert ReplyAddresses(b"x" * 32).read([given], ["lamps"]) is None
    forged = given.replace("20261123-0000-0000-00E", protocol_number(UUID(int=9), date(2026, 11, 24)))
    assert forged != given
    assert addresses.read([forged, "respostas@casa.test", ""], ["lamps"]) is None


def test_the_seal_is_no_pseudonym():
    key = b"k" * 32
    given = ReplyAddresses(key).address("r@casa.test", "20261123-0000-0000-00E", "lamps")
    assert Pseudonyms(key).reference("lamps")[:16] not in given
