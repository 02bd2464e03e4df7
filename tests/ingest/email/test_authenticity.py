"""Is a mail from whom it says: what our own mail server found, and what we look up where we are asked to."""

import asyncio
import smtplib
import time
from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ingest.email.authenticity import HINT_FOUND, HINT_SERVER, recorded
from ingest.email.deliveries import deliver
from ingest.email.download import Mail
from ingest.email.imap import ADAPTER
from ingest.email.structure import read_structure
from tests.ingest.email.name_server import name_server
from tests.ingest.email.post import OURS, Kept, hand_over, port
from tests.ingest.email.test_webhooks import read

SERVER = "mx.orgao.test"
MAIL = b"From: Ana <ana@cliente.test>\r\nTo: ouvidoria@orgao.test\r\nSubject: x\r\n\r\nFalta luz.\r\n"


def found(
    *headers: str, server: str | None = SERVER, ours: str | None = None
) -> list[tuple[str, str, str | None, str]]:
    mail = "".join(f"{header}\r\n" for header in headers).encode() + MAIL
    hints = {name: value for name, value in ((HINT_SERVER, server), (HINT_FOUND, ours)) if value is not None}
    root, _ = read_structure(mail)
    return [(each.method, each.result, each.domain, each.by) for each in recorded(root.head, hints)]


class TestWhatOurServerFound:
    def test_its_results_are_recorded_with_the_domain_that_they_speak_for(self):
        header = (
            "Authentication-Results: mx.orgao.test;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=cliente.test "
            'header.i=@cliente.test header.b="abc;def";\r\n\tspf=softfail (mx.orgao.test: domain of ana@envio.test '
            "does not designate 192.0.2.1 (x; y)) smtp.mailfrom=ana@envio.test;\r\n"
            '\tdmarc=fail reason="no; policy" (p=REJECT) header.from=Cliente.Test; iprev=pass; arc=none'
        )
        assert found(header) == [
            ("dkim", "pass", "cliente.test", SERVER),
            ("spf", "softfail", "envio.test", SERVER),
            ("dmarc", "fail", "cliente.test", SERVER),
            ("arc", "none", None, SERVER),
        ]

    def test_another_servers_are_not_believed_nor_any_where_no_server_is_named(self):
        forged = "Authentication-Results: mail.evil.test; dkim=pass header.d=banco.test"
        assert found(forged) == []
        assert found("Authentication-Results: mx.orgao.test; dkim=pass header.d=a.test", server=None) == []

    def test_of_several_with_its_name_only_the_topmost_is_believed(self):
        ours = "Authentication-Results: MX.orgao.test 1; dkim=none"
        forged = "Authentication-Results: mx.orgao.test; dkim=pass header.d=banco.test"
        assert found("Authentication-Results: other.test; spf=pass", ours, "Received: from a", forged) == [
            ("dkim", "none", None, SERVER)
        ]

    @pytest.mark.parametrize(
        "value",
        [
            "mx.orgao.test; none",
            "mx.orgao.test",
            "",
            ";",
            "mx.orgao.test; dkim",
            "mx.orgao.test; dkim=; spf=perhaps",
            "=;=;=",
        ],
    )
    def test_one_that_says_nothing_is_nothing(self, value: str):
        assert found(f"Authentication-Results: {value}") == []

    def test_signs_that_are_in_no_domain_are_left_out_and_there_is_an_end(self):
        evil = "Authentication-Results: mx.orgao.test; dkim=pass header.d=<script>x.test"
        assert found(evil) == [("dkim", "pass", "scriptx.test", SERVER)]
        many = "; ".join(f"dkim=pass header.d=d{number}.test" for number in range(9999))
        began = time.process_time()
        assert len(found(f"Authentication-Results: mx.orgao.test; {many}")) == 10
        found("Authentication-Results: mx.orgao.test" + "(" * 500_000)
        assert time.process_time() - began < 2

    def test_a_mailbox_that_names_its_server_has_it_in_its_messages(self):
        mail = b"Authentication-Results: mx.orgao.test; spf=pass smtp.mailfrom=ana@cliente.test\r\n" + MAIL
        said = read(ADAPTER, deliver(Mail(1, mail), "INBOX", {HINT_SERVER: SERVER}))
        assert [(each.method, each.result) for each in said.authenticity] == [("spf", "pass")]
        assert read(ADAPTER, deliver(Mail(1, mail), "INBOX")).authenticity == ()


KEY = generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
PUBLIC = b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
TEXT = f"v=DKIM1; k=rsa; p={PUBLIC}"
NAMES = {
    "chave._domainkey.cliente.test": {"TXT": [f'"{TEXT[:250]}" "{TEXT[250:]}"']},
    "cliente.test": {"TXT": ['"v=spf1 ip4:127.0.0.1 -all"']},
    "falso.test": {"TXT": ['"v=spf1 -all"']},
    "mudo._domainkey.cliente.test": None,
}


def signed(mail: bytes = MAIL, selector: bytes = b"chave") -> bytes:
    header: bytes = dkim.sign(mail, selector, b"cliente.test", PRIVATE, include_headers=[b"from", b"subject"])
    return header + mail


def send(number: int, mail: bytes, sender: str = "ana@cliente.test") -> None:
    with smtplib.SMTP("127.0.0.1", number, timeout=30) as client:
        client.sendmail(sender, [OURS], mail)


class TestWhatWeLookUp:
    async def look(
        self, mail: bytes, sender: str = "ana@cliente.test", **given: object
    ) -> dict[str, tuple[str, str | None]]:
        kept = Kept()
        async with name_server(NAMES) as server:
            settings = {"protocol": "smtp", "verify": True, "name_servers": [server.address], **given}
            async with port(kept, **settings) as number:
                await asyncio.to_thread(send, number, mail, sender)
        [delivery] = kept.deliveries
        assert delivery.body == mail
        said = read(ADAPTER, delivery)
        assert all(each.by == "ouvidor" for each in said.authenticity)
        return {each.method: (each.result, each.domain) for each in said.authenticity}

    async def test_a_good_signature_and_a_permitted_host_pass(self):
        assert await self.look(signed()) == {"dkim": ("pass", "cliente.test"), "spf": ("pass", "cliente.test")}

    async def test_what_does_not_fit_is_recorded_and_the_mail_is_taken_all_the_same(self):
        changed = signed().replace(b"Falta", b"Sobra")
        assert await self.look(changed, "ana@falso.test") == {
            "dkim": ("fail", "cliente.test"),
            "spf": ("fail", "falso.test"),
        }

    async def test_a_mail_that_is_not_signed_and_a_domain_without_policy_have_none(self):
        assert await self.look(MAIL, "ana@nada.test") == {"dkim": ("none", None), "spf": ("none", "nada.test")}

    async def test_a_key_that_is_not_there_is_told_from_one_that_cannot_be_asked_for(
        self, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("ingest.email.verify._SECONDS", 0.3)
        assert (await self.look(signed(selector=b"outra")))["dkim"] == ("permerror", "cliente.test")
        assert (await self.look(signed(selector=b"mudo")))["dkim"] == ("temperror", "cliente.test")

    @pytest.mark.parametrize(
        "mail",
        [
            b"DKIM-Signature: v=1\r\n" + MAIL,
            b"DKIM-Signature: \xff; b=\r\n" + MAIL,
            b"no header at all\r\n",
            b"DKIM-Signature: v=1; a=rsa-sha256; d=cliente.test; s=chave; h=from; bh=x; b=y\r\n" * 50 + MAIL,
            b"From: a@b.test\nDKIM-Signature: v=1; d=" + b"a" * 5000 + b"\n\nx\r\n",
        ],
    )
    async def test_no_signature_is_too_strange(self, mail: bytes):
        assert (await self.look(mail))["dkim"][0] in {"none", "permerror", "fail"}

    async def test_by_lmtp_the_host_is_our_own_server_and_says_nothing(self):
        kept = Kept()
        async with name_server(NAMES) as server:
            async with port(kept, verify=True, name_servers=[server.address]) as number:
                await asyncio.to_thread(hand_over, number, signed(), [OURS], "ana@falso.test")
            assert [name for name, _ in server.asked] == ["chave._domainkey.cliente.test"]
        assert kept.deliveries[0].hints[HINT_FOUND] == "ouvidor; dkim=pass header.d=cliente.test"

    async def test_nothing_is_asked_unless_we_are_asked_to(self):
        kept = Kept()
        async with name_server(NAMES) as server, port(kept, protocol="smtp", authserv_id=SERVER) as number:
            await asyncio.to_thread(send, number, signed())
            assert server.asked == []
        assert HINT_FOUND not in kept.deliveries[0].hints
        assert kept.deliveries[0].hints[HINT_SERVER] == SERVER
