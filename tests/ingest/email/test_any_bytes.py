"""Any bytes are read, and in time: no exception, no hang, whatever was sent or whatever happened to it on the way."""

import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.adapter import Utterance
from tests.ingest.email.corpus import cases, heard

MAILS = [case.mail for case in cases()]
SECONDS_FOR_A_MEGABYTE = 6.0
"""A limit that tells linear from quadratic on a machine that does ten other things, not one of speed."""
HEAD = b"From: a@b.test\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


PIECES = [
    *(b"\r\n", b"\n", b"\r", b"--b", b"--b--", b" ", b"> ", b"-- ", b"\x00", b"\xc3", b"\x1b$B", b"+AGE-", b"<div>"),
    *(b"=?utf-8?Q?=C3", b"?=", b"=?utf-8?B?w6", b"Subject: ", b"To: ", b"charset=", b"; filename*0*=utf-8''%C3"),
    b"Content-Type: multipart/mixed; boundary=b",
    b'Content-Type: multipart/alternative; boundary="b"',
    b"Content-Type: multipart/report;",
    b"Content-Type: message/rfc822",
    b"Content-Type: message/delivery-status",
    b"Content-Type: text/html",
    b"Content-Transfer-Encoding: base64",
    b"Content-Disposition: attachment",
    b"Em 16/11/2026 09:30, Ana escreveu:",
    *(b"De: a", b"Para: b", b"Assunto: c", b"Action: failed", b"Final-Recipient: rfc822; "),
]


UNITS = {
    "quotes": b"> a\n",
    "labels": b"De: x\n",
    "attributions": b"Em 3 de abril de 2025 10:00\n",
    "wrote": b"On a 2025 wrote:\n",
    "dashes": b"-- \n",
    "spaces": b" ",
    "disclaimers": b"Esta mensagem confidencial\n\n",
    "empty lines": b"\n",
    "digits": b"2025010112345678901 ",
    "angles": b"<",
    "addresses": b"a@",
    "hyphens": b"-",
    "protocols": b"20250101-",
    "colons": b":",
    "brackets": b"(",
    "rulers": b"_____\n",
    "words": b"=?utf-8?Q?a?= ",
    "half words": b"=?utf-8?Q?a",
    "quotation marks": b'"',
    "escaped quotation marks": b'\\"',
    "semicolons": b";a=b",
    "stars": b"a*0*=",
    "pluses": b"+-",
    "escapes": b"\x1b$B",
    "links": b" (http://a",
    "entities": b"&lt;",
    "nested": b"<div><b>",
}


def is_part_of(text: str, body: str) -> bool:
    """See that each line of the one stands in the other, in their order: own words are cut out, never made."""
    lines = iter(line.strip() for line in body.split("\n"))
    return all(line.strip() in lines for line in text.split("\n") if line.strip())


def is_whole(found: Utterance) -> None:
    """See that what was read can be published: text that UTF-8 can hold, without controls, and defects in words."""
    for words in (found.text, found.body, found.subject or "", found.author_name or "", *found.defects):
        words.encode("utf-8")
        assert not any(sign < " " and sign not in "\n\t" for sign in words)
    assert all(0 < len(defect) < 200 for defect in found.defects)
    assert len(found.defects) < 40
    assert is_part_of(found.text, found.body)


@given(st.binary(max_size=2_000))
@settings(derandomize=True, max_examples=300)
def test_any_bytes_are_one_utterance(mail: bytes):
    is_whole(heard(mail))


@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=60,
    )
)
@settings(derandomize=True, max_examples=400)
def test_any_patchwork_of_what_mails_are_made_of_is_one_utterance(pieces: list[bytes]):
    is_whole(heard(b"".join(pieces)))


def damaged(draw: random.Random) -> bytes:
    """Damage a mail of the corpus as storage, gateways and bad luck do."""
    mail = bytearray(draw.choice(MAILS))
    for _ in range(draw.randint(1, 8)):
        at = draw.randrange(len(mail) + 1)
        match draw.randrange(5):
            case 0:
                mail[at : at + 1] = bytes([draw.randrange(256)])
            case 1:
                del mail[at : at + draw.randrange(60)]
            case 2:
                mail[at:at] = mail[draw.randrange(len(mail) + 1) :][: draw.randrange(300)]
            case 3:
                mail[at:at] = draw.choice(
                    (b"\x00", b"\xed\xa0\x80", b'"', b"<", b"\r\n\r\n", b"=?", b"--b1\r\n", b"9" * 3_000)
                )
            case 4:
                other = draw.choice(MAILS)
                mail[at:] = other[draw.randrange(len(other) + 1) :]
    return bytes(mail)


def test_two_thousand_damaged_mails_are_read():
    draw = random.Random(20261120)
    for _ in range(2_000):
        is_whole(heard(damaged(draw)))


@pytest.mark.faults
def test_a_hundred_thousand_damaged_mails_are_read():
    draw = random.Random(20261122)
    for _ in range(100_000):
        mail = damaged(draw)
        try:
            is_whole(heard(mail))
        except Exception as error:
            raise AssertionError(f"{mail!r}") from error


def hostile() -> Iterator[tuple[str, bytes]]:
    """Give mails of about a megabyte each that make careless readers slow."""
    for name, unit in UNITS.items():
        many = unit * (1_000_000 // len(unit))
        folded = many.replace(b"\n", b" ")
        yield f"{name} as text", HEAD + b"\r\n" + many
        yield f"{name} as HTML", HEAD + b"Content-Type: text/html\r\n\r\n" + many
        yield (
            f"{name} as headers",
            b"From: "
            + folded[:300_000]
            + b"\r\nTo: "
            + folded[:300_000]
            + b"\r\nSubject: "
            + (folded[:300_000] + b"\r\nContent-Type: text/plain; " + folded[:90_000] + b"\r\n\r\nx"),
        )
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1_000))
    yield "nested parts", HEAD + deep + b"\r\nfundo"
    yield "nested mails", HEAD + b"Content-Type: message/rfc822\r\n\r\nSubject: n\r\n" * 1_000 + b"\r\nfundo"
    yield "many parts", HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    yield "false parts", HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + b"--x\r\n" * 200_000
    yield "nested quotations", HEAD + b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 80_000 + b"x"
    yield "recipients", HEAD + b"To: " + b", ".join(b"n%d <u%d@x.test>" % (n, n) for n in range(40_000)) + b"\r\n\r\nx"


@pytest.mark.parametrize(("name", "mail"), [pytest.param(name, mail, id=name) for name, mail in hostile()])
def test_hostile_mails_are_read_in_the_time_that_their_length_takes(name: str, mail: bytes):
    began = time.process_time()
    is_whole(heard(mail))
    assert time.process_time() - began < SECONDS_FOR_A_MEGABYTE


def test_hostile_results_of_checks_are_read_in_the_time_that_their_length_takes():
    began = time.process_time()
    heard(HEAD + 100 * (b"Authentication-Results: " + 4_000 * b'\\"' + b"\r\n") + b"\r\nx", authserv="mx.casa.test")
    assert time.process_time() - began < SECONDS_FOR_A_MEGABYTE


def test_what_was_cut_is_said():
    many = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 3_000
    assert "estrutura: mais de 2000 partes, as outras estão no original" in heard(many).defects
    recipients = HEAD + b"To: " + b",".join(b"u%d@x.test" % number for number in range(500)) + b"\r\n\r\nx"
    assert len(heard(recipients).recipients) == 100
    assert "destinatários: mais de 100, os outros estão no original" in heard(recipients).defects
    assert "fundo" in heard(next(mail for name, mail in hostile() if name == "nested parts")).text


def test_a_mail_that_was_not_fetched_whole_says_so():
    found = heard(HEAD + b"\r\nA rua", announced="3000000")
    assert found.text == "A rua"
    assert f"3000000 bytes anunciados, só {len(HEAD) + 7} foram trazidos" in found.defects


def test_a_mail_that_the_mailbox_does_not_give_is_told_of():
    [defect] = heard(b"", unfetched="UID 7 derruba a conexão").defects
    assert "UID 7" in defect
