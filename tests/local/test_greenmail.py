import asyncio
import imaplib
import smtplib
from email.message import EmailMessage

import pytest

from ouvidor.errors import Misconfigured
from ouvidor.local.greenmail import GreenMail

SUBJECT = "Cobrança indevida"


def send(server: GreenMail, address: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "cliente@ouvidor.test", address, SUBJECT
    mail.set_content("Fui cobrado duas vezes.")
    with smtplib.SMTP(server.host, server.smtp_port) as smtp:
        smtp.send_message(mail)


def read_newest(server: GreenMail, address: str) -> bytes:
    with imaplib.IMAP4(server.host, server.imap_port) as imap:
        imap.login(address, server.users[address])
        _, (count, *_) = imap.select()
        assert count is not None
        _, found = imap.fetch(count.decode(), "(RFC822)")
        assert isinstance(found[0], tuple)
        return found[0][1]


async def test_a_mail_handed_in_by_smtp_is_fetched_by_imap(greenmail: GreenMail):
    await asyncio.to_thread(send, greenmail, "ana@ouvidor.test")
    assert b"Fui cobrado duas vezes." in await asyncio.to_thread(read_newest, greenmail, "ana@ouvidor.test")


async def test_a_mailbox_is_not_opened_by_a_wrong_password(greenmail: GreenMail):
    with (
        imaplib.IMAP4(greenmail.host, greenmail.imap_port) as imap,
        pytest.raises(imaplib.IMAP4.error, match=r"(?i)login failed|invalid"),
    ):
        imap.login("ana@ouvidor.test", "errada")


def test_a_password_that_greenmail_could_not_read_is_refused():
    with pytest.raises(Misconfigured, match=r"box@ouvidor\.test"):
        GreenMail({"box@ouvidor.test": "a,b"})
