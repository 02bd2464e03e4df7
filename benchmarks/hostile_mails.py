"""Reading the mails that are made to be dear: seconds and memory for each, beside the mail's own size.

Each mail is read in a process of its own, so that the most memory it took is its own too: what is told is how much it
took more than a process that read an ordinary mail, in times of the mail's size. The aim is 2 seconds and 4 times.

    python -m benchmarks.hostile_mails
"""

import base64
import struct
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter

HEAD = b"From: Ana <a@b.test>\r\nTo: o@ouvidor.test\r\nSubject: x\r\nMessage-ID: <1@b.test>\r\nMIME-Version: 1.0\r\n"
MEGABYTE = 2**20


def attached(kind: bytes, content: bytes) -> bytes:
    """Give a mail with one attachment."""
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nA rua.\r\n--b\r\n"
        + b"Content-Type: "
        + kind
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content).replace(b"\n", b"\r\n")
        + b"\r\n--b--\r\n"
    )


def packed_rtf() -> bytes:
    """RTF that says of itself to be long, and is unpacked from references to the same place."""
    body = b"".join(b"\xff" + b"\x00\x0e" * 8 for _ in range(60_000))
    rtf = struct.pack("<II4sI", len(body) + 12, 2**31 - 1, b"LZFu", 0) + body
    properties = struct.pack("<IHHII", 1, 0x102, 0x1009, 1, len(rtf)) + rtf + b"\0" * (-len(rtf) % 4)
    attribute = struct.pack("<BII", 1, 0x00069003, len(properties)) + properties + b"\0\0"
    return struct.pack("<IH", 0x223E9F78, 1) + attribute


def circles() -> bytes:
    """A compound file whose chains run in circles and whose directory has no end."""
    fat = struct.pack("<128I", *range(128))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<9I", 0, 109, 1, 0, 4096, 2, 1, 0, 1) + struct.pack("<109I", *([0] * 109))
    name = "__properties_version1.0".encode("utf-16-le")
    entry = struct.pack("<64sHBBIII16sIQQIQ", name, len(name) + 2, 1, 1, 1, 2, 3, b"", 0, 0, 0, 1, 2**31)
    return head + fat + entry * 80_000


MAILS: dict[str, Callable[[], bytes]] = {
    "an ordinary mail": lambda: HEAD + b"\r\nA rua.",
    "100 MB, one attachment": lambda: attached(b"application/pdf", b"%PDF-" + b"x" * (73 * MEGABYTE)),
    "100 MB of text": lambda: HEAD + b"\r\n" + b"A rua esta escura. " * (100 * MEGABYTE // 19),
    "100 MB of HTML": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>A rua.</p>\n" * (100 * MEGABYTE // 14),
    "100 MB of text in Latin letters, undeclared": lambda: HEAD + b"\r\n" + b"A rua est\xe1. " * (100 * MEGABYTE // 13),
    "100 MB of uuencode": lambda: HEAD + b"\r\nbegin 644 a\n" + (b"M" + b"a" * 60 + b"\n") * (100 * MEGABYTE // 62),
    "100 MB of quoted-printable": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=C3=A1" * (100 * MEGABYTE // 6)
    ),
    "50 MB of broken base64": lambda: attached(b"image/png", b"x" * (36 * MEGABYTE)).replace(b"eHh4", b"e!h4"),
    "1,000 nested parts": lambda: (
        HEAD
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1000))
        + b"\r\nfundo"
    ),
    "100,000 recipients": lambda: (
        HEAD + b"To: " + b",\r\n ".join(b"N %d <n%d@x.test>" % (n, n) for n in range(100_000)) + b"\r\n\r\nA rua."
    ),
    "a header of 1 MB": lambda: HEAD + b"X-A: " + b"a" * MEGABYTE + b"\r\n\r\nA rua.",
    "a subject of 1 MB of encoded words": lambda: (
        HEAD.replace(b"x\r\n", b"=?utf-8?Q?=C3=A1?= " * 50_000 + b"\r\n", 1) + b"\r\nA rua."
    ),
    "5,000 nested divs": lambda: (
        HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5000 + b"A rua." + b"</div>" * 5000
    ),
    "1 MB of unclosed tags": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 70_000,
    "winmail.dat with an RTF bomb": lambda: attached(b"application/ms-tnef", packed_rtf()),
    "a .msg in circles": lambda: attached(b"application/vnd.ms-outlook", circles()),
    "a .msg in circles, given itself": circles,
    "2,000 files of one byte": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n" * 2000
    ),
    "2,000 texts in no charset": lambda: (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + (
            b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n"
            + b"\xd6\xc1\xcc\xcf\xc2\xc1 " * 400
            + b"\r\n"
        )
        * 2000
    ),
}


def measure(name: str) -> None:
    """Read one mail in this process, and tell what it took."""
    from datetime import UTC, datetime

    from ingest.adapter import Original, Utterance
    from ingest.email.parse import read
    from ouvidor.records import Channel

    def heard(mail: bytes) -> Utterance:
        [one] = read(Original(Channel.EMAIL, "imap", "caixa", mail, "message/rfc822", datetime.now(UTC), {}))
        assert isinstance(one, Utterance)
        return one

    mail = MAILS[name]()
    heard(MAILS["an ordinary mail"]())
    with open("/proc/self/clear_refs", "w") as refs:  # noqa: PTH123 - the peak begins anew, as making the mail took some
        refs.write("5")
    before = _peak()
    begun = perf_counter()
    found = heard(mail)
    seconds = perf_counter() - begun
    more = (_peak() - before) / max(len(mail), MEGABYTE)
    cut = "; ".join(found.defects)
    print(f"{name:45} {len(mail) / MEGABYTE:7.1f} MB {seconds:6.2f} s {more:5.1f} times  {cut[:110]}", flush=True)


def _peak() -> int:
    with open("/proc/self/status") as status:  # noqa: PTH123
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmHWM"].split()[0]) * 1024


def main() -> None:
    """Read each in a process of its own."""
    for name in MAILS:
        subprocess.run([sys.executable, "-m", "benchmarks.hostile_mails", name], check=False)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
