"""Sample mails, as mail programs write them: some as they should be, some awkward in the ways that are common.

HTML without a plain part, replies above a quoted thread, attachments, old charsets, machines that answer for people,
programs that forget the Message-ID. Which one is which is decided by the sample, so every run meets the same ones.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from ouvidor.demo.sample import Sample

__all__ = ["MAILBOX", "mail"]

MAILBOX = "ouvidoria@ouvidor.test"

_QUOTE = """Em seg., 3 de nov. de 2025 às 09:12, Ouvidoria <ouvidoria@ouvidor.test> escreveu:

> Prezada cidadã, prezado cidadão,
>
> recebemos sua mensagem. Caso queira acrescentar algo, responda a este e-mail.
>
> Ouvidoria
"""
_FORWARDED = """---------- Mensagem encaminhada ----------
De: Portaria <portaria@condominio.test>
Data: sex., 31 de out. de 2025 às 18:40
Assunto: Aviso aos moradores
Para: moradores@condominio.test

Informamos que a ouvidoria recebe manifestações por este endereço.
"""
_STYLE = "body{font-family:Verdana;font-size:11pt} .rodape{color:#888}"
_SIGNATURE = "Enviado do meu celular"
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf"
    "500f0003860180aa6c1d700000000049454e44ae426082"
)


def mail(sample: Sample, sent_at: datetime) -> bytes:
    """Write a sample's mail as it goes over SMTP. Its date is `sent_at`, in the zone that it has."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sample.address if sample.manner == "no-name" else Address(sample.name, addr_spec=sample.address)
    message["To"] = Address("Ouvidoria", addr_spec=MAILBOX)
    if sample.subject:
        message["Subject"] = f"Re: {sample.subject}" if sample.manner == "reply" else sample.subject
    if sample.manner != "no-message-id":
        message["Message-ID"] = f"<{sample.ref.lower()}@{sample.address.partition('@')[2]}>"
        message["Date"] = format_datetime(sent_at)
    _MANNERS.get(sample.manner, _plain)(message, sample)
    return message.as_bytes()


def _plain(message: EmailMessage, sample: Sample) -> None:
    message.set_content(sample.words, cte="quoted-printable")


def _alternative(message: EmailMessage, sample: Sample) -> None:
    message.set_content(f"{sample.words}\n\n{_SIGNATURE}", cte="quoted-printable")
    message.add_alternative(_page(sample, _SIGNATURE), subtype="html")


def _html(message: EmailMessage, sample: Sample) -> None:
    message.set_content(_page(sample, ""), subtype="html", cte="quoted-printable")


def _reply(message: EmailMessage, sample: Sample) -> None:
    message["In-Reply-To"] = f"<resposta-{sample.ref.lower()}@ouvidor.test>"
    message["References"] = f"<resposta-{sample.ref.lower()}@ouvidor.test>"
    message.set_content(f"{sample.words}\n\n{_QUOTE}", cte="quoted-printable")


def _forward(message: EmailMessage, sample: Sample) -> None:
    message.set_content(f"{sample.words}\n\n{_FORWARDED}", cte="quoted-printable")


def _attachment(message: EmailMessage, sample: Sample) -> None:
    _plain(message, sample)
    message.add_attachment(_PDF, maintype="application", subtype="pdf", filename="conta de março.pdf")
    message.add_attachment(_PNG, maintype="image", subtype="png", filename="foto.png")


def _latin_1(message: EmailMessage, sample: Sample) -> None:
    message.set_content(sample.words, charset="iso-8859-1", cte="quoted-printable")


def _windows_1252(message: EmailMessage, sample: Sample) -> None:
    message.set_content(f"\u201c{sample.text}\u201d \u2013 Ref. {sample.ref}", charset="windows-1252", cte="8bit")


def _base64(message: EmailMessage, sample: Sample) -> None:
    message.set_content(sample.words, cte="base64")


def _auto_reply(message: EmailMessage, sample: Sample) -> None:
    message["Auto-Submitted"] = "auto-replied"
    message["Precedence"] = "bulk"
    _plain(message, sample)


def _page(sample: Sample, footer: str) -> str:
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in sample.words.split("\n\n"))
    return (
        f"<html><head><style>{_STYLE}</style></head><body>{paragraphs}"
        f'<div class="rodape">{escape(footer)}</div></body></html>\n'
    )


_MANNERS: Mapping[str, Callable[[EmailMessage, Sample], None]] = {
    "alternative": _alternative,
    "html": _html,
    "reply": _reply,
    "forward": _forward,
    "attachment": _attachment,
    "latin-1": _latin_1,
    "windows-1252": _windows_1252,
    "base64": _base64,
    "auto-reply": _auto_reply,
}
