"""Mails for the mailbox's benchmark, as a house gets them: mostly short, half of them with HTML, some with files.

Of a hundred: forty are plain text, forty have HTML beside the text with the quoted history of two mails, twelve have a
picture of 60 KB, eight a document of 250 KB. Attachments differ from mail to mail, as they do.
"""

import random
from base64 import encodebytes
from pathlib import Path

__all__ = ["fill", "letter"]

_WORDS = [
    *("o", "poste", "da", "minha", "rua", "está", "apagado", "há", "um", "mês", "e", "ninguém", "responde,", "já"),
    *("liguei", "três", "vezes;", "a", "conta", "de", "água", "veio", "em", "dobro", "exijo", "devolução.", "Quero"),
    *("elogiar", "o", "atendimento", "do", "posto", "de", "saúde.", "Solicito", "a", "poda", "da", "mangueira", "na"),
]


def letter(number: int) -> bytes:
    """Give a mail: the same for the same number."""
    draw = random.Random(number)
    words = " ".join(draw.choices(_WORDS, k=draw.randint(40, 200)))
    text = f"Prezados,\r\n\r\n{words}\r\n\r\nAtenciosamente,\r\nIracema Teles {number}\r\n"
    head = (
        "Received: from mx.casa.test (mx.casa.test [192.0.2.1]) by mail.ouvidor.test with ESMTPS id 4Xy"
        f"{number}; Mon, 02 Nov 2026 10:{number % 60:02}:00 -0300\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=casa.test; s=s1; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2;\r\n"
        f" h=From:To:Subject:Date; b={draw.getrandbits(1024):x}\r\n"
        f"From: Iracema Teles <iracema{number % 5000}@casa.test>\r\nTo: Ouvidoria <ouvidoria@ouvidor.test>\r\n"
        f"Subject: =?utf-8?Q?Reclama=C3=A7=C3=A3o_{number}?=\r\nDate: Mon, 02 Nov 2026 10:{number % 60:02}:00 -0300\r\n"
        f"Message-ID: <{number}.{draw.getrandbits(64):x}@casa.test>\r\nMIME-Version: 1.0\r\n"
    )
    kind = number % 100
    if kind < 40:
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    quoted = "".join(f"> {' '.join(draw.choices(_WORDS, k=12))}\r\n" for _ in range(30))
    rows = "".join(f"<p class=MsoNormal style='margin:0'>{' '.join(draw.choices(_WORDS, k=12))}</p>" for _ in range(60))
    body = (
        'Content-Type: multipart/alternative; boundary="=_a"\r\n\r\n'
        f"--=_a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"Em 1 nov 2026, Ouvidoria escreveu:\r\n{quoted}\r\n"
        f"--=_a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>{words}</p>{rows}</body></html>\r\n"
        "--=_a--\r\n"
    )
    if kind < 80:
        return (head + body).encode()
    name, size = ("foto.jpg", 60_000) if kind < 92 else ("documento.pdf", 250_000)
    file = encodebytes(draw.randbytes(size)).replace(b"\n", b"\r\n")
    return (
        (
            f'{head}Content-Type: multipart/mixed; boundary="=_m"\r\n\r\n--=_m\r\n{body}--=_m\r\n'
            f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        ).encode()
        + file
        + b"--=_m--\r\n"
    )


def fill(maildir: Path, mails: int) -> int:
    """Write mails into a Maildir; give their bytes."""
    for folder in ("cur", "new", "tmp"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    total = 0
    for number in range(mails):
        content = letter(number)
        total += len(content)
        (maildir / "cur" / f"{1_700_000_000 + number}.M{number:06}.bench:2,S").write_bytes(content)
    return total
